//! I-JSON (RFC 7493) from bytes to values in one pass.
//!
//! Broken syntax ends the reading: nothing after it can be trusted. What I-JSON forbids inside sound syntax
//! (a duplicate key, a number that no double holds, broken Unicode, too deep a nesting) is a [`Fault`] with its
//! path, and reading goes on, so that one bad object of an envelope costs no neighbour. `serde_json` can do
//! neither: it keeps the last of two equal keys and gives up at the first byte that is not UTF-8.

use serde_json::{Map, Number, Value};

use crate::Fault;
use crate::fault::Path;

mod number;
mod string;
#[cfg(test)]
mod tests;

pub(crate) use number::is_interoperable;
pub(crate) use string::plain_run;

/// Where and how the syntax broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Byte offset.
    pub at: usize,
    pub what: &'static str,
}

impl Broken {
    /// Line and column, both from 1; the column counts bytes.
    pub(crate) fn place(&self, bytes: &[u8]) -> (usize, usize) {
        let before = &bytes[..self.at.min(bytes.len())];
        let line = before.split(|b| *b == b'\n').count();
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        (line, before.len() - line_start + 1)
    }
}

/// A cursor over the input. Faults gather in it until [`Reader::take_faults`].
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    faults: Vec<Fault>,
    /// Keeps the most recent string's unescaped text, to save an allocation for each escaped string.
    unescaped: Vec<u8>,
}

type Read<T> = Result<T, Broken>;

impl<'a> Reader<'a> {
    /// `depth` is how many arrays and objects may lie inside each other.
    pub(crate) fn new(bytes: &'a [u8], depth: usize) -> Self {
        Self { bytes, at: 0, depth, faults: Vec::new(), unescaped: Vec::new() }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    pub(crate) fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    /// Skips white space and returns the byte after it without taking it; 0 at the end.
    pub(crate) fn peek(&mut self) -> u8 {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return *byte;
            }
            self.at += 1;
        }
        0
    }

    /// Says what was expected where the cursor stands.
    pub(crate) fn stopped(&self, what: &'static str) -> Broken {
        let what = if self.at >= self.bytes.len() { "the input ends too early" } else { what };
        Broken { at: self.at, what }
    }

    pub(crate) fn broken<T>(&self, what: &'static str) -> Read<T> {
        Err(self.stopped(what))
    }

    pub(crate) fn expect(&mut self, byte: u8, what: &'static str) -> Read<()> {
        if self.peek() != byte {
            return self.broken(what);
        }
        self.at += 1;
        Ok(())
    }

    /// After an item of an array or object: whether another one follows.
    pub(crate) fn another(&mut self, close: u8, what: &'static str) -> Read<bool> {
        match self.peek() {
            b',' => {
                self.at += 1;
                Ok(true)
            }
            byte if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => self.broken(what),
        }
    }

    /// A key and its colon.
    pub(crate) fn key(&mut self, path: &Path<'_>) -> Read<String> {
        if self.peek() != b'"' {
            return self.broken("expected a property name in double quotes");
        }
        let key = self.string(path)?;
        self.expect(b':', "expected ':' after a property name")?;
        Ok(key)
    }

    /// The next value. Faults in it are gathered with paths below `path`.
    pub(crate) fn value(&mut self, path: &Path<'_>) -> Read<Value> {
        match self.peek() {
            b'"' => Ok(Value::String(self.string(path)?)),
            b'{' => self.object(path),
            b'[' => self.array(path),
            b'-' | b'0'..=b'9' => self.number(path).map(Value::Number),
            b't' => self.literal(b"true", Value::Bool(true)),
            b'f' => self.literal(b"false", Value::Bool(false)),
            b'n' => self.literal(b"null", Value::Null),
            _ => self.broken("expected a value"),
        }
    }

    fn literal(&mut self, text: &'static [u8], value: Value) -> Read<Value> {
        if !self.bytes[self.at..].starts_with(text) {
            return self.broken("expected a value");
        }
        self.at += text.len();
        Ok(value)
    }

    fn object(&mut self, path: &Path<'_>) -> Read<Value> {
        if !self.descend(path)? {
            return Ok(Value::Null);
        }
        let mut map = Map::new();
        if self.peek() == b'}' {
            self.at += 1;
        } else {
            loop {
                let key = self.key(path)?;
                let place = path.key(&key);
                let value = self.value(&place)?;
                match map.entry(key) {
                    serde_json::map::Entry::Vacant(entry) => {
                        entry.insert(value);
                    }
                    serde_json::map::Entry::Occupied(entry) => {
                        let place = path.key(entry.key());
                        let rule = "RFC 7493 §2.3: an object may not have two members of the same name";
                        self.faults.push(Fault::error(&place, rule));
                    }
                }
                if !self.another(b'}', "expected ',' or '}' after a property")? {
                    break;
                }
            }
        }
        self.depth += 1;
        Ok(Value::Object(map))
    }

    fn array(&mut self, path: &Path<'_>) -> Read<Value> {
        if !self.descend(path)? {
            return Ok(Value::Null);
        }
        let mut items = Vec::new();
        if self.peek() == b']' {
            self.at += 1;
        } else {
            loop {
                let item = self.value(&path.index(items.len()))?;
                items.push(item);
                if !self.another(b']', "expected ',' or ']' after an item")? {
                    break;
                }
            }
        }
        self.depth += 1;
        Ok(Value::Array(items))
    }

    /// Steps into an array or object, or over it when it lies too deep.
    fn descend(&mut self, path: &Path<'_>) -> Read<bool> {
        if self.depth == 0 {
            self.faults.push(Fault::error(path, "limit: nested too deep"));
            self.skip()?;
            return Ok(false);
        }
        self.depth -= 1;
        self.at += 1;
        Ok(true)
    }

    /// Steps over one value, without recursion, checking that brackets match and strings end. Used for what
    /// is refused anyway; numbers and literals in it are not looked at.
    pub(crate) fn skip(&mut self) -> Read<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.peek() {
                b'"' => self.skip_string()?,
                b'{' => {
                    open.push(b'}');
                    self.at += 1;
                }
                b'[' => {
                    open.push(b']');
                    self.at += 1;
                }
                byte @ (b'}' | b']') => {
                    if open.pop() != Some(byte) {
                        return self.broken("a bracket closes that was not opened");
                    }
                    self.at += 1;
                }
                b',' | b':' if !open.is_empty() => self.at += 1,
                b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(|b| !word(b)).unwrap_or(rest.len());
                }
                _ => return self.broken("expected a value"),
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    fn number(&mut self, path: &Path<'_>) -> Read<Number> {
        let start = self.at;
        let (number, length) = match number::read(&self.bytes[start..]) {
            Ok(found) => found,
            Err(length) => {
                self.at += length;
                return self.broken("not a number of JSON");
            }
        };
        self.at += length;
        if let Some(number) = number {
            return Ok(number);
        }
        let rule =
            "RFC 7493 §2.2: an integer beyond ±(2^53−1), or a number beyond a double, cannot be exchanged";
        self.faults.push(Fault::error(path, rule));
        Ok(Number::from(0))
    }
}

/// Checks what the reader checks, on a value built in the program: numbers and depth. Keys are unique and
/// strings are Unicode by construction.
pub(crate) fn check(value: &Value, path: &Path<'_>, depth: usize, faults: &mut Vec<Fault>) {
    match value {
        Value::Number(number) if !is_interoperable(number) => {
            let rule = "RFC 7493 §2.2: an integer beyond ±(2^53−1) cannot be exchanged";
            faults.push(Fault::error(path, rule));
        }
        Value::Array(_) | Value::Object(_) if depth == 0 => {
            faults.push(Fault::error(path, "limit: nested too deep"));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check(item, &path.index(index), depth - 1, faults);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                check(item, &path.key(key), depth - 1, faults);
            }
        }
        _ => {}
    }
}
