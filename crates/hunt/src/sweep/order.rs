//! Results put back into the order of files and lines.

use std::collections::{BTreeMap, HashMap};

use super::work::{Result, Text, is_done};
use super::{Done, Event, Hit, Summary};
use crate::input::Found;
use crate::pattern::{Part, Track};
use crate::sigma::{Correlator, Match};

/// Parts of files that came, and what was told already.
pub(super) struct Order<'a> {
    files: &'a [Found],
    before: &'a HashMap<String, Done>,
    waiting: BTreeMap<(usize, u32), Result>,
    /// The file whose turn it is, the part awaited, and what is known of it.
    file: usize,
    part: u32,
    done: Done,
    /// Line feeds in the parts of a plain file that are told of already.
    feeds: u64,
    /// Told of what satisfies parts of patterns.
    pub track: Track<'a>,
    /// Told of matches.
    pub correlator: Correlator,
}

/// Parts of patterns that are kept of one file for who goes on with the sweep later.
const KEPT: usize = 100_000;

impl<'a> Order<'a> {
    pub fn new(files: &'a [Found], before: &'a HashMap<String, Done>, track: Track<'a>) -> Self {
        let waiting = BTreeMap::new();
        Self {
            files,
            before,
            waiting,
            file: 0,
            part: 0,
            done: Done::default(),
            feeds: 0,
            track,
            correlator: Correlator::default(),
        }
    }

    pub fn take(&mut self, result: Result) {
        self.waiting.insert((result.job.file, result.job.part), result);
    }

    /// Tells of all whose turn has come.
    pub fn ready(&mut self, summary: &mut Summary, tell: &mut dyn FnMut(Event<'_>)) {
        while let Some(found) = self.files.get(self.file) {
            if is_done(found, self.before) {
                if let Some(done) = self.before.get(&found.path.display().to_string()) {
                    for hit in &done.hits {
                        tell(Event::Hit(hit));
                    }
                    for trouble in &done.troubles {
                        tell(Event::Trouble(trouble));
                    }
                    for (path, part) in &done.parts {
                        self.track.add(path, part.line, part.clone());
                    }
                    done.matches.iter().for_each(|found| self.correlator.add(found.clone()));
                    count(done, summary);
                }
                self.file += 1;
                continue;
            }
            let Some(result) = self.waiting.remove(&(self.file, self.part)) else { return };
            let last = result.job.last;
            self.part += 1;
            self.part(result, tell);
            if last {
                let mut done = std::mem::take(&mut self.done);
                done.path = found.path.display().to_string();
                done.bytes = found.bytes;
                done.changed = found.changed;
                count(&done, summary);
                tell(Event::Done(&done));
                self.file += 1;
                self.part = 0;
                self.feeds = 0;
            }
        }
    }

    /// Keeps what satisfies parts of patterns; lines are counted from the beginning of this part of the text.
    fn keep(&mut self, path: &str, parts: Vec<Part>) {
        for part in parts {
            let part = Part { line: self.feeds + part.line + 1, ..part };
            if self.done.parts.len() < KEPT {
                self.done.parts.push((path.to_owned(), part.clone()));
            } else {
                self.done.overfull = true;
            }
            self.track.add(path, part.line, part);
        }
    }

    fn part(&mut self, result: Result, tell: &mut dyn FnMut(Event<'_>)) {
        self.done.looked += result.looked;
        for hit in result.wholes {
            tell(Event::Hit(&hit));
            self.done.hits.push(hit);
        }
        for text in result.texts {
            let Text { path, hits, parts, matches, feeds, bytes, open } = text;
            self.keep(&path, parts);
            for found in matches {
                let found = Match { path: path.clone(), line: self.feeds + found.line + 1, ..found };
                self.correlator.add(found.clone());
                self.done.matches.push(found);
            }
            for hit in hits {
                let hit = Hit { path: path.clone(), line: self.feeds + hit.line + 1, ..hit };
                tell(Event::Hit(&hit));
                self.done.hits.push(hit);
            }
            self.done.lines += feeds + u64::from(open);
            self.done.text += bytes;
            self.feeds += feeds;
            if result.job.last && result.job.part == 0 {
                // Texts of one packed file each count from their own beginning.
                self.feeds = 0;
            }
        }
        for trouble in result.troubles {
            tell(Event::Trouble(&trouble));
            self.done.troubles.push(trouble);
        }
    }
}

fn count(done: &Done, summary: &mut Summary) {
    summary.files += 1;
    summary.bytes += done.bytes;
    summary.text += done.text;
    summary.lines += done.lines;
    summary.looked += done.looked;
    summary.hits += done.hits.len() as u64;
    summary.troubles += done.troubles.len() as u64;
    for hit in &done.hits {
        *summary.entries.entry(hit.entry).or_default() += 1;
    }
}
