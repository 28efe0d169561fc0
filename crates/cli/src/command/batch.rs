//! `kizuna batch`: one file, and what became of every object in it.

use kizuna_app::{ItemOutcome, Node, Report};

use super::import::{self, Way};
use crate::args::Batch;
use crate::desk::Desk;
use crate::fail::Fail;

/// Per-item results asked for.
const ITEMS: usize = 1_000_000;

pub fn run(node: &Node, batch: &Batch, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let mut way = Way::new(node, &batch.delivery)?;
    way.items = ITEMS;
    let bytes = import::read_one(&batch.from, desk)?;
    let name = batch.from.display().to_string();
    let is_file = batch.from.as_os_str() != "-";
    way.bind(node, is_file.then_some(batch.from.as_path()), &bytes, desk)?;
    way.say_reach(node, desk)?;
    let report =
        if batch.dry_run { way.try_out(node, &bytes)? } else { way.give(node, &bytes, &name, desk)? };
    tell(&report, batch.dry_run, desk)?;
    if report.quarantined > 0 { Err(Fail::Said) } else { Ok(()) }
}

fn tell(report: &Report, dry_run: bool, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        desk.print_json(report)?;
        return Ok(());
    }
    for item in &report.items {
        let outcome = match item.outcome {
            ItemOutcome::Stored => "stored",
            ItemOutcome::Duplicate => "known",
            ItemOutcome::Quarantined => "quarantined",
        };
        let id = item.id.as_deref().unwrap_or("(no id)");
        desk.print(format!("{outcome:<12} {id}"))?;
        for fault in &item.faults {
            desk.print(format!("             {fault}"))?;
        }
    }
    let would = if dry_run { "would be " } else { "" };
    let Report { total, stored, duplicates, quarantined, .. } = report;
    desk.say(format!(
        "{total} objects: {stored} {would}stored, {duplicates} known already, {quarantined} {would}quarantined"
    ))?;
    Ok(())
}
