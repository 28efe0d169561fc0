//! Partners that meet over mutual TLS and compare what each was shown, as a witness, of a third node's log.

use serde_json::Value;

use crate::channel::{BOTH, reached};
use crate::kit::{Desk, Server, bundle, indicator};
use crate::log::{copy, status, until};

const NORTH: (&str, &str) = ("Asterin CERT", "XAS");
const SOUTH: (&str, &str) = ("Velkar Shield", "XVE");
const WEST: (&str, &str) = ("Orinthia Watch", "XOR");

/// A node of one member, which knows that the others live elsewhere; its analyst is `n@own.example`.
fn node((own, country): (&str, &str)) -> Desk {
    let desk = Desk::new();
    desk.run(&["member", "add", own, "--country", country]).ok();
    for (other, country) in [NORTH, SOUTH, WEST].iter().filter(|(other, _)| *other != own) {
        desk.run(&["member", "add", other, "--country", country, "--elsewhere"]).ok();
    }
    desk.user("n@own.example", own, &[]);
    desk
}

/// A partner: it serves, and co-signs the log of the north.
struct Partner {
    desk: Desk,
    server: Server,
    member: &'static str,
}

impl Partner {
    fn new(member: (&'static str, &str), log: &str) -> Self {
        let desk = node(member);
        desk.run(&["log", "follow", "north", "--key", log]).ok();
        let server = desk.serve_with(&BOTH);
        Self { desk, server, member: member.0 }
    }

    /// Has it asked to co-sign the log of a node as it is now.
    fn is_shown(&self, log: &Desk) {
        let key = self.desk.run(&["log", "key", "--witness"]).ok();
        let (url, credential) = (format!("{}/log", self.server.url), self.desk.key("n@own.example"));
        let first = ["log", "witness", "add", "partner", "--url", &url, "--key", key.trim()];
        log.run(&[&first[..], &["--credential", &credential]].concat()).ok();
        let shown = log.run(&["log", "witness", "ask"]).ok();
        assert!(shown.contains(key.split('+').next().unwrap()), "{shown}");
        log.run(&["log", "witness", "remove", "partner"]).ok();
    }

    /// Leaves of the north's log that it co-signed.
    fn saw(&self) -> u64 {
        let followed = self.desk.run(&["--json", "log", "followed"]).ok();
        serde_json::from_str::<Value>(followed.trim()).unwrap()["size"].as_u64().unwrap()
    }

    fn splits(&self) -> Vec<Value> {
        let splits = self.desk.run(&["--json", "log", "splits"]).ok();
        splits.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Becomes a peer of the other partner. From here on their servers may meet by themselves at any time.
    fn befriends(&self, west: &Self) {
        enrol(&self.desk, &self.server, &west.desk, west.member, ["west", "south"]);
    }

    /// Exchanges with a peer.
    fn meets(&self, peer: &str) {
        self.desk.run(&["peer", "sync", peer]).ok();
    }

    /// Whether its auditors read of it.
    fn has_told(&self, action: &str) -> bool {
        let auditor = ["user", "add", "au@own.example", "--member", self.member, "--role", "auditor"];
        self.desk.run(&auditor).ok();
        let lines = self.desk.run(&["--json", "audit", "--action", "log.", "--as", "au@own.example"]).ok();
        lines.lines().any(|line| line.contains(action) && line.contains("\"north\""))
    }
}

/// By a code: what each calls the other is said for the inviter first.
fn enrol(inviter: &Desk, server: &Server, joiner: &Desk, member: &str, [here, there]: [&str; 2]) {
    let code = inviter.run(&["peer", "invite", here, "--member", member, "--every", "1h"]).ok();
    joiner.run(&["peer", "join", &reached(server), code.trim(), there, "--every", "1h"]).ok();
}

fn partners(log: &str) -> (Partner, Partner) {
    (Partner::new(SOUTH, log), Partner::new(WEST, log))
}

fn size(desk: &Desk) -> u64 {
    status(desk)["size"].as_u64().unwrap()
}

/// Gives a node something of its own to log, and closes seconds until its log has so many leaves.
fn grow(desk: &Desk, number: u32, leaves: u64) {
    let given = bundle(&[indicator(number)]);
    desk.run_with_input(&["import", "-", "--as", "n@own.example"], given.as_bytes()).ok();
    until("a leaf", || {
        desk.run(&["log", "seal"]).ok();
        (size(desk) >= leaves).then_some(())
    });
    assert_eq!(size(desk), leaves, "nobody else closes seconds");
}

/// The north's node with two histories, each of so many leaves: one directory, and a copy that goes on for itself. With
/// the log's key, which is that of both.
fn two_faced(leaves: [u64; 2]) -> ([Desk; 2], String) {
    let (face, other) = (node(NORTH), Desk::new());
    grow(&face, 1, 1);
    copy(&face.data(), &other.data());
    grow(&face, 2, leaves[0]);
    grow(&other, 3, leaves[1]);
    let key = face.run(&["log", "key"]).ok().trim().to_owned();
    assert_eq!(other.run(&["log", "key"]).ok().trim(), key);
    ([face, other], key)
}

#[test]
fn a_node_that_shows_each_partner_another_history_is_named_when_the_partners_meet() {
    let ([face, other], key) = two_faced([2, 2]);
    let (south, west) = partners(&key);
    south.is_shown(&face);
    west.is_shown(&other);
    assert_eq!((south.saw(), west.saw()), (2, 2), "each co-signed what it was shown");
    assert!(south.splits().is_empty() && west.splits().is_empty(), "neither can tell for itself");

    south.befriends(&west);
    south.meets("west");
    for partner in [&south, &west] {
        let splits = partner.splits();
        assert_eq!(splits.len(), 1, "{splits:?}");
        let split = &splits[0];
        assert_eq!((&split["name"], &split["proven"]), (&"north".into(), &true.into()), "{split}");
        assert!(partner.has_told("log.two-histories"));
        // The evidence convinces whoever has the log's key: both are its own, and no proof leads from one to the other.
        let elsewhere = Desk::new();
        elsewhere.file("before", split["before"].as_str().unwrap());
        elsewhere.file("shown", split["shown"].as_str().unwrap());
        elsewhere.file("proof", "");
        let check = |old: &str, new: &str| {
            elsewhere.run(&["verify", "checkpoints", old, new, "--proof", "proof", "--key", &key])
        };
        check("before", "before").ok();
        check("shown", "shown").ok();
        let refused = check("before", "shown");
        assert!(refused.code == 1 && refused.err.contains("it does not hold"), "{refused:?}");
    }
    // Meeting again tells nothing twice.
    west.meets("south");
    assert_eq!((south.splits().len(), west.splits().len()), (1, 1));
}

#[test]
fn a_node_that_cannot_prove_to_have_one_history_is_named_at_its_next_exchange() {
    let ([face, other], key) = two_faced([2, 4]);
    let (south, west) = partners(&key);
    south.is_shown(&face);
    west.is_shown(&other);
    // From here on it serves one of its histories, and is its partners' peer like any other.
    let serving = face.serve_with(&BOTH);
    enrol(&face, &serving, &south.desk, SOUTH.0, ["south", "north"]);
    south.meets("north");
    assert!(south.splits().is_empty(), "it goes on from what it showed");

    south.befriends(&west);
    south.meets("west");
    until("it has gone past both", || (size(&face) > west.saw()).then_some(()));
    south.meets("north");
    let splits = south.splits();
    assert_eq!(splits.len(), 1, "{splits:?}");
    assert_eq!(splits[0]["name"], "north");
    assert!(south.has_told("log.unproven-history"));
}

#[test]
fn a_node_with_one_history_is_not_named_whatever_each_partner_has_seen_of_it() {
    let north = node(NORTH);
    grow(&north, 1, 2);
    let key = north.run(&["log", "key"]).ok();
    let (south, west) = partners(key.trim());
    south.is_shown(&north);
    grow(&north, 2, 5);
    west.is_shown(&north);
    assert_eq!((south.saw(), west.saw()), (2, 5));
    south.befriends(&west);
    let serving = north.serve_with(&BOTH);
    enrol(&north, &serving, &south.desk, SOUTH.0, ["south", "north"]);
    enrol(&north, &serving, &west.desk, WEST.0, ["west", "north"]);
    for _ in 0..2 {
        south.meets("west");
        south.meets("north");
        west.meets("north");
    }
    assert!(south.splits().is_empty() && west.splits().is_empty());
}
