//! Names with dots: domains, hosts of URLs, names of files; and the numbers with dots among them.

use kizuna_stix::observable::Kind;

use super::tile::is_name;
use super::{Candidate, Finder, Shape};
use crate::index::key::{self, Seed};
use crate::index::{Entry, What};
use crate::machine::BLOCK;

/// Longest name whose endings are followed, in bytes: DNS allows 253, names of files are not much longer.
const LONGEST: usize = 512;

impl Finder<'_> {
    /// Every run of letters, digits, dots, hyphens and underscores that has a dot.
    pub(super) fn names(&mut self) {
        let facts = self.index.facts();
        let mut dot_carry = false;
        let mut alpha_carry = false;
        for block in 0..self.tile.blocks() {
            let word = self.tile.word(block);
            // A bit added to a run carries to the place just behind it: a sum finds the ends of all runs that hold
            // a dot, however long they are.
            let (with_dot, carry) = ends(word.name, word.name & word.dot, dot_carry);
            dot_carry = carry;
            let (with_letter, carry) = ends(word.name, word.alpha, alpha_carry);
            alpha_carry = carry;
            let base = block * BLOCK;
            if facts.dotted {
                let mut names = with_dot & with_letter;
                while names != 0 {
                    self.name(base + names.trailing_zeros() as usize);
                    names &= names - 1;
                }
            }
            if facts.ipv4 {
                let mut numbers = with_dot & !with_letter;
                while numbers != 0 {
                    self.numbers(base + numbers.trailing_zeros() as usize);
                    numbers &= numbers - 1;
                }
            }
        }
    }

    /// The shortest ending of the name that ends at `end`, if any indicator has its last label.
    #[inline]
    fn name(&mut self, end: usize) {
        let mut end = end;
        while matches!(self.tile.before(end), b'.' | b'-') {
            end -= 1;
        }
        let run = (!self.tile.window(end, |word| word.name)).leading_zeros() as usize;
        let dots = self.tile.window(end, |word| word.dot);
        let last = dots.leading_zeros() as usize;
        if last >= run || last == 0 {
            return;
        }
        let ending = key::of_ending(Seed::Ending, self.tile.text, end, last);
        if !self.probes.has_ending(ending) {
            return;
        }
        // `last` is below 64, so the shift is at most 64.
        let rest = if last == 63 { 0 } else { dots << (last + 1) };
        let before = rest.leading_zeros() as usize;
        let length = last + 1 + before;
        let mut length = if length < run {
            length
        } else if run < BLOCK {
            run
        } else {
            self.long_name(end, last)
        };
        if length == run {
            // No name begins with a hyphen: it stands before one.
            while length > last + 1 && matches!(self.tile.byte(end - length), b'.' | b'-') {
                length -= 1;
            }
        } else if self.tile.byte(end - length) == b'-' {
            length = length.min(end - self.first(end));
        }
        if length <= last + 1 {
            return;
        }
        let key = key::of_ending(Seed::Dotted, self.tile.text, end, length);
        self.candidates.push(Candidate { key, end: end as u32, length: length as u32, shape: Shape::Dotted });
    }

    /// The length of the last two labels, where they are longer than a window.
    fn long_name(&self, end: usize, last: usize) -> usize {
        let text = &self.tile.text[..end - last - 1];
        let label =
            text.iter().rev().take(LONGEST).take_while(|byte| is_name(**byte) && **byte != b'.').count();
        last + 1 + label
    }

    /// Where the name begins that ends at `end`: dots and hyphens before it are none of it.
    fn first(&self, end: usize) -> usize {
        let run = self.tile.run_before(end, |word| word.name).min(LONGEST);
        let mut first = end - run;
        while first < end && matches!(self.tile.byte(first), b'.' | b'-') {
            first += 1;
        }
        first
    }

    /// Goes from ending to ending, as long as the filter admits them.
    pub(super) fn compare_dotted(&mut self, candidate: Candidate) {
        let end = candidate.end as usize;
        let first = self.first(end);
        let mut length = candidate.length as usize;
        let mut key = candidate.key;
        // A lead hyphen was cut off only now.
        if end - length < first {
            length = end - first;
            key = key::of_ending(Seed::Dotted, self.tile.text, end, length);
        }
        loop {
            let start = end - length;
            for number in self.probes.under(key) {
                let entry = self.index.entry(number);
                self.compare_name(number, &entry, first, start, end);
            }
            if self.index.facts().ipv4 || self.index.facts().ipv6 {
                self.compare_pointer(first, start, end);
            }
            if start <= first + 1 {
                return;
            }
            // Before the start stands a dot.
            let head = &self.tile.text[first..start - 1];
            let label = memchr::memrchr(b'.', head).map_or(head.len(), |dot| head.len() - dot - 1);
            if label == 0 {
                return;
            }
            length += 1 + label;
            key = key::of_ending(Seed::Dotted, self.tile.text, end, length);
            if !self.probes.admits(key) {
                return;
            }
        }
    }

    /// One entry against the ending `start..end` of the name `first..end`.
    fn compare_name(&mut self, number: u32, entry: &Entry, first: usize, start: usize, end: usize) {
        let normal = self.index.normal(entry);
        let whole = start == first;
        match entry.what {
            What::Value(Kind::Domain) => {
                let same = self.tile.text[start..end].eq_ignore_ascii_case(normal);
                // What stands before an `@` is somebody's name, not a host.
                if same && (whole || !entry.is_exact()) && self.tile.byte(end) != b'@' {
                    self.hit(start, number);
                }
            }
            What::Host if whole && self.tile.text[start..end].eq_ignore_ascii_case(normal) => {
                self.compare_places(start, end);
            }
            What::Value(Kind::FileName) => self.compare_file(number, normal, first, end),
            _ => {}
        }
    }

    /// A file's name ends where the run ends, and begins where nothing of a name stands before it.
    fn compare_file(&mut self, number: u32, normal: &[u8], first: usize, end: usize) {
        let Some(start) = end.checked_sub(normal.len()) else { return };
        let same = self.tile.text[start..end].eq_ignore_ascii_case(normal);
        let bounded = start == first || (start < first && !self.tile.joins_before(start));
        if same && bounded {
            self.hit(start, number);
        }
    }

    /// `1.2.0.192.in-addr.arpa`: the name under which an address is asked for its host.
    fn compare_pointer(&mut self, first: usize, start: usize, end: usize) {
        let zone = &self.tile.text[start..end];
        if start <= first + 1 {
            return;
        }
        let Ok(labels) = std::str::from_utf8(&self.tile.text[first..start - 1]) else { return };
        if zone.eq_ignore_ascii_case(b"in-addr.arpa") {
            let mut parts = labels.rsplit('.').map(str::parse::<u8>);
            if let (Some(Ok(a)), Some(Ok(b)), Some(Ok(c)), Some(Ok(d)), None) =
                (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
            {
                self.look_up_ipv4(u32::from_be_bytes([a, b, c, d]), first, end);
            }
        } else if zone.eq_ignore_ascii_case(b"ip6.arpa") && labels.len() == 63 {
            let mut address = 0_u128;
            for part in labels.rsplit('.') {
                let Some(digit) = Some(part)
                    .filter(|part| part.len() == 1)
                    .and_then(|part| u128::from_str_radix(part, 16).ok())
                else {
                    return;
                };
                address = (address << 4) | digit;
            }
            self.look_up_ipv6(address, first, end);
        }
    }
}

/// The places just behind those runs of `name` that hold a marked byte, and whether such a run goes on.
#[inline]
fn ends(name: u64, marked: u64, carry: bool) -> (u64, bool) {
    let (sum, over) = name.overflowing_add(marked);
    let (sum, over_again) = sum.overflowing_add(u64::from(carry));
    (sum & !name, over | over_again)
}
