//! From bytes to objects: I-JSON, envelopes, caps. Nothing is lost: what is refused comes back byte for byte.

use serde_json::{Map, Value};

use crate::fault::Path;
use crate::json::{Broken, Reader};
use crate::{Fault, Object, upgrade, validate};

#[cfg(test)]
mod tests;

/// Caps on what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one envelope, after decompression.
    pub envelope_bytes: usize,
    /// Bytes of one object.
    pub object_bytes: usize,
    /// Nesting of arrays and objects in one object.
    pub depth: usize,
    /// Objects in one envelope.
    pub objects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { envelope_bytes: 256 << 20, object_bytes: 8 << 20, depth: 64, objects: 2_000_000 }
    }
}

/// What one element of an envelope turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    Object(Box<Object>),
    Refused(Refused),
}

/// An element that cannot be accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The element exactly as it arrived.
    pub bytes: Vec<u8>,
    /// Its `id`, where one could be read.
    pub id: Option<String>,
    /// Every fault found; at least one is an error.
    pub faults: Vec<Fault>,
}

/// The whole input is no envelope.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("not JSON: {0}")]
    Json(String),
    #[error("expected a STIX bundle, a TAXII envelope, an array of objects or one object; found {0}")]
    Shape(String),
    #[error("{what} is over the limit of {limit}")]
    TooLarge { what: &'static str, limit: usize },
}

/// Reads a STIX 2.1 or 2.0 bundle, a TAXII envelope (`{"objects":[…]}`), an array of objects, or one object;
/// what it is shows in the content. STIX 2.0 objects are upgraded ([`crate::upgrade`]); one may become several.
///
/// # Errors
/// When the input as a whole is no envelope or breaks a cap; a bad element is an [`Element::Refused`].
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Element>, ReadError> {
    if bytes.len() > limits.envelope_bytes {
        return Err(ReadError::TooLarge { what: "the input in bytes", limit: limits.envelope_bytes });
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut envelope = Envelope::new(bytes, limits);
    match envelope.reader.peek() {
        b'[' => envelope.array()?,
        b'{' => envelope.object()?,
        0 if envelope.reader.offset() >= bytes.len() => return Err(ReadError::Shape("nothing".to_owned())),
        b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
            envelope.value()?;
            return Err(ReadError::Shape("a string, number or literal".to_owned()));
        }
        _ => return Err(envelope.broken(envelope.reader.stopped("expected a value"))),
    }
    envelope.end()?;
    Ok(envelope.elements)
}

/// RFC 8259 §8.1 lets a reader ignore it, and files written on Windows have it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// However generous the caller, no deeper: the reader recurses.
const DEEPEST: usize = 256;

struct Envelope<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    reader: Reader<'a>,
    elements: Vec<Element>,
}

impl<'a> Envelope<'a> {
    fn new(bytes: &'a [u8], limits: &'a Limits) -> Self {
        let reader = Reader::new(bytes, limits.depth.min(DEEPEST));
        Self { bytes, limits, reader, elements: Vec::new() }
    }

    /// A top-level object: a bundle or TAXII envelope when its `objects` is an array, else one STIX object.
    fn object(&mut self) -> Result<(), ReadError> {
        let start = self.reader.offset();
        match self.members()? {
            Top::Envelope => Ok(()),
            Top::Object => {
                self.reader.rewind(start);
                self.elements.clear();
                self.element()
            }
            Top::Other(found) => Err(ReadError::Shape(found)),
        }
    }

    /// Reads the members of a top-level object, its elements on the way; says what it is.
    fn members(&mut self) -> Result<Top, ReadError> {
        let mut kind: Option<String> = None;
        let mut has_id = false;
        let mut has_objects = false;
        let mut foreign_shape = false;
        self.syntax(|reader| reader.expect(b'{', "expected an object"))?;
        let mut more = self.reader.peek() != b'}';
        if !more {
            self.syntax(|reader| reader.expect(b'}', "expected an object"))?;
        }
        while more {
            let key = self.syntax(|reader| reader.key(&Path::Root))?;
            let next = self.reader.peek();
            match key.as_str() {
                "objects" if next == b'[' && kind.as_deref().is_none_or(|kind| kind == BUNDLE) => {
                    has_objects = true;
                    self.array()?;
                }
                "objects" => {
                    foreign_shape = true;
                    self.syntax(Reader::skip)?;
                }
                "type" if next == b'"' => {
                    let value = self.value()?;
                    kind = value.as_str().map(str::to_owned);
                }
                _ => {
                    has_id |= key == "id";
                    self.syntax(Reader::skip)?;
                }
            }
            more = self.syntax(|reader| reader.another(b'}', "expected ',' or '}' after a property"))?;
        }
        self.reader.take_faults();
        Ok(match kind.as_deref() {
            Some(BUNDLE) if foreign_shape => Top::Other("a bundle whose objects are no array".to_owned()),
            Some(BUNDLE) => Top::Envelope,
            Some(_) => Top::Object,
            None if has_objects => Top::Envelope,
            None if has_id || foreign_shape => Top::Object,
            None => Top::Other("an object with neither type, id nor objects".to_owned()),
        })
    }

    fn array(&mut self) -> Result<(), ReadError> {
        self.syntax(|reader| reader.expect(b'[', "expected an array"))?;
        if self.reader.peek() == b']' {
            return self.syntax(|reader| reader.expect(b']', "expected an array"));
        }
        loop {
            self.element()?;
            if !self.syntax(|reader| reader.another(b']', "expected ',' or ']' after an object"))? {
                return Ok(());
            }
        }
    }

    fn element(&mut self) -> Result<(), ReadError> {
        if self.elements.len() >= self.limits.objects {
            return Err(ReadError::TooLarge { what: "the number of objects", limit: self.limits.objects });
        }
        self.reader.peek();
        let start = self.reader.offset();
        let value = self.value()?;
        let raw = &self.bytes[start..self.reader.offset()];
        let mut faults = self.reader.take_faults();
        if raw.len() > self.limits.object_bytes {
            let rule = format!(
                "limit: an object may have {} bytes, this one has {}",
                self.limits.object_bytes,
                raw.len()
            );
            faults.push(Fault::error(&Path::Root, rule));
        }
        let found =
            if faults.is_empty() { finish(value, raw) } else { vec![refused(value.get("id"), raw, faults)] };
        self.elements.extend(found);
        Ok(())
    }

    fn value(&mut self) -> Result<Value, ReadError> {
        self.syntax(|reader| reader.value(&Path::Root))
    }

    fn end(&mut self) -> Result<(), ReadError> {
        self.reader.peek();
        if self.reader.offset() < self.bytes.len() {
            return Err(self.broken(self.reader.stopped("expected the end of the input")));
        }
        Ok(())
    }

    fn syntax<T>(&mut self, step: impl FnOnce(&mut Reader<'a>) -> Result<T, Broken>) -> Result<T, ReadError> {
        let outcome = step(&mut self.reader);
        outcome.map_err(|broken| self.broken(broken))
    }

    fn broken(&self, broken: Broken) -> ReadError {
        let (line, column) = broken.place(self.bytes);
        ReadError::Json(format!("line {line} column {column}: {}", broken.what))
    }
}

const BUNDLE: &str = "bundle";

/// What a top-level object is.
enum Top {
    Envelope,
    Object,
    Other(String),
}

/// Upgrades and validates one sound element.
fn finish(value: Value, raw: &[u8]) -> Vec<Element> {
    let Value::Object(mut map) = value else { return vec![refused(None, raw, vec![validate::no_object()])] };
    let mut losses = Vec::new();
    if upgrade::is_20(&map) {
        losses = upgrade::object(&mut map);
        if let Some(separate) = separated(&map, &losses) {
            return separate;
        }
    }
    match validate::object(map, losses) {
        Ok(object) => vec![Element::Object(Box::new(object))],
        Err((map, faults)) => vec![refused(map.get("id"), raw, faults)],
    }
}

/// An observed-data and its observables as objects of their own, when every one of them can stand alone.
fn separated(map: &Map<String, Value>, losses: &[Fault]) -> Option<Vec<Element>> {
    if map.get("type")? != "observed-data" {
        return None;
    }
    let split = upgrade::split(map)?;
    let mut elements = Vec::with_capacity(1 + split.observables.len());
    let observed = validate::object(split.observed, losses.to_vec()).ok()?;
    elements.push(Element::Object(Box::new(observed)));
    for (observable, losses) in split.observables {
        elements.push(Element::Object(Box::new(validate::object(observable, losses).ok()?)));
    }
    Some(elements)
}

fn refused(id: Option<&Value>, raw: &[u8], faults: Vec<Fault>) -> Element {
    let id = id.and_then(Value::as_str).map(str::to_owned);
    Element::Refused(Refused { bytes: raw.to_vec(), id, faults })
}
