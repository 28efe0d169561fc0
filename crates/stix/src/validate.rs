//! Validation, driven by a table of types and properties ([`table`]).
//!
//! Every fault is reported, not only the first. How much one weighs is bound by the design: an error is a bad
//! id, type or timestamp and a missing required property; everything else is a warning. Two cases are read into
//! that line here. A required property of the wrong kind of JSON value counts as missing. An identifier that
//! cannot be read is a bad id wherever it stands, and markings that cannot be read are unreadable identifiers:
//! who cannot tell how content is marked must not pass it on as if it were unmarked.

use std::fmt::Display;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::fault::Path;
use crate::{Fault, Id, Object, canonical, id, json, time};

mod granular;
mod rules;
mod shape;
pub(crate) mod table;
#[cfg(test)]
mod tests;

use table::{Class, Form, Property, Rule, Spec, Target};

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
        if spec.class == Class::Meta && map.get("modified").is_none() {
            return;
        }
        let order = Rule::NotBefore("created", "modified");
        self.rule("§3.6", &order, map, &root);
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
        if property.required && !has_kind(property.form, value) {
            let expected = describe(property.form);
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
            let rule = "STIX 2.1 §3.1: a property name is 3 to 250 of a-z, 0-9 and _";
            self.warn(&path.key(name), rule);
        }
    }

    fn form(&mut self, form: Form, section: &str, value: &Value, path: &Path<'_>) {
        match (form, value) {
            (Form::Text | Form::Vocabulary, Value::String(_)) | (Form::Bool, Value::Bool(_)) => {}
            (Form::Time, Value::String(text)) => {
                if time::parse(text).is_err() {
                    self.error(path, "STIX 2.1 §2.16: a timestamp is YYYY-MM-DDTHH:MM:SS[.fraction]Z");
                }
            }
            (Form::Time, _) => {
                self.error(path, "STIX 2.1 §2.16: a timestamp is YYYY-MM-DDTHH:MM:SS[.fraction]Z");
            }
            (Form::Identifier(target), _) => self.identifier(target, section, value, path),
            (Form::List(item), Value::Array(items)) => self.list(*item, section, items, path),
            (Form::Part(spec), Value::Object(map)) => self.members(spec, map, path),
            (Form::Enum(terms), Value::String(term)) => {
                if !terms.contains(&term.as_str()) {
                    self.warn(path, format!("STIX 2.1 {section}: must be one of {}", terms.join(", ")));
                }
            }
            (Form::Integer(least, most), Value::Number(number)) if number.is_i64() => {
                if !number.as_i64().is_some_and(|integer| (least..=most).contains(&integer)) {
                    let unbounded = most == table::LARGEST_INTEGER;
                    self.warn(path, out_of_range(section, least, most, unbounded));
                }
            }
            (Form::Float(least, most), Value::Number(number)) => {
                if !number.as_f64().is_some_and(|float| (least..=most).contains(&float)) {
                    self.warn(path, out_of_range(section, least, most, most == f64::INFINITY));
                }
            }
            (Form::Hex, Value::String(text)) => {
                if !shape::is_hex(text) {
                    self.warn(path, "STIX 2.1 §2.8: must be hexadecimal digits, an even number of them");
                }
            }
            (Form::Base64, Value::String(text)) => {
                if !shape::is_base64(text) {
                    self.warn(path, "STIX 2.1 §2.1: must be base64 (RFC 4648 §4)");
                }
            }
            (Form::Language, Value::String(text)) => {
                if !shape::is_language(text) {
                    self.warn(path, "STIX 2.1 §3.2: must be a language tag (RFC 5646)");
                }
            }
            (Form::Shaped(has_shape, rule), Value::String(text)) => {
                if !has_shape(text) {
                    self.warn(path, format!("STIX 2.1 {section}: {rule}"));
                }
            }
            (Form::Hashes, Value::Object(map)) => self.hashes(map, path),
            (Form::Dictionary, Value::Object(map)) => self.dictionary(map, path),
            (Form::Container, Value::Object(map)) => self.observables(map, path),
            (Form::List(Form::Identifier(_)), _) if is_marking(path) => {
                self.error(path, "STIX 2.1 §7.2.2: object_marking_refs must be a list of identifiers");
            }
            (Form::List(Form::Part(_)), _) if is_marking(path) => {
                self.error(path, "STIX 2.1 §7.2.3: granular_markings must be a list of granular markings");
            }
            (Form::Part(_), _) if is_granular_item(path) => {
                self.error(path, "STIX 2.1 §7.2.3: a granular marking must be an object");
            }
            _ => self.warn(path, format!("STIX 2.1 {section}: must be {}", describe(form))),
        }
    }

    fn list(&mut self, item: Form, section: &str, items: &[Value], path: &Path<'_>) {
        if items.is_empty() {
            self.warn(path, "STIX 2.1 §2.12: a list must have at least one item");
        }
        for (index, value) in items.iter().enumerate() {
            self.form(item, section, value, &path.index(index));
        }
    }

    fn identifier(&mut self, target: Target, section: &str, value: &Value, path: &Path<'_>) {
        let Value::String(text) = value else {
            return self.error(path, "STIX 2.1 §2.9: must be an identifier (type--uuid)");
        };
        let kind = if let Some(container) = self.container {
            let Some(referred) = container.get(text) else {
                return self.warn(path, "STIX 2.0 part 3 §2.6: must be a key of the observed-data's objects");
            };
            referred.get("type").and_then(Value::as_str).unwrap_or_default()
        } else {
            let Some(kind) = id::kind_of(text) else {
                return self.error(path, "STIX 2.1 §2.9: must be an identifier (type--uuid)");
            };
            kind
        };
        let class = || table::spec(kind).class;
        let allowed = match target {
            Target::Any => true,
            Target::Only(kinds) => kinds.contains(&kind),
            Target::Except(kinds) => !kinds.contains(&kind),
            Target::Class(wanted) => class() == wanted || class() == Class::Custom,
        };
        if allowed {
            return;
        }
        let rule = match target {
            Target::Only(kinds) => {
                format!("STIX 2.1 {section}: must refer to {}, not to {kind}", kinds.join(", "))
            }
            Target::Class(Class::Cyber) => {
                format!("STIX 2.1 {section}: must refer to an observable, not to {kind}")
            }
            Target::Class(_) => format!("STIX 2.1 {section}: must refer to a domain object, not to {kind}"),
            Target::Any | Target::Except(_) => format!("STIX 2.1 {section}: must not refer to {kind}"),
        };
        self.warn(path, rule);
    }

    fn hashes(&mut self, map: &Map<String, Value>, path: &Path<'_>) {
        if map.is_empty() {
            self.warn(path, "STIX 2.1 §2.7: hashes must have at least one entry");
        }
        for (name, value) in map {
            let path = path.key(name);
            if !shape::is_hash_name(name) {
                self.warn(&path, "STIX 2.1 §2.7: the name of a hash is 3 to 250 of A-Z, a-z, 0-9, - and _");
            }
            match value {
                Value::String(text) if shape::is_hash(name, text) => {}
                Value::String(_) => self.warn(&path, format!("STIX 2.1 §2.7: this is no {name} hash")),
                _ => self.warn(&path, "STIX 2.1 §2.7: must be a string"),
            }
        }
    }

    fn dictionary(&mut self, map: &Map<String, Value>, path: &Path<'_>) {
        if map.is_empty() {
            self.warn(path, "STIX 2.1 §2.3: a dictionary must have at least one entry");
        }
        for (name, value) in map {
            if !shape::is_dictionary_key(name) {
                let rule = "STIX 2.1 §2.3: a key is 1 to 250 of A-Z, a-z, 0-9, - and _";
                self.warn(&path.key(name), rule);
            }
            if value.is_null() {
                self.null(&path.key(name));
            }
        }
    }

    /// STIX 2.1 §4.14: the `objects` of an observed-data, deprecated but still met.
    fn observables(&mut self, map: &Map<String, Value>, path: &Path<'_>) {
        if map.is_empty() {
            self.warn(path, "STIX 2.1 §4.14: objects must have at least one observable");
        }
        let mut check = Check { faults: std::mem::take(&mut self.faults), container: Some(map) };
        for (key, value) in map {
            let path = path.key(key);
            let kind = value.get("type").and_then(Value::as_str);
            let (Some(kind), Value::Object(members)) = (kind, value) else {
                check.warn(&path, "STIX 2.1 §4.14: must be an observable with a type");
                continue;
            };
            let spec = table::spec(kind);
            check.members(spec, members, &path);
        }
        self.faults = check.faults;
    }

    fn extensions(&mut self, spec: &'static Spec, value: &Value, path: &Path<'_>) {
        let Value::Object(map) = value else {
            return self.warn(path, "STIX 2.1 §3.2: extensions must be a dictionary");
        };
        if map.is_empty() {
            self.warn(path, "STIX 2.1 §2.3: a dictionary must have at least one entry");
        }
        for (name, value) in map {
            let path = path.key(name);
            let Value::Object(extension) = value else {
                self.warn(&path, "STIX 2.1 §7.3: an extension must be an object");
                continue;
            };
            if let Some(predefined) = spec.extensions.iter().find(|predefined| predefined.name == name) {
                self.members(predefined, extension, &path);
            } else if id::kind_of(name) == Some("extension-definition") {
                self.extension_type(extension, &path);
            } else if self.container.is_none() {
                let rule = "STIX 2.1 §7.3: the key of an extension is the id of its extension-definition";
                self.warn(&path, rule);
            }
        }
    }

    fn extension_type(&mut self, extension: &Map<String, Value>, path: &Path<'_>) {
        const TERMS: &[&str] =
            &["new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"];
        if let Some(value) = extension.get("extension_type") {
            self.form(Form::Enum(TERMS), "§7.3", value, &path.key("extension_type"));
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

fn out_of_range(section: &str, least: impl Display, most: impl Display, unbounded: bool) -> String {
    if unbounded {
        format!("STIX 2.1 {section}: must be at least {least}")
    } else {
        format!("STIX 2.1 {section}: must be from {least} to {most}")
    }
}

/// Both timestamps, where both can be read and are not the same text.
fn times(map: &Map<String, Value>, first: &str, second: &str) -> Option<(Timestamp, Timestamp)> {
    let second = map.get(second)?.as_str()?;
    let first = map.get(first)?.as_str()?;
    Some((time::parse(first).ok()?, time::parse(second).ok()?))
}

fn is_marking(path: &Path<'_>) -> bool {
    matches!(path, Path::Key(_, "object_marking_refs" | "granular_markings"))
}

fn is_granular_item(path: &Path<'_>) -> bool {
    matches!(path, Path::Index(Path::Key(_, "granular_markings"), _))
}

/// Whether the value is of the right kind of JSON; what it says is another question.
fn has_kind(form: Form, value: &Value) -> bool {
    match form {
        Form::Bool => value.is_boolean(),
        Form::Integer(..) => value.is_i64() || value.is_u64(),
        Form::Float(..) => value.is_number(),
        Form::Hashes | Form::Dictionary | Form::Container | Form::Part(_) | Form::Extensions => {
            value.is_object()
        }
        Form::List(_) => value.is_array(),
        Form::Elsewhere => !value.is_null(),
        _ => value.is_string(),
    }
}

fn describe(form: Form) -> &'static str {
    match form {
        Form::Bool => "true or false",
        Form::Integer(..) => "an integer",
        Form::Float(..) => "a number",
        Form::Time => "a timestamp",
        Form::Identifier(_) => "an identifier",
        Form::List(_) => "a list",
        Form::Hashes | Form::Dictionary | Form::Container | Form::Extensions => "a dictionary",
        Form::Part(_) => "an object",
        _ => "a string",
    }
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
