#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_app::vitals::LogVitals;

use super::*;

#[test]
fn a_scrape_holds_every_metric_in_the_standard_form() {
    let metrics = Metrics::new();
    metrics.count("taxii.objects", 200, Duration::from_millis(3));
    metrics.count("taxii.objects", 429, Duration::from_millis(1));
    let under_way = UnderWay { requests: 3, reads: 2, writes: 1, streams: 0 };
    let store = StoreVitals {
        queued: 4,
        commits: [0, 2, 1, 0, 0, 0, 0, 0, 0, 1],
        committing: Duration::from_millis(4_500),
        failed: 1,
        seq: 77,
        clock_behind: Duration::from_hours(1),
    };
    let peer = PeerVitals {
        name: "north".into(),
        lag: Some(12),
        fails: true,
        pulled: 5,
        pushed: 6,
        quarantined: 1,
        refused: 0,
        waiting: 3,
        aside: 1,
        rate: 125_000,
    };
    let silent = PeerVitals { name: "south".into(), lag: None, fails: false, ..peer.clone() };
    let witness = WitnessVitals { name: "north".into(), leaves: 8, fails: true };
    let log = LogVitals { leaves: 9, age: Some(2), witnesses: vec![witness], splits: 1 };
    let vitals = Vitals { store, store_bytes: Some(8_192), peers: vec![peer, silent], log };
    let text = metrics.text(under_way, vitals).unwrap();
    // The samples of a family come in any order.
    let mut lines: Vec<&str> = text.lines().collect();
    for family in lines.split_mut(|line| line.starts_with("# HELP")) {
        family.sort_by_key(|line| line.rsplit_once("status="));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
