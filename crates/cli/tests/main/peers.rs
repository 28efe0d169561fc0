//! Two nodes that exchange over TAXII.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kit::{Desk, Server, bundle, indicator, uuid};

/// Two nodes of one circle: Asterin's, with Asterin Power beside it, and Velkar's. Asterin's pulls and pushes.
pub struct Two {
    pub asterin: Desk,
    pub velkar: Desk,
    key: String,
}

impl Two {
    pub fn new() -> Self {
        Self::of(Desk::new(), Desk::new())
    }

    /// The same on two desks that have no node yet.
    pub fn of(asterin: Desk, velkar: Desk) -> Self {
        asterin.run(&["member", "add", "Asterin CERT", "--country", "XAS"]).ok();
        asterin
            .run(&["member", "add", "Asterin Power", "--country", "XAS", "--client-of", "Asterin CERT"])
            .ok();
        asterin.run(&["member", "add", "Velkar Shield", "--country", "XVE", "--elsewhere"]).ok();
        let members = ["--member", "Asterin CERT", "--member", "Velkar Shield"];
        asterin.run(&[&["community", "add", "Circle"][..], &members].concat()).ok();
        asterin.user("a@xas.example", "Asterin CERT", &[]);
        asterin.user("p@xas.example", "Asterin Power", &[]);
        velkar.run(&["member", "add", "Velkar Shield", "--country", "XVE"]).ok();
        let roster = asterin.run(&["community", "export", "Circle"]).ok();
        // By hand: here the first exchange is what makes Asterin's key known.
        let mut by_hand: Value = serde_json::from_str(&roster).unwrap();
        by_hand.as_object_mut().unwrap().remove("signed");
        let by_hand = by_hand.to_string();
        velkar.run_with_input(&["community", "import", "-", "--unsigned"], by_hand.as_bytes()).ok();
        velkar.user("v@xve.example", "Velkar Shield", &[]);
        let key = velkar.user("node@xas.example", "Asterin CERT", &[]);
        Self { asterin, velkar, key }
    }

    pub fn befriend(&self, url: &str, every: &str) {
        let first = ["peer", "add", url, "--name", "velkar", "--member", "Velkar Shield"];
        let more = ["--user", "node@xas.example", "--key", &self.key, "--every", every];
        self.asterin.run(&[&first[..], &more].concat()).ok();
    }
}

/// The identity of a node's own member.
fn author(desk: &Desk) -> String {
    let own = desk.run(&["member", "list", "--json"]).ok();
    let own: Value =
        serde_json::from_str(own.lines().find(|line| line.contains("\"own\":true")).unwrap()).unwrap();
    format!("identity--{}", own["id"].as_str().unwrap())
}

/// Gives indicators of these numbers at a node, under a label.
pub fn give(desk: &Desk, email: &str, numbers: std::ops::Range<u32>, label: &str) {
    let author = author(desk);
    let objects: Vec<Value> = numbers
        .map(|number| {
            let mut object = indicator(number);
            // Every other is somebody else's, and keeps its bytes.
            if number % 2 == 0 {
                object["created_by_ref"] = author.clone().into();
            }
            object
        })
        .collect();
    let bytes = bundle(&objects);
    desk.run_with_input(&["import", "-", "--as", email, "--label", label], bytes.as_bytes()).ok();
}

pub fn ids(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    let mut ids: Vec<String> =
        numbers.into_iter().map(|number| format!("indicator--{}", uuid(number))).collect();
    ids.sort();
    ids
}

#[test]
fn each_side_ends_with_exactly_its_own_and_nothing_comes_back() {
    let two = Two::new();
    let server = two.velkar.serve("127.0.0.1:0");
    two.befriend(&server.url, "1h");
    give(&two.asterin, "a@xas.example", 100..110, "rel:Circle tlp:amber");
    give(&two.asterin, "a@xas.example", 110..115, "rel:\"Asterin CERT\"");
    give(&two.velkar, "v@xve.example", 200..210, "rel:Circle");
    give(&two.velkar, "v@xve.example", 210..215, "rel:\"Velkar Shield\"");
    two.asterin.run(&["peer", "sync"]).ok();

    assert_eq!(two.asterin.reads("a@xas.example", "indicator"), ids((100..115).chain(200..210)));
    assert_eq!(
        two.asterin.reads("p@xas.example", "indicator"),
        ids(100..110),
        "a client reads AMBER, not what has no TLP"
    );
    assert_eq!(two.velkar.reads("v@xve.example", "indicator"), ids((100..110).chain(200..215)));
    assert_eq!(two.velkar.reads("node@xas.example", "indicator"), ids((100..110).chain(200..210)));
    let read = |id: u32, desk: &Desk, email: &str| -> Value {
        let id = format!("indicator--{}", uuid(id));
        serde_json::from_str(&desk.run(&["get", &id, "--as", email, "--json"]).ok()).unwrap()
    };
    for number in [100, 101] {
        let there = read(number, &two.velkar, "v@xve.example");
        let here = read(number, &two.asterin, "a@xas.example");
        assert_eq!(there["source"], "Asterin CERT");
        assert_eq!((&there["label"], &there["object"]), (&here["label"], &here["object"]));
    }
    for number in [200, 201] {
        let here = read(number, &two.asterin, "a@xas.example");
        assert_eq!((&here["source"], &here["label"]), (&"Velkar Shield".into(), &"rel:Circle".into()));
    }

    let pushed = |two: &Two| -> Value {
        let status = two.asterin.run(&["peer", "status", "--json"]).ok();
        serde_json::from_str::<Value>(&status).unwrap()["status"]["pushed"].clone()
    };
    let before = pushed(&two);
    two.asterin.run(&["peer", "sync"]).ok();
    two.asterin.run(&["peer", "sync"]).ok();
    assert_eq!(pushed(&two), before, "nothing new, nothing sent");
    let claims = two.asterin.run(&[
        "versions",
        &format!("indicator--{}", uuid(100)),
        "--claims",
        "--as",
        "a@xas.example",
    ]);
    assert_eq!(claims.ok().lines().count(), 2, "our own object did not come back as a claim");
}

#[test]
fn what_is_taken_back_is_taken_back_at_the_partner_too() {
    let two = Two::new();
    let server = two.velkar.serve("127.0.0.1:0");
    two.befriend(&server.url, "1h");
    give(&two.velkar, "v@xve.example", 200..204, "rel:Circle");
    two.asterin.run(&["peer", "sync"]).ok();
    assert_eq!(two.asterin.reads("a@xas.example", "indicator").len(), 4);
    // DELETE narrows to the own member.
    let key = two.velkar.user("w@xve.example", "Velkar Shield", &[]);
    delete(&server, &key, &format!("indicator--{}", uuid(200)));
    two.asterin.run(&["peer", "sync"]).ok();
    assert_eq!(two.asterin.reads("a@xas.example", "indicator"), ids(201..204));
    // The recall came over with its label, and says what it recalls.
    let listed = two.asterin.run(&["export", "--as", "a@xas.example", "--type", "kizuna-recall"]).ok();
    let bundle: Value = serde_json::from_str(&listed).unwrap();
    let recalls = bundle["objects"].as_array().unwrap();
    let is_meant = |recall: &&Value| recall["object_ref"] == format!("indicator--{}", uuid(200));
    let told = recalls.iter().find(is_meant).unwrap_or_else(|| panic!("{listed}"));
    assert!(told["digests"][0].is_string() && told["object_marking_refs"][0].is_string(), "{told}");
    let recall =
        two.asterin.run(&["get", told["id"].as_str().unwrap(), "--as", "a@xas.example", "--json"]).ok();
    let recall: Value = serde_json::from_str(&recall).unwrap();
    assert_eq!((&recall["source"], &recall["label"]), (&"Velkar Shield".into(), &"rel:Circle".into()));
}

#[test]
fn the_stub_of_a_revocation_is_less_than_the_revocation_at_the_partner_too() {
    let two = Two::new();
    let server = two.velkar.serve("127.0.0.1:0");
    two.befriend(&server.url, "1h");
    give(&two.velkar, "v@xve.example", 200..206, "rel:Circle");
    let author = Value::from(author(&two.velkar));
    let revoked: Vec<Value> = (200..206)
        .map(|number| {
            let mut object = indicator(number);
            object["created_by_ref"] = author.clone();
            object["modified"] = "2026-02-02T00:00:00.000Z".into();
            object["revoked"] = true.into();
            object["name"] = format!("a mistake, says source {number}").into();
            object
        })
        .collect();
    let narrower =
        ["import", "-", "--as", "v@xve.example", "--label", "rel:\"Velkar Shield\",\"Asterin CERT\""];
    two.velkar.run_with_input(&narrower, bundle(&revoked).as_bytes()).ok();
    two.asterin.run(&["peer", "sync"]).ok();
    for number in [200, 202, 204] {
        let id = format!("indicator--{}", uuid(number));
        let read = two.asterin.run(&["get", &id, "--as", "a@xas.example", "--json"]).ok();
        let read: Value = serde_json::from_str(&read).unwrap();
        assert_eq!(read["object"]["name"], format!("a mistake, says source {number}"), "{read}");
    }
}

/// Deletes an object from the writer's own root over TAXII.
fn delete(server: &Server, key: &str, id: &str) {
    let url = format!("{}/taxii2/own/collections/inbox/objects/{id}/", server.url);
    let authorization = format!("Authorization: Bearer {key}");
    let accept = "Accept: application/taxii+json;version=2.1";
    let done = std::process::Command::new("curl")
        .args([
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-X",
            "DELETE",
            "-H",
            &authorization,
            "-H",
            accept,
            &url,
        ])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout), "200");
}

#[test]
fn kills_at_random_moments_change_nothing() {
    let seed = std::env::var("KIZUNA_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| u64::from(std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos()));
    println!("seed {seed} (KIZUNA_SEED repeats it)");
    let mut state = seed;
    let mut random = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let two = Two::new();
    let mut server = two.velkar.serve("127.0.0.1:0");
    let address = server.address().to_owned();
    two.befriend(&server.url, "1s");
    let mut own = two.asterin.serve("127.0.0.1:0");
    for round in 0..6 {
        give(&two.asterin, "a@xas.example", round * 400..round * 400 + 150, "rel:Circle tlp:amber");
        give(&two.velkar, "v@xve.example", round * 400 + 200..round * 400 + 350, "rel:Circle");
        std::thread::sleep(Duration::from_millis(random(900)));
        if random(2) == 0 {
            own.kill();
            own = two.asterin.serve("127.0.0.1:0");
        } else {
            server.kill();
            server = two.velkar.serve(&address);
        }
    }
    let expected =
        ids((0..6)
            .flat_map(|round| (round * 400..round * 400 + 150).chain(round * 400 + 200..round * 400 + 350)));
    let begun = Instant::now();
    loop {
        let here = two.asterin.reads("a@xas.example", "indicator");
        let there = two.velkar.reads("v@xve.example", "indicator");
        if here == expected && there == expected {
            break;
        }
        let status = two.asterin.run(&["peer", "status"]).ok();
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "seed {seed}: {} here, {} there, {} expected\n{status}",
            here.len(),
            there.len(),
            expected.len()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}
