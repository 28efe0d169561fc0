//! Whole files, of which YARA rules are asked.

use super::{Hit, Options, Sought};
use crate::input::{Form, HEAD, form_of};
use crate::yara;

/// Asks YARA rules about the files that one thread reads.
pub(super) struct Whole<'a> {
    scanner: yara::Scanner<'a>,
    /// The entry of the first rule.
    first: u32,
    /// Since they were last taken.
    pub hits: Vec<Hit>,
    /// Bytes asked about since they were last taken.
    pub looked: u64,
}

impl<'a> Whole<'a> {
    /// Nothing where there are no rules.
    pub fn new(sought: Sought<'a>, options: Options) -> Option<Self> {
        let scanner = yara::Scanner::new(sought.yara?, options.whole)?;
        Some(Self { scanner, first: sought.first_yara(), hits: Vec::new(), looked: 0 })
    }

    /// Bytes of the largest file that is asked about.
    pub fn most(&self) -> u64 {
        self.scanner.most()
    }

    /// Asks about a file; fails with why that could not be done.
    pub fn look(&mut self, path: &str, bytes: &[u8]) -> Result<(), String> {
        let found = self.scanner.scan(path, bytes)?;
        self.looked += bytes.len() as u64;
        for found in found {
            let (entry, line) = (self.first + found.rule, line_of(bytes, found.first()));
            // What a packed file holds has its path.
            let mut same = self.hits.iter().rev().take_while(|hit| hit.path == path);
            if same.any(|hit| hit.entry == entry) {
                continue;
            }
            let (path, also, strings) = (path.to_owned(), Vec::new(), found.strings);
            self.hits.push(Hit { path, line, time: None, asset: None, entry, also, strings });
        }
        Ok(())
    }
}

/// The line, from one, in which a place of a text lies; what is no text has one line.
fn line_of(bytes: &[u8], place: Option<u64>) -> u64 {
    let before = place.and_then(|place| bytes.get(..place as usize)).unwrap_or_default();
    if before.is_empty() || form_of(bytes.get(..HEAD).unwrap_or(bytes)) != Form::Text {
        return 1;
    }
    1 + memchr::memchr_iter(b'\n', before).count() as u64
}
