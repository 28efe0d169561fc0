use super::middle;

#[test]
fn long_values_are_cut_in_the_middle() {
    assert_eq!(middle("short", 10), "short");
    assert_eq!(middle("abcdefghijklmnopqrstuvwxyz", 10), "abcdef…xyz");
    assert_eq!(middle("日本語の長い長い長い値です", 7), "日本語の…です");
}
