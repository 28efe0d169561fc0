//! What two nodes tell each other of keys and decisions.

use serde_json::Value;

use crate::kit::{Desk, uuid};
use crate::peers::{Two, give, ids};

/// The keys of Velkar as a desk knows them, the current one first.
fn keys(desk: &Desk) -> Vec<Value> {
    let shown = desk.run(&["signing-key", "show", "Velkar Shield", "--json"]).ok();
    let mut keys: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    keys.sort_by_key(|key| key["current"] != true);
    keys
}

fn current(desk: &Desk) -> String {
    let key = keys(desk).into_iter().find(|key| key["current"] == true).unwrap();
    key["fingerprint"].as_str().unwrap().to_owned()
}

fn read(desk: &Desk, email: &str, number: u32) -> Option<Value> {
    let done = desk.run(&["get", &format!("indicator--{}", uuid(number)), "--as", email, "--json"]);
    (done.code == 0).then(|| serde_json::from_str(&done.out).unwrap())
}

/// The ids of what is recalled, as a viewer reads them.
fn recalled(desk: &Desk, email: &str) -> Vec<String> {
    let bundle = desk.run(&["export", "--as", email, "--type", "kizuna-recall"]).ok();
    let bundle: Value = serde_json::from_str(&bundle).unwrap();
    let recalls = bundle["objects"].as_array().unwrap().iter();
    let mut ids: Vec<String> =
        recalls.map(|recall| recall["object_ref"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn a_rotated_key_goes_on_and_a_revoked_one_stops_until_it_is_pinned() {
    let two = Two::new();
    let server = two.velkar.serve("127.0.0.1:0");
    two.befriend(&server.url, "1h");
    give(&two.velkar, "v@xve.example", 200..201, "rel:Circle");
    two.asterin.run(&["peer", "sync"]).ok();
    let first = current(&two.velkar);
    assert_eq!(current(&two.asterin), first, "taken at first sight");

    two.velkar.run(&["signing-key", "rotate", "Velkar Shield"]).ok();
    let second = current(&two.velkar);
    assert_ne!(second, first);
    give(&two.velkar, "v@xve.example", 202..203, "rel:Circle");
    two.asterin.run(&["peer", "sync"]).ok();
    assert_eq!(current(&two.asterin), second, "the key before it says so");
    let read_here = |number| read(&two.asterin, "a@xas.example", number);
    assert_eq!(read_here(202).unwrap()["authored"], true);

    two.velkar.run(&["signing-key", "revoke", "Velkar Shield", &second]).ok();
    let third = current(&two.velkar);
    give(&two.velkar, "v@xve.example", 204..205, "rel:Circle");
    let stopped = two.asterin.run(&["peer", "sync"]);
    assert_eq!(stopped.code, 1, "{stopped:?}");
    assert!(stopped.err.contains("pinned it") && stopped.err.contains(&third), "{stopped:?}");
    assert_eq!(read_here(204), None, "nothing is taken by a key that nobody compared");
    assert!(keys(&two.asterin).iter().any(|key| key["fingerprint"] == second && key["revoked"].is_string()));
    assert!(two.asterin.run(&["peer", "status"]).ok().contains("compared the fingerprint"));

    two.asterin.run(&["signing-key", "pin", "Velkar Shield", &third]).ok();
    two.asterin.run(&["peer", "sync"]).ok();
    assert_eq!(read_here(204).unwrap()["authored"], true);
    assert_eq!(read_here(202).unwrap()["authored"], true, "what came before stays");
}

#[test]
fn a_release_that_is_withdrawn_or_narrowed_is_recalled_at_the_partner() {
    let two = Two::new();
    let add = |email: &str| {
        let typed = ["user", "add", email, "--member", "Asterin CERT", "--role", "releaser"];
        two.asterin.run(&typed).ok();
    };
    ["one@xas.example", "two@xas.example"].into_iter().for_each(add);
    two.velkar.run(&["member", "add", "Velkar Grid", "--country", "XVE"]).ok();
    two.velkar.user("g@xve.example", "Velkar Grid", &[]);
    two.velkar.run(&["member", "add", "Orinthia Watch", "--country", "XOR"]).ok();
    two.velkar.user("o@xor.example", "Orinthia Watch", &[]);
    let server = two.velkar.serve("127.0.0.1:0");
    two.befriend(&server.url, "1h");

    give(&two.asterin, "a@xas.example", 100..101, "tlp:amber");
    let id = format!("indicator--{}", uuid(100));
    let ask = ["release", "propose", &id, "--label", "rel:XVE", "--as", "a@xas.example", "--json"];
    let proposed: Value = serde_json::from_str(&two.asterin.run(&ask).ok()).unwrap();
    let release = proposed["id"].as_str().unwrap();
    two.asterin.run(&["peer", "sync"]).ok();
    assert_eq!(read(&two.velkar, "v@xve.example", 100), None, "what is only proposed stays");
    two.asterin.run(&["release", "approve", release, "--as", "one@xas.example"]).ok();
    // Directly, as the rules let it.
    give(&two.asterin, "a@xas.example", 102..103, "rel:XVE tlp:amber");
    two.asterin.run(&["peer", "sync"]).ok();
    for email in ["v@xve.example", "g@xve.example"] {
        assert_eq!(two.velkar.reads(email, "indicator"), ids([100, 102]), "{email}");
    }

    let away = ["release", "withdraw", release, "--as", "two@xas.example", "--kind", "political"];
    two.asterin.run(&[&away[..], &["--reason", "the minister said no"]].concat()).ok();
    two.asterin.run(&["withdraw", &ids([102])[0], "--as", "a@xas.example"]).ok();
    two.asterin.run(&["peer", "sync"]).ok();
    for email in ["v@xve.example", "g@xve.example"] {
        assert_eq!(two.velkar.reads(email, "indicator"), ids([]), "{email}");
        assert_eq!(recalled(&two.velkar, email), ids([100, 102]), "{email}: whoever read it is told");
    }
    assert_eq!(recalled(&two.velkar, "o@xor.example"), ids([]), "whoever did not is not");
    assert_eq!(two.asterin.reads("a@xas.example", "indicator"), ids([100, 102]), "its member keeps it");
}
