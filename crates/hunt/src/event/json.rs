//! JSON into nodes, by `serde_json`: texts without escapes stay where they are.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Event, MAX_DEPTH, Value};

/// Reads an object. Nothing where the text is no object of JSON.
pub(super) fn read(text: &str) -> Option<Event<'_>> {
    let mut event = Event::new(text);
    let mut json = serde_json::Deserializer::from_str(text);
    let root = Root { event: &mut event };
    root.deserialize(&mut json).ok()?;
    json.end().ok()?;
    event.close(0);
    Some(event)
}

struct Root<'e, 't> {
    event: &'e mut Event<'t>,
}

impl<'t> DeserializeSeed<'t> for Root<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(Fields { event: self.event, of: 0, depth: 0 })
    }
}

/// A value that is to become a node below `of`.
struct Item<'e, 't> {
    event: &'e mut Event<'t>,
    of: u32,
    name: Cow<'t, str>,
    depth: usize,
}

impl<'t> Item<'_, 't> {
    fn leaf<E: Error>(self, value: Value<'t>) -> Result<(), E> {
        self.event.push(self.of, self.name, value).map(drop).ok_or_else(|| E::custom("too many values"))
    }

    fn open<E: Error>(&mut self, value: Value<'t>) -> Result<u32, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("objects nested too deep"));
        }
        let name = std::mem::take(&mut self.name);
        self.event.push(self.of, name, value).ok_or_else(|| E::custom("too many values"))
    }
}

impl<'t> DeserializeSeed<'t> for Item<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Item<'_, 't> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.leaf(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.leaf(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.leaf(Value::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        let number = i64::try_from(value).map_or(Value::Large(value), Value::Integer);
        self.leaf(number)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Value::Float(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'t str) -> Result<(), E> {
        self.leaf(Value::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Value::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let of = self.open(Value::Array)?;
        let depth = self.depth + 1;
        loop {
            let element = Item { event: self.event, of, name: Cow::Borrowed(""), depth };
            if elements.next_element_seed(element)?.is_none() {
                break;
            }
        }
        self.event.close(of);
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(mut self, fields: A) -> Result<(), A::Error> {
        let of = self.open(Value::Object)?;
        Fields { event: self.event, of, depth: self.depth + 1 }.visit_map(fields)
    }
}

/// The fields of an object whose node is there already.
struct Fields<'e, 't> {
    event: &'e mut Event<'t>,
    of: u32,
    depth: usize,
}

impl<'t> Visitor<'t> for Fields<'_, 't> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key_seed(Name)? {
            fields.next_value_seed(Item { event: self.event, of: self.of, name, depth: self.depth })?;
        }
        self.event.close(self.of);
        Ok(())
    }
}

/// The name of a field.
struct Name;

impl<'t> DeserializeSeed<'t> for Name {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Name {
    type Value = Cow<'t, str>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'t str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
