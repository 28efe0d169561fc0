//! `kizuna demo`.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kizuna_app::stix::Id;
use kizuna_web::demo::{Arrival, Config, Round, Told, Try, Viewer};
use tokio::net::TcpListener;

use crate::args;
use crate::demo::{Alarm, Demo, set_up};
use crate::desk::Desk;
use crate::fail::Fail;

/// Characters of the longest bar.
const BAR: u128 = 32;

pub fn run(demo: &args::Demo, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let taken = |error| Fail::work(format!("{}: {error}; choose another port with --listen", demo.listen));
    let listener = runtime.block_on(TcpListener::bind(demo.listen)).map_err(taken)?;
    let running = set_up(&demo.directory, demo.listen, &mut |what| {
        // Who closed standard error does not want to be told.
        let _ = desk.say(format!("· {what}"));
    })?;
    let tries = tries(&running)?;
    desk.say(format!("\nsee the same object as each nation sees it: http://{}/\n\ntry", demo.listen))?;
    for to_try in &tries {
        desk.say(format!("  {}\n    {}", to_try.what, to_try.line))?;
    }
    desk.say("\nEnter fires an alert at Asterin, and shows when it is where. Ctrl-C ends all nodes")?;
    desk.err.flush()?;
    let router = kizuna_web::demo::router(page(&running, tries));
    let alarm = Arc::clone(&running.alarm);
    std::thread::Builder::new().name("keys".to_owned()).spawn(move || fire_at_enter(&alarm))?;
    runtime.block_on(async {
        tokio::select! {
            served = async { axum::serve(listener, router).await } => served,
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    })?;
    desk.say("stopped")?;
    Ok(())
}

/// Each line that is typed fires an alert; where it went is said when it is there.
fn fire_at_enter(alarm: &Alarm) {
    for _ in std::io::stdin().lines().map_while(Result::ok) {
        let told = match alarm.ring() {
            Ok(round) => picture(&round),
            Err(error) => format!("  {error:#}\n"),
        };
        // Who closed standard error does not want to be told.
        let _ = std::io::stderr().write_all(told.as_bytes());
    }
}

/// How long an alert took to each place, as bars.
fn picture(round: &Round) -> String {
    let longest = round.arrivals.iter().filter_map(|arrival| arrival.after).max().unwrap_or_default();
    let width = round.arrivals.iter().map(|arrival| arrival.place.chars().count()).max().unwrap_or_default();
    let row = |Arrival { place, after }: &Arrival| {
        let (time, bar) = match after {
            Some(after) => (format!("{:.1} ms", after.as_secs_f64() * 1e3), bar(*after, longest)),
            None => ("did not arrive".to_owned(), String::new()),
        };
        format!("    {place:<width$}  {time:>14}  {bar}\n")
    };
    let rows: String = round.arrivals.iter().map(row).collect();
    format!("  {}\n{rows}    {} receipts came back to Asterin\n\n", round.title, round.receipts)
}

fn bar(after: Duration, longest: Duration) -> String {
    let parts = BAR * after.as_micros() / longest.as_micros().max(1);
    "█".repeat(usize::try_from(parts).unwrap_or_default().max(1))
}

fn page(demo: &Demo, tries: Vec<Try>) -> Config {
    let viewers = demo.viewers.iter().map(|viewer| Viewer {
        name: viewer.name.clone(),
        node: viewer.url.clone(),
        key: viewer.key.clone(),
    });
    let told = |id: &Id, name: &str| Told { id: id.to_string(), name: name.to_owned() };
    Config {
        viewers: viewers.collect(),
        story: vec![
            told(&demo.report, "Report"),
            told(&demo.indicator, "Indicator"),
            told(&demo.victim, "Victim"),
        ],
        tries,
        alarm: Some(Arc::clone(&demo.alarm) as Arc<dyn kizuna_web::demo::Alarm>),
    }
}

/// One line each to try, as it can be typed here.
fn tries(demo: &Demo) -> anyhow::Result<Vec<Try>> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let here = std::env::current_dir()?;
    let program = program.strip_prefix(&here).map_or(program.clone(), |path| Path::new(".").join(path));
    let north = format!("{} --data {}", program.display(), demo.north.display());
    let withdraw = format!("{north} withdraw {} --as ana@asterin.example", demo.indicator);
    let south = format!("{} --data {}", program.display(), demo.south.display());
    let explain = format!("{south} explain {} --as grid@novacore.example", demo.indicator);
    let bad = r#"{"type":"indicator","id":"indicator--1"}"#;
    let lines = [
        ("Take the indicator back to Asterin alone, and watch it go from the other columns:", withdraw),
        ("Ask why the operator in Orinthia can read it, rule by rule:", explain),
        (
            "Give a bad object, and read what is wrong with it:",
            format!("echo '{bad}' | {north} import - --as ana@asterin.example"),
        ),
    ];
    Ok(lines.map(|(what, line)| Try { what: what.to_owned(), line }).into())
}
