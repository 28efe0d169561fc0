//! The bytes of one object as they arrived, looked for again when an object that was read is refused after all.

use kizuna_stix::Object;
use kizuna_stix::read::{Element, Limits, read};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
}

/// The elements of an envelope as they were written; the whole of it where it is a single object.
pub struct RawElements<'a> {
    elements: Vec<&'a str>,
    whole: &'a [u8],
}

impl<'a> RawElements<'a> {
    pub fn new(envelope: &'a [u8]) -> Self {
        let text = std::str::from_utf8(envelope).unwrap_or_default();
        let listed: Option<Vec<&RawValue>> = serde_json::from_str(text).ok();
        let bundled = || serde_json::from_str::<Envelope<'_>>(text).ok().map(|envelope| envelope.objects);
        let elements = listed.or_else(bundled).unwrap_or_default();
        Self { elements: elements.into_iter().map(RawValue::get).collect(), whole: envelope }
    }

    /// The bytes from which this object was read; its canonical bytes where they cannot be found any more.
    pub fn of(&self, object: &Object) -> Vec<u8> {
        if self.elements.is_empty() {
            return self.whole.to_vec();
        }
        let found = self
            .elements
            .iter()
            .find(|element| element.contains(object.id().as_str()) && reads_as(element.as_bytes(), object));
        found.map_or_else(|| object.canonical().to_vec(), |element| element.as_bytes().to_vec())
    }
}

fn reads_as(element: &[u8], object: &Object) -> bool {
    let elements = read(element, &Limits::default()).unwrap_or_default();
    elements
        .iter()
        .any(|element| matches!(element, Element::Object(read) if read.digest() == object.digest()))
}
