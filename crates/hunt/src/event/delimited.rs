//! Cells of a row.

use std::borrow::Cow;

/// The cells of a line of CSV (RFC 4180 §2), with any delimiter.
pub(super) struct Cells<'t> {
    rest: Option<&'t str>,
    delimiter: u8,
}

impl<'t> Cells<'t> {
    pub fn new(line: &'t str, delimiter: u8) -> Self {
        Self { rest: Some(line), delimiter }
    }
}

impl<'t> Iterator for Cells<'t> {
    type Item = Cow<'t, str>;

    fn next(&mut self) -> Option<Cow<'t, str>> {
        let rest = self.rest?;
        if let Some(quoted) = rest.strip_prefix('"') {
            let bytes = quoted.as_bytes();
            let mut end = 0;
            let mut doubled = false;
            while let Some(quote) = memchr::memchr(b'"', &bytes[end..]) {
                end += quote;
                if bytes.get(end + 1) != Some(&b'"') {
                    break;
                }
                doubled = true;
                end += 2;
            }
            // A quote that nothing closes: the cell ends with the line.
            if bytes.get(end) != Some(&b'"') {
                end = bytes.len();
            }
            let cell = &quoted[..end];
            let behind = &quoted[(end + 1).min(quoted.len())..];
            let next = memchr::memchr(self.delimiter, behind.as_bytes());
            self.rest = next.map(|at| &behind[at + 1..]);
            return Some(if doubled { Cow::Owned(cell.replace("\"\"", "\"")) } else { Cow::Borrowed(cell) });
        }
        let next = memchr::memchr(self.delimiter, rest.as_bytes());
        self.rest = next.map(|at| &rest[at + 1..]);
        Some(Cow::Borrowed(&rest[..next.unwrap_or(rest.len())]))
    }
}

/// The byte that `\x09` or a plain character stands for.
pub(super) fn escaped(text: &str) -> u8 {
    let hex = text.trim().strip_prefix("\\x").and_then(|hex| u8::from_str_radix(hex, 16).ok());
    hex.filter(u8::is_ascii).or_else(|| text.bytes().next().filter(u8::is_ascii)).unwrap_or(b'\t')
}

/// A text of Zeek: bytes that its separators need are written `\x09`.
pub(super) fn zeek(text: &str) -> Cow<'_, str> {
    if !text.contains("\\x") {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\x") {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let byte = rest.get(at + 2..at + 4).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = byte {
            out.push(byte);
            rest = &rest[at + 4..];
        } else {
            out.extend_from_slice(b"\\x");
            rest = &rest[at + 2..];
        }
    }
    out.extend_from_slice(rest.as_bytes());
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}
