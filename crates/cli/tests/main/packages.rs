//! Crossing a domain boundary: a disk between two nodes that share no network.

use kizuna_testkit::postgres::schema;
use serde_json::{Value, json};

use crate::kit::{Desk, bundle, indicator, uuid};

const CEILING: &str = "tlp:amber class:EXERCISE/RESTRICTED";

/// Asterin sends, Velkar lets in.
struct Boundary {
    sender: Desk,
    receiver: Desk,
}

impl Boundary {
    fn new() -> Self {
        Self::between(Desk::new(), Desk::new())
    }

    fn between(sender: Desk, receiver: Desk) -> Self {
        sender.run(&["member", "add", "Asterin CERT", "--country", "XAS"]).ok();
        sender.run(&["member", "add", "Velkar Shield", "--country", "XVE", "--elsewhere"]).ok();
        sender.user("a@xas.example", "Asterin CERT", &["--role", "releaser", "--clear", "EXERCISE:SECRET"]);
        // What is classified takes a release by two else, which is not the story here.
        for level in ["class:EXERCISE/RESTRICTED", "class:EXERCISE/SECRET"] {
            let direct = ["release", "rules", "--set", level, "--releasers", "1", "--direct", "writers"];
            sender.run(&direct).ok();
        }
        receiver.run(&["member", "add", "Velkar Shield", "--country", "XVE"]).ok();
        receiver.run(&["member", "add", "Asterin CERT", "--country", "XAS", "--elsewhere"]).ok();
        receiver.user(
            "v@xve.example",
            "Velkar Shield",
            &["--role", "quarantine", "--role", "auditor", "--clear", "EXERCISE:SECRET"],
        );
        let boundary = Self { sender, receiver };
        let recipient = boundary.expect("south", CEILING);
        let add = ["channel", "add", "south", "--to", "Velkar Shield", "--ceiling", CEILING];
        boundary.sender.run(&[&add[..], &["--recipient", &recipient]].concat()).ok();
        boundary
    }

    fn expect(&self, name: &str, ceiling: &str) -> String {
        let key = key(&self.sender, "Asterin CERT");
        let expect = ["channel", "expect", name, "--from", "Asterin CERT", "--ceiling", ceiling];
        self.receiver.run(&[&expect[..], &["--signing-key", &key]].concat()).ok().trim().to_owned()
    }

    fn write(&self, label: &str, objects: &[Value]) {
        let import = ["import", "-", "--as", "a@xas.example", "--label", label];
        self.sender.run_with_input(&import, bundle(objects).as_bytes()).ok();
    }

    /// Writes the next package.
    fn export(&self, more: &[&str]) -> Vec<u8> {
        let export = ["export", "--package", "out.age", "--channel", "south", "--as", "a@xas.example"];
        self.sender.run(&[&export[..], more].concat()).ok();
        std::fs::read(self.sender.data().parent().unwrap().join("out.age")).unwrap()
    }

    /// Carries a package over; what the guard said of it.
    fn carry(&self, octets: &[u8]) -> Value {
        self.receiver.file("in.age", octets);
        let done = self.receiver.run(&["--json", "import", "--package", "in.age"]);
        let said: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{done:#?}"));
        assert_eq!(done.code == 0, said["outcome"] == "passed", "{done:#?}");
        said
    }

    fn read(&self) -> Vec<String> {
        self.receiver.reads("v@xve.example", "indicator")
    }
}

fn key(desk: &Desk, member: &str) -> String {
    let shown = desk.run(&["signing-key", "show", member, "--json"]).ok();
    let keys = shown.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let current = keys.into_iter().find(|key| key["current"] == true).unwrap();
    current["key"].as_str().unwrap().to_owned()
}

fn kinds(said: &Value) -> Vec<&str> {
    said["findings"].as_array().unwrap().iter().map(|finding| finding["kind"].as_str().unwrap()).collect()
}

fn id(number: u32) -> String {
    format!("indicator--{}", uuid(number))
}

#[test]
fn content_crosses_on_a_disk_and_only_what_the_other_side_may_read() {
    let boundary = Boundary::new();
    boundary.write("rel:XAS,XVE", &[indicator(1), indicator(2)]);
    boundary.write("rel:XAS", &[indicator(3)]);
    boundary.write("rel:XAS,XVE class:EXERCISE/SECRET", &[indicator(4)]);
    let first = boundary.export(&[]);
    let said = boundary.carry(&first);
    assert_eq!((said["outcome"].as_str(), &said["sequence"]), (Some("passed"), &json!(1)), "{said:#}");
    assert_eq!(boundary.read(), [id(1), id(2)]);
    boundary.write("rel:XAS,XVE class:EXERCISE/RESTRICTED", &[indicator(5)]);
    let said = boundary.carry(&boundary.export(&[]));
    assert_eq!(said["sequence"], json!(2), "{said:#}");
    assert_eq!(boundary.read(), [id(1), id(2), id(5)], "what is new since, and no more than that");
    let audit = boundary.receiver.run(&["audit", "--as", "v@xve.example", "--action", "package."]).ok();
    assert!(audit.contains("package.imported"), "{audit}");
    boundary.receiver.run(&["verify", "store"]).ok();
}

#[test]
fn loss_replay_and_reordering_are_named_and_the_lost_package_is_given_again() {
    let boundary = Boundary::new();
    let mut packages = Vec::new();
    for number in 1..=3 {
        boundary.write("rel:XAS,XVE", &[indicator(number)]);
        packages.push(boundary.export(&[]));
    }
    assert_eq!(kinds(&boundary.carry(&packages[0])), Vec::<&str>::new());
    assert_eq!(kinds(&boundary.carry(&packages[0])), ["replayed"]);
    assert_eq!(kinds(&boundary.carry(&packages[2])), ["gap"]);
    assert_eq!(boundary.read(), [id(1)]);
    let listed = boundary.receiver.run(&["channel", "list"]).ok();
    assert!(listed.contains("south"), "{listed}");
    let shown: Value =
        serde_json::from_str(&boundary.receiver.run(&["--json", "channel", "show", "south"]).ok()).unwrap();
    assert_eq!(shown["missing"], json!([2]), "{shown:#}");
    let again = boundary.export(&["--again", "2"]);
    assert_eq!(again, packages[1], "the very octets");
    assert_eq!(kinds(&boundary.carry(&again)), Vec::<&str>::new());
    assert_eq!(kinds(&boundary.carry(&packages[2])), Vec::<&str>::new());
    assert_eq!(boundary.read(), [id(1), id(2), id(3)]);
    boundary.write("rel:XAS,XVE", &[indicator(4)]);
    boundary.export(&[]);
    let all = boundary.export(&["--all"]);
    let said = boundary.carry(&all);
    assert_eq!((kinds(&said), &said["skipped"]), (Vec::<&str>::new(), &json!([4])), "goes over what is lost");
    assert_eq!(boundary.read().len(), 4);
}

#[test]
fn tampering_is_named_and_nothing_of_a_refused_package_is_readable() {
    let boundary = Boundary::new();
    boundary.write("rel:XAS,XVE", &[indicator(1)]);
    let package = boundary.export(&[]);
    for place in [10, 150, package.len() / 2, package.len() - 3] {
        let mut changed = package.clone();
        changed[place] ^= 4;
        let said = boundary.carry(&changed);
        let found = kinds(&said);
        assert!(found == ["tampered"] || found == ["unopened"], "octet {place}: {said:#}");
    }
    assert_eq!(kinds(&boundary.carry(&package[..package.len() - 100])), ["tampered"], "cut off");
    assert_eq!(kinds(&boundary.carry(b"rubbish")), ["tampered"]);
    assert_eq!(boundary.read(), Vec::<String>::new());
    let report = boundary.receiver.run(&["channel", "report", "south"]).ok();
    assert!(report.contains("tampered") && report.contains("packages/refused/"), "{report}");
    assert_eq!(kinds(&boundary.carry(&package)), Vec::<&str>::new(), "the sound one still passes");
    assert_eq!(boundary.read(), [id(1)]);
}

#[test]
fn what_is_above_the_receivers_ceiling_is_refused_whole_and_leaves_only_its_digest() {
    let boundary = Boundary::new();
    boundary.sender.run(&["channel", "remove", "south"]).ok();
    let shown: Value =
        serde_json::from_str(&boundary.receiver.run(&["--json", "channel", "show", "south"]).ok()).unwrap();
    let recipient = shown["recipients"][0].as_str().unwrap().to_owned();
    let add = ["channel", "add", "south", "--to", "Velkar Shield", "--ceiling", "class:EXERCISE/SECRET"];
    boundary.sender.run(&[&add[..], &["--recipient", &recipient]].concat()).ok();
    boundary.write("rel:XAS,XVE", &[indicator(1)]);
    boundary.write("rel:XAS,XVE class:EXERCISE/SECRET", &[indicator(2)]);
    let said = boundary.carry(&boundary.export(&[]));
    assert!(kinds(&said).iter().all(|kind| *kind == "above-ceiling"), "{said:#}");
    assert!(said["kept"].is_null() && !said.to_string().contains(&uuid(2)), "{said:#}");
    assert_eq!(boundary.read(), Vec::<String>::new());
    let refused = boundary.receiver.data().join("packages/refused");
    assert!(!refused.exists() || refused.read_dir().unwrap().next().is_none());
}

#[test]
fn a_package_is_checked_without_a_node() {
    let boundary = Boundary::new();
    // A pair that anybody may know.
    let identity = "AGE-SECRET-KEY-157DSV9G5WJAW28HW5MGZNPG90PLVDX4VQ2J47399TXFFDD0NGGAQV4GV0L\n";
    let recipient = "age1tdw87e82ufk6gslv7unm46lrra8k8vyp9ny6cauxfu3s9wx02g2sv6pcp0";
    let add = ["channel", "add", "west", "--to", "Velkar Shield", "--ceiling", CEILING];
    boundary.sender.run(&[&add[..], &["--recipient", recipient]].concat()).ok();
    boundary.write("rel:XAS,XVE", &[indicator(1)]);
    boundary.sender.run(&["export", "--package", "w.age", "--channel", "west", "--as", "a@xas.example"]).ok();
    let octets = std::fs::read(boundary.sender.data().parent().unwrap().join("w.age")).unwrap();
    let elsewhere = Desk::new();
    elsewhere.file("w.age", &octets);
    elsewhere.file("identity.txt", identity);
    let key = key(&boundary.sender, "Asterin CERT");
    let log = boundary.sender.run(&["log", "key"]).ok();
    let verify = ["verify", "package", "w.age", "--log", log.trim(), "--key", &key];
    let said = elsewhere.run(&[&verify[..], &["--identity", "identity.txt"]].concat()).ok();
    assert!(said.contains("each proven to be in the log"), "{said}");
    assert_eq!(elsewhere.run(&verify).code, 1, "it is encrypted");
    let other = boundary.receiver.run(&["log", "key"]).ok();
    let wrong =
        ["verify", "package", "w.age", "--log", other.trim(), "--key", &key, "--identity", "identity.txt"];
    assert_eq!(elsewhere.run(&wrong).code, 1);
    let mut changed = octets;
    let place = changed.len() / 2;
    changed[place] ^= 1;
    elsewhere.file("w.age", &changed);
    assert_eq!(elsewhere.run(&[&verify[..], &["--identity", "identity.txt"]].concat()).code, 1);
    assert!(!elsewhere.data().exists(), "checking opens no data directory");
}

#[test]
fn it_is_the_same_on_postgresql() {
    let Some(schema) = schema() else {
        println!("skipped: there is no PostgreSQL here");
        return;
    };
    let boundary = Boundary::between(Desk::on(schema.url()), Desk::new());
    boundary.write("rel:XAS,XVE", &[indicator(1)]);
    assert_eq!(kinds(&boundary.carry(&boundary.export(&[]))), Vec::<&str>::new());
    assert_eq!(boundary.read(), [id(1)]);
}
