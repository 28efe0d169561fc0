//! How a tear-line was made: the link from the high side to the low one, and what was done to each field.
//!
//! The record is an object of the high side: it refers to what was made, and nothing that was made refers to it.

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object};
use serde_json::{Map, Value, json};

use crate::marking::extension;
use crate::party::MemberId;
use crate::travel::{BadTravel, built, digest_of, head};

/// The STIX type of the record.
pub const KIND: &str = "kizuna-sanitisation";

/// What was done to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// Said on purpose, although it is known from the high side alone.
    Disclosed,
    /// Taken over, for it betrays nothing.
    Kept,
    Dropped,
    Replaced,
    /// Made less exact.
    Coarsened,
    /// A reference that names the new object instead.
    Remapped,
}

impl Treatment {
    pub const ALL: [Self; 6] =
        [Self::Disclosed, Self::Kept, Self::Dropped, Self::Replaced, Self::Coarsened, Self::Remapped];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disclosed => "disclosed",
            Self::Kept => "kept",
            Self::Dropped => "dropped",
            Self::Replaced => "replaced",
            Self::Coarsened => "coarsened",
            Self::Remapped => "remapped",
        }
    }
}

/// What was done to one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Field {
    /// JSONPath.
    pub place: String,
    pub rule: Treatment,
}

/// What became of one object of the high side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub high_ref: Id,
    /// SHA-256 of the canonical bytes that were read.
    pub high_digest: [u8; 32],
    /// Nothing where it was left out.
    pub low_ref: Option<Id>,
    pub fields: Vec<Field>,
}

/// The record of a tear-line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanitisation {
    pub by: MemberId,
    pub at: Timestamp,
    pub template: String,
    pub made: Vec<Made>,
}

impl Sanitisation {
    /// The STIX object, without markings: whoever stores it gives it the label of the high side.
    ///
    /// # Errors
    /// The faults where nothing was made or an id is malformed.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let made: Vec<Value> = self.made.iter().map(written).collect();
        let mut body = Map::new();
        body.insert("template".to_owned(), json!(self.template));
        body.insert("made".to_owned(), Value::Array(made));
        built(KIND, &extension::SANITISATION, self.by, self.at, &[], body)
    }

    /// Reads a record.
    pub fn read(object: &Object) -> Result<Self, BadTravel> {
        let bad = |property| BadTravel { kind: KIND, property };
        let (by, at) = head(object, KIND, &extension::SANITISATION)?;
        let template = object.text("template").ok_or_else(|| bad("template"))?.to_owned();
        let Some(Value::Array(stated)) = object.get("made") else { return Err(bad("made")) };
        let made: Option<Vec<Made>> = stated.iter().map(read_one).collect();
        let made = made.filter(|made| !made.is_empty()).ok_or_else(|| bad("made"))?;
        Ok(Self { by, at, template, made })
    }
}

fn written(made: &Made) -> Value {
    let fields: Vec<Value> = made
        .fields
        .iter()
        .map(|field| json!({ "place": field.place, "rule": field.rule.as_str() }))
        .collect();
    let mut one = json!({
        "high_ref": made.high_ref.as_str(),
        "high_digest": hex::encode(made.high_digest),
        "fields": fields,
    });
    if let (Some(low), Some(one)) = (&made.low_ref, one.as_object_mut()) {
        one.insert("low_ref".to_owned(), json!(low.as_str()));
    }
    one
}

fn read_one(value: &Value) -> Option<Made> {
    let id = |property: &str| value.get(property)?.as_str()?.parse::<Id>().ok();
    let fields = value.get("fields")?.as_array()?.iter();
    let fields: Option<Vec<Field>> = fields.map(|field| serde_json::from_value(field.clone()).ok()).collect();
    let low_ref = match value.get("low_ref") {
        None => None,
        Some(_) => Some(id("low_ref")?),
    };
    Some(Made {
        high_ref: id("high_ref")?,
        high_digest: digest_of(value.get("high_digest")?)?,
        low_ref,
        fields: fields?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use crate::story::{at, member};

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let id = |text: &str| -> Id { text.parse().unwrap() };
        let record = Sanitisation {
            by: member("alpha"),
            at: at(5),
            template: "indicator".to_owned(),
            made: vec![
                Made {
                    high_ref: id("indicator--00000000-0000-4000-8000-000000000001"),
                    high_digest: [7; 32],
                    low_ref: Some(id("indicator--00000000-0000-4000-8000-000000000002")),
                    fields: vec![Field { place: "$.name".to_owned(), rule: Treatment::Dropped }],
                },
                Made {
                    high_ref: id("malware--00000000-0000-4000-8000-000000000003"),
                    high_digest: [8; 32],
                    low_ref: None,
                    fields: Vec::new(),
                },
            ],
        };
        let object = record.object().unwrap();
        assert_eq!(object.warnings(), []);
        assert_eq!(Sanitisation::read(&object).unwrap(), record);
        let nothing = Sanitisation { made: Vec::new(), ..record };
        assert!(nothing.object().map_or(true, |object| Sanitisation::read(&object).is_err()));
    }
}
