//! Literals: values without a form of their own (names of mutexes, user agents, names of files with spaces), found by
//! their longest word.
//!
//! Only a sweep that has any pays for looking at every word.

use kizuna_stix::observable::Kind;

use super::tile::is_name;
use super::{Candidate, Finder, Shape};
use crate::index::key::{self, Seed};
use crate::index::route::Route;
use crate::index::{Entry, What};
use crate::machine::BLOCK;

/// Longest word that is looked up, in bytes.
const LONGEST: usize = 1024;

impl Finder<'_> {
    pub(super) fn words(&mut self) {
        let mut open = false;
        for block in 0..self.tile.blocks() {
            let run = self.tile.word(block).alnum;
            let mut ends = !run & ((run << 1) | u64::from(open));
            open = run >> 63 == 1;
            while ends != 0 {
                let end = block * BLOCK + ends.trailing_zeros() as usize;
                ends &= ends - 1;
                let near = (!self.tile.window(end, |word| word.alnum)).leading_zeros() as usize;
                if !self.probes.has_word(near, self.tile.before(end)) {
                    continue;
                }
                let length =
                    if near < BLOCK - 1 { near } else { self.tile.run_before(end, |word| word.alnum) };
                if length > LONGEST {
                    continue;
                }
                let key = key::of_ending(Seed::Word, self.tile.text, end, length);
                let length = length as u32;
                self.candidates.push(Candidate { key, end: end as u32, length, shape: Shape::Word });
            }
        }
    }

    pub(super) fn compare_word(&mut self, candidate: Candidate) {
        let word_start = (candidate.end - candidate.length) as usize;
        for number in self.probes.under(candidate.key) {
            let entry = self.index.entry(number);
            let normal = self.index.normal(&entry);
            let Ok(value) = std::str::from_utf8(normal) else { continue };
            let Some(Route::Word(before, _)) = Route::of(entry.what, value) else { continue };
            // JSON doubles backslashes, so the value may begin earlier than it is long.
            let doubled = memchr::memchr_iter(b'\\', &normal[..before]).count();
            for shift in if doubled > 0 { vec![0, doubled] } else { vec![0] } {
                let Some(start) = word_start.checked_sub(before + shift) else { continue };
                if let Some(length) = same(&self.tile.text[start..], normal, case_counts(&entry)) {
                    self.literal(number, &entry, start, start + length);
                    break;
                }
            }
        }
    }

    /// A literal stands alone: what could be part of it neither precedes nor follows it.
    fn literal(&mut self, number: u32, entry: &Entry, start: usize, end: usize) {
        let before = self.tile.before(start);
        let after = self.tile.byte(end);
        let named =
            matches!(entry.what, What::Value(Kind::FileName | Kind::Domain | Kind::Account) | What::Host);
        let joins = |byte: u8| {
            if named { is_name(byte) || byte == b'@' } else { byte.is_ascii_alphanumeric() || byte == b'_' }
        };
        let parted = named && before == b'.' && !self.tile.joins_before(start);
        let next = self.tile.byte(end + 1);
        let sentence_ends = named && after == b'.' && (!is_name(next) || next == b'.');
        if (joins(before) && !parted) || (joins(after) && !sentence_ends) {
            return;
        }
        if entry.what == What::Host {
            self.compare_places(start, end);
        } else {
            self.hit(start, number);
        }
    }
}

fn case_counts(entry: &Entry) -> bool {
    matches!(entry.what, What::Value(Kind::Mutex | Kind::UserAgent))
}

/// Whether `text` begins with a value, and how many bytes that takes: a backslash may be written twice.
fn same(text: &[u8], value: &[u8], exact: bool) -> Option<usize> {
    let mut at = 0;
    for byte in value {
        let found = *text.get(at)?;
        let equal = if exact { found == *byte } else { found.eq_ignore_ascii_case(byte) };
        if !equal {
            return None;
        }
        at += 1;
        if *byte == b'\\' && text.get(at) == Some(&b'\\') {
            at += 1;
        }
    }
    Some(at)
}
