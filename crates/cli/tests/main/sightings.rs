//! What a sweep saw, told to a node: shown, asked about, sent, and kept where it cannot be sent.

use serde_json::Value;

use crate::kit::{Desk, Done};

/// A sweep's report with two sightings of one indicator.
fn reported(desk: &Desk) {
    desk.file("list.txt", "domain\tevil.example\n");
    desk.file(
        "dns.log",
        "{\"ts\":\"2026-01-01T00:00:01Z\",\"id.orig_h\":\"10.0.0.5\",\"query\":\"evil.example\"}\n\
         {\"ts\":\"2026-01-01T00:00:02Z\",\"id.orig_h\":\"10.0.0.6\",\"query\":\"evil.example\"}\n",
    );
    let swept = desk.run(&["hunt", "dns.log", "--with", "list.txt", "--report", "s.json"]);
    assert_eq!(swept.code, 1, "{swept:#?}");
    assert!(swept.err.contains("`kizuna sightings send s.json --to URL` sends them"), "{}", swept.err);
}

fn sent(desk: &Desk, key: &str, typed: &[&str], answer: &str) -> Done {
    desk.run_with(typed, answer.as_bytes(), &[("KIZUNA_KEY", key)])
}

fn waiting(desk: &Desk) -> usize {
    let outbox = desk.place.path().join("kizuna-outbox");
    let Ok(entries) = std::fs::read_dir(outbox) else { return 0 };
    entries
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "json"))
        .count()
}

/// Sightings at the node that somebody reads.
fn read(desk: &Desk, email: &str) -> usize {
    desk.reads(email, "sighting").len()
}

#[test]
fn sightings_are_shown_and_sent_only_when_somebody_agrees() {
    let desk = Desk::peopled();
    reported(&desk);
    let key = desk.key("a@xas.example");
    let server = desk.serve("127.0.0.1:0");
    let typed = ["sightings", "send", "s.json", "--to", &server.url];
    for answer in ["", "n\n"] {
        let declined = sent(&desk, &key, &typed, answer);
        assert_eq!(declined.code, 1, "{declined:#?}");
        assert!(declined.err.contains("2 sightings of 1 indicators to http://"), "{}", declined.err);
        assert!(declined.err.contains("/api/v1/objects"), "{}", declined.err);
        assert!(declined.err.contains("marked      no marking (2)"), "{}", declined.err);
        let reach = declined.err.lines().find(|line| line.trim_start().starts_with("reaches"));
        assert!(reach.is_some_and(|line| !line.contains("not known")), "{}", declined.err);
        assert!(declined.err.contains("machines    not named") && !declined.err.contains("10.0.0.5"));
        assert!(declined.err.contains("2026-01-01T00:00:01.000Z to 2026-01-01T00:00:02.000Z"));
        assert!(declined.err.contains("evil.example") && declined.err.contains("nothing was sent"));
    }
    assert_eq!((read(&desk, "a@xas.example"), waiting(&desk)), (0, 0));
    let agreed = sent(&desk, &key, &typed, "y\n");
    assert_eq!(agreed.code, 0, "{agreed:#?}");
    assert!(agreed.err.contains("sent: the node took 3 objects"), "{}", agreed.err);
    assert_eq!((read(&desk, "a@xas.example"), waiting(&desk)), (2, 0));
    // What says nothing else is the member's own.
    assert_eq!(read(&desk, "v@xve.example"), 0);
    // A sweep does the same at its end; its exit code stays its own.
    let typed =
        ["hunt", "dns.log", "--with", "list.txt", "--report", "t.json", "--send", &server.url, "--yes"];
    let swept = sent(&desk, &key, &typed, "");
    assert_eq!(swept.code, 1, "{swept:#?}");
    assert!(swept.err.contains("sent: the node took 3 objects"), "{}", swept.err);
    // The label is as wide as the sender says.
    let label =
        ["sightings", "send", "t.json", "--to", &server.url, "--yes", "--label", "tlp:green rel:XAS,XVE"];
    let wide = sent(&desk, &key, &label, "");
    assert_eq!(wide.code, 0, "{wide:#?}");
    assert_eq!(read(&desk, "v@xve.example"), 2);
    let count = |done: &Done| done.err.lines().find(|line| line.contains("reaches ")).map(str::to_owned);
    assert_ne!(count(&wide), count(&agreed), "a wider label reaches more: {wide:#?}");
}

#[test]
fn what_cannot_be_sent_waits_and_goes_with_the_next() {
    let desk = Desk::peopled();
    reported(&desk);
    let key = desk.key("a@xas.example");
    let server = desk.serve("127.0.0.1:0");
    let (url, address) = (server.url.clone(), server.address().to_owned());
    server.kill();
    let typed = ["sightings", "send", "s.json", "--to", &url, "--yes"];
    for _ in 0..2 {
        let queued = sent(&desk, &key, &typed, "");
        assert_eq!(queued.code, 1, "{queued:#?}");
        assert!(queued.err.contains("reaches     not known: the node cannot be reached"), "{}", queued.err);
        assert!(queued.err.contains("QUEUED") && queued.err.contains("cannot be reached"), "{}", queued.err);
    }
    // The same twice is one.
    assert_eq!(waiting(&desk), 1);
    let kept = std::fs::read_dir(desk.place.path().join("kizuna-outbox")).unwrap().next().unwrap().unwrap();
    assert!(!std::fs::read_to_string(kept.path()).unwrap().contains(&key), "the key was written down");
    let listed = desk.run(&["sightings", "waiting", "--json"]);
    let row: Value = serde_json::from_str(&listed.ok()).unwrap();
    assert_eq!(row["objects"], 3);
    let _server = desk.serve(&address);
    // A key that is wrong now may be right later.
    let stranger = sent(&desk, "nobody", &["sightings", "send"], "");
    assert_eq!((stranger.code, waiting(&desk)), (1, 1), "{stranger:#?}");
    let sent = sent(&desk, &key, &["sightings", "send"], "");
    assert_eq!(sent.code, 0, "{sent:#?}");
    assert!(sent.err.contains("waited: 2 sightings"), "{}", sent.err);
    assert_eq!((read(&desk, "a@xas.example"), waiting(&desk)), (2, 0));
}

#[test]
fn what_a_node_refuses_is_kept_and_not_sent_again() {
    let desk = Desk::peopled();
    reported(&desk);
    let key = desk.key("a@xas.example");
    let server = desk.serve("127.0.0.1:0");
    let typed = ["sightings", "send", "s.json", "--to", &server.url, "--yes", "--label", "rel:NOBODY"];
    let refused = sent(&desk, &key, &typed, "");
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!(refused.err.contains("NOT SENT  the node refused it: 4"), "{}", refused.err);
    assert_eq!((waiting(&desk), read(&desk, "a@xas.example")), (0, 0));
    assert_eq!(std::fs::read_dir(desk.place.path().join("kizuna-outbox")).unwrap().count(), 1);
    assert_eq!(desk.run(&["sightings", "send", "s.json"]).code, 2);
    assert_eq!(desk.run(&["sightings", "send", "list.txt", "--to", &server.url]).code, 2);
    let typed = ["hunt", "dns.log", "--with", "list.txt", "--report", "t.json", "--send", "file:///x"];
    assert_eq!(desk.run(&typed).code, 2);
}
