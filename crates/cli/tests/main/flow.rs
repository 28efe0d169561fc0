//! How soon and in which order things move between nodes that are looked after.

use std::time::{Duration, Instant};

use crate::kit::Desk;
use crate::peers::{Two, give, ids};

/// More than any machine takes, and far less than the timed poll.
const PATIENCE: Duration = Duration::from_mins(2);

/// Waits until somebody reads just these indicators.
fn until(desk: &Desk, email: &str, expected: &[String]) {
    let begun = Instant::now();
    loop {
        let found = desk.reads(email, "indicator");
        if found == expected {
            return;
        }
        let status = desk.run(&["peer", "status"]).ok();
        assert!(begun.elapsed() < PATIENCE, "{found:?} where {expected:?} was expected\n{status}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_is_committed_wakes_the_other_side() {
    let two = Two::new();
    let velkar = two.velkar.serve("127.0.0.1:0");
    two.befriend(&velkar.url, "1h");
    let _asterin = two.asterin.serve("127.0.0.1:0");
    give(&two.velkar, "v@xve.example", 200..203, "rel:Circle");
    until(&two.asterin, "a@xas.example", &ids(200..203));
    // The first exchange is over: what follows comes long before the next one is due.
    give(&two.asterin, "a@xas.example", 100..103, "rel:Circle");
    until(&two.velkar, "v@xve.example", &ids((100..103).chain(200..203)));
    give(&two.velkar, "v@xve.example", 203..206, "rel:Circle");
    until(&two.asterin, "a@xas.example", &ids((100..103).chain(200..206)));
}

#[test]
fn a_peer_that_was_away_is_found_again() {
    let two = Two::new();
    let velkar = two.velkar.serve("127.0.0.1:0");
    let address = velkar.address().to_owned();
    two.befriend(&velkar.url, "1h");
    let _asterin = two.asterin.serve("127.0.0.1:0");
    give(&two.velkar, "v@xve.example", 200..201, "rel:Circle");
    until(&two.asterin, "a@xas.example", &ids(200..201));
    drop(velkar);
    give(&two.asterin, "a@xas.example", 100..103, "rel:Circle");
    give(&two.velkar, "v@xve.example", 201..204, "rel:Circle");
    let _velkar = two.velkar.serve(&address);
    until(&two.velkar, "v@xve.example", &ids((100..103).chain(200..204)));
    until(&two.asterin, "a@xas.example", &ids((100..103).chain(200..204)));
}
