//! Two nodes that enrol by a code and exchange over mutual TLS; and those who have no business there.

use serde_json::Value;

use crate::kit::{Desk, Server};
use crate::peers::{give, ids};

pub const BOTH: [&str; 4] = ["--listen", "127.0.0.1:0", "--peers-listen", "127.0.0.1:0"];

/// Where a server's peers reach it.
pub fn reached(server: &Server) -> String {
    let (_, rest) = server.said.split_once("peers reach it at ").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

/// Asterin's node, which invites, and Velkar's, which joins. Both serve.
pub struct Pair {
    pub asterin: Desk,
    pub velkar: Desk,
    pub at_asterin: Server,
    pub at_velkar: Server,
}

impl Pair {
    pub fn new() -> Self {
        let (asterin, velkar) = (Desk::new(), Desk::new());
        asterin.run(&["member", "add", "Asterin CERT", "--country", "XAS"]).ok();
        asterin.run(&["member", "add", "Velkar Shield", "--country", "XVE", "--elsewhere"]).ok();
        let members = ["--member", "Asterin CERT", "--member", "Velkar Shield"];
        asterin.run(&[&["community", "add", "Circle"][..], &members].concat()).ok();
        asterin.user("a@xas.example", "Asterin CERT", &[]);
        velkar.run(&["member", "add", "Velkar Shield", "--country", "XVE"]).ok();
        velkar.user("v@xve.example", "Velkar Shield", &[]);
        let (at_asterin, at_velkar) = (asterin.serve_with(&BOTH), velkar.serve_with(&BOTH));
        Self { asterin, velkar, at_asterin, at_velkar }
    }

    pub fn invite(&self) -> String {
        let typed = ["peer", "invite", "velkar", "--member", "Velkar Shield", "--every", "1h"];
        self.asterin.run(&typed).ok().trim().to_owned()
    }

    /// Both know each other, and the circle is on both sides.
    pub fn enrolled() -> Self {
        let pair = Self::new();
        let code = pair.invite();
        pair.velkar
            .run(&["peer", "join", &reached(&pair.at_asterin), &code, "asterin", "--every", "1h"])
            .ok();
        // Signed: the enrolment has made Asterin's key known.
        let roster = pair.asterin.run(&["community", "export", "Circle"]).ok();
        pair.velkar.run_with_input(&["community", "import", "-"], roster.as_bytes()).ok();
        pair
    }

    fn sync(&self) {
        self.velkar.run(&["peer", "sync"]).ok();
        self.asterin.run(&["peer", "sync"]).ok();
    }
}

fn peer(desk: &Desk) -> Value {
    let listed = desk.run(&["peer", "list", "--json"]).ok();
    serde_json::from_str(listed.lines().next().unwrap()).unwrap()
}

#[test]
fn two_nodes_enrol_by_a_code_and_exchange_without_any_key() {
    let pair = Pair::enrolled();
    give(&pair.asterin, "a@xas.example", 100..110, "rel:Circle tlp:amber");
    give(&pair.asterin, "a@xas.example", 110..115, "rel:\"Asterin CERT\"");
    give(&pair.velkar, "v@xve.example", 200..210, "rel:Circle");
    give(&pair.velkar, "v@xve.example", 210..215, "rel:\"Velkar Shield\"");
    pair.sync();
    assert_eq!(pair.asterin.reads("a@xas.example", "indicator"), ids((100..115).chain(200..210)));
    assert_eq!(pair.velkar.reads("v@xve.example", "indicator"), ids((100..110).chain(200..215)));
    // What was pushed is the other member's, as it was written.
    let claims = pair.velkar.run(&["versions", &ids([100])[0], "--claims", "--as", "v@xve.example"]).ok();
    assert_eq!(claims.lines().count(), 2, "{claims}");
    assert!(claims.contains("Asterin CERT"), "{claims}");
    // The signing keys are compared, not seen first.
    for (desk, other) in [(&pair.velkar, "Asterin CERT"), (&pair.asterin, "Velkar Shield")] {
        let keys = desk.run(&["signing-key", "show", other]).ok();
        assert!(keys.contains("pinned by hand"), "{keys}");
    }
    // Each side shows what the other shows of itself.
    let shown = |server: &Server| server.said.split_once("transport key ").unwrap().1[..39].to_owned();
    assert_eq!(peer(&pair.velkar)["transport_key"], shown(&pair.at_asterin));
    assert_eq!(peer(&pair.asterin)["transport_key"], shown(&pair.at_velkar));
    for desk in [&pair.asterin, &pair.velkar] {
        let status: Value = serde_json::from_str(&desk.run(&["peer", "status", "--json"]).ok()).unwrap();
        assert_eq!(status["status"]["error"], Value::Null, "{status}");
    }
}

#[test]
fn a_code_works_once_and_three_wrong_ones_burn_it() {
    let pair = Pair::new();
    let at = reached(&pair.at_asterin);
    let join = |code: &str| pair.velkar.run(&["peer", "join", &at, code, "asterin"]);
    let code = pair.invite();
    let last = code.chars().last().unwrap();
    let wrong = format!("{}{}", &code[..code.len() - 1], if last == '0' { '1' } else { '0' });
    for _ in 0..3 {
        let refused = join(&wrong);
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains("the code is wrong, or somebody stands between"), "{refused:?}");
    }
    // Burned: the right one is too late, and says no more than an unknown one.
    let burned = join(&code);
    assert_eq!(burned.code, 1, "{burned:?}");
    assert!(pair.velkar.run(&["peer", "list", "--json"]).ok().is_empty());
    let code = pair.invite();
    join(&code).ok();
    let again = pair.velkar.run(&["peer", "join", &at, &code, "again"]);
    assert_eq!(again.code, 1, "{again:?}");
    // Nobody is invited who is not expected.
    let typed = ["peer", "invite", "velkar", "--member", "Asterin CERT"];
    assert_eq!(pair.asterin.run(&typed).code, 1);
}

#[test]
fn a_peer_that_was_removed_is_refused_at_the_handshake() {
    let pair = Pair::enrolled();
    pair.sync();
    pair.asterin.run(&["peer", "remove", "velkar"]).ok();
    let refused = pair.velkar.run(&["peer", "sync"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    // Enrolled anew, it goes on.
    let code = pair.invite();
    pair.velkar.run(&["peer", "join", &reached(&pair.at_asterin), &code, "asterin", "--every", "1h"]).ok();
    give(&pair.asterin, "a@xas.example", 100..102, "rel:Circle");
    pair.sync();
    assert_eq!(pair.velkar.reads("v@xve.example", "indicator"), ids(100..102));
}

#[test]
fn a_stolen_key_is_worth_nothing_once_it_is_changed() {
    let pair = Pair::enrolled();
    pair.sync();
    // Somebody copied Velkar's whole directory before.
    let thief = Desk::new();
    let copied = std::process::Command::new("cp")
        .args(["-r", pair.velkar.data().to_str().unwrap(), thief.data().to_str().unwrap()])
        .status();
    assert!(copied.unwrap().success());
    let _ = std::fs::remove_file(thief.data().join("kizuna.sock"));
    thief.run(&["peer", "sync"]).ok();
    let renewed = pair.velkar.run(&["peer", "renew", "--json"]).ok();
    let renewed: Value = serde_json::from_str(&renewed).unwrap();
    assert_eq!((&renewed["done"], &renewed["waits_for"]), (&true.into(), &Value::Array(vec![])));
    pair.sync();
    assert_eq!(peer(&pair.asterin)["transport_keys"], 1, "the old one opens nothing any more");
    let refused = thief.run(&["peer", "sync"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    give(&pair.asterin, "a@xas.example", 100..102, "rel:Circle");
    pair.sync();
    assert_eq!(pair.velkar.reads("v@xve.example", "indicator"), ids(100..102));
}

#[test]
fn a_revoked_signing_key_ends_the_channel_until_it_is_enrolled_again() {
    let pair = Pair::enrolled();
    // Whoever reads what a member gave is told of its keys.
    give(&pair.velkar, "v@xve.example", 200..202, "rel:Circle");
    pair.sync();
    let key = pair.velkar.run(&["signing-key", "show", "Velkar Shield", "--json"]).ok();
    let key: Value = serde_json::from_str(key.lines().next().unwrap()).unwrap();
    let fingerprint = key["fingerprint"].as_str().unwrap();
    pair.velkar.run(&["signing-key", "revoke", "Velkar Shield", fingerprint]).ok();
    // The last thing that the channel carries is that it ends.
    pair.velkar.run(&["peer", "sync"]);
    let patience = std::time::Instant::now() + std::time::Duration::from_mins(1);
    loop {
        let refused = pair.asterin.run(&["peer", "sync"]);
        if refused.err.contains("is revoked: enrol it again")
            || refused.out.contains("is revoked: enrol it again")
        {
            break;
        }
        assert!(std::time::Instant::now() < patience, "{refused:?}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(pair.velkar.run(&["peer", "sync"]).code, 1);
    let code = pair.invite();
    pair.velkar.run(&["peer", "join", &reached(&pair.at_asterin), &code, "asterin", "--every", "1h"]).ok();
    pair.sync();
}
