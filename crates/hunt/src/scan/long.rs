//! Long runs of letters and digits: hashes, fingerprints, addresses of wallets.
//!
//! Only whole runs are looked up, so an MD5 inside a SHA-256 is none.

use kizuna_stix::observable::Kind;

use super::{Candidate, Finder, Shape};
use crate::index::What;
use crate::index::key::{self, Seed};
use crate::index::route::{LONG, unnamed};
use crate::machine::BLOCK;

/// Longest run that is looked up; a SHA-512 has 128 digits.
const LONGEST: usize = 512;
/// `t13d1516h2_8daaf6152771_02713d6af862`
const JA4: usize = 36;
/// Bytes of a JA4 before its first underscore, and from there to its second.
const JA4_HEAD: usize = 10;
const JA4_STEP: u32 = 13;

impl Finder<'_> {
    pub(super) fn long_runs(&mut self) {
        let mut open = 0_usize;
        for block in 0..self.tile.blocks() {
            let run = self.tile.word(block).alnum;
            if run == u64::MAX {
                open += BLOCK;
                continue;
            }
            let base = block * BLOCK;
            let lead = run.trailing_ones() as usize;
            if open + lead >= LONG {
                self.long(base + lead, open + lead);
            }
            open = run.leading_ones() as usize;
            // A bit stays set where the next 26 are set too.
            let two = run & (run >> 1);
            let four = two & (two >> 2);
            let eight = four & (four >> 4);
            let sixteen = eight & (eight >> 8);
            if sixteen & (sixteen >> (LONG - 16)) != 0 {
                self.inner_runs(base, run, lead, open);
            }
        }
    }

    /// Runs that begin and end inside one block.
    fn inner_runs(&mut self, base: usize, run: u64, lead: usize, open: usize) {
        let mut at = lead;
        while at < BLOCK - open {
            let rest = run >> at;
            if rest == 0 {
                return;
            }
            let start = at + rest.trailing_zeros() as usize;
            let length = (run >> start).trailing_ones() as usize;
            at = start + length;
            if length >= LONG && at < BLOCK {
                self.long(base + at, length);
            }
        }
    }

    fn long(&mut self, end: usize, length: usize) {
        if length > LONGEST {
            return;
        }
        let key = key::of_ending(Seed::Long, self.tile.text, end, length);
        self.candidates.push(Candidate { key, end: end as u32, length: length as u32, shape: Shape::Long });
        let start = end - length;
        if length > LONG + 2 && self.tile.text[start..end].starts_with(b"0x") {
            let key = key::of_ending(Seed::Long, self.tile.text, end, length - 2);
            let length = (length - 2) as u32;
            self.candidates.push(Candidate { key, end: end as u32, length, shape: Shape::Long });
        }
    }

    pub(super) fn compare_long(&mut self, candidate: Candidate) {
        let end = candidate.end as usize;
        let start = end - candidate.length as usize;
        let text = &self.tile.text[start..end];
        for number in self.probes.under(candidate.key) {
            let entry = self.index.entry(number);
            let normal = self.index.normal(&entry);
            let same = match entry.what {
                // Base58 tells cases apart; hexadecimal and Bech32 do not.
                What::Value(Kind::CryptoAddress) => {
                    let folds = normal.starts_with(b"0x") || !normal.iter().any(u8::is_ascii_uppercase);
                    if folds { normal.eq_ignore_ascii_case(text) } else { normal == text }
                }
                What::Value(Kind::Hash | Kind::Certificate) => unnamed(normal).eq_ignore_ascii_case(text),
                What::Value(_) => normal.eq_ignore_ascii_case(text),
                What::Host | What::Pattern | What::Nothing => false,
            };
            if same {
                self.hit(start, number);
            }
        }
    }

    /// JA4 fingerprints, from their two underscores.
    pub(super) fn ja4(&mut self) {
        for block in 0..self.tile.blocks() {
            let [_, word, behind] = self.tile.three(block);
            let later = (word.underscore >> JA4_STEP) | (behind.underscore << (u64::BITS - JA4_STEP));
            let mut pairs = word.underscore & later;
            while pairs != 0 {
                let at = block * BLOCK + pairs.trailing_zeros() as usize;
                pairs &= pairs - 1;
                if let Some(start) = at.checked_sub(JA4_HEAD) {
                    self.compare_ja4(start);
                }
            }
        }
    }

    fn compare_ja4(&mut self, start: usize) {
        let Some(text) = self.tile.text.get(start..start + JA4) else { return };
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if word(self.tile.before(start)) || word(self.tile.byte(start + JA4)) {
            return;
        }
        for number in self.probes.under(key::of(Seed::Ja4, text)) {
            let entry = self.index.entry(number);
            let same = self.index.normal(&entry).eq_ignore_ascii_case(text);
            if same && entry.what == What::Value(Kind::Ja4) {
                self.hit(start, number);
            }
        }
    }
}
