//! Wrong input of every kind: what is said, and with which exit code.

use std::fmt::Write as _;

use crate::kit::{Desk, settled, uuid};

#[test]
fn wrong_input_is_named_with_its_place_and_the_way_out() {
    let desk = Desk::peopled();
    desk.file("text.txt", "not JSON");
    desk.file("number.json", "42");
    desk.file("cut.gz", [0x1f, 0x8b, 8, 0]);
    let id = format!("indicator--{}", uuid(9));
    let typed: &[&[&str]] = &[
        &[],
        &["frobnicate"],
        &["import"],
        &["import", "nowhere.json"],
        &["import", "text.txt"],
        &["import", "number.json"],
        &["import", "cut.gz"],
        &["import", "text.txt", "--label", "tlp:pink"],
        &["import", "text.txt", "--label", "rel:Nobody"],
        &["import", "text.txt", "--label", "class:EXERCISE/COSMIC"],
        &["import", "text.txt", "--as", "nobody@x.example"],
        &["import", "text.txt", "--collection", "nowhere"],
        &["import", "text.txt", "--reliability", "Z"],
        &["get", &id],
        &["get", "indicator--1", "--as", "a@xas.example"],
        &["get", &id, "--as", "a@xas.example"],
        &["get", &id, "--as", "nobody@x.example"],
        &["search", "--as", "a@xas.example"],
        &["explain", &id, "--as", "a@xas.example"],
        &["member", "add", "Third", "--country", "Japan"],
        &["member", "add", "asterin cert", "--country", "XAS"],
        &["member", "add", "Third", "--country", "JPN", "--community", "Nowhere"],
        &["user", "add", "a@xas.example", "--member", "Asterin CERT", "--role", "reader"],
        &["user", "add", "b@xas.example", "--member", "Nowhere", "--role", "reader"],
        &["user", "add", "b@xas.example", "--member", "Asterin CERT", "--role", "king"],
        &["user", "add", "no address", "--member", "Asterin CERT", "--role", "reader"],
        &[
            "user",
            "add",
            "b@xas.example",
            "--member",
            "Asterin CERT",
            "--role",
            "reader",
            "--clear",
            "SECRET",
        ],
        &["user", "link"],
        &["key", "revoke", "42"],
        &["key", "revoke", &uuid(7)],
        &["community", "join", "Circle", "--member", "Asterin CERT"],
        &["community", "leave", "Circle", "--member", "Orinthia Watch"],
        &["community", "import", "text.txt"],
        &["policy", "show", "NOWHERE"],
        &["peer", "sync", "nobody"],
        &["peer", "add", "not a url", "--name", "x", "--member", "Velkar Shield"],
        &[
            "peer",
            "add",
            "http://127.0.0.1:1",
            "--name",
            "x",
            "--member",
            "Velkar Shield",
            "--every",
            "often",
        ],
        &["serve", "--listen", "everywhere"],
    ];
    let mut table = String::new();
    for words in typed {
        let done = desk.run(words);
        assert_ne!(done.code, 0, "{words:?}");
        let err = settled(&done.err, desk.place.path());
        writeln!(table, "$ kizuna {}\n{}→ {}\n", words.join(" "), err, done.code).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_node_without_a_member_says_what_to_do() {
    let desk = Desk::new();
    desk.file("a.json", "{\"objects\":[]}");
    let done = desk.run(&["import", "a.json"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("kizuna member add"), "{}", done.err);
}
