//! Strings: found eight bytes at a time, copied once.

use super::{Broken, Read, Reader};
use crate::Fault;
use crate::fault::Path;

const UNICODE: &str = "RFC 7493 §2.1: text must be Unicode in UTF-8, without lone surrogates";

impl Reader<'_> {
    /// The string that begins at the cursor.
    pub(super) fn string(&mut self, path: &Path<'_>) -> Read<String> {
        let start = self.at + 1;
        let end = start + plain_run(&self.bytes[start..]);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(self.text(start, end, path));
        }
        self.unescaped.clear();
        self.unescaped.extend_from_slice(&self.bytes[start..end]);
        self.at = end;
        self.escaped(path)
    }

    fn text(&mut self, start: usize, end: usize, path: &Path<'_>) -> String {
        if let Ok(text) = std::str::from_utf8(&self.bytes[start..end]) {
            return text.to_owned();
        }
        self.faults.push(Fault::error(path, UNICODE));
        String::from_utf8_lossy(&self.bytes[start..end]).into_owned()
    }

    /// The rest of a string from its first escape on.
    fn escaped(&mut self, path: &Path<'_>) -> Read<String> {
        let mut sound = true;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => sound &= self.escape()?,
                Some(_) => return self.broken("a control character in a string must be escaped"),
                None => return self.broken("expected the end of a string"),
            }
            let run = plain_run(&self.bytes[self.at..]);
            self.unescaped.extend_from_slice(&self.bytes[self.at..self.at + run]);
            self.at += run;
        }
        self.at += 1;
        let text = std::str::from_utf8(&self.unescaped).map(str::to_owned);
        if sound && let Ok(text) = text {
            return Ok(text);
        }
        self.faults.push(Fault::error(path, UNICODE));
        Ok(String::from_utf8_lossy(&self.unescaped).into_owned())
    }

    /// One escape; false when it is a lone surrogate.
    fn escape(&mut self) -> Read<bool> {
        let plain = match self.bytes.get(self.at + 1) {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'u') => return self.unicode_escape(),
            _ => return self.broken("unknown escape in a string"),
        };
        self.unescaped.push(plain);
        self.at += 2;
        Ok(true)
    }

    fn unicode_escape(&mut self) -> Read<bool> {
        let unit = self.code_unit(self.at)?;
        self.at += 6;
        let mut point = u32::from(unit);
        if (0xd800..0xdc00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            let low = self.code_unit(self.at)?;
            if (0xdc00..0xe000).contains(&low) {
                self.at += 6;
                point = 0x10000 + ((u32::from(unit) - 0xd800) << 10) + (u32::from(low) - 0xdc00);
            }
        }
        let found = char::from_u32(point);
        let kept = found.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.unescaped.extend_from_slice(kept.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(found.is_some())
    }

    /// The four digits of the `\uXXXX` at `at`.
    fn code_unit(&self, at: usize) -> Read<u16> {
        let broken = Broken { at, what: "\\u must be followed by four hexadecimal digits" };
        let digits = self.bytes.get(at + 2..at + 6).ok_or(broken)?;
        let mut unit = 0;
        for digit in digits {
            let value = char::from(*digit).to_digit(16).ok_or(broken)?;
            unit = unit << 4 | u16::try_from(value).unwrap_or(0);
        }
        Ok(unit)
    }

    /// Steps over the string at the cursor.
    pub(super) fn skip_string(&mut self) -> Read<()> {
        self.at += 1;
        loop {
            self.at += plain_run(&self.bytes[self.at.min(self.bytes.len())..]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at += 2,
                Some(_) => return self.broken("a control character in a string must be escaped"),
                None => return self.broken("expected the end of a string"),
            }
        }
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// How many bytes precede the first quote, backslash or control character.
///
/// Eight at a time: in each of the three terms the lowest high bit that is set marks the first byte of its
/// kind (a borrow can only spoil the bytes above it).
pub(crate) fn plain_run(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * 0x22);
        let backslash = word ^ (ONES * 0x5c);
        let is_quote = quote.wrapping_sub(ONES) & !quote;
        let is_backslash = backslash.wrapping_sub(ONES) & !backslash;
        let is_control = word.wrapping_sub(ONES * 0x20) & !word;
        let stops = (is_quote | is_backslash | is_control) & HIGHS;
        if stops != 0 {
            return at + (stops.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let tail = &bytes[at..];
    at + tail.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap_or(tail.len())
}
