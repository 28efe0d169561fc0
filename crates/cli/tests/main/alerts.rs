//! Alerts, receipts and requests over nodes: Tokyo warns over a hub, and Tallinn answers the same way.

use serde_json::{Value, json};

use crate::kit::{Desk, Server, bundle, indicator, uuid};
use crate::peers::{Two, give};

/// Three nodes of one circle that the hub owns. Tokyo and Tallinn know each other over the hub alone.
struct Three {
    tokyo: Desk,
    hub: Desk,
    tallinn: Desk,
    /// The hub's server; it goes on until this is dropped.
    server: Server,
}

const TOKYO: &str = "t@tokyo.example";
const TALLINN: &str = "o@tallinn.example";
const HUB: &str = "h@hub.example";

impl Three {
    fn new() -> Self {
        let (tokyo, hub, tallinn) = (Desk::new(), Desk::new(), Desk::new());
        hub.run(&["member", "add", "Harbour Hub", "--country", "XHU"]).ok();
        hub.run(&["member", "add", "Tokyo CERT", "--country", "XTO", "--elsewhere"]).ok();
        let grid = ["member", "add", "Tallinn Grid", "--country", "XTA", "--elsewhere"];
        hub.run(&[&grid[..], &["--sector", "nisc:electric-power"]].concat()).ok();
        let members = ["Harbour Hub", "Tokyo CERT", "Tallinn Grid"].map(|name| ["--member", name]);
        hub.run(&[&["community", "add", "Circle"][..], &members.concat()].concat()).ok();
        let roster = hub.run(&["community", "export", "Circle"]).ok();
        let signed: Value = serde_json::from_str(&roster).unwrap();
        let key = signed["signed"]["key"].as_str().unwrap().to_owned();
        hub.user(HUB, "Harbour Hub", &[]);
        let server = hub.serve("127.0.0.1:0");

        let at = |desk: &Desk, name: &str, country: &str, sector: &[&str], email: &str| {
            desk.run(&[&["member", "add", name, "--country", country][..], sector].concat()).ok();
            desk.run_with_input(&["community", "import", "-", "--key", &key], roster.as_bytes()).ok();
            desk.user(email, name, &[]);
        };
        at(&tokyo, "Tokyo CERT", "XTO", &[], TOKYO);
        at(&tallinn, "Tallinn Grid", "XTA", &["--sector", "nisc:electric-power"], TALLINN);
        let befriend = |desk: &Desk, member: &str, other: &str| {
            let account = format!("node-{}@hub.example", member.split(' ').next().unwrap().to_lowercase());
            let key = hub.user(&account, member, &[]);
            let peer = ["peer", "add", &server.url, "--name", "hub", "--member", "Harbour Hub"];
            let more = ["--member", other, "--user", &account, "--key", &key, "--every", "1h"];
            desk.run(&[&peer[..], &more].concat()).ok();
        };
        befriend(&tokyo, "Tokyo CERT", "Tallinn Grid");
        befriend(&tallinn, "Tallinn Grid", "Tokyo CERT");
        // What each signs with becomes known over the hub.
        let three = Self { tokyo, hub, tallinn, server };
        three.sync();
        three
    }

    /// Lets everybody exchange with the hub until what one has to say is at the other.
    fn sync(&self) {
        for desk in [&self.tokyo, &self.tallinn, &self.tokyo, &self.tallinn] {
            desk.run(&["peer", "sync"]).ok();
        }
    }
}

fn json_of(desk: &Desk, typed: &[&str]) -> Value {
    serde_json::from_str(&desk.run(&[typed, &["--json"]].concat()).ok()).unwrap()
}

fn id_of(desk: &Desk, typed: &[&str]) -> String {
    desk.run(typed).ok().trim().to_owned()
}

fn recipient(alert: &Value, name: &str) -> Value {
    let recipients = alert["recipients"].as_array().unwrap();
    recipients.iter().find(|row| row["name"] == name).cloned().unwrap_or(Value::Null)
}

#[test]
fn an_alert_goes_over_the_hub_and_its_receipts_come_back_to_the_sender_alone() {
    let three = Three::new();
    let sent =
        ["alert", "send", "Wipers in substations", "--as", TOKYO, "--to", "Circle", "--urgency", "emergency"];
    let id = id_of(&three.tokyo, &[&sent[..], &["--action", "Block the addresses"]].concat());
    three.sync();
    let seen = |desk: &Desk, email: &str| json_of(desk, &["alert", "show", &id, "--as", email]);
    let there = seen(&three.tallinn, TALLINN);
    assert_eq!((&there["from"], &there["urgency"]), (&"Tokyo CERT".into(), &"emergency".into()));
    assert_eq!(there["state"], "delivered");
    assert_eq!(recipient(&seen(&three.tokyo, TOKYO), "Tallinn Grid")["state"], "delivered");

    three.tallinn.run(&["alert", "read", &id, "--as", TALLINN]).ok();
    three.tallinn.run(&["receipt", "give", &id, "blocked", "--count", "12", "--as", TALLINN]).ok();
    three.sync();
    let grid = recipient(&seen(&three.tokyo, TOKYO), "Tallinn Grid");
    assert_eq!((&grid["state"], &grid["blocked"]), (&"blocked".into(), &12.into()));
    assert!(grid["delivered"].is_string() && grid["acknowledged"].is_string());
    // The hub carried them, and its own people do not read them.
    let carried = recipient(&seen(&three.hub, HUB), "Tallinn Grid");
    assert_eq!(carried["state"], Value::Null, "{carried}");
    let times = three.tokyo.run(&["alert", "protection", "--as", TOKYO, "--json"]).ok();
    let rows: Vec<Value> = times.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.iter().any(|row| row["settled"].is_object()), "{times}");
    let listed = json_of(&three.tallinn, &["alert", "list", "--as", TALLINN, "--way", "received"]);
    assert_eq!(listed["state"], "blocked");
}

#[test]
fn an_alert_to_a_sector_is_for_who_works_in_it() {
    let three = Three::new();
    let asked = three.tokyo.run(&["alert", "send", "Grid", "--as", TOKYO, "--sector", "energy"]);
    // Tokyo has not been told who works in energy: what is addressed to nobody that it knows is its own.
    let id = asked.ok().trim().to_owned();
    three.sync();
    assert_ne!(three.tallinn.run(&["alert", "show", &id, "--as", TALLINN]).code, 0);
    three.tokyo.run(&["member", "set", "Tallinn Grid", "--sector", "nisc:electric-power"]).ok();
    let id = id_of(&three.tokyo, &["alert", "send", "Grid", "--as", TOKYO, "--sector", "energy"]);
    three.sync();
    let there = json_of(&three.tallinn, &["alert", "show", &id, "--as", TALLINN]);
    assert_eq!(there["addressed"]["is_me"], true);
    assert_ne!(three.hub.run(&["alert", "show", &id, "--as", HUB]).code, 0, "it works in something else");
}

#[test]
fn an_anonymous_receipt_is_counted_by_the_owner_and_names_nobody_beyond_its_node() {
    let three = Three::new();
    let label = ["--label", "rel:Circle"];
    let bytes = bundle(&[indicator(100)]);
    three
        .tokyo
        .run_with_input(&[&["import", "-", "--as", TOKYO][..], &label].concat(), bytes.as_bytes())
        .ok();
    three.sync();
    let id = format!("indicator--{}", uuid(100));
    let give = ["receipt", "give", &id, "false", "--anonymous-in", "Circle", "--as", TALLINN];
    three.tallinn.run(&give).ok();
    three.tallinn.run(&give).ok();
    three.sync();
    for (desk, email) in [(&three.tokyo, TOKYO), (&three.hub, HUB)] {
        let receipts = json_of(desk, &["receipt", "list", &id, "--as", email]);
        assert_eq!(receipts["recipients"], json!([]));
        assert_eq!(receipts["anonymous"][0]["members"], 1, "{receipts}");
    }
    let members = three.hub.run(&["member", "list", "--json"]).ok();
    let members = members.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let grid = members.into_iter().find(|member| member["name"] == "Tallinn Grid").unwrap();
    let grid = grid["id"].as_str().unwrap();
    for (desk, email) in [(&three.tokyo, TOKYO), (&three.hub, HUB)] {
        let all = desk.run(&["export", "--as", email]).ok();
        let all: Value = serde_json::from_str(&all).unwrap();
        let objects = all["objects"].as_array().unwrap();
        let receipt = objects.iter().find(|object| object["type"] == "kizuna-receipt").unwrap();
        let receipt_id = receipt["id"].as_str().unwrap();
        for object in objects {
            let text = object.to_string();
            assert!(!text.contains(receipt_id) || !text.contains(grid), "{text}");
        }
        let claims = desk.run(&["versions", receipt_id, "--claims", "--as", email]).ok();
        assert!(!claims.contains("Tallinn"), "{claims}");
    }
    drop(three.server);
}

#[test]
fn a_request_is_answered_over_the_hub_and_one_that_cannot_be_says_why() {
    let three = Three::new();
    let ask = [
        "request",
        "ask",
        "Who saw this?",
        "--as",
        TOKYO,
        "--to",
        "Circle",
        "--deadline",
        "2099-01-01T00:00:00Z",
    ];
    let id = id_of(&three.tokyo, &ask);
    three.sync();
    three.tallinn.run(&["request", "answer", &id, "We did, twice.", "--as", TALLINN]).ok();
    three.hub.run(&["request", "decline", &id, "We see nothing of that.", "--as", HUB]).ok();
    three.sync();
    let shown = json_of(&three.tokyo, &["request", "show", &id, "--as", TOKYO]);
    let answers = shown["answers"].as_array().unwrap();
    let outcome = |name: &str| {
        answers.iter().find(|answer| answer["from"] == name).map(|answer| answer["outcome"].clone()).unwrap()
    };
    assert_eq!(outcome("Tallinn Grid"), "answered");
    assert_eq!(outcome("Harbour Hub"), "cannot-answer");
    let there = json_of(&three.tallinn, &["request", "show", &id, "--as", TALLINN]);
    assert_eq!(there["answers"].as_array().unwrap().len(), 1, "its own alone: {there}");
    let open = three.tallinn.run(&["request", "list", "--open", "--way", "received", "--as", TALLINN]).ok();
    assert_eq!(open, "");
}

#[test]
fn what_is_taken_back_is_answered_by_each_node_that_had_it() {
    let three = Three::new();
    let bytes = bundle(&[indicator(100)]);
    let give = ["import", "-", "--as", TOKYO, "--label", "rel:Circle"];
    three.tokyo.run_with_input(&give, bytes.as_bytes()).ok();
    three.sync();
    let id = format!("indicator--{}", uuid(100));
    assert_eq!(three.tallinn.reads(TALLINN, "indicator").len(), 1);
    three.tokyo.run(&["withdraw", &id, "--as", TOKYO]).ok();
    three.sync();
    assert_eq!(three.tallinn.reads(TALLINN, "indicator").len(), 0);
    let receipts = json_of(&three.tokyo, &["receipt", "list", &id, "--as", TOKYO]);
    let told = receipts["recipients"].as_array().unwrap();
    let recalled = |name: &str| told.iter().any(|line| line["name"] == name && line["state"] == "recalled");
    assert!(recalled("Tallinn Grid") && recalled("Harbour Hub"), "{receipts}");
}

#[test]
fn a_requirement_is_matched_by_what_comes_in() {
    let three = Three::new();
    let add = ["requirement", "add", "Beacons", "--type", "indicator", "--priority", "1", "--as", TALLINN];
    let requirement = id_of(&three.tallinn, &add);
    let bytes = bundle(&[indicator(100)]);
    let give = ["import", "-", "--as", TOKYO, "--label", "rel:Circle"];
    three.tokyo.run_with_input(&give, bytes.as_bytes()).ok();
    three.sync();
    let hits = json_of(&three.tallinn, &["requirement", "hits", &requirement, "--as", TALLINN]);
    assert_eq!(hits["id"], format!("indicator--{}", uuid(100)));
    let elsewhere = three.hub.run(&["export", "--as", HUB, "--type", "kizuna-requirement"]).ok();
    assert!(!elsewhere.contains(&requirement), "what its member wants is its own");
}

#[test]
fn onward_release_is_asked_of_the_originators_node_and_comes_back_as_its_release() {
    let two = Two::new();
    let add = ["user", "add", "one@xas.example", "--member", "Asterin CERT", "--role", "releaser"];
    two.asterin.run(&add).ok();
    let server = two.velkar.serve("127.0.0.1:0");
    two.befriend(&server.url, "1h");
    give(&two.asterin, "a@xas.example", 100..101, "rel:XVE orcon");
    two.asterin.run(&["peer", "sync"]).ok();
    let id = format!("indicator--{}", uuid(100));
    let ask = ["request", "ask", "May Orinthia have it?", "--object", &id, "--onward-to", "XOR"];
    let asked = id_of(&two.velkar, &[&ask[..], &["--as", "v@xve.example"]].concat());
    two.asterin.run(&["peer", "sync"]).ok();
    let there = json_of(&two.asterin, &["request", "show", &asked, "--as", "a@xas.example"]);
    assert_eq!((&there["ask"], &there["onward_to"]), (&"onward-release".into(), &json!(["XOR"])));

    let release = id_of(&two.asterin, &["request", "propose", &asked, "--as", "a@xas.example"]);
    two.asterin.run(&["peer", "sync"]).ok();
    let shown = || json_of(&two.velkar, &["request", "show", &asked, "--as", "v@xve.example"]);
    assert_eq!(shown()["recipients"][0]["state"], "acting");
    assert_eq!(shown()["answers"], json!([]), "what is only proposed is not told");
    two.asterin.run(&["release", "approve", &release, "--as", "one@xas.example"]).ok();
    two.asterin.run(&["peer", "sync"]).ok();
    let answer = &shown()["answers"][0];
    assert_eq!((&answer["outcome"], &answer["objects"]), (&"granted".into(), &json!([release])), "{answer}");
    let label = json_of(&two.velkar, &["get", &id, "--as", "v@xve.example"])["label"].to_string();
    assert!(label.contains("XOR") && label.contains("orcon"), "{label}");
}
