//! Addresses: numbers with dots, groups with colons, hosts after `@`.

use std::net::Ipv6Addr;

use kizuna_stix::observable::Kind;

use super::tile::is_name;
use super::{Candidate, Finder, Number, Shape};
use crate::index::What;
use crate::index::key::{self, Seed};
use crate::machine::BLOCK;

/// `255.255.255.255`
const LONGEST_IPV4: usize = 15;
/// An IPv6 address with an IPv4 address at its end.
const LONGEST_IPV6: usize = 45;

impl Finder<'_> {
    /// A run of digits and dots, hyphens and underscores, that ends at `end`.
    #[inline]
    pub(super) fn numbers(&mut self, end: usize) {
        let mut end = end;
        while matches!(self.tile.before(end), b'.') {
            end -= 1;
        }
        let run = (!self.tile.window(end, |word| word.name)).leading_zeros() as usize;
        let plain = (!self.tile.window(end, |word| word.alnum | word.dot)).leading_zeros() as usize;
        if plain < run {
            // A range (`192.0.2.1-192.0.2.9`), an address with its port (`192.0.2.1_443`).
            self.numbers_apart(end);
            return;
        }
        let dots = self.tile.window(end, |word| word.dot);
        let inside = if run >= BLOCK { dots } else { dots & !(u64::MAX >> run) };
        if run > LONGEST_IPV4 + 1 || inside.count_ones() < 3 {
            return;
        }
        if inside.count_ones() > 3 || self.tile.byte(end - run) == b'.' {
            self.ipv4(end - run, end);
            return;
        }
        if let Some(address) = self.four_numbers(end, run, inside) {
            let at = Number { address, end: end as u32, length: run as u32 };
            self.numbers.push(at);
        }
    }

    /// The address of `run` bytes before `end`, from the places of its dots.
    #[inline]
    fn four_numbers(&self, end: usize, run: usize, dots: u64) -> Option<u32> {
        let fourth = dots.leading_zeros();
        let dots = dots << (fourth + 1);
        let third = dots.leading_zeros();
        let dots = dots << (third + 1);
        let second = dots.leading_zeros();
        let first = (run as u32).wrapping_sub(fourth + third + second + 3);
        let widths = [first, second, third, fourth];
        if widths.iter().any(|width| width.wrapping_sub(1) > 2) {
            return None;
        }
        let padded = widths == [3; 4];
        let mut address = 0;
        let mut end = end - run;
        for width in widths {
            end += width as usize;
            let (value, lead) = number(key::eight_before(self.tile.text, end), width);
            if value > 255 || (lead == 0 && width > 1 && !padded) {
                return None;
            }
            address = (address << 8) | value;
            end += 1;
        }
        Some(address)
    }

    fn numbers_apart(&mut self, end: usize) {
        let run = self.tile.run_before(end, |word| word.name);
        let first = end - run;
        let mut start = first;
        for position in first..=end {
            let inside = position < end && matches!(self.tile.byte(position), b'0'..=b'9' | b'.');
            if !inside {
                if position - start >= 7 {
                    self.ipv4(start, position);
                }
                start = position + 1;
            }
        }
    }

    fn ipv4(&mut self, start: usize, end: usize) {
        let (mut start, mut end) = (start, end);
        while start < end && self.tile.byte(start) == b'.' {
            start += 1;
        }
        while start < end && self.tile.byte(end - 1) == b'.' {
            end -= 1;
        }
        let Some(address) = ipv4(&self.tile.text[start..end]) else { return };
        let length = (end - start) as u32;
        self.numbers.push(Number { address, end: end as u32, length });
    }

    /// Addresses in whose /24 an indicator lies become candidates. A loop of its own, so that the processor waits for
    /// many bits at once.
    pub(super) fn touched(&mut self) {
        for number in &*self.numbers {
            if self.probes.touches(number.address) {
                let key = key::of_number(Seed::Ipv4, number.address.into());
                let Number { end, length, .. } = *number;
                self.candidates.push(Candidate { key, end, length, shape: Shape::Ipv4 });
            }
        }
    }

    pub(super) fn compare_ipv4(&mut self, candidate: Candidate) {
        let end = candidate.end as usize;
        let start = end - candidate.length as usize;
        // The end of an IPv6 address is no address; `::ffff:192.0.2.1` is read as a whole.
        if self.tile.before(start) == b':' && self.follows_groups(start) {
            return;
        }
        let Some(address) = ipv4(&self.tile.text[start..end]) else { return };
        self.look_up_ipv4(address, start, end);
    }

    /// Whether hexadecimal groups of an IPv6 address stand before `start`.
    fn follows_groups(&self, start: usize) -> bool {
        let run = self.tile.run_before(start, |word| word.hex | word.colon);
        let groups = &self.tile.text[start - run..start];
        let colons = memchr::memchr_iter(b':', groups).count();
        groups.windows(2).any(|pair| pair == b"::") || colons >= 6
    }

    pub(super) fn look_up_ipv4(&mut self, address: u32, start: usize, end: usize) {
        for number in self.probes.under(key::of_number(Seed::Ipv4, address.into())) {
            let entry = self.index.entry(number);
            if ipv4(self.index.normal(&entry)) != Some(address) {
                continue;
            }
            match entry.what {
                What::Value(Kind::Ipv4) => self.hit(start, number),
                What::Host => self.compare_places(start, end),
                _ => {}
            }
        }
        self.entries.clear();
        self.index.networks4(address, self.entries);
        self.hit_entries(start);
    }

    pub(super) fn look_up_ipv6(&mut self, address: u128, start: usize, end: usize) {
        for number in self.probes.under(key::of_number(Seed::Ipv6, address)) {
            let entry = self.index.entry(number);
            if ipv6(self.index.normal(&entry)).map(u128::from) != Some(address) {
                continue;
            }
            match entry.what {
                What::Value(Kind::Ipv6) => self.hit(start, number),
                What::Host => self.compare_places(start, end),
                _ => {}
            }
        }
        self.entries.clear();
        self.index.networks6(address, self.entries);
        self.hit_entries(start);
    }

    fn hit_entries(&mut self, start: usize) {
        let entries = std::mem::take(self.entries);
        for number in &entries {
            self.hit(start, *number);
        }
        *self.entries = entries;
    }

    /// Runs of hexadecimal digits and colons that have a colon inside: IPv6, MAC, and times of day.
    pub(super) fn colons(&mut self) {
        let mut carry = false;
        for block in 0..self.tile.blocks() {
            let [before, word, behind] = self.tile.three(block);
            let run = word.hex | word.colon;
            let left = (run << 1) | ((before.hex | before.colon) >> 63);
            let right = (run >> 1) | ((behind.hex | behind.colon) << 63);
            let inner = word.colon & left & right;
            if inner == 0 && !carry {
                continue;
            }
            let (sum, over) = run.overflowing_add(inner);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over | over_again;
            let mut ends = sum & !run;
            while ends != 0 {
                self.groups(block * BLOCK + ends.trailing_zeros() as usize);
                ends &= ends - 1;
            }
        }
    }

    fn groups(&mut self, end: usize) {
        let run = (!self.tile.window(end, |word| word.hex | word.colon)).leading_zeros() as usize;
        let colons = self.tile.window(end, |word| word.colon);
        let inside = if run >= BLOCK { colons } else { colons & !(u64::MAX >> run) };
        let count = inside.count_ones();
        if inside & (inside << 1) == 0 && count < 5 {
            return;
        }
        let length = self.tile.run_before(end, |word| word.hex | word.colon);
        let start = end - length;
        if count == 5 && length == 17 && self.index.facts().mac {
            self.compare_mac(start, end);
        }
        self.ipv6(start, end);
    }

    fn compare_mac(&mut self, start: usize, end: usize) {
        let text = &self.tile.text[start..end];
        for number in self.probes.under(key::of(Seed::Mac, text)) {
            let entry = self.index.entry(number);
            let same = self.index.normal(&entry).eq_ignore_ascii_case(text);
            if same && entry.what == What::Value(Kind::Mac) {
                self.hit(start, number);
            }
        }
    }

    /// An IPv6 address in a run of digits and colons.
    fn ipv6(&mut self, start: usize, end: usize) {
        let text = self.tile.text;
        let mut start = start;
        let mut end = end;
        // `src:2001:db8::1`: the run began inside a word.
        if is_name(self.tile.before(start)) {
            let Some(colon) = memchr::memchr(b':', &text[start..end]) else { return };
            start += colon + 1;
        }
        if text[start..end].starts_with(b":") && !text[start..end].starts_with(b"::") {
            start += 1;
        }
        if text[start..end].ends_with(b":") && !text[start..end].ends_with(b"::") {
            end -= 1;
        }
        if end - start > LONGEST_IPV6 || end <= start {
            return;
        }
        let next = self.tile.byte(end);
        if next == b'.' {
            let tail = text[end..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
            if let Some(address) = ipv6(trimmed(&text[start..end + tail])) {
                self.look_up_group(address, start, end + tail);
                return;
            }
            // tcpdump writes the port behind a dot.
        } else if next.is_ascii_alphanumeric() || next == b'_' {
            return;
        }
        let groups = &text[start..end];
        let address = ipv6(groups).or_else(|| {
            let full = memchr::memchr_iter(b':', groups).count() == 8;
            let port = memchr::memrchr(b':', groups).filter(|_| full)?;
            ipv6(&groups[..port])
        });
        if let Some(address) = address {
            self.look_up_group(address, start, end);
        }
    }

    fn look_up_group(&mut self, address: Ipv6Addr, start: usize, end: usize) {
        match address.to_ipv4_mapped() {
            Some(address) => self.look_up_ipv4(address.into(), start, end),
            None => self.look_up_ipv6(address.into(), start, end),
        }
    }

    /// Mail addresses, from their `@`.
    pub(super) fn mail(&mut self) {
        for block in 0..self.tile.blocks() {
            let mut at = self.tile.word(block).at;
            while at != 0 {
                self.compare_mail(block * BLOCK + at.trailing_zeros() as usize);
                at &= at - 1;
            }
        }
    }

    fn compare_mail(&mut self, at: usize) {
        let text = self.tile.text;
        let host = &text[at + 1..text.len().min(at + 257)];
        let run = host.iter().take_while(|byte| is_name(**byte)).count();
        let mut end = at + 1 + memchr::memmem::find(&host[..run], b"..").unwrap_or(run);
        while end > at && matches!(self.tile.before(end), b'.' | b'-') {
            end -= 1;
        }
        if self.tile.byte(at + 1) == b'[' {
            end = at + text[at..].iter().take(64).position(|byte| *byte == b']').map_or(1, |close| close + 1);
        }
        let local = text[..at].iter().rev().take(256).take_while(|byte| is_local(**byte)).count();
        let mut start = at - local;
        while start < at && matches!(self.tile.byte(start), b'.' | b'\'' | b'=') {
            start += 1;
        }
        if start == at || end <= at + 1 {
            return;
        }
        // `to=name@example.org`: an equals sign may belong to a local part, and seldom does.
        let cuts = text[start..at]
            .iter()
            .enumerate()
            .filter(|(_, byte)| matches!(byte, b'=' | b'/' | b'\'' | b'{' | b'|'));
        let starts: Vec<usize> =
            std::iter::once(start).chain(cuts.map(|(position, _)| start + position + 1)).collect();
        for start in starts {
            let address = &text[start..end];
            let key = key::of(Seed::Mail, address);
            if !self.probes.admits(key) {
                continue;
            }
            for number in self.probes.under(key) {
                let entry = self.index.entry(number);
                let same = self.index.normal(&entry).eq_ignore_ascii_case(address);
                if same && entry.what == What::Value(Kind::Email) {
                    self.hit(start, number);
                }
            }
        }
    }
}

/// A decimal number of one to three digits that ends eight bytes, and its first digit.
#[inline]
fn number(eight: u64, width: u32) -> (u32, u32) {
    let digits = (eight >> 32) as u32 & 0x0f0f_0f0f & (u32::MAX << (8 * (4 - width)));
    let lead = (digits >> (8 * (4 - width))) & 0xf;
    ((digits >> 24) + 10 * ((digits >> 16) & 0xf) + 100 * ((digits >> 8) & 0xf), lead)
}

/// Characters of RFC 5322 §3.2.3 and the dot.
fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn trimmed(text: &[u8]) -> &[u8] {
    text.strip_suffix(b".").unwrap_or(text)
}

fn ipv6(text: &[u8]) -> Option<Ipv6Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Four numbers below 256: without leading zeros, or all three digits wide. Other zeros mean different addresses to
/// different readers.
pub(super) fn ipv4(text: &[u8]) -> Option<u32> {
    let padded = text.len() == LONGEST_IPV4;
    let mut address = 0_u32;
    let mut part = 0_u32;
    let mut digits = 0;
    let mut dots = 0;
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                if digits == 3 || (digits > 0 && part == 0 && !padded) {
                    return None;
                }
                part = part * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' => {
                if digits == 0 || part > 255 {
                    return None;
                }
                address = (address << 8) | part;
                part = 0;
                digits = 0;
                dots += 1;
            }
            _ => return None,
        }
    }
    (dots == 3 && digits > 0 && part <= 255).then_some((address << 8) | part)
}
