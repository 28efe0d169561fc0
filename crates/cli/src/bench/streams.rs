//! Many operators that wait for an alert: how long it takes from the writer's acknowledgement until each has it, what
//! they cost the node while they wait, and how they come back when all are cut off at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use kizuna_app::generate::Generator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};

use super::client::{Caller, Client, CollectionInfo};
use super::{Figures, Report, green, mebibytes, millis, user};
use crate::child::{Node, Scratch, command};
use crate::descriptors;

/// Alerts that are timed; the one after them is written while everybody is away.
const ALERTS: usize = 7;
/// Writes that are timed without anybody who waits.
const QUIET: usize = 15;
/// Connections that are being opened at once at first. When all come back, nothing holds them.
const OPENING: usize = 128;
/// How long a writer waits that was turned away.
const AGAIN: Duration = Duration::from_millis(100);
/// Until an alert that somebody did not get is lost.
const PATIENCE: Duration = Duration::from_mins(2);

/// Somebody got an alert, by its number.
struct Got {
    alert: usize,
    at: Instant,
}

/// What the subscribers share.
struct Shared {
    address: String,
    /// The identifiers of the alerts, in order.
    alerts: Vec<String>,
    got: mpsc::UnboundedSender<Got>,
    opening: Semaphore,
    open: watch::Sender<usize>,
    /// How often all were cut off.
    cut: watch::Receiver<usize>,
}

pub fn run(subscribers: usize, members: usize, say: &dyn Fn(&str)) -> anyhow::Result<Report> {
    // A connection of each, at this end as at the node's.
    descriptors::raise();
    say(&format!("{members} members with a key each"));
    let data = Scratch::new("streams")?;
    let at = data.0.as_path();
    command(at, &["member", "add", "Bench North", "--country", "XBN", "--kind", "public"])?;
    command(at, &["community", "add", "Wide", "--member", "Bench North"])?;
    let writer = user(at, "writer@bench.example", "Bench North")?;
    let operators: anyhow::Result<Vec<Caller>> = (0..members).map(|number| operator(at, number)).collect();
    let node = Node::start_unmetered(at)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let figures = runtime.block_on(measure(&node, &writer, &operators?, subscribers, say))?;
    Ok(Report { objects: subscribers, figures: figures.0 })
}

/// One operator, of a member of its own.
fn operator(at: &std::path::Path, number: usize) -> anyhow::Result<Caller> {
    let letter = |index: usize| char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    let country = format!("X{}{}", letter(number / 26), letter(number));
    let member = format!("Operator {number}");
    command(
        at,
        &["member", "add", &member, "--country", &country, "--kind", "private", "--community", "Wide"],
    )?;
    user(at, &format!("operator{number}@bench.example"), &member)
}

async fn measure(
    node: &Node,
    writer: &Caller,
    operators: &[Caller],
    subscribers: usize,
    say: &dyn Fn(&str),
) -> anyhow::Result<Figures> {
    let client = Client::new(&node.url(""), writer);
    let wide = client.collection(1, CollectionInfo::writable)?;
    let indicators = Generator::new(77, None, vec![green()]).filter(|object| object["type"] == "indicator");
    let alerts: Vec<serde_json::Value> = indicators.take(QUIET + ALERTS + 1).collect();
    let (quiet, alerts) = alerts.split_at(QUIET);
    let write = |alert: &serde_json::Value| -> anyhow::Result<(Duration, Instant)> {
        let took = client.add(&wide, &serde_json::to_vec(&serde_json::json!({ "objects": [alert] }))?)?;
        Ok((took, Instant::now()))
    };
    let alone: anyhow::Result<Vec<Duration>> = quiet.iter().map(|alert| Ok(write(alert)?.0)).collect();
    let alone = middle(alone?);
    let empty = node.memory();

    say(&format!("{subscribers} subscribers"));
    let (got, mut receipts) = mpsc::unbounded_channel();
    let (open, mut opened) = watch::channel(0);
    let (cut, is_cut) = watch::channel(0);
    let id = |alert: &serde_json::Value| alert["id"].as_str().unwrap_or_default().to_owned();
    let address = node.url("").trim_start_matches("http://").to_owned();
    let alert_ids = alerts.iter().map(id).collect();
    let opening = Semaphore::new(OPENING.min(subscribers));
    let shared = Arc::new(Shared { address, alerts: alert_ids, got, opening, open, cut: is_cut });
    let begun = Instant::now();
    for number in 0..subscribers {
        let key = operators[number % operators.len()].key.clone();
        tokio::spawn(subscribe(Arc::clone(&shared), number, key));
    }
    wait_until(&mut opened, subscribers).await?;
    let opened_in = begun.elapsed();

    say("alerts");
    let (mut halves, mut most, mut last, mut stored) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, alert) in alerts[..ALERTS].iter().enumerate() {
        let (took, acknowledged) = tokio::task::block_in_place(|| write(alert))?;
        let mut times = received(&mut receipts, number, subscribers, acknowledged).await?;
        times.sort();
        halves.push(times[times.len() / 2]);
        most.push(times[(times.len() * 99 / 100).min(times.len() - 1)]);
        last.extend(times.last());
        stored.push(took);
    }
    let full = node.memory();

    say("everybody cut off at once, and back");
    shared.opening.add_permits(subscribers);
    shared.open.send_replace(0);
    let begun = Instant::now();
    cut.send_replace(1);
    // Where everybody comes at once, a writer may have to ask again.
    while let Err(error) = tokio::task::block_in_place(|| write(&alerts[ALERTS])) {
        ensure!(begun.elapsed() < PATIENCE, "nothing could be written while all came back: {error}");
        tokio::time::sleep(AGAIN).await;
    }
    wait_until(&mut opened, subscribers).await?;
    received(&mut receipts, ALERTS, subscribers, begun).await?;
    let back_in = begun.elapsed();

    let goal = if subscribers > 1_000 { 2_000.0 } else { 500.0 };
    let worst = last.iter().max().copied().unwrap_or_default();
    let mut figures = Figures(Vec::new());
    let mut below = |what, value, unit, goal, gate| figures.below(what, value, unit, goal, gate);
    below("acknowledged to received, half of the subscribers", millis(middle(halves)), "ms", goal, None);
    below("acknowledged to received, 99 of 100", millis(middle(most)), "ms", goal, None);
    below("acknowledged to received, the last, median of the alerts", millis(middle(last)), "ms", goal, None);
    below(
        "acknowledged to received, the last, worst of the alerts",
        millis(worst),
        "ms",
        goal,
        Some(10.0 * goal),
    );
    let write_ratio = middle(stored).as_secs_f64() / alone.as_secs_f64();
    below("a write with subscribers against one without", write_ratio, "ratio", 3.0, None);
    below("opening all streams, 128 at once", opened_in.as_secs_f64(), "s", 60.0, None);
    below("all cut off at once: until all had what they missed", back_in.as_secs_f64(), "s", 30.0, None);
    if let (Some(empty), Some(full), Some(after)) = (empty, full, node.memory()) {
        below("memory not backed by files, with subscribers", mebibytes(full), "MiB", 1_024.0, Some(1_024.0));
        below(
            "memory not backed by files, after they came back",
            mebibytes(after),
            "MiB",
            1_024.0,
            Some(1_024.0),
        );
        let each = full.saturating_sub(empty) / u64::try_from(subscribers.max(1))?;
        below("memory of a stream", mebibytes(each) * 1_024.0, "KiB", 100.0, None);
    }
    Ok(figures)
}

/// When each got this alert, since the instant.
async fn received(
    receipts: &mut mpsc::UnboundedReceiver<Got>,
    alert: usize,
    subscribers: usize,
    since: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(subscribers);
    while times.len() < subscribers {
        let Ok(Some(got)) = tokio::time::timeout(PATIENCE, receipts.recv()).await else {
            bail!("{} of {subscribers} subscribers got alert {alert} in {PATIENCE:?}", times.len());
        };
        ensure!(got.alert == alert, "alert {} was received before {alert}", got.alert);
        // Who has it before its writer is told that it is stored did not wait at all.
        times.push(got.at.saturating_duration_since(since));
    }
    Ok(times)
}

async fn wait_until(opened: &mut watch::Receiver<usize>, subscribers: usize) -> anyhow::Result<()> {
    let all = tokio::time::timeout(PATIENCE, opened.wait_for(|open| *open >= subscribers));
    let waited = all.await.map(|done| done.map(|_| ()));
    waited.context("not every subscriber found a place in time")?.context("the subscribers ended")
}

/// One subscriber: opens its stream, goes on after its last event when it was cut off, and waits where it is told that
/// there is no place.
async fn subscribe(shared: Arc<Shared>, number: usize, key: String) {
    let mut cut = shared.cut.clone();
    let (mut alert, mut last) = (0, None);
    loop {
        let opened = {
            // Never closed while subscribers run.
            let _turn = shared.opening.acquire().await;
            open(&shared.address, &key, last.as_deref()).await
        };
        let Ok(stream) = opened else {
            let spread = u64::try_from(number % 1_000).unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(500 + spread)).await;
            continue;
        };
        shared.open.send_modify(|open| *open += 1);
        tokio::select! {
            () = listen(&shared, stream, &mut alert, &mut last) => {}
            changed = cut.changed() => if changed.is_err() { return },
        }
    }
}

/// A stream, once the node has answered.
async fn open(address: &str, key: &str, last: Option<&str>) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let last = last.map(|last| format!("Last-Event-ID: {last}\r\n")).unwrap_or_default();
    let head = format!(
        "GET /api/v1/changes?type=indicator HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n{last}\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await?);
    }
    ensure!(answer.starts_with(b"HTTP/1.1 200"), "no place now");
    Ok(stream)
}

/// Reads until the stream ends, and tells of each alert once all of it is there.
async fn listen(shared: &Shared, mut stream: TcpStream, alert: &mut usize, last: &mut Option<String>) {
    let mut text = String::new();
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = stream.read(&mut bytes).await {
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        // An event ends with an empty line; behind it the transfer's own line may end.
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            let Some(expected) = shared.alerts.get(*alert) else { continue };
            if !event.contains(expected.as_str()) {
                continue;
            }
            *last = event.lines().find_map(|line| line.strip_prefix("id: ")).map(str::to_owned);
            // Who measures has what it needs.
            let _ = shared.got.send(Got { alert: *alert, at: Instant::now() });
            *alert += 1;
        }
    }
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
