//! Durable ingest and pages, beside a bare loop over the same rows, indexes and tokens.
//!
//! `cargo bench -p kizuna-store --bench ingest`; `KIZUNA_BENCH_OBJECTS` says how many objects (50,000 unless told),
//! `KIZUNA_BENCH_DIR` where the databases lie (a disk that syncs, not memory).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::cast_precision_loss)]

mod subject;

use std::path::Path;
use std::time::{Duration, Instant};

use kizuna_store::baseline::{self, Bare};

/// Objects per batch.
const BATCH: usize = 1_000;
/// Batches between two lines of output.
const STRETCH: usize = 100;
/// With more objects the bare loop is left out: it takes as long again.
const BARE_AT_MOST: usize = 200_000;

fn main() {
    if let Some(path) = std::env::var_os("KIZUNA_BENCH_IDLE") {
        let path = std::path::PathBuf::from(path);
        let idle = subject::Subject::reopen(&path);
        idle.view("all");
        println!("{:.1}", subject::idle_memory(&path));
        return;
    }
    let objects = std::env::var("KIZUNA_BENCH_OBJECTS").ok().and_then(|n| n.parse().ok()).unwrap_or(50_000);
    let root = std::env::var_os("KIZUNA_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    let place = tempfile::tempdir_in(root).unwrap();

    let subject = subject::Subject::open(&place.path().join("store"));
    let mut store = Duration::ZERO;
    let mut store_cpu = 0.0;
    for begin in (0..objects / BATCH).step_by(STRETCH) {
        let batches: Vec<Vec<u8>> = (begin..objects / BATCH).take(STRETCH).map(subject::batch).collect();
        let before = subject::cpu_seconds();
        let took = timed(|| subject.ingest(&batches));
        store_cpu += subject::cpu_seconds() - before;
        store += took;
        let (given, stored) = (batches.len() * BATCH, (begin + batches.len()) * BATCH);
        println!(
            "{{\"what\":\"ingest, one client\",\"stored\":{stored},\"per_second\":{:.0}}}",
            rate(given, took)
        );
    }
    let mut bare_loop = None;
    if objects <= BARE_AT_MOST {
        bare_loop = Some(beside_bare(place.path(), objects, store, store_cpu));
    }
    if std::env::var_os("KIZUNA_BENCH_INGEST_ONLY").is_some() {
        return;
    }
    if objects <= BARE_AT_MOST {
        let batches: Vec<Vec<u8>> = (0..objects / BATCH).map(subject::batch).collect();
        let two = subject::Subject::open(&place.path().join("two"));
        let both = timed(|| two.ingest_from_two(&batches));
        println!("{{\"what\":\"ingest, two clients\",\"per_second\":{:.0}}}", rate(objects, both));
    }
    read(&subject, bare_loop.as_ref(), objects);

    let path = place.path().join("store");
    drop(subject);
    let opened = timed(|| drop(subject::Subject::reopen(&path)));
    println!("{{\"what\":\"opening\",\"ms\":{:.1}}}", opened.as_secs_f64() * 1e3);
    println!("{{\"what\":\"memory without file-backed pages\",\"mb\":{:.1}}}", subject::idle_memory(&path));
}

/// The bare loops, and how the store's ingest compares.
fn beside_bare(place: &Path, objects: usize, store: Duration, store_cpu: f64) -> Bare {
    let scratch = place.join("bare");
    std::fs::create_dir(&scratch).unwrap();
    let bare = baseline::run(&place.join("store"), &scratch, BATCH).unwrap();
    println!("{{\"what\":\"ingest, bare loop\",\"per_second\":{:.0}}}", rate(objects, bare.ingest));
    println!("{{\"what\":\"ingest, share of the bare loop\",\"ratio\":{:.2}}}", ratio(bare.ingest, store));
    println!("{{\"what\":\"ingest, processor time\",\"store\":{store_cpu:.2}}}");
    bare
}

fn read(subject: &subject::Subject, bare_loop: Option<&Bare>, objects: usize) {
    let rounds = 5;
    let bare = bare_loop.map(|bare| {
        assert_eq!(bare.read, objects);
        bare.pages
    });
    for (who, count) in [("all", objects), ("most", objects), ("few", objects / 100)] {
        let paged = best(rounds, || assert_eq!(subject.pages(who, BATCH), count));
        println!("{{\"what\":\"pages, reader of {who}\",\"per_second\":{:.0}}}", rate(count, paged));
        if let Some(bare) = bare.filter(|_| who == "all") {
            println!("{{\"what\":\"pages, bare loop\",\"per_second\":{:.0}}}", rate(objects, bare));
            println!("{{\"what\":\"pages, share of the bare loop\",\"ratio\":{:.2}}}", ratio(bare, paged));
        }
    }
    let one = best(20, || subject.page("few", BATCH));
    println!("{{\"what\":\"first page of the reader of few\",\"ms\":{:.2}}}", one.as_secs_f64() * 1e3);
    let view = best(200, || drop(subject.view("all")));
    println!("{{\"what\":\"opening a view\",\"us\":{:.1}}}", view.as_secs_f64() * 1e6);
    let found = best(20, || subject.search());
    println!("{{\"what\":\"searching one word, 50 hits\",\"ms\":{:.2}}}", found.as_secs_f64() * 1e3);
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn best(rounds: usize, mut work: impl FnMut()) -> Duration {
    (0..rounds).map(|_| timed(&mut work)).min().unwrap()
}

fn rate(objects: usize, took: Duration) -> f64 {
    objects as f64 / took.as_secs_f64()
}

fn ratio(bare: Duration, store: Duration) -> f64 {
    bare.as_secs_f64() / store.as_secs_f64()
}
