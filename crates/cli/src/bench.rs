//! `kizuna bench`: measures a node of its own, over HTTP, beside a bare loop over the same engine.
//!
//! Figures are ratios where a ratio can be had: machines differ, and these are shared. The bare loops insert the same
//! rows into the same tables, and read the same pages by the same rule, with nothing around them.

mod client;
pub mod database;
mod decided;
pub mod federation;
mod overload;
mod restart;
pub mod streams;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kizuna_app::generate::{Generator, bundles};
use kizuna_app::stix::{Id, read};
use serde::Serialize;

use crate::child::{Node, Scratch, command};
use client::{Caller, Client};

/// Objects in one envelope, and in one page.
const BATCH: usize = 1_000;
/// Connections that add at the same time.
const CONNECTIONS: usize = 2;
/// Objects that the narrow reader may read, in every store.
const NARROW: usize = 1_000;
/// Objects of the small store that page times are compared with.
const SMALL: usize = 10_000;

/// One figure.
#[derive(Debug, Serialize)]
pub struct Figure {
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
    /// In words: `> 20000`, `< 1.3`.
    pub goal: String,
    pub met: bool,
    /// Beyond what CI fails: the goal with a margin for a machine that is shared. Only what compares with something
    /// run beside it, or does not depend on the machine, has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<f64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// Everything measured.
#[derive(Debug, Serialize)]
pub struct Report {
    pub objects: usize,
    pub figures: Vec<Figure>,
}

impl Report {
    /// The figures beyond their gate.
    pub fn failed(&self) -> Vec<&Figure> {
        self.figures.iter().filter(|figure| figure.failed).collect()
    }
}

struct Figures(Vec<Figure>);

impl Figures {
    fn above(&mut self, what: &'static str, value: f64, unit: &'static str, goal: f64, gate: Option<f64>) {
        let failed = gate.is_some_and(|gate| value < gate);
        self.0.push(Figure { what, value, unit, goal: format!("> {goal}"), met: value > goal, gate, failed });
    }

    fn below(&mut self, what: &'static str, value: f64, unit: &'static str, goal: f64, gate: Option<f64>) {
        let failed = gate.is_some_and(|gate| value > gate);
        self.0.push(Figure { what, value, unit, goal: format!("< {goal}"), met: value < goal, gate, failed });
    }
}

/// A node with content, and the callers that measure it.
struct Loaded {
    data: Scratch,
    node: Node,
    /// Reads everything.
    wide: Caller,
    /// Reads [`NARROW`] objects.
    narrow: Caller,
    ingest: Duration,
}

/// Runs the whole measurement. `say` is told what goes on.
pub fn run(objects: usize, say: &dyn Fn(&str)) -> anyhow::Result<Report> {
    let mut figures = Figures(Vec::new());
    validation(&mut figures)?;

    say(&format!("a store of {SMALL} objects"));
    let small = load(SMALL.min(objects), "small", CONNECTIONS)?;
    let small_wide = page_time(&small, &small.wide)?;
    let small_narrow = page_time(&small, &small.narrow)?;
    drop(small);

    say("labels, object by object and field by field");
    let decided = decided::run()?;
    let what = "page of who reads every second label against who reads all";
    figures.below(what, decided.labels, "ratio", 1.1, Some(1.5));
    let what = "page with a field hidden in each tenth object against who reads all";
    figures.below(what, decided.fields, "ratio", 2.0, Some(3.0));

    say(&format!("a store of {objects} objects"));
    let mut large = load(objects, "large", CONNECTIONS)?;
    let rate = per_second(objects, large.ingest);
    figures.above(
        "durable ingest over TAXII, batches of 1,000, two connections",
        rate,
        "objects/s",
        ingest_goal(objects),
        None,
    );

    say("pages");
    let (read, took) = poll(&large)?;
    ensure!(read >= objects, "the node serves {read} objects of {objects}");
    let polled = per_second(read, took);
    figures.above("poll, pages of 1,000, authenticated", polled, "objects/s", 100_000.0, None);
    let wide = page_time(&large, &large.wide)?.as_secs_f64() / small_wide.as_secs_f64();
    let narrow = page_time(&large, &large.narrow)?.as_secs_f64() / small_narrow.as_secs_f64();
    figures.below("page time against 10k objects, who reads all", wide, "ratio", 1.3, None);
    figures.below("page time against 10k objects, 1,000 readable", narrow, "ratio", 1.3, None);

    say("a dry run");
    let (took, counted) = forecast(&large)?;
    // Both streams of the generator now and then invent the same observable: that one is read already.
    let few = objects as u64 / 500;
    ensure!(counted + NARROW as u64 + few >= objects as u64, "a forecast counted {counted} of {objects}");
    figures.below(
        "dry run of a membership that concerns every object",
        took.as_secs_f64(),
        "s",
        5.0,
        Some(5.0),
    );

    say("a new object, until another viewer has it");
    let visible = visible(&large)?;
    figures.below("POST done to visible to another viewer, p99", millis(visible), "ms", 5.0, None);
    if let Some(bytes) = large.node.memory() {
        figures.below(
            "memory not backed by files, after serving",
            mebibytes(bytes),
            "MiB",
            200.0,
            Some(300.0),
        );
    }

    say("more clients than the node can serve");
    overload::measure(&mut figures, &large)?;

    say("a restart after kill -9");
    restart::measure(&mut figures, &mut large)?;

    say("a restart");
    let Loaded { data, node, .. } = large;
    drop(node);
    let again = Node::start_unmetered(&data.0)?;
    figures.below("start, until ready", again.ready_after.as_secs_f64(), "s", 0.5, None);
    if let Some(bytes) = again.memory() {
        figures.below("memory not backed by files, idle", mebibytes(bytes), "MiB", 50.0, Some(75.0));
    }
    drop(again);

    say("the bare loops beside it");
    beside(&mut figures, &data.0, objects, rate, polled)?;
    Ok(Report { objects, figures: figures.0 })
}

/// The same rows in a bare loop over the engine: what the node adds is the difference.
fn beside(figures: &mut Figures, data: &Path, objects: usize, rate: f64, polled: f64) -> anyhow::Result<()> {
    let scratch = Scratch::new("bare")?;
    let bare = kizuna_app::baseline::run(data, &scratch.0, BATCH).context("the bare loops failed")?;
    let bare_rate = per_second(bare.rows, bare.ingest);
    let bare_poll = per_second(bare.read, bare.pages);
    figures.above("bare insert of the same rows, indexes and tokens", bare_rate, "objects/s", 0.0, None);
    figures.above("bare pages by the same rule", bare_poll, "objects/s", 0.0, None);
    ensure!(bare.rows >= objects, "the bare loop had {} rows of {objects}", bare.rows);
    figures.above("ingest against the bare insert", rate / bare_rate, "ratio", 0.5, Some(0.3));
    figures.above("poll against the bare pages", polled / bare_poll, "ratio", 0.3, Some(0.12));
    Ok(())
}

/// Reading and validating from bytes, on one core, against reading into plain values.
fn validation(figures: &mut Figures) -> anyhow::Result<()> {
    let bundle =
        bundles(Generator::new(7, None, Vec::new()), 20_000, 20_000).next().context("nothing generated")?;
    let limits = read::Limits::default();
    let started = Instant::now();
    let read = read::read(&bundle, &limits)?.len();
    let took = started.elapsed();
    let started = Instant::now();
    let value: serde_json::Value = serde_json::from_slice(&bundle)?;
    let plain = started.elapsed();
    ensure!(value["objects"].as_array().is_some_and(|all| all.len() == read), "objects were lost in reading");
    figures.above(
        "STIX read and validated from bytes, one core",
        per_second(read, took),
        "objects/s",
        150_000.0,
        None,
    );
    figures.above(
        "of reading into plain values",
        plain.as_secs_f64() / took.as_secs_f64(),
        "ratio",
        0.25,
        Some(0.15),
    );
    Ok(())
}

fn load(objects: usize, name: &str, connections: usize) -> anyhow::Result<Loaded> {
    let data = Scratch::new(name)?;
    let at = data.0.as_path();
    command(at, &["member", "add", "Bench North", "--country", "XBN", "--kind", "public"])?;
    command(at, &["member", "add", "Bench South", "--country", "XBS", "--kind", "public"])?;
    command(at, &["community", "add", "Wide", "--member", "Bench North"])?;
    command(at, &["community", "add", "Narrow", "--member", "Bench North", "--member", "Bench South"])?;
    let wide = user(at, "wide@bench.example", "Bench North")?;
    let narrow = user(at, "narrow@bench.example", "Bench South")?;

    let node = Node::start_unmetered(at)?;
    let client = Client::new(&node.url(""), &wide);
    let shared = shared_collection(&client, &node, &narrow)?;
    let of_communities = [1, 2].map(|place| client.collection(place, client::CollectionInfo::writable));
    let of_wide = of_communities.into_iter().flatten().find(|url| *url != shared);
    let of_wide = of_wide.context("the community of all has no collection")?;
    let batches: Vec<Vec<u8>> =
        bundles(Generator::new(20_260_101, None, vec![green()]), objects - NARROW, BATCH).collect();
    // What the narrow reader reads lies spread over the whole store.
    let few = bundles(Generator::new(9, None, vec![green()]), NARROW, NARROW.div_ceil(batches.len()));
    let mut work: Vec<(&str, Vec<u8>)> = Vec::new();
    let mut few = few.fuse();
    for batch in batches {
        work.push((of_wide.as_str(), batch));
        work.extend(few.next().map(|batch| (shared.as_str(), batch)));
    }
    work.extend(few.map(|batch| (shared.as_str(), batch)));
    let ingest = add_all(&node, &wide, &work, connections)?;
    Ok(Loaded { data, node, wide, narrow, ingest })
}

/// Somebody who reads and writes, and may try what a release would do.
fn user(at: &Path, email: &str, member: &str) -> anyhow::Result<Caller> {
    let roles = ["--role", "analyst", "--role", "releaser"];
    let key = command(at, &[&["user", "add", email, "--member", member], &roles[..]].concat())?;
    Ok(Caller { key })
}

/// Adds all envelopes over so many connections at once, each waiting for its answer before it sends the next.
fn add_all(
    node: &Node,
    caller: &Caller,
    work: &[(&str, Vec<u8>)],
    connections: usize,
) -> anyhow::Result<Duration> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        let connections: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    let client = Client::new(&node.url(""), caller);
                    while let Some((collection, batch)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                        client.add(collection, batch)?;
                    }
                    Ok(())
                })
            })
            .collect();
        connections.into_iter().try_for_each(|done| match done.join() {
            Ok(done) => done,
            Err(_) => anyhow::bail!("a connection of the measurement failed"),
        })
    })?;
    Ok(started.elapsed())
}

/// The collection of the community that both members are in.
fn shared_collection(client: &Client, node: &Node, narrow: &Caller) -> anyhow::Result<String> {
    // The narrow member is in one community only, so its second root is that one; the collection has one id for all.
    let of_narrow = Client::new(&node.url(""), narrow).collection(1, client::CollectionInfo::writable)?;
    let places = [1, 2].map(|place| client.collection(place, client::CollectionInfo::writable));
    let found = places.into_iter().flatten().find(|url| *url == of_narrow);
    found.context("the two members share no collection")
}

/// Everything there is, page by page.
fn poll(loaded: &Loaded) -> anyhow::Result<(usize, Duration)> {
    let client = Client::new(&loaded.node.url(""), &loaded.wide);
    let all = client.collection(0, |collection| collection.is("all"))?;
    let (mut read, mut took, mut next) = (0, Duration::ZERO, None);
    loop {
        let page = client.page(&all, BATCH, next.as_deref())?;
        read += page.objects;
        took += page.took;
        next = page.next;
        if next.is_none() {
            return Ok((read, took));
        }
    }
}

/// What a dry run takes, and how many objects it says that somebody would gain: the narrow reader's member joins the
/// community that names all.
fn forecast(loaded: &Loaded) -> anyhow::Result<(Duration, u64)> {
    let client = Client::new(&loaded.node.url(""), &loaded.wide);
    let community = client.named("communities", "Wide")?;
    let member = client.named("members", "Bench South")?;
    let change = serde_json::json!({ "change": "join", "community": community, "member": member });
    let (told, took) = client.forecast(&change)?;
    Ok((took, told["viewers"][0]["gained"].as_u64().unwrap_or_default()))
}

/// The median time of a first page of 1,000.
fn page_time(loaded: &Loaded, caller: &Caller) -> anyhow::Result<Duration> {
    let client = Client::new(&loaded.node.url(""), caller);
    let all = client.collection(0, |collection| collection.is("all"))?;
    let mut times = Vec::new();
    for _ in 0..31 {
        let page = client.page(&all, BATCH, None)?;
        ensure!(page.objects > 0, "a page was empty");
        times.push(page.took);
    }
    times.sort();
    Ok(times[times.len() / 2])
}

/// The 99th percentile of how long a stored object takes to be there for another viewer.
fn visible(loaded: &Loaded) -> anyhow::Result<Duration> {
    let writer = Client::new(&loaded.node.url(""), &loaded.wide);
    let reader = Client::new(&loaded.node.url(""), &loaded.narrow);
    let shared = shared_collection(&writer, &loaded.node, &loaded.narrow)?;
    let mut times = Vec::new();
    for object in
        Generator::new(4_711, None, vec![green()]).filter(|object| object["type"] == "indicator").take(300)
    {
        let envelope = serde_json::json!({ "objects": [object] });
        writer.add(&shared, &serde_json::to_vec(&envelope)?)?;
        times.push(reader.wait_for(&shared, object["id"].as_str().unwrap_or_default())?);
    }
    times.sort();
    Ok(times[times.len() * 99 / 100])
}

fn green() -> Id {
    Id::new("marking-definition", uuid::uuid!("bab4a63c-aed9-4cf5-a766-dfca5abac2bb"))
}

fn ingest_goal(objects: usize) -> f64 {
    if objects > 200_000 { 12_000.0 } else { 20_000.0 }
}

#[allow(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]
fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[allow(clippy::cast_precision_loss, reason = "memory sizes are far below 2^52")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
