//! `kizuna hunt`: sweeps logs and files for indicators. Opens no data directory.

mod args;
mod journal;
mod load;
mod progress;
mod report;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use jiff::Timestamp;
use kizuna_hunt::input::walk;
use kizuna_hunt::output::Line;
use kizuna_hunt::scan::Prose;
use kizuna_hunt::sweep::{Event, Options, Sought, Summary, Sweep};
use kizuna_hunt::yara;

pub use args::Hunt;

use crate::desk::Desk;
use crate::fail::Fail;
use crate::sightings;
use journal::Journal;
use progress::Bar;

/// Exit code: something was found.
const HITS: u8 = 1;
/// Exit code: nothing was found, and not everything could be looked at or for.
const PARTIAL: u8 = 3;
/// Troubles that are told of one by one; behind them only their number.
const TOLD: u64 = 50;

pub fn run(hunt: &Hunt, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let from = hunt.from.as_deref().map(moment).transpose()?;
    let to = hunt.to.as_deref().map(moment).transpose()?;
    for path in &hunt.paths {
        if !desk.path(path).exists() {
            return Err(Fail::usage(format!("{}: there is no such file or directory", path.display())));
        }
    }
    if let Some(url) = &hunt.send {
        // Said before the sweep: hours later would be too late.
        sightings::is_node(url)?;
    }
    let begun = Instant::now();
    let loaded = load::load(hunt, desk)?;
    let counted = |count: usize, what: &str| {
        if count > 0 { format!(", {} {what}", grouped(count as u64)) } else { String::new() }
    };
    let rules = counted(loaded.rules.len(), "rules");
    let yara = counted(loaded.yara.len(), "YARA rules");
    let indicators = grouped(loaded.index.len() as u64);
    desk.say(format!("{indicators} indicators{rules}{yara} in {:.2?}", begun.elapsed()))?;
    if hunt.paths.is_empty() {
        return Ok(());
    }
    let prose = if hunt.prose { Prose::Defanged } else { Prose::Logs };
    let whole =
        yara::Limits { bytes: hunt.yara_size << 20, time: std::time::Duration::from_secs(hunt.yara_time) };
    let options = Options { threads: hunt.threads(), prose, from, to, whole, ..Options::default() };
    sweep(hunt, &loaded, options, desk)
}

fn sweep(hunt: &Hunt, loaded: &load::Loaded, options: Options, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let sought = loaded.sought();
    let mut troubles = Vec::new();
    // As typed, so that hits name the files as the reader knows them: this command never runs elsewhere.
    let files = walk(&hunt.paths, &mut troubles);
    let mut journal = Journal::open(hunt.resume.as_deref().map(|path| desk.path(path)), sought, options)?;
    let before = journal.before();
    if !before.is_empty() {
        desk.say(format!("{} files are done already and are not read again", before.len()))?;
    }
    let mut outputs = report::Outputs::open(hunt, desk)?;
    for trouble in &troubles {
        outputs.trouble(trouble);
        desk.say(format!("NOT READ  {} {}", trouble.path, trouble.reason))?;
    }
    let bar = Bar::new();
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let mut told = troubles.len() as u64;
    let mut failed: Option<Fail> = None;
    let mut summary = Sweep { sought, options, stop: &stop }.run(&files, &before, &mut |event| {
        if failed.is_some() {
            return;
        }
        let done = match event {
            Event::Hit(hit) => bar.aside(|| outputs.hit(hit, sought, desk)),
            Event::Trouble(trouble) => {
                outputs.trouble(trouble);
                told += 1;
                let line = format!("NOT READ  {} {}", trouble.path, trouble.reason);
                bar.aside(|| if told <= TOLD { desk.say(line).map_err(Fail::from) } else { Ok(()) })
            }
            Event::Done(done) => journal.add(done),
            Event::Progress(read, total) => {
                bar.show(read, total);
                Ok(())
            }
        };
        if let Err(fail) = done {
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            failed = Some(fail);
        }
    });
    bar.finish();
    if let Some(fail) = failed {
        return Err(fail);
    }
    summary.troubles += troubles.len() as u64;
    if told > TOLD {
        desk.say(format!("NOT READ  and {} more", told - TOLD))?;
    }
    desk.out.flush()?;
    outputs.finish(sought, &summary, desk)?;
    let concluded = conclude(&summary, sought, loaded.refused, begun, desk);
    if let (Some(url), Some(report), Ok(()) | Err(Fail::Ended(_))) = (&hunt.send, &hunt.report, &concluded) {
        // Whether it could be sent was said; the exit code is that of the sweep.
        sightings::send(report, url, &hunt.sending, desk)?;
    }
    concluded
}

/// The last lines, and the exit code.
fn conclude(
    summary: &Summary,
    sought: Sought<'_>,
    refused: u64,
    begun: Instant,
    desk: &mut Desk<'_>,
) -> Result<(), Fail> {
    let seconds = begun.elapsed().as_secs_f64().max(1e-6);
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = summary.text as f64 / seconds / 1e6;
    desk.say(format!(
        "{} files, {} lines, {} MB of text in {seconds:.2} s ({rate:.0} MB/s)",
        grouped(summary.files),
        grouped(summary.lines),
        grouped(summary.text / 1_000_000),
    ))?;
    if summary.looked > 0 {
        desk.say(format!("{} MB asked about with YARA rules", grouped(summary.looked / 1_000_000)))?;
    }
    let techniques: BTreeSet<String> =
        summary.entries.keys().flat_map(|entry| Line::of_entry(sought, *entry).techniques).collect();
    if !techniques.is_empty() {
        let techniques: Vec<String> = techniques.into_iter().collect();
        desk.say(format!("ATT&CK: {}", techniques.join(", ")))?;
    }
    let mut most: Vec<(u64, u32)> = summary.entries.iter().map(|(entry, count)| (*count, *entry)).collect();
    most.sort_unstable_by(|a, b| b.cmp(a));
    for (count, entry) in most.iter().take(10) {
        let line = Line::of_entry(sought, *entry);
        let level = line.level.map(|level| format!("  {}", level.name())).unwrap_or_default();
        desk.say(format!("{:>10}  {:<12} {}{level}", grouped(*count), line.kind, line.value))?;
    }
    let incomplete = summary.troubles > 0 || summary.stopped || refused > 0;
    let coverage = if incomplete {
        format!(
            "INCOMPLETE: {} inputs not read, {} indicators or rules not looked for",
            grouped(summary.troubles),
            grouped(refused)
        )
    } else {
        "everything was read".to_owned()
    };
    desk.say(format!(
        "{} hits of {} indicators or rules; {coverage}",
        grouped(summary.hits),
        grouped(summary.entries.len() as u64)
    ))?;
    if summary.hits > 0 {
        return Err(Fail::Ended(HITS));
    }
    if incomplete {
        return Err(Fail::Ended(PARTIAL));
    }
    Ok(())
}

/// A time as people type it: a date, or RFC 3339.
fn moment(text: &str) -> Result<Timestamp, Fail> {
    let date = |text: &str| {
        let date: jiff::civil::Date = text.parse().ok()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    text.parse().ok().or_else(|| date(text)).ok_or_else(|| {
        Fail::usage(format!("`{text}` is no time; write 2026-11-22 (UTC) or 2026-11-22T14:05:00Z"))
    })
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
