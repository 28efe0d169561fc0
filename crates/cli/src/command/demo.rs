//! `kizuna demo`.

use std::path::Path;

use anyhow::Context;
use kizuna_app::stix::Id;
use kizuna_web::demo::{Config, Told, Try, Viewer};
use tokio::net::TcpListener;

use crate::args;
use crate::demo::{Demo, set_up};
use crate::desk::Desk;
use crate::fail::Fail;

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
    desk.say("\nCtrl-C ends both nodes")?;
    desk.err.flush()?;
    let router = kizuna_web::demo::router(page(&running, tries));
    runtime.block_on(async {
        tokio::select! {
            served = async { axum::serve(listener, router).await } => served,
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    })?;
    desk.say("stopped")?;
    Ok(())
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
    }
}

/// One line each to try, as it can be typed here.
fn tries(demo: &Demo) -> anyhow::Result<Vec<Try>> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let here = std::env::current_dir()?;
    let program = program.strip_prefix(&here).map_or(program.clone(), |path| Path::new(".").join(path));
    let north = format!("{} --data {}", program.display(), demo.north.display());
    let south = format!("{} --data {}", program.display(), demo.south.display());
    let withdraw = format!("{north} withdraw {} --as ana@asterin.example", demo.indicator);
    let explain = format!("{north} explain {} --as grid@novacore.example", demo.victim);
    let bad = r#"{"type":"indicator","id":"indicator--1"}"#;
    let lines = [
        (
            "Take the indicator back to Asterin alone, and watch it go from the other columns:",
            format!("{withdraw} && {south} peer sync asterin"),
        ),
        ("Ask why the operator cannot read who was hit:", explain),
        (
            "Give a bad object, and read what is wrong with it:",
            format!("echo '{bad}' | {north} import - --as ana@asterin.example"),
        ),
    ];
    Ok(lines.map(|(what, line)| Try { what: what.to_owned(), line }).into())
}
