//! Files swept by several threads, their hits in order.
//!
//! Plain files are cut into ranges that any thread takes; packed files go to one thread each. Results come back in the
//! order of files and lines, whoever was faster.
//!
//! Start at [`Sweep::run`].

mod moment;
mod order;
#[cfg(test)]
mod tests;
mod watch;
mod whole;
mod work;

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use moment::of_text as time_of;
pub use moment::{asset_of, moment_of};

use crate::index::Index;
use crate::input::{Found, Limits, Trouble};
use crate::pattern::{Lookout, Part, Track, Watch};
use crate::scan::Prose;
use crate::sigma::{self, Correlator, MAX_MATCHES, Match, Rules};
use crate::yara;
use order::Order;
use work::Queue;

/// How often progress is told of where no result comes.
const TICK: Duration = Duration::from_millis(250);

/// How a sweep is done.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub threads: usize,
    pub prose: Prose,
    /// Only lines of this time or later; lines without a time are kept.
    pub from: Option<Timestamp>,
    /// Only lines before this time.
    pub to: Option<Timestamp>,
    pub limits: Limits,
    /// For YARA rules.
    pub whole: yara::Limits,
}

impl Options {
    /// Whether a line of this time is looked at; one without a time is.
    pub fn admits(&self, time: Option<Timestamp>) -> bool {
        let is_early = |time| self.from.is_some_and(|from| time < from);
        let is_late = |time| self.to.is_some_and(|to| time >= to);
        time.is_none_or(|time| !is_early(time) && !is_late(time))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: 1,
            prose: Prose::Logs,
            from: None,
            to: None,
            limits: Limits::default(),
            whole: yara::Limits::default(),
        }
    }
}

/// One indicator in one line of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The file, and the way within it: `logs.zip!dns.log.gz`.
    pub path: String,
    /// From one; in an event log the number of the record. Of a file that a YARA rule matches, the line of the first string
    /// that was found, where the file is text.
    pub line: u64,
    /// When the line says that it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// The machine of which the line tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The number of the entry in the index; behind its last, that of a Sigma rule, behind those, that of a YARA rule.
    pub entry: u32,
    /// The other lines without which it would be no hit, each a path and a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(String, u64)>,
    /// The strings of a YARA rule that were found, and where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strings: Vec<yara::Matched>,
}

/// What a sweep looks for.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    pub index: &'a Index,
    pub rules: Option<&'a Rules>,
    pub yara: Option<&'a yara::Rules>,
}

impl<'a> Sought<'a> {
    /// The entry of the first Sigma rule.
    pub fn first_rule(&self) -> u32 {
        // Hosts of URLs are entries too, though they are not counted as values.
        self.index.facts().entries
    }

    /// The entry of the first YARA rule.
    pub fn first_yara(&self) -> u32 {
        self.first_rule() + self.rules.map_or(0, Rules::len) as u32
    }

    /// Whether whole files are asked about.
    pub fn asks_wholes(&self) -> bool {
        self.yara.is_some_and(|rules| !rules.is_empty())
    }

    /// Whether lines are read; a sweep that looks for nothing counts them.
    pub fn reads_lines(&self) -> bool {
        let has_rules = self.rules.is_some_and(|rules| !rules.is_empty());
        !self.index.is_empty() || has_rules || !self.asks_wholes()
    }

    /// The Sigma rule that an entry stands for.
    pub fn sigma_head(&self, entry: u32) -> Option<&'a sigma::Head> {
        let rule = entry.checked_sub(self.first_rule())?;
        self.rules?.heads().get(rule as usize)
    }

    /// The YARA rule that an entry stands for.
    pub fn yara_head(&self, entry: u32) -> Option<&'a yara::Head> {
        let rule = entry.checked_sub(self.first_yara())?;
        self.yara?.heads().get(rule as usize)
    }
}

impl<'a> From<&'a Index> for Sought<'a> {
    fn from(index: &'a Index) -> Self {
        Self { index, rules: None, yara: None }
    }
}

/// What a sweep tells while it runs.
#[derive(Debug)]
pub enum Event<'a> {
    Hit(&'a Hit),
    Trouble(&'a Trouble),
    /// A file on disk is done, with everything in it.
    Done(&'a Done),
    /// Bytes read from disk so far, and of all files together.
    Progress(u64, u64),
}

/// What became of one file on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub path: String,
    pub bytes: u64,
    pub changed: u64,
    pub lines: u64,
    pub text: u64,
    /// Bytes that YARA rules were asked about, unpacked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub looked: u64,
    pub hits: Vec<Hit>,
    pub troubles: Vec<Trouble>,
    /// What satisfied parts of patterns over several lines, each with its path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<(String, Part)>,
    /// Whether it satisfied more of them than are kept here, so that it has to be read again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overfull: bool,
    /// Matches that correlations are told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Match>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What a sweep found, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub files: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Bytes of text, unpacked.
    pub text: u64,
    pub lines: u64,
    /// Bytes that YARA rules were asked about, unpacked.
    pub looked: u64,
    pub hits: u64,
    pub troubles: u64,
    /// Whether the sweep was stopped before its end.
    pub stopped: bool,
    /// Hits by entry.
    #[serde(skip)]
    pub entries: BTreeMap<u32, u64>,
}

/// A sweep that is about to run.
pub struct Sweep<'a> {
    pub sought: Sought<'a>,
    pub options: Options,
    /// Set from outside to stop.
    pub stop: &'a AtomicBool,
}

impl Sweep<'_> {
    /// Sweeps the files, and tells of what it finds in the order of the files. Those that `before` knows to be done
    /// are not read again: what they held is told of from there.
    pub fn run(
        &self,
        files: &[Found],
        before: &HashMap<String, Done>,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Summary {
        // What an earlier sweep read is not read again, and is behind us.
        let done = files.iter().filter(|file| work::is_done(file, before)).map(|file| file.bytes).sum();
        let read = AtomicU64::new(done);
        let total = files.iter().map(|file| file.bytes).sum();
        let lookout = Lookout::of(self.sought.index);
        let queue = Mutex::new(Queue::new(files, before, self.sought));
        let admits = |time| self.options.admits(time);
        let mut order = Order::new(files, before, Track::new(lookout.patterns(), Track::MOST));
        let mut summary = Summary::default();
        let (sender, results) = mpsc::sync_channel(self.options.threads.max(1) * 8);
        std::thread::scope(|scope| {
            for _ in 0..self.options.threads.max(1) {
                let worker = work::Worker {
                    sought: self.sought,
                    options: self.options,
                    queue: &queue,
                    read: &read,
                    stop: self.stop,
                    results: sender.clone(),
                };
                let patterns = Watch::new(&lookout, self.sought.index, &admits);
                scope.spawn(move || worker.run(patterns));
            }
            drop(sender);
            order.ready(&mut summary, tell);
            loop {
                match results.recv_timeout(TICK) {
                    Ok(result) => {
                        order.take(result);
                        order.ready(&mut summary, tell);
                    }
                    // One packed file may take hours, and shows no result before its end.
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                tell(Event::Progress(read.load(Ordering::Relaxed), total));
            }
        });
        summary.stopped = self.stop.load(Ordering::Relaxed);
        self.conclude(order.track, &mut summary, tell);
        self.correlate(order.correlator, &mut summary, tell);
        summary
    }

    /// Tells of the patterns that several lines match together.
    fn conclude(&self, track: Track<'_>, summary: &mut Summary, tell: &mut dyn FnMut(Event<'_>)) {
        let (matches, missed) = track.finish();
        for found in matches {
            let mut places = found.places;
            let Some(last) = places.pop() else { continue };
            let also = places.into_iter().map(|place| (place.path, place.line)).collect();
            let (path, line, time, asset) = (last.path, last.line, last.time, last.asset);
            summary.hits += 1;
            *summary.entries.entry(found.pattern).or_default() += 1;
            let (entry, strings) = (found.pattern, Vec::new());
            tell(Event::Hit(&Hit { path, line, time, asset, entry, also, strings }));
        }
        for (pattern, reason) in missed {
            let path = pattern.map_or_else(|| "patterns".to_owned(), |entry| self.sought.index.id(entry));
            summary.troubles += 1;
            tell(Event::Trouble(&Trouble { path, reason }));
        }
    }

    /// Tells of what the matches of all files amount to.
    fn correlate(&self, correlator: Correlator, summary: &mut Summary, tell: &mut dyn FnMut(Event<'_>)) {
        let Some(rules) = self.sought.rules else { return };
        if correlator.left() > 0 {
            let reason = format!(
                "more than {MAX_MATCHES} matches were to be correlated; {} were left out",
                correlator.left()
            );
            summary.troubles += 1;
            tell(Event::Trouble(&Trouble { path: "correlations".to_owned(), reason }));
        }
        for correlated in correlator.finish(rules) {
            if !rules.head(correlated.rule).told {
                continue;
            }
            let entry = self.sought.first_rule() + correlated.rule;
            let Match { path, line, time, asset, .. } = correlated.last;
            let (time, also, strings) = (Some(time), Vec::new(), Vec::new());
            summary.hits += 1;
            *summary.entries.entry(entry).or_default() += 1;
            tell(Event::Hit(&Hit { path, line, time, asset, entry, also, strings }));
        }
    }
}
