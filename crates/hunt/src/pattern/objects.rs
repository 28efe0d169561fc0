//! A line of a log as the objects that it tells of, so that patterns can be asked of logs.

mod host;
mod network;

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::Patterns;
use super::fields::{self, Names};
use super::path::Pool;
use crate::event::{self, Event};

/// Objects that one line becomes.
const MAX_OBJECTS: usize = 256;

/// Objects of one line, each with an id that only they know.
#[derive(Debug, Default)]
pub struct Objects {
    made: Vec<(String, Value)>,
}

impl Objects {
    /// The objects of a line, as far as the patterns ask for any of their types.
    pub fn of(event: &Event<'_>, patterns: &Patterns) -> Self {
        let mut maker = Maker { event, patterns, made: Vec::new(), texts: HashSet::new() };
        maker.network();
        maker.mail();
        maker.host();
        Self { made: maker.made }
    }

    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    pub fn values(&self) -> Vec<&Value> {
        self.made.iter().map(|(_, value)| value).collect()
    }

    pub fn pool(&self) -> Pool<'_> {
        self.made.iter().map(|(id, value)| (id.as_str(), value)).collect()
    }
}

struct Maker<'e, 't> {
    event: &'e Event<'t>,
    patterns: &'e Patterns,
    made: Vec<(String, Value)>,
    /// Objects of one value that are there already: type and value.
    texts: HashSet<(&'static str, String)>,
}

impl Maker<'_, '_> {
    fn asked(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.patterns.asks_for(kind))
    }

    /// The first of these fields that holds text or a number.
    fn text(&self, names: Names) -> Option<String> {
        names.iter().find_map(|name| self.one(name))
    }

    fn one(&self, name: &str) -> Option<String> {
        let text = |value: &event::Value<'_>| {
            let text = value.text()?;
            (!text.is_empty() && text != "-").then(|| text.into_owned())
        };
        if let Some(value) = self.event.get(name) {
            if let Some(text) = text(value) {
                return Some(text);
            }
            if *value == event::Value::Array {
                return self.all(&[name]).into_iter().next();
            }
        }
        // Names of Windows' own fields have neither dots nor hyphens, and begin with a capital.
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return None;
        }
        fields::WINDOWS.iter().find_map(|place| text(self.event.get(&format!("{place}.{name}"))?))
    }

    /// What all of these fields hold, also each element of lists.
    fn all(&self, names: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for name in names {
            let before = found.len();
            self.event.each(name, &mut |node| {
                found.extend(
                    node.value.text().map(Cow::into_owned).filter(|text| !text.is_empty() && text != "-"),
                );
                false
            });
            if found.len() == before {
                found.extend(self.one(name));
            }
        }
        found
    }

    fn number(&self, names: Names) -> Option<Value> {
        let text = self.text(names)?;
        let number = match text.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => text.trim().parse().ok(),
        };
        number.map(Value::from)
    }

    /// Adds an object and gives the id under which others can refer to it.
    fn add(&mut self, kind: &'static str, mut properties: Map<String, Value>) -> Option<String> {
        if self.made.len() >= MAX_OBJECTS {
            return None;
        }
        let id = format!("{kind}--{}", self.made.len());
        properties.insert("type".to_owned(), json!(kind));
        properties.insert("id".to_owned(), json!(id));
        self.made.push((id.clone(), Value::Object(properties)));
        Some(id)
    }

    /// Adds an object that is one value, once.
    fn add_value(&mut self, kind: &'static str, value: &str, key: &str) -> Option<String> {
        if !self.texts.insert((kind, value.to_owned())) {
            let there = self.made.iter().find(|(_, object)| {
                object["type"] == kind && object.get(key).and_then(Value::as_str) == Some(value)
            });
            return there.map(|(id, _)| id.clone());
        }
        self.add(kind, Map::from_iter([(key.to_owned(), json!(value))]))
    }

    /// An address, or a name where somebody wrote a name instead of an address.
    fn endpoint(&mut self, text: &str) -> Option<String> {
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        let address = bare.split('%').next().unwrap_or_default();
        match address.strip_prefix("::ffff:").unwrap_or(address).parse() {
            Ok(IpAddr::V4(address)) => self.add_value("ipv4-addr", &address.to_string(), "value"),
            Ok(IpAddr::V6(address)) => self.add_value("ipv6-addr", &address.to_string(), "value"),
            Err(_) => self.domain(text),
        }
    }

    fn domain(&mut self, text: &str) -> Option<String> {
        let name = text.trim_end_matches('.');
        let sound = name.contains('.') && !name.contains(['/', ' ', '@', ':', '=']);
        if sound { self.add_value("domain-name", name, "value") } else { None }
    }

    /// Hashes by algorithm, under the standard's names and those that others use.
    fn hashes(&self, names: [Names; 4]) -> Map<String, Value> {
        let mut hashes = Map::new();
        for (algorithms, names) in
            [["MD5", "md5"], ["SHA-1", "SHA1"], ["SHA-256", "SHA256"], ["SHA-512", "SHA512"]]
                .iter()
                .zip(names)
        {
            let Some(value) = self.text(names) else { continue };
            let value = value.replace(':', "").to_ascii_lowercase();
            hashes.extend(algorithms.iter().map(|algorithm| ((*algorithm).to_owned(), json!(value))));
        }
        hashes
    }

    /// `SHA256=…,MD5=…`, as Sysmon writes the hashes of the image, or of the file where the event is about one.
    fn listed_hashes(&self) -> Map<String, Value> {
        let mut hashes = Map::new();
        for pair in self.text(fields::HASHES).unwrap_or_default().split(',') {
            let Some((algorithm, value)) = pair.split_once('=') else { continue };
            let names: &[&str] = match algorithm.trim().to_ascii_uppercase().as_str() {
                "MD5" => &["MD5", "md5"],
                "SHA1" => &["SHA-1", "SHA1"],
                "SHA256" => &["SHA-256", "SHA256"],
                "IMPHASH" => &["IMPHASH"],
                _ => continue,
            };
            let value = json!(value.trim().to_ascii_lowercase());
            hashes.extend(names.iter().map(|name| ((*name).to_owned(), value.clone())));
        }
        hashes
    }
}
