//! `kizuna bench federation`: nodes of its own that are peers, each a process on loopback.
//!
//! Measured is what a person waits for: from the answer to who publishes at one node to the event that another node's
//! operator gets through a hub; how fast a node catches up after a partition; and how long a mesh takes to come to rest.

mod circle;

use std::io::BufRead;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kizuna_app::generate::{Generator, bundles};
use serde_json::{Value, json};

use super::{Figures, Report, green, millis, per_second};
use circle::{Circle, Member};

/// Publications whose way through the hub is measured.
const PUBLISHED: u32 = 200;
/// Publications into the mesh, each at another node.
const MESHED: usize = 5;
/// Nothing takes longer.
const PATIENCE: Duration = Duration::from_mins(10);
/// A mesh that sends nothing for so long is at rest.
const REST: Duration = Duration::from_secs(2);

/// Runs the whole measurement with this many versions behind and this many nodes meshed.
pub fn run(behind: usize, nodes: usize, say: &dyn Fn(&str)) -> anyhow::Result<Report> {
    let mut figures = Figures(Vec::new());
    say("two nodes and a hub between them");
    hub(&mut figures)?;
    say(&format!("{behind} versions behind a partition"));
    partition(behind, &mut figures)?;
    say(&format!("{nodes} nodes meshed"));
    mesh(nodes, &mut figures)?;
    Ok(Report { objects: behind, figures: figures.0 })
}

/// Published at one node → in an operator's event stream at another, through a hub.
fn hub(figures: &mut Figures) -> anyhow::Result<()> {
    let mut circle = Circle::new("hub", 3)?;
    circle.befriend(0, 1)?;
    circle.befriend(1, 2)?;
    let members = circle.start()?;
    let events = listen(&members[2])?;
    // The first one takes keys and definitions along.
    publish(&members[0], "rel:Circle tlp:amber", 0)?;
    wait_for(&events, &name(0))?;
    let mut times = Vec::new();
    for number in 1..=PUBLISHED {
        let begun = Instant::now();
        publish(&members[0], "rel:Circle tlp:amber", number)?;
        wait_for(&events, &name(number))?;
        times.push(begun.elapsed());
    }
    times.sort();
    let at = |percent: usize| millis(times[(times.len() - 1) * percent / 100]);
    let what = "published at A → in an event stream at C through hub B, median";
    figures.below(what, at(50), "ms", 50.0, None);
    figures.below("the same, 99th percentile", at(99), "ms", 50.0, None);
    Ok(())
}

/// A node that was away catches up, what is urgent first.
fn partition(behind: usize, figures: &mut Figures) -> anyhow::Result<()> {
    let mut circle = Circle::new("behind", 2)?;
    circle.befriend(0, 1)?;
    let sender = circle.start_one(0)?;
    let begun = Instant::now();
    for bundle in bundles(Generator::new(7, None, vec![green()]), behind, super::BATCH) {
        sender.add(&bundle, "rel:Circle tlp:green")?;
    }
    let ingest = per_second(behind, begun.elapsed());
    let alert = json!({
        "type": "kizuna-recall", "spec_version": "2.1", "id": format!("kizuna-recall--{}", uuid::Uuid::new_v4()),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "object_ref": "indicator--00000000-0000-4000-8000-000000000000", "digests": ["00"],
    });
    sender.add(&serde_json::to_vec(&json!({ "objects": [alert] }))?, "rel:Circle tlp:green")?;
    let sent_before = sender.counts()?.0;
    let receiver = circle.start_one(1)?;
    let begun = Instant::now();
    let urgent =
        until(|| Ok(receiver.has(alert["id"].as_str().unwrap_or_default())?.then(|| begun.elapsed())))?;
    let first = until(|| Ok((sender.counts()?.0 > sent_before).then(|| begun.elapsed())))?;
    let (sent, took) = until(|| {
        let (sent, waiting) = sender.counts()?;
        Ok((waiting == 0).then(|| (sent - sent_before, begun.elapsed())))
    })?;
    ensure!(sent >= behind as u64, "{sent} of {behind} versions were sent");
    let rate = per_second(behind, took.saturating_sub(first));
    figures.above("catching up after a partition, against ingest", rate / ingest, "ratio", 0.5, None);
    figures.above("catching up after a partition", rate, "versions/s", ingest / 2.0, None);
    figures.below("until what is urgent is there, of the whole", ratio(urgent, took), "ratio", 0.1, None);
    Ok(())
}

/// Every node is a peer of every other one.
fn mesh(nodes: usize, figures: &mut Figures) -> anyhow::Result<()> {
    let mut circle = Circle::new("mesh", nodes)?;
    for one in 0..nodes {
        for other in one + 1..nodes {
            circle.befriend(one, other)?;
        }
    }
    let members = circle.start()?;
    for number in 0..=nodes {
        // Each takes its key and definitions along once.
        publish(&members[number % nodes], "rel:Circle tlp:green", u32::try_from(number)?)?;
    }
    for member in &members {
        until(|| Ok(member.has_all((0..=u32::try_from(nodes)?).map(name))?.then_some(())))?;
    }
    rest(&members)?;
    let mut times = Vec::new();
    let before = totals(&members)?;
    let stored_before = members[nodes - 1].versions()?;
    for turn in 0..MESHED {
        let number = u32::try_from(1_000 + turn)?;
        let begun = Instant::now();
        publish(&members[turn * 7 % nodes], "rel:Circle tlp:green", number)?;
        for member in &members {
            until(|| Ok(member.has(&name(number))?.then_some(())))?;
        }
        times.push(begun.elapsed());
    }
    let came_to_rest = rest(&members)?;
    times.sort();
    let sent = totals(&members)? - before;
    let stored = members[nodes - 1].versions()? - stored_before;
    let ways = stored * (nodes as u64 - 1).max(1);
    figures.below(
        "a version is at every node of the mesh, median",
        millis(times[times.len() / 2]),
        "ms",
        2_000.0,
        None,
    );
    figures.below("the same, slowest", millis(times[times.len() - 1]), "ms", 2_000.0, None);
    let each = per_second(usize::try_from(sent)?, Duration::from_secs(ways.max(1)));
    figures.below("transfers of a version to a node of the mesh", each, "times", 1.2, None);
    figures.below("the mesh is at rest after", came_to_rest.as_secs_f64(), "s", 30.0, None);
    Ok(())
}

/// The id of what is published under a number.
fn name(number: u32) -> String {
    format!("tool--00000000-0000-4000-8000-{number:012}")
}

fn publish(member: &Member, label: &str, number: u32) -> anyhow::Result<()> {
    let object = json!({
        "type": "tool", "spec_version": "2.1", "id": name(number), "name": format!("tool {number}"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "created_by_ref": format!("identity--{}", member.id),
    });
    member.add(&serde_json::to_vec(&json!({ "objects": [object] }))?, label)
}

/// The ids in an operator's stream of events.
fn listen(member: &Member) -> anyhow::Result<mpsc::Receiver<String>> {
    let response = ureq::get(member.url("/api/v1/changes"))
        .header("authorization", format!("Bearer {}", member.key))
        .call()
        .context("no stream of events")?;
    let lines = std::io::BufReader::new(response.into_body().into_reader()).lines();
    let (tell, events) = mpsc::channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let Some(data) = line.strip_prefix("data:") else { continue };
            let Ok(item) = serde_json::from_str::<Value>(data) else { continue };
            let id = item["object"]["id"].as_str().unwrap_or_default().to_owned();
            if tell.send(id).is_err() {
                return;
            }
        }
    });
    Ok(events)
}

fn wait_for(events: &mpsc::Receiver<String>, id: &str) -> anyhow::Result<()> {
    while events.recv_timeout(PATIENCE).context("an event did not come")? != id {}
    Ok(())
}

fn until<T>(mut found: impl FnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = found()? {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    anyhow::bail!("it did not happen within {} s", PATIENCE.as_secs())
}

/// Versions that all nodes have sent.
fn totals(members: &[Member]) -> anyhow::Result<u64> {
    members.iter().map(|member| Ok(member.counts()?.0)).sum()
}

/// Waits until nothing is sent any more; how long that took.
fn rest(members: &[Member]) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let mut sent = totals(members)?;
    let mut since = Instant::now();
    while since.elapsed() < REST {
        ensure!(begun.elapsed() < PATIENCE, "the mesh does not come to rest");
        std::thread::sleep(Duration::from_millis(100));
        let now = totals(members)?;
        if now != sent {
            (sent, since) = (now, Instant::now());
        }
    }
    Ok(since.duration_since(begun))
}

fn ratio(part: Duration, whole: Duration) -> f64 {
    part.as_secs_f64() / whole.as_secs_f64().max(1e-9)
}
