//! The measurement of a node in PostgreSQL: any number of front-ends on one database.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::client::Client;
use super::{BATCH, Figures, Loaded, Report, load, page_time, per_second, poll, visible};
use crate::child::{Node, Scratch};

/// Connections that add at the same time.
const CONNECTIONS: usize = 4;
/// Front-ends that are compared with one.
const FRONTS: usize = 3;
/// Pages that each client of a comparison reads.
const PAGES: usize = 60;

/// Runs the measurement in schemas of its own in this database.
pub fn run(objects: usize, say: &dyn Fn(&str)) -> anyhow::Result<Report> {
    let mut figures = Figures(Vec::new());
    say(&format!("a store of {objects} objects in PostgreSQL"));
    let mut loaded = load(objects, "large", CONNECTIONS)?;
    let rate = per_second(objects, loaded.ingest);
    figures.above(
        "durable ingest over TAXII, batches of 1,000, four connections",
        rate,
        "objects/s",
        10_000.0,
        None,
    );
    say("pages");
    let (read, took) = poll(&loaded)?;
    ensure!(read >= objects, "the node serves {read} objects of {objects}");
    figures.above("poll, pages of 1,000, authenticated", per_second(read, took), "objects/s", 50_000.0, None);
    let narrow = page_time(&loaded, &loaded.narrow)?;
    figures.below("page of 1,000 readable among all, median", millis(narrow), "ms", 50.0, None);
    say("a new object, until another viewer has it");
    figures.below("POST done to visible to another viewer, p99", millis(visible(&loaded)?), "ms", 20.0, None);

    say("one front-end and three");
    let places: Vec<Scratch> =
        (1..FRONTS).map(|front| Scratch::front(&loaded.data, front)).collect::<Result<_, _>>()?;
    let others: Vec<Node> =
        places.iter().map(|place| Node::start_unmetered(&place.0)).collect::<Result<_, _>>()?;
    let fronts: Vec<&Node> = std::iter::once(&loaded.node).chain(&others).collect();
    let one = together(&loaded, &[&loaded.node; FRONTS])?;
    let three = together(&loaded, &fronts)?;
    figures.above("poll by three clients on one front-end", one, "objects/s", 0.0, None);
    figures.above("poll by three clients on three front-ends", three, "objects/s", 0.0, None);
    figures.above("three front-ends against one", three / one, "ratio", 1.0, None);
    drop(others);
    drop(places);

    say("a restart after kill -9");
    super::restart::measure(&mut figures, &mut loaded)?;

    say("the bare COPY beside it");
    let Loaded { data, node, .. } = loaded;
    drop(node);
    let url = data.store().context("the measurement has lost its database")?;
    let bare = kizuna_app::baseline::postgres::run(&url, BATCH).context("the bare COPY failed")?;
    let bare_rate = per_second(bare.rows, bare.ingest);
    figures.above("bare COPY of the same rows, one connection", bare_rate, "objects/s", 0.0, None);
    figures.above("bare pages by the same rule", per_second(bare.read, bare.pages), "objects/s", 0.0, None);
    figures.above("ingest against the bare COPY", rate / bare_rate, "ratio", 0.4, None);
    Ok(Report { objects, figures: figures.0 })
}

/// Objects a second that as many clients as nodes read together, each from its own.
fn together(loaded: &Loaded, nodes: &[&Node]) -> anyhow::Result<f64> {
    let start = Barrier::new(nodes.len() + 1);
    std::thread::scope(|scope| {
        let clients: Vec<_> = nodes
            .iter()
            .map(|node| {
                let start = &start;
                scope.spawn(move || -> anyhow::Result<usize> {
                    let client = Client::new(&node.url(""), &loaded.wide);
                    let all = client.collection(0, |collection| collection.is("all"))?;
                    client.page(&all, BATCH, None)?;
                    start.wait();
                    let (mut read, mut next) = (0, None);
                    for _ in 0..PAGES {
                        let page = client.page(&all, BATCH, next.as_deref())?;
                        read += page.objects;
                        next = page.next;
                    }
                    Ok(read)
                })
            })
            .collect();
        start.wait();
        let started = Instant::now();
        let mut read = 0;
        for client in clients {
            let done = client.join();
            read += done.map_err(|_| anyhow::anyhow!("a client of the measurement failed"))??;
        }
        Ok(per_second(read, started.elapsed()))
    })
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
