//! A node that moves from one engine to the other and back with everything it has, and backups while others write.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use kizuna_testkit::postgres::schema;
use serde_json::{Value, json};

use crate::archive::{FRAME, LINE, QUARANTINED, ROW, Record, STATE, of_kind, records, unpacked};
use crate::kit::{Answer, Desk, Server, bundle, indicator, uuid};

const ALL: &str = "/taxii2/own/collections/all/objects/";

/// A node with something of everything that a store keeps.
fn rich() -> Desk {
    let desk = Desk::peopled();
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/policies/asterin.xml");
    desk.run(&["policy", "import", policy]).ok();
    let give = |email: &str, label: &str, objects: &[Value]| {
        desk.run_with_input(&["import", "-", "--as", email, "--label", label], bundle(objects).as_bytes())
    };
    give("a@xas.example", "rel:Circle tlp:amber", &(1..8).map(indicator).collect::<Vec<_>>()).ok();
    give("a@xas.example", "rel:Circle class:EXERCISE/SECRET", &[indicator(8)]).ok();
    give("v@xve.example", "rel:Circle", &(20..24).map(indicator).collect::<Vec<_>>()).ok();
    // One of these goes to quarantine.
    give(
        "a@xas.example",
        "rel:Circle",
        &[json!({ "type": "indicator", "id": "no identifier" }), indicator(9)],
    );
    desk.run(&["withdraw", &format!("indicator--{}", uuid(3)), "--as", "a@xas.example"]).ok();
    desk.run(
        &["peer", "add", "http://127.0.0.1:9/taxii2/", "--name", "away", "--member", "Velkar Shield"]
            .into_iter()
            .chain(["--user", "a@xas.example", "--key", "a-secret-of-a-peer"])
            .collect::<Vec<_>>(),
    )
    .ok();
    desk.run(&["watch-token"]).ok();
    desk.run(&["check"]).ok();
    desk
}

/// What clients of a node hold, and what it answered them.
struct Clients {
    key: String,
    other_key: String,
    next: String,
    rest: Value,
    every: [Value; 2],
    manifest: Value,
    token: String,
}

impl Clients {
    fn of(desk: &Desk, keys: [String; 2]) -> Self {
        let token = desk.run(&["watch-token"]).ok();
        let server = desk.serve("127.0.0.1:0");
        let [key, other_key] = keys;
        let next =
            server.caller(&key).get(&format!("{ALL}?limit=3")).json()["next"].as_str().unwrap().to_owned();
        let asked = Self::ask(&server, &key, &other_key, &next);
        assert_eq!(server.interrupt(), 0);
        let (rest, every, manifest) = asked;
        Self { key, other_key, next, rest, every, manifest, token }
    }

    fn ask(server: &Server, key: &str, other_key: &str, next: &str) -> (Value, [Value; 2], Value) {
        let (one, other) = (server.caller(key), server.caller(other_key));
        let objects = |answer: &Answer| answer.json()["objects"].clone();
        let all = format!("{ALL}?limit=500&match%5Bversion%5D=all");
        (
            objects(&one.get(&format!("{ALL}?limit=500&next={next}"))),
            [objects(&one.get(&all)), objects(&other.get(&all))],
            objects(&one.get(&all.replace("/objects/", "/manifest/"))),
        )
    }

    /// Keys, cursors and tokens of before the move open what they opened.
    fn go_on(&self, desk: &Desk) {
        assert_eq!(desk.run(&["watch-token"]).ok(), self.token);
        let server = desk.serve("127.0.0.1:0");
        let (rest, every, manifest) = Self::ask(&server, &self.key, &self.other_key, &self.next);
        assert_eq!(rest, self.rest, "a cursor of before the move goes on");
        assert_eq!(every, self.every, "the same objects");
        assert_eq!(manifest, self.manifest, "which arrived when they arrived");
        assert_eq!(server.interrupt(), 0);
    }
}

fn backed_up(desk: &Desk, name: &str) -> (String, Vec<Record>) {
    let path = desk.place.path().join(name);
    desk.run(&["backup", path.to_str().unwrap()]).ok();
    (path.to_str().unwrap().to_owned(), records(&unpacked(&path)))
}

/// Node state by kind and key; who holds which piece of work belongs to the processes.
fn state(records: &[Record]) -> BTreeMap<(String, String), &[u8]> {
    let states = of_kind(records, STATE).into_iter().filter(|record| record.json["kind"] != "lease");
    let name = |record: &Record, part: &str| record.json[part].as_str().unwrap().to_owned();
    states.map(|one| ((name(one, "kind"), name(one, "key")), one.raw.as_slice())).collect()
}

fn assert_same(after: &[Record], before: &[Record]) {
    let body = |records: &[Record]| -> Vec<Record> {
        let is_other =
            |record: &&Record| FRAME.contains(&record.kind) || [LINE, STATE].contains(&record.kind);
        records.iter().filter(|record| !is_other(record)).cloned().collect()
    };
    let (now, then) = (body(after), body(before));
    for (now, then) in now.iter().zip(&then) {
        assert_eq!(now, then);
    }
    assert_eq!(now.len(), then.len(), "names, rights, contributions, quarantine");
    let (now, then) = (of_kind(after, LINE), of_kind(before, LINE));
    assert_eq!(now[..then.len()], then[..], "the audit, with its chain; backing up adds lines of its own");
    assert_eq!(state(after), state(before), "settings, secrets, sealed keys, what is kept of peers");
}

#[test]
fn a_node_moves_to_postgresql_and_back_with_everything_it_has() {
    let Some(schema) = schema() else { return };
    let here = rich();
    let keys = [here.key("a@xas.example"), here.key("v@xve.example")];
    let clients = Clients::of(&here, keys);
    let (file, before) = backed_up(&here, "here.backup");
    for (kind, what) in
        [(ROW, "contributions"), (QUARANTINED, "quarantine"), (LINE, "audit"), (STATE, "state")]
    {
        assert!(!of_kind(&before, kind).is_empty(), "{what}");
    }

    let there = Desk::on(schema.url());
    there.run(&["restore", &file]).ok();
    let (file, moved) = backed_up(&there, "there.backup");
    assert_same(&moved, &before);
    clients.go_on(&there);
    assert!(there.run(&["check"]).ok().is_empty());

    let back = Desk::new();
    back.run(&["restore", &file]).ok();
    let (_, returned) = backed_up(&back, "back.backup");
    assert_same(&returned, &before);
    clients.go_on(&back);
    assert!(back.run(&["check"]).ok().is_empty());
    let again = back.run(&["restore", &file]);
    assert!(again.code == 1 && again.err.contains("there is a node already"), "{}", again.err);
}

/// An envelope whose objects are all there or not at all.
fn batch(thread: u32, number: u32) -> Vec<u8> {
    let objects: Vec<Value> = (0..BATCH)
        .map(|one| {
            let mut object = indicator(thread * 1_000_000 + number * 100 + one);
            object["name"] = format!("{thread}/{number}").into();
            object
        })
        .collect();
    json!({ "objects": objects }).to_string().into_bytes()
}

const BATCH: u32 = 20;
const WRITERS: u32 = 3;

fn backups_under_writes(desk: &Desk) {
    let server = desk.serve("127.0.0.1:0");
    let key = desk.key("a@xas.example");
    let ended = AtomicBool::new(false);
    let taken: Vec<Vec<Record>> = std::thread::scope(|scope| {
        for thread in 1..=WRITERS {
            let (caller, ended) = (server.caller(&key), &ended);
            scope.spawn(move || {
                for number in 0.. {
                    if ended.load(Ordering::SeqCst) {
                        return;
                    }
                    let added =
                        caller.add("/taxii2/own/collections/inbox/objects/", None, &batch(thread, number));
                    assert_eq!(added.unwrap().status, 202);
                }
            });
        }
        let taken = (0..3).map(|number| backed_up(desk, &format!("{number}.backup")).1).collect();
        ended.store(true, Ordering::SeqCst);
        taken
    });
    assert_eq!(server.interrupt(), 0);
    let (_, last) = backed_up(desk, "last.backup");
    let last = of_kind(&last, ROW);
    for (number, taken) in taken.iter().enumerate() {
        let rows = of_kind(taken, ROW);
        println!("backup {number}: {} of {} contributions", rows.len(), last.len());
        let seqs: Vec<u64> = rows.iter().map(|row| row.json["seq"].as_u64().unwrap()).collect();
        assert_eq!(seqs, (1..=rows.len() as u64).collect::<Vec<_>>(), "no number is missing");
        let digests =
            |rows: &[&Record]| rows.iter().map(|row| row.json["digest"].clone()).collect::<Vec<_>>();
        assert_eq!(digests(&rows), digests(&last[..rows.len()]), "as of one instant");
        let mut of_batch: BTreeMap<String, u32> = BTreeMap::new();
        for row in rows {
            let object: Value = serde_json::from_slice(&row.raw).unwrap();
            if let Some(name) = object["name"].as_str().filter(|name| name.contains('/')) {
                *of_batch.entry(name.to_owned()).or_default() += 1;
            }
        }
        assert!(of_batch.values().all(|count| *count == BATCH), "no batch is half there: {of_batch:?}");
        let restored = Desk::new();
        let file = desk.place.path().join(format!("{number}.backup"));
        restored.run(&["restore", file.to_str().unwrap()]).ok();
        assert!(restored.run(&["check"]).ok().is_empty());
    }
}

#[test]
fn backups_are_of_one_instant_while_others_write() {
    backups_under_writes(&Desk::peopled());
    let Some(schema) = schema() else { return };
    let desk = Desk::on(schema.url());
    desk.people();
    backups_under_writes(&desk);
}
