//! A server that is told to stop finishes what it acknowledged, on both engines.

use std::time::Duration;

use kizuna_testkit::postgres::schema;
use serde_json::{Value, json};

use crate::kit::{Desk, indicator, uuid};

const WRITERS: u32 = 4;
const BATCH: u32 = 25;

fn stops_in_the_middle(desk: &Desk) {
    let key = desk.key("a@xas.example");
    let server = desk.serve("127.0.0.1:0");
    let acknowledged: Vec<u32> = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..=WRITERS)
            .map(|thread| {
                let caller = server.caller(&key);
                scope.spawn(move || {
                    let mut acknowledged = Vec::new();
                    for round in 0.. {
                        let first = thread * 1_000_000 + round * BATCH;
                        let objects: Vec<Value> = (first..first + BATCH).map(indicator).collect();
                        let body = json!({ "objects": objects }).to_string();
                        let added =
                            caller.add("/taxii2/own/collections/inbox/objects/", None, body.as_bytes());
                        let Some(added) = added else { break };
                        if added.status != 202 {
                            assert_eq!(added.status, 503, "{added:?}");
                            break;
                        }
                        acknowledged.push(first);
                    }
                    acknowledged
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(600));
        assert_eq!(server.interrupt(), 0, "it ends by itself, and well");
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    println!("{} envelopes acknowledged", acknowledged.len());
    assert!(!acknowledged.is_empty());
    let stored = desk.reads("a@xas.example", "indicator");
    let lost: Vec<u32> = acknowledged
        .iter()
        .flat_map(|first| *first..*first + BATCH)
        .filter(|number| stored.binary_search(&format!("indicator--{}", uuid(*number))).is_err())
        .collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(desk.run(&["check"]).ok().is_empty());
}

#[test]
fn a_server_that_is_told_to_stop_finishes_what_it_acknowledged() {
    stops_in_the_middle(&Desk::peopled());
    let Some(schema) = schema() else { return };
    let desk = Desk::on(schema.url());
    desk.people();
    stops_in_the_middle(&desk);
}
