//! Validation, driven by a table of types and properties ([`table`]).
//!
//! Every fault is reported, not only the first. How much one weighs is bound by the design: an error is a bad
//! id, type or timestamp and a missing required property; everything else is a warning. Two cases are read into
//! that line here. A required property of the wrong kind of JSON value counts as missing. An identifier that
//! cannot be read is a bad id wherever it stands, and markings that cannot be read are unreadable identifiers:
//! who cannot tell how content is marked must not pass it on as if it were unmarked.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::fault::Path;
use crate::{Fault, Id, Object, canonical, id, json, time};

mod defined;
mod form;
mod granular;
mod rules;
mod shape;
pub(crate) mod table;
#[cfg(test)]
mod tests;

pub use defined::{Defined, all_defined, defined, strangers};
use table::{Class, Form, Property, Rule, Spec};

/// Validates a value built in the program, where nothing has looked at its numbers yet.
pub(crate) fn built(value: Value) -> Result<Object, Vec<Fault>> {
    const DEEPEST: usize = 256;
    let mut faults = Vec::new();
    json::check(&value, &Path::Root, DEEPEST, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let Value::Object(map) = value else { return Err(vec![no_object()]) };
    object(map, Vec::new()).map_err(|(_, faults)| faults)
}

/// Whether a type is a cyber-observable of STIX 2.1 (§6).
pub fn is_observable(kind: &str) -> bool {
    table::spec(kind).class == Class::Cyber
}

pub(crate) fn no_object() -> Fault {
    Fault::error(&Path::Root, "STIX 2.1 §3.2: a STIX object is a JSON object")
}

/// Validates one object whose JSON is sound. `faults` holds what was found before; on error the object comes
/// back with everything found.
pub(crate) fn object(
    map: Map<String, Value>,
    faults: Vec<Fault>,
) -> Result<Object, (Map<String, Value>, Vec<Fault>)> {
    let mut check = Check { faults, container: None };
    let id = check.identity(&map);
    let spec = id.as_ref().map_or(&table::CUSTOM, |id| table::spec(id.kind()));
    check.members(spec, &map, &Path::Root);
    if map.contains_key("granular_markings") {
        granular::check(&map, &mut check.faults);
    }
    if let Some(id) = &id {
        check.version(spec, &map);
        check.deterministic(spec, id, &map);
    }
    let faults = check.faults;
    match id {
        Some(id) if !faults.iter().any(Fault::is_error) => {
            let modified = modified(&map);
            let canonical = canonical::map_to_vec(&map);
            Ok(Object { id, modified, value: map, canonical, warnings: faults })
        }
        _ => Err((map, faults)),
    }
}

fn modified(map: &Map<String, Value>) -> Option<Timestamp> {
    map.get("modified").and_then(Value::as_str).and_then(|text| time::parse(text).ok())
}

/// One object being checked.
struct Check<'a> {
    faults: Vec<Fault>,
    /// Inside the deprecated container of an observed-data: references are its keys, not identifiers.
    container: Option<&'a Map<String, Value>>,
}

impl Check<'_> {
    fn error(&mut self, path: &Path<'_>, rule: impl Into<String>) {
        self.faults.push(Fault::error(path, rule));
    }

    fn warn(&mut self, path: &Path<'_>, rule: impl Into<String>) {
        self.faults.push(Fault::warning(path, rule));
    }

    /// `id` and `type`; the id when both are sound and agree.
    fn identity(&mut self, map: &Map<String, Value>) -> Option<Id> {
        let root = Path::Root;
        let kind = match map.get("type") {
            None => {
                self.error(&root.key("type"), "STIX 2.1 §3.2: type is required");
                None
            }
            Some(Value::String(kind)) if id::is_kind(kind) && kind != "bundle" => Some(kind.as_str()),
            Some(_) => {
                let rule = "STIX 2.1 §3.1: type must be 3 to 250 of a-z, 0-9 and -, begin with a letter, and not be bundle";
                self.error(&root.key("type"), rule);
                None
            }
        };
        let id = match map.get("id") {
            None => {
                self.error(&root.key("id"), "STIX 2.1 §2.9: id is required");
                None
            }
            Some(Value::String(text)) => text.parse::<Id>().ok(),
            Some(_) => None,
        };
        match (id, kind) {
            (None, _) => {
                if map.contains_key("id") {
                    let rule = "STIX 2.1 §2.9: id must be the type, two hyphens and a UUID in lower case";
                    self.error(&root.key("id"), rule);
                }
                None
            }
            (Some(id), Some(kind)) if id.kind() == kind => Some(id),
            (Some(id), Some(kind)) => {
                let rule =
                    format!("STIX 2.1 §2.9: the id of a {kind} begins with {kind}--, not {}--", id.kind());
                self.error(&root.key("id"), rule);
                None
            }
            (Some(_), None) => None,
        }
    }

    /// `spec_version`: observables and foreign types often leave it out, so its absence is only noted.
    fn version(&mut self, spec: &Spec, map: &Map<String, Value>) {
        let root = Path::Root;
        let required = matches!(spec.class, Class::Domain | Class::Relationship | Class::Meta);
        match map.get("spec_version") {
            None if required => {
                self.warn(&root.key("spec_version"), "STIX 2.1 §3.2: spec_version is required");
            }
            None => {}
            Some(Value::String(version)) if version == "2.1" => {}
            Some(_) => self.warn(&root.key("spec_version"), "STIX 2.1 §3.2: spec_version must be 2.1"),
        }
        if required {
            self.precision(map);
        }
        let order = Rule::NotBefore("created", "modified");
        self.rule("§3.6", &order, map, &root);
    }

    /// `created` and `modified` are precise to the millisecond at least.
    fn precision(&mut self, map: &Map<String, Value>) {
        const TO_THE_MILLISECOND: usize = "2016-01-20T12:31:12.123Z".len();
        for name in ["created", "modified"] {
            let text = map.get(name).and_then(Value::as_str);
            if text.is_some_and(|text| text.len() < TO_THE_MILLISECOND && time::parse(text).is_ok()) {
                let rule = "STIX 2.1 §3.2: must have at least three digits after the point of the second";
                self.warn(&Path::Root.key(name), rule);
            }
        }
    }

    /// An observable whose id claims to be computed has the id that follows from its content.
    fn deterministic(&mut self, spec: &Spec, id: &Id, map: &Map<String, Value>) {
        if spec.class != Class::Cyber || !id.is_name_based() {
            return;
        }
        let Some(expected) = id::deterministic(spec.name, map) else { return };
        if expected != *id {
            let rule = format!("STIX 2.1 §2.9: the content of this {} has the id {expected}", spec.name);
            self.warn(&Path::Root.key("id"), rule);
        }
    }

    /// The members of an object, or of a structure inside it, against its table.
    fn members(&mut self, spec: &'static Spec, map: &Map<String, Value>, path: &Path<'_>) {
        let mut own = Column::new(spec.properties);
        let mut common = Column::new(spec.common);
        for (name, value) in map {
            if let Some(property) = own.find(name) {
                self.member(spec, property, spec.section, value, &path.key(name));
            } else if let Some(property) = common.find(name) {
                self.member(spec, property, "§3.2", value, &path.key(name));
            } else {
                self.foreign(spec, name, value, path);
            }
        }
        let own = own.missing().map(|property| (property, spec.section));
        let common = common.missing().map(|property| (property, "§3.2"));
        for (property, section) in own.chain(common) {
            let rule = format!("STIX 2.1 {section}: {} is required", property.name);
            // The deprecated container follows STIX 2.0, which requires other things.
            if self.container.is_some() {
                self.warn(&path.key(property.name), rule);
            } else {
                self.error(&path.key(property.name), rule);
            }
        }
        for rule in spec.rules {
            self.rule(spec.section, rule, map, path);
        }
    }

    fn member(
        &mut self,
        spec: &'static Spec,
        property: &Property,
        section: &str,
        value: &Value,
        path: &Path<'_>,
    ) {
        if property.required && !form::has_kind(property.form, value) {
            let expected = form::describe(property.form);
            let rule = format!("STIX 2.1 {section}: {} is required and must be {expected}", property.name);
            self.error(path, rule);
        } else if matches!(property.form, Form::Elsewhere) {
            // The engine or a rule says what is wrong with it.
        } else if value.is_null() {
            self.null(path);
        } else if matches!(property.form, Form::Extensions) {
            self.extensions(spec, value, path);
        } else {
            self.form(property.form, section, value, path);
        }
    }

    fn null(&mut self, path: &Path<'_>) {
        let text = path.to_string();
        if text.ends_with("marking_refs") || text.ends_with("granular_markings") {
            self.error(path, "STIX 2.1 §7.2: markings must be readable");
        } else {
            self.warn(path, "STIX 2.1 §3.2: a property without a value must be left out");
        }
    }

    /// A property that STIX does not define: normal, and kept.
    fn foreign(&mut self, spec: &Spec, name: &str, value: &Value, path: &Path<'_>) {
        if value.is_null() {
            self.null(&path.key(name));
        }
        let free_names = spec.class == Class::Part || self.container.is_some();
        if !free_names && !shape::is_property_name(name) {
            let rule =
                "STIX 2.1 §3.1: a property name is 3 to 250 of a-z, 0-9 and _, beginning with a letter";
            self.warn(&path.key(name), rule);
        }
    }

    fn rule(&mut self, section: &str, rule: &Rule, map: &Map<String, Value>, path: &Path<'_>) {
        let has = |name: &str| map.get(name).is_some_and(|value| !value.is_null());
        match rule {
            Rule::NotBefore(first, second) => {
                if times(map, first, second).is_some_and(|(first, second)| second < first) {
                    self.warn(&path.key(second), format!("STIX 2.1 {section}: must not be before {first}"));
                }
            }
            Rule::After(first, second) => {
                if times(map, first, second).is_some_and(|(first, second)| second <= first) {
                    self.warn(&path.key(second), format!("STIX 2.1 {section}: must be after {first}"));
                }
            }
            Rule::AnyOf(names) => {
                if !names.iter().any(|name| has(name)) {
                    self.warn(
                        path,
                        format!("STIX 2.1 {section}: must have at least one of {}", names.join(", ")),
                    );
                }
            }
            Rule::NotBoth(one, other) => {
                if has(one) && has(other) {
                    self.warn(path, format!("STIX 2.1 {section}: must not have both {one} and {other}"));
                }
            }
            Rule::Needs(name, also) => {
                if has(name) && !has(also) {
                    self.warn(&path.key(name), format!("STIX 2.1 {section}: needs {also} beside it"));
                }
            }
            Rule::Check(check) => check(map, path, &mut self.faults),
        }
    }
}

/// Both timestamps, where both can be read and are not the same text.
fn times(map: &Map<String, Value>, first: &str, second: &str) -> Option<(Timestamp, Timestamp)> {
    let second = map.get(second)?.as_str()?;
    let first = map.get(first)?.as_str()?;
    Some((time::parse(first).ok()?, time::parse(second).ok()?))
}

/// A sorted list of properties, read along with the sorted members of an object.
struct Column {
    properties: &'static [Property],
    next: usize,
    /// Which were seen, one bit each.
    seen: u64,
}

impl Column {
    fn new(properties: &'static [Property]) -> Self {
        Self { properties, next: 0, seen: 0 }
    }

    fn find(&mut self, name: &str) -> Option<&'static Property> {
        let behind = self.next.checked_sub(1).and_then(|at| self.properties.get(at));
        if behind.is_some_and(|property| property.name >= name) {
            // The members are not sorted after all.
            self.next = 0;
        }
        while let Some(property) = self.properties.get(self.next) {
            match property.name.cmp(name) {
                std::cmp::Ordering::Less => self.next += 1,
                std::cmp::Ordering::Equal => {
                    self.seen |= 1 << self.next;
                    self.next += 1;
                    return Some(property);
                }
                std::cmp::Ordering::Greater => return None,
            }
        }
        None
    }

    fn missing(&self) -> impl Iterator<Item = &'static Property> {
        let seen = self.seen;
        let unseen =
            move |(at, property): &(usize, &'static Property)| property.required && seen & (1 << at) == 0;
        self.properties.iter().enumerate().filter(unseen).map(|(_, property)| property)
    }
}
