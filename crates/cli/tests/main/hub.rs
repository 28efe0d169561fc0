//! Three nodes: what goes through a hub, and what does not.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kit::{Desk, Server, uuid};
use crate::peers::{give, ids};

const PATIENCE: Duration = Duration::from_mins(2);
/// Name, country, address of an analyst.
const MEMBERS: [(&str, &str, &str); 3] = [
    ("Asterin CERT", "XAS", "a@xas.example"),
    ("Orinthia Hub", "XOR", "o@xor.example"),
    ("Velkar Shield", "XVE", "v@xve.example"),
];

/// Asterin's, a hub, and Velkar's: all in one circle, each with the others' keys.
struct Three {
    desks: Vec<Desk>,
}

impl Three {
    fn new() -> Self {
        let desks: Vec<Desk> = MEMBERS.iter().map(|_| Desk::new()).collect();
        for (at, desk) in desks.iter().enumerate() {
            let (name, country, email) = MEMBERS[at];
            desk.run(&["member", "add", name, "--country", country]).ok();
            for (other, country, _) in MEMBERS.iter().filter(|(other, ..)| *other != name) {
                desk.run(&["member", "add", other, "--country", country, "--elsewhere"]).ok();
            }
            desk.user(email, name, &[]);
        }
        let names: Vec<&str> = MEMBERS.iter().flat_map(|(name, ..)| ["--member", name]).collect();
        desks[0].run(&[&["community", "add", "Circle"][..], &names].concat()).ok();
        let roster = desks[0].run(&["community", "export", "Circle"]).ok();
        let mut by_hand: Value = serde_json::from_str(&roster).unwrap();
        by_hand.as_object_mut().unwrap().remove("signed");
        for desk in &desks[1..] {
            let typed = ["community", "import", "-", "--unsigned"];
            desk.run_with_input(&typed, by_hand.to_string().as_bytes()).ok();
        }
        for (at, (name, ..)) in MEMBERS.iter().enumerate() {
            let shown = desks[at].run(&["signing-key", "show", name, "--json"]).ok();
            let key: Value = serde_json::from_str(shown.lines().next().unwrap()).unwrap();
            for other in desks.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, desk)| desk) {
                other.run(&["signing-key", "pin", name, key["key"].as_str().unwrap()]).ok();
            }
        }
        Self { desks }
    }

    /// Two nodes push to each other; the first one serves at this address.
    fn befriend(&self, one: usize, other: usize, servers: &[Server]) {
        for (at, there) in [(one, other), (other, one)] {
            let key = self.desks[there].user(&format!("node-{at}@x.example"), MEMBERS[at].0, &[]);
            let url = format!("{}/taxii2/", servers[there].url);
            let first = ["peer", "add", &url, "--name", MEMBERS[there].1, "--member", MEMBERS[there].0];
            let more = ["--key", &key, "--push", "--every", "1h"];
            self.desks[at].run(&[&first[..], &more].concat()).ok();
        }
    }

    fn read(&self, at: usize, number: u32) -> Option<Value> {
        let id = format!("indicator--{}", uuid(number));
        let done = self.desks[at].run(&["get", &id, "--as", MEMBERS[at].2, "--json"]);
        (done.code == 0).then(|| serde_json::from_str(&done.out).unwrap())
    }

    fn until(&self, at: usize, expected: &[String]) {
        let begun = Instant::now();
        loop {
            let found = self.desks[at].reads(MEMBERS[at].2, "indicator");
            if found == expected {
                return;
            }
            let told: Vec<String> =
                self.desks.iter().map(|desk| desk.run(&["peer", "status"]).ok()).collect();
            assert!(
                begun.elapsed() < PATIENCE,
                "{found:?} where {expected:?} was expected\n{}",
                told.join("\n")
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Versions that a node sent, to all its peers.
    fn sent(&self, at: usize) -> u64 {
        let told = self.desks[at].run(&["peer", "status", "--json"]).ok();
        let each = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        each.map(|peer| peer["status"]["pushed"].as_u64().unwrap()).sum()
    }

    /// Waits until no node sends anything more.
    fn rest(&self) {
        let sent = || (0..3).map(|at| self.sent(at)).sum::<u64>();
        let (begun, mut since, mut before) = (Instant::now(), Instant::now(), sent());
        while since.elapsed() < Duration::from_secs(1) {
            assert!(begun.elapsed() < PATIENCE, "it does not come to rest");
            let now = sent();
            if now != before {
                (since, before) = (Instant::now(), now);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn claims(&self, at: usize, number: u32) -> usize {
        let id = format!("indicator--{}", uuid(number));
        let typed = ["versions", &id, "--claims", "--as", MEMBERS[at].2, "--json"];
        self.desks[at].run(&typed).ok().lines().count()
    }
}

#[test]
fn a_hub_passes_on_what_is_its_author_s_and_recalls_follow() {
    let three = Three::new();
    let servers: Vec<Server> = three.desks.iter().map(|desk| desk.serve("127.0.0.1:0")).collect();
    three.befriend(0, 1, &servers);
    three.befriend(1, 2, &servers);
    // Even numbers are Asterin's own, odd ones nobody's here.
    give(&three.desks[0], MEMBERS[0].2, 100..104, "rel:Circle tlp:amber");
    give(&three.desks[0], MEMBERS[0].2, 110..112, "rel:Circle tlp:amber orcon");
    give(&three.desks[0], MEMBERS[0].2, 120..122, "rel:\"Asterin CERT\",\"Orinthia Hub\"");
    three.until(2, &ids(100..104));
    three.until(1, &ids((100..104).chain(110..112).chain(120..122)));
    let there = three.read(2, 100).unwrap();
    assert_eq!((&there["source"], &there["authored"]), (&"Asterin CERT".into(), &true.into()), "{there}");

    three.rest();
    assert_eq!(three.read(2, 110), None, "originator controlled: not over the hub");
    let sent: Vec<u64> = (0..3).map(|at| three.sent(at)).collect();
    // A third side: nothing is sent again but definitions, and its originator sends what it controls.
    three.befriend(0, 2, &servers);
    give(&three.desks[0], MEMBERS[0].2, 130..131, "rel:Circle tlp:amber");
    three.until(2, &ids((100..104).chain(110..112).chain(130..131)));
    three.rest();
    assert_eq!(three.claims(2, 100), 1, "one contribution of its author, by whatever way");
    assert_eq!(three.claims(2, 130), 1);
    let after: Vec<u64> = (0..3).map(|at| three.sent(at)).collect();
    println!("sent before the third side {sent:?}, after it {after:?}");

    let id = format!("indicator--{}", uuid(100));
    three.desks[0].run(&["withdraw", &id, "--as", MEMBERS[0].2]).ok();
    three.until(2, &ids((101..104).chain(110..112).chain(130..131)));
    three.until(1, &ids((101..104).chain(110..112).chain(120..122).chain(130..131)));
}

#[test]
fn what_is_to_make_one_hop_makes_one_and_what_is_to_stay_stays() {
    let three = Three::new();
    let servers: Vec<Server> = three.desks.iter().map(|desk| desk.serve("127.0.0.1:0")).collect();
    three.befriend(0, 1, &servers);
    three.befriend(1, 2, &servers);
    give(&three.desks[0], MEMBERS[0].2, 200..202, "rel:Circle tlp:amber one-hop");
    give(&three.desks[0], MEMBERS[0].2, 210..212, "rel:Circle tlp:amber this-node");
    give(&three.desks[0], MEMBERS[0].2, 220..221, "rel:Circle tlp:amber");
    // What has no limit is through the hub, and nothing comes after it.
    three.until(1, &ids((200..202).chain(220..221)));
    three.until(2, &ids(220..221));
    three.rest();
    assert_eq!(three.read(2, 200), None, "it has made its hop");
    assert_eq!(three.read(1, 210), None, "it stays where it was written");
    let held_back = |at: usize| three.desks[at].run(&["peer", "status", "--json"]).ok();
    assert!(held_back(0).contains("it stays on this node"), "{}", held_back(0));
    assert!(held_back(1).contains("it stays on this node"), "{}", held_back(1));
    let at_hub = three.read(1, 200).unwrap();
    assert!(at_hub["label"].as_str().unwrap().contains("one-hop this-node"), "{at_hub}");
    // Nor does who takes it out of the node and puts it in again send it on.
    let taken_out = three.desks[1].run(&["export", "--as", MEMBERS[1].2, "--format", "stix"]).ok();
    let put_in = ["import", "-", "--as", MEMBERS[1].2, "--label", "rel:Circle"];
    three.desks[1].run_with_input(&put_in, taken_out.as_bytes());
    give(&three.desks[1], MEMBERS[1].2, 230..231, "rel:Circle");
    three.until(2, &ids((220..221).chain(230..231)));
    three.rest();
    assert_eq!(three.read(2, 200), None, "put in again it stays what it was");
    // By a link of its own it makes one hop too.
    three.befriend(0, 2, &servers);
    three.until(2, &ids((200..202).chain(220..221).chain(230..231)));
}
