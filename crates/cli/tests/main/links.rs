//! Two nodes over links that fail: slow, lossy, narrow, silent, cut for a day, open one way; and clocks that disagree.

#[path = "links/wire.rs"]
mod wire;

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use kizuna_app::{Clock as _, SystemClock};
use serde_json::Value;
use wire::{Conditions, Wire};

use crate::kit::{Desk, Server, bundle, indicator};
use crate::peers::{Two, give, ids};

/// Longer than anything here may take, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(100);
const PORT: u16 = 8480;

/// Asterin's node at one end of a wire and Velkar's at the other. Asterin's exchanges with Velkar's.
struct Linked {
    two: Two,
    wire: Wire,
    _servers: [Server; 2],
}

impl Linked {
    /// Nothing where the machine permits no namespaces.
    fn new() -> Option<Self> {
        Self::with_clocks([None, None])
    }

    /// With a file for each end that says how far its clock is off.
    fn with_clocks(clocks: [Option<&Offset>; 2]) -> Option<Self> {
        let wire = Wire::new()?;
        let desk = |side: usize| {
            let desk = Desk::new().around(&["ip", "netns", "exec", &wire.ends[side].namespace]);
            match clocks[side] {
                Some(clock) => desk.around(&clock.words().iter().map(String::as_str).collect::<Vec<_>>()),
                None => desk,
            }
        };
        let two = Two::of(desk(0), desk(1));
        let listen = |side: usize| format!("{}:{PORT}", wire.ends[side].address);
        let servers = [two.velkar.serve(&listen(1)), two.asterin.serve(&listen(0))];
        two.befriend(&format!("http://{}", listen(1)), "1s");
        Some(Self { two, wire, _servers: servers })
    }

    /// Waits until both sides read indicators of exactly these numbers, and says how long that took.
    fn settles_at(&self, numbers: impl IntoIterator<Item = u32>) -> Duration {
        let expected = ids(numbers);
        let begun = Instant::now();
        loop {
            let here = self.two.asterin.reads("a@xas.example", "indicator");
            let there = self.two.velkar.reads("v@xve.example", "indicator");
            if here == expected && there == expected {
                return begun.elapsed();
            }
            let counts = format!("{} here, {} there, {} expected", here.len(), there.len(), expected.len());
            assert!(begun.elapsed() < PATIENCE, "{counts}\n{}", self.status());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until so many objects of a type are read at the other end.
    fn arrives(&self, kind: &str, least: usize) {
        let begun = Instant::now();
        while self.two.velkar.reads("v@xve.example", kind).len() < least {
            assert!(begun.elapsed() < 3 * PATIENCE, "{kind} did not arrive\n{}", self.status());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn status(&self) -> String {
        self.two.asterin.run(&["peer", "status", "--json"]).ok()
    }

    /// Waits until the exchange's status says something of the kind.
    fn status_says(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let text = self.status();
            let told: Value = serde_json::from_str(&text).unwrap();
            if is_so(&told["status"]) {
                return told["status"].clone();
            }
            assert!(begun.elapsed() < PATIENCE, "{text}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn give_here(&self, numbers: std::ops::Range<u32>) {
        give(&self.two.asterin, "a@xas.example", numbers, "rel:Circle tlp:amber");
    }

    fn give_there(&self, numbers: std::ops::Range<u32>) {
        give(&self.two.velkar, "v@xve.example", numbers, "rel:Circle");
    }
}

/// A clock that is off, by as much as its file says, for the programs that run by it.
struct Offset {
    place: tempfile::TempDir,
    library: String,
}

impl Offset {
    /// Nothing, with a line that says why, where there is no library for it.
    fn off_by(offset: &str) -> Option<Self> {
        let libraries = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        let mut libraries = libraries.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
        let Some(library) = libraries.find(|path| path.exists()) else {
            println!("skipped: no clock can be set off here (Debian: faketime)");
            return None;
        };
        let clock = Self { place: tempfile::tempdir().unwrap(), library: library.display().to_string() };
        clock.set(offset);
        Some(clock)
    }

    fn set(&self, offset: &str) {
        // In one step: a program may be reading it.
        let (written, file) = (self.place.path().join("written"), self.place.path().join("offset"));
        std::fs::write(&written, format!("{offset}\n")).unwrap();
        std::fs::rename(written, file).unwrap();
    }

    fn words(&self) -> [String; 5] {
        [
            "env".to_owned(),
            format!("LD_PRELOAD={}", self.library),
            format!("FAKETIME_TIMESTAMP_FILE={}", self.place.path().join("offset").display()),
            "FAKETIME_NO_CACHE=1".to_owned(),
            "FAKETIME_DONT_FAKE_MONOTONIC=1".to_owned(),
        ]
    }
}

#[test]
fn a_quarter_of_a_second_and_lost_packets_lose_nothing() {
    let Some(linked) = Linked::new() else { return };
    linked.wire.set(Conditions { delay: Duration::from_millis(250), lost: 50, ..Conditions::default() });
    linked.give_here(0..100);
    linked.give_there(200..300);
    let took = linked.settles_at((0..100).chain(200..300));
    linked.give_here(100..101);
    let one = linked.settles_at((0..101).chain(200..300));
    println!("200 objects in {took:?}, one more in {one:?}");
}

#[test]
fn a_narrow_link_is_used_and_not_blocked() {
    let Some(linked) = Linked::new() else { return };
    linked.wire.set(Conditions { rate: 8_000, delay: Duration::from_millis(30), ..Conditions::default() });
    let bulk: Vec<Value> = (0..100).map(heavy).collect();
    let give = ["import", "-", "--as", "a@xas.example", "--label", "rel:Circle"];
    linked.two.asterin.run_with_input(&give, bundle(&bulk).as_bytes()).ok();
    let took = linked.settles_at(0..100);
    println!("100 objects of half a kilobyte that does not compress, over 64 kbit/s, in {took:?}");
}

#[test]
fn an_alert_overtakes_a_bulk_load_on_a_narrow_link() {
    const BULK: u32 = 300;
    let Some(linked) = Linked::new() else { return };
    // No timed exchange comes between; and who writes is known, so that what follows is the load alone.
    linked.two.asterin.run(&["peer", "set", "velkar", "--every", "1h"]).ok();
    linked.give_here(1_000..1_001);
    linked.settles_at(1_000..1_001);
    let narrow = Conditions { rate: 8_000, delay: Duration::from_millis(30), ..Conditions::default() };
    linked.wire.set(narrow);
    let bulk: Vec<Value> = (0..BULK).map(heavy).collect();
    let give = ["import", "-", "--as", "a@xas.example", "--label", "rel:Circle"];
    linked.two.asterin.run_with_input(&give, bundle(&bulk).as_bytes()).ok();
    linked.arrives("indicator", 2);
    // However long the machine takes to give the alert, the load does not go on meanwhile.
    linked.wire.set(Conditions::CUT);
    let alert = ["alert", "send", "Wipers in substations", "--as", "a@xas.example", "--to", "Circle"];
    let alert = linked.two.asterin.run(&[&alert[..], &["--urgency", "emergency"]].concat()).ok();
    linked.wire.set(narrow);
    linked.arrives("kizuna-alert", 1);
    linked.wire.set(Conditions::default());
    linked.settles_at((0..BULK).chain(1_000..1_001));

    // As they arrived: an export is in the order of arrivals.
    let there = linked.two.velkar.run(&["export", "--as", "v@xve.example", "--format", "csv"]).ok();
    let ids: Vec<&str> = there.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let place = ids.iter().position(|id| *id == alert.trim()).unwrap();
    let bulk_in = |ids: &[&str]| ids.iter().filter(|id| id.starts_with("indicator--")).count();
    let (before, behind) = (bulk_in(&ids[..place]), bulk_in(&ids[place..]));
    println!("{before} objects arrived before the alert, {behind} behind it");
    assert!(before >= 2 && behind > BULK as usize / 3, "{before} before, {behind} behind");
}

/// An indicator that a compressor makes little of.
fn heavy(number: u32) -> Value {
    let mut object = indicator(number);
    let mut random = u64::from(number) + 1;
    let noise = (0..32).map(|_| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{random:016x}")
    });
    object["description"] = noise.collect::<String>().into();
    object
}

#[test]
fn a_link_that_falls_silent_is_noticed_and_taken_up_again() {
    let Some(linked) = Linked::new() else { return };
    linked.give_here(0..50);
    linked.settles_at(0..50);
    // Connections stay open at both ends; nobody is told.
    linked.wire.set(Conditions::CUT);
    linked.give_here(50..100);
    linked.give_there(200..250);
    let told = linked.status_says(|status| status["error"].is_string());
    assert!(told["last_success"].is_string(), "{told}");
    assert_eq!(linked.two.velkar.reads("v@xve.example", "indicator").len(), 50 + 50);
    linked.wire.set(Conditions::default());
    let took = linked.settles_at((0..100).chain(200..250));
    println!("level again {took:?} after the link was back");
    linked.status_says(|status| status["error"].is_null());
}

#[test]
fn after_a_day_apart_everything_arrives() {
    let (Some(north), Some(south)) = (Offset::off_by("+0"), Offset::off_by("+0")) else { return };
    let Some(linked) = Linked::with_clocks([Some(&north), Some(&south)]) else { return };
    linked.give_here(0..20);
    linked.settles_at(0..20);
    linked.wire.set(Conditions::CUT);
    linked.give_here(20..120);
    for hours in ["+6h", "+12h", "+24h"] {
        north.set(hours);
        south.set(hours);
        linked.status_says(|status| status["error"].is_string());
    }
    linked.give_there(200..300);
    linked.wire.set(Conditions::default());
    let took = linked.settles_at((0..120).chain(200..300));
    println!("level {took:?} after a day apart");
}

#[test]
fn a_link_that_is_open_one_way_exchanges_nothing_and_loses_nothing() {
    let Some(linked) = Linked::new() else { return };
    for conditions in [
        Conditions { cut_back: true, ..Conditions::default() },
        Conditions { cut_there: true, ..Conditions::default() },
    ] {
        linked.wire.set(conditions);
        linked.status_says(|status| status["error"].is_string());
    }
    linked.give_here(0..10);
    linked.give_there(200..210);
    linked.wire.set(Conditions::default());
    linked.settles_at((0..10).chain(200..210));
}

#[test]
fn clocks_an_hour_apart_are_told_and_nothing_is_lost() {
    let (Some(behind), Some(ahead)) = (Offset::off_by("+0"), Offset::off_by("+1h")) else { return };
    let Some(linked) = Linked::with_clocks([Some(&behind), Some(&ahead)]) else { return };
    linked.give_here(0..10);
    // What is dated in the past is as good as ever; what was made just now is dated in an hour here.
    let fresh: Vec<Value> = (200..205).map(|number| fresh(number, SignedDuration::from_hours(1))).collect();
    let give = ["import", "-", "--as", "v@xve.example", "--label", "rel:Circle"];
    linked.two.velkar.run_with_input(&give, bundle(&fresh).as_bytes()).ok();
    let told = linked.status_says(|status| status["quarantined"] != 0 && !status["clock"].is_null());
    let apart = told["clock"].as_i64().unwrap();
    assert!((3_500..3_700).contains(&apart), "{told}");
    assert_eq!(linked.two.asterin.reads("a@xas.example", "indicator"), ids(0..10));
    assert_eq!(linked.two.velkar.reads("v@xve.example", "indicator"), ids((0..10).chain(200..205)));
    // An hour later it is no longer ahead.
    behind.set("+1h");
    linked.settles_at((0..10).chain(200..205));
}

/// An indicator of now, by the clock of the node that it is given to.
fn fresh(number: u32, ahead: SignedDuration) -> Value {
    let mut object = indicator(number);
    let at = (SystemClock.now() + ahead).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    object["created"] = at.clone().into();
    object["modified"] = at.into();
    object
}
