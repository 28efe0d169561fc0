//! URLs: found by their host, then by host and path together.
//!
//! A log may hold a URL whole, without its scheme, or as host and path in fields of their own. `http` and `https` are
//! one here: logs that see the one often cannot see the other. Every other part must be the same.

use std::borrow::Cow;

use kizuna_stix::observable::{Kind, Observable};

use super::Finder;
use super::tile::is_name;
use crate::index::What;
use crate::index::key::{self, Seed};
use crate::index::route::place;

/// Longest URL that is compared, in bytes.
const LONGEST: usize = 4096;
/// Ends that are tried for one URL, and paths and ports for one host in a line.
const TRIES: usize = 32;

impl Finder<'_> {
    /// URLs of the host at `start..end`.
    pub(super) fn compare_places(&mut self, start: usize, end: usize) {
        let text = self.tile.text;
        let bracketed = self.tile.before(start) == b'[' && self.tile.byte(end) == b']';
        let (start, end) = if bracketed { (start - 1, end + 1) } else { (start, end) };
        let (line_start, line_end) = self.tile.line(start);
        let head = &text[line_start..start];
        let tail = &text[end..line_end.min(end + LONGEST)];
        let (port, path) = port(tail);
        let scheme = scheme(head);
        let user = if scheme.is_none() { user(head) } else { None };
        let host = text[start..end].to_ascii_lowercase();
        if scheme.is_some()
            || user.is_some()
            || path.first().is_some_and(|byte| matches!(byte, b'/' | b'?' | b'\\'))
        {
            let found = Written {
                scheme: scheme.or(user.map(|(scheme, _)| scheme)),
                user: user.map(|(_, user)| user),
                host: &host,
                port,
            };
            self.compare_written(start, &found, path);
            if scheme.is_some() || user.is_some() {
                return;
            }
        }
        self.compare_fields(start, &host, port, line_start, line_end);
    }

    /// A URL that stands in one piece: its end is not known, so every likely one is tried.
    fn compare_written(&mut self, at: usize, found: &Written<'_>, path: &[u8]) {
        let path = unslashed(path);
        let length = path.iter().take_while(|byte| !is_end(**byte)).count();
        let path = &path[..length];
        if path.first().is_some_and(|byte| !matches!(byte, b'/' | b'?' | b'#') && !is_maybe_end(*byte)) {
            // `evil.example:80abc`
            return;
        }
        self.try_place(at, found, path);
        // Text in Japanese goes on right behind.
        if let Some(end) = path.iter().position(|byte| *byte >= 0x80) {
            self.try_place(at, found, &path[..end]);
        }
        let ends = (0..length).rev().filter(|position| is_maybe_end(path[*position])).take(TRIES);
        for end in ends {
            self.try_place(at, found, &path[..end]);
        }
    }

    /// Host and path in separate values of one line.
    fn compare_fields(
        &mut self,
        at: usize,
        host: &[u8],
        port: Option<&[u8]>,
        line_start: usize,
        line_end: usize,
    ) {
        let line = &self.tile.text[line_start..line_end];
        let mut ports: Option<Vec<&[u8]>> = None;
        let mut tries = 0;
        for slash in memchr::memchr_iter(b'/', line) {
            let escaped = slash > 0 && line[slash - 1] == b'\\';
            let start = slash - usize::from(escaped);
            let Some(before) = start.checked_sub(1).map(|before| line[before]) else { continue };
            if !matches!(before, b'"' | b'\t' | b' ' | b',' | b'=' | b'|' | b'\'' | b';') {
                continue;
            }
            tries += 1;
            if tries > TRIES {
                return;
            }
            let value = &line[start..line.len().min(start + LONGEST)];
            let length = value.iter().take_while(|byte| !ends_field(before, **byte)).count();
            let value = unslashed(&value[..length]);
            if value.starts_with(b"//") {
                continue;
            }
            let found = Written { scheme: None, user: None, host, port };
            self.try_place(at, &found, &value);
            if let Some(end) = value.iter().position(|byte| is_end(*byte) || *byte >= 0x80) {
                self.try_place(at, &found, &value[..end]);
            }
            if port.is_none() && self.index.facts().ports {
                let ports = ports.get_or_insert_with(|| numbers(line));
                for port in &*ports {
                    let found = Written { port: Some(port), ..found };
                    self.try_place(at, &found, &value);
                }
            }
        }
    }

    fn try_place(&mut self, at: usize, found: &Written<'_>, path: &[u8]) {
        let Some(text) = found.place(path) else { return };
        let key = key::of(Seed::Place, &text);
        if !self.probes.admits(key) {
            return;
        }
        for number in self.probes.under(key) {
            let entry = self.index.entry(number);
            let normal = self.index.normal(&entry);
            let same = place(normal) == &*text;
            if same && entry.what == What::Value(Kind::Url) && found.may_be(normal) {
                self.hit(at, number);
            }
        }
    }
}

/// The parts of a URL as a log gives them.
#[derive(Clone, Copy)]
struct Written<'a> {
    scheme: Option<&'a [u8]>,
    user: Option<&'a [u8]>,
    host: &'a [u8],
    port: Option<&'a [u8]>,
}

impl Written<'_> {
    /// The URL with that path, in normal form and without its scheme.
    fn place(&self, path: &[u8]) -> Option<Vec<u8>> {
        let mut text = Vec::with_capacity(self.host.len() + path.len() + 8);
        if let Some(user) = self.user {
            text.extend_from_slice(user);
            text.push(b'@');
        }
        text.extend_from_slice(self.host);
        if let Some(port) = self.port.filter(|port| !self.is_default(port)) {
            text.push(b':');
            text.extend_from_slice(port);
        }
        let path = path.strip_suffix(b"#").unwrap_or(path);
        if !path.starts_with(b"/") {
            text.push(b'/');
        }
        text.extend_from_slice(path);
        if self.user.is_none() && path.iter().all(|byte| is_plain(*byte)) && !has_dot_segment(path) {
            return Some(text);
        }
        // What needs encoding, decoding or resolving is left to the one definition of a URL's normal form.
        let scheme = self.scheme.and_then(|scheme| std::str::from_utf8(scheme).ok()).unwrap_or("http");
        let url = format!("{scheme}://{}", std::str::from_utf8(&text).ok()?);
        let normal = Observable::new(Kind::Url, &url)?.value;
        Some(place(normal.as_bytes()).to_vec())
    }

    fn is_default(&self, port: &[u8]) -> bool {
        match self.scheme {
            None => matches!(port, b"80" | b"443"),
            Some(scheme) if scheme.eq_ignore_ascii_case(b"http") => port == b"80",
            Some(scheme) if scheme.eq_ignore_ascii_case(b"https") => port == b"443",
            Some(_) => false,
        }
    }

    /// Whether the schemes agree.
    fn may_be(&self, normal: &[u8]) -> bool {
        let Some(scheme) = self.scheme else { return true };
        let Some(colon) = memchr::memchr(b':', normal) else { return false };
        let is_web =
            |scheme: &[u8]| scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https");
        normal[..colon].eq_ignore_ascii_case(scheme) || (is_web(&normal[..colon]) && is_web(scheme))
    }
}

/// `:8080` at the beginning, and what follows.
fn port(tail: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let Some(rest) = tail.strip_prefix(b":") else { return (None, tail) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let next = rest.get(digits).copied().unwrap_or_default();
    if digits == 0 || digits > 5 || is_name(next) {
        return (None, tail);
    }
    (Some(&rest[..digits]), &rest[digits..])
}

/// The scheme that ends just before a host: `https` of `https://` or `https:\/\/`.
fn scheme(head: &[u8]) -> Option<&[u8]> {
    let before = head.strip_suffix(b"://").or_else(|| head.strip_suffix(b":\\/\\/"))?;
    let length = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    (length > 0).then(|| &before[before.len() - length..])
}

/// Scheme and user before a host: `https` and `name:word` of `https://name:word@`.
fn user(head: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = head.strip_suffix(b"@")?;
    let length = head.iter().rev().take(256).take_while(|byte| !is_end(**byte) && **byte != b'/').count();
    let user = &head[head.len() - length..];
    scheme(&head[..head.len() - length]).map(|scheme| (scheme, user))
}

/// What no URL goes on behind.
fn is_end(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'<' | b'>' | b'`' | b'\\' | 0x7f)
}

/// What a URL may hold, and text around it too.
fn is_maybe_end(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b'\'' | b')' | b']' | b'}' | b'|' | b'#' | b'.' | b'!' | b'*' | b':')
}

fn ends_field(before: u8, byte: u8) -> bool {
    match before {
        b'"' => byte == b'"',
        b'\t' => byte == b'\t',
        b'\'' => byte == b'\'',
        b',' => matches!(byte, b',' | b'"'),
        b'|' => byte == b'|',
        _ => is_end(byte) && byte != b'\\',
    }
}

/// `\/` is how JSON may write a slash.
fn unslashed(path: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(path, b"\\/").is_none() {
        return Cow::Borrowed(path);
    }
    let mut out = Vec::with_capacity(path.len());
    for (position, byte) in path.iter().enumerate() {
        if !(*byte == b'\\' && path.get(position + 1) == Some(&b'/')) {
            out.push(*byte);
        }
    }
    Cow::Owned(out)
}

/// Characters that a URL's normal form leaves as they are.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/?&=-_.~!$()*+,;:@".contains(&byte)
}

fn has_dot_segment(path: &[u8]) -> bool {
    memchr::memmem::find(path, b"/.").is_some()
}

/// The numbers of a line that may be a port.
fn numbers(line: &[u8]) -> Vec<&[u8]> {
    let parts = line.split(|byte| !is_name(*byte));
    parts
        .filter(|part| part.len() <= 5 && !part.is_empty() && part.iter().all(u8::is_ascii_digit))
        .take(TRIES)
        .collect()
}
