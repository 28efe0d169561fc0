//! Members, users, keys, communities.

use std::fmt::Write as _;

use crate::kit::{Desk, settled};

#[test]
fn the_first_member_is_the_node_s_own_and_lists_say_who_is_who() {
    let desk = Desk::peopled();
    let mut lists = String::new();
    for what in ["member", "user", "community", "collection", "policy"] {
        writeln!(lists, "$ kizuna {what} list\n{}", desk.run(&[what, "list"]).ok()).unwrap();
    }
    insta::assert_snapshot!(settled(&lists, desk.place.path()));
}

#[test]
fn a_new_user_s_key_stands_alone_on_standard_output() {
    let desk = Desk::peopled();
    let key = desk.user("second@xas.example", "Asterin CERT", &[]);
    assert_eq!(key.len(), 43, "256 bits in base64url: {key}");
    let listed = desk.run(&["key", "list"]).ok();
    assert!(!listed.contains(&key), "a key is shown once");
}

#[test]
fn a_revoked_key_is_gone_from_the_list_and_cannot_be_revoked_again() {
    let desk = Desk::peopled();
    let listed = desk.run(&["key", "list"]).ok();
    let id = listed.lines().nth(1).unwrap().split_whitespace().next().unwrap();
    desk.run(&["key", "revoke", id]).ok();
    assert!(!desk.run(&["key", "list"]).ok().contains(id));
    assert_eq!(desk.run(&["key", "revoke", id]).code, 1);
}

#[test]
fn a_roster_goes_from_node_to_node_and_only_its_owner_changes_it() {
    let (one, other) = (Desk::peopled(), Desk::new());
    let roster = one.run(&["community", "export", "Circle"]).ok();
    other.run(&["member", "add", "Velkar Shield", "--country", "XVE"]).ok();
    let stopped = other.run_with_input(&["community", "import", "-"], roster.as_bytes());
    assert_eq!(stopped.code, 1);
    let signed: serde_json::Value = serde_json::from_str(&roster).unwrap();
    let key = signed["signed"]["key"].as_str().unwrap();
    assert!(stopped.err.contains(&format!("--key {key}")), "{}", stopped.err);
    other.run_with_input(&["community", "import", "-", "--key", key], roster.as_bytes()).ok();
    let listed = other.run(&["community", "list"]).ok();
    assert!(listed.contains("Asterin CERT") && listed.contains("elsewhere"), "{listed}");
    let refused = other.run(&["community", "leave", "Circle", "--member", "Velkar Shield"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("only its owner changes its roster"), "{}", refused.err);

    one.run(&["community", "leave", "Circle", "--member", "Asterin CERT"]).ok();
    let roster = one.run(&["community", "export", "Circle"]).ok();
    other.run_with_input(&["community", "import", "-"], roster.as_bytes()).ok();
    assert!(!other.run(&["community", "list"]).ok().contains("Asterin CERT"));
}

#[test]
fn the_data_directory_is_its_user_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::peopled();
    let mode = std::fs::metadata(desk.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
