use super::{encoded, own_path};

#[test]
fn only_paths_of_this_node_are_gone_on_to() {
    assert_eq!(own_path("/search?q=a"), "/search?q=a");
    for elsewhere in
        ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a b", "javascript:alert(1)"]
    {
        assert_eq!(own_path(elsewhere), "/", "{elsewhere}");
    }
}

#[test]
fn a_text_in_a_query_string_is_encoded() {
    assert_eq!(encoded("a b/攻"), "a%20b%2F%E6%94%BB");
}
