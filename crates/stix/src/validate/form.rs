//! Single values against the form that the table gives them.

use std::fmt::Display;

use serde_json::{Map, Value};

use super::table::{self, Class, Form, Spec, Target};
use super::{Check, shape};
use crate::fault::Path;
use crate::{id, time};

impl Check<'_> {
    pub(super) fn form(&mut self, form: Form, section: &str, value: &Value, path: &Path<'_>) {
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
                    self.warn(
                        path,
                        "STIX 2.1 §2.8: must be lower-case hexadecimal digits, an even number of them",
                    );
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

    pub(super) fn extensions(&mut self, spec: &'static Spec, value: &Value, path: &Path<'_>) {
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
        let place = path.key("extension_type");
        match extension.get("extension_type") {
            Some(value) => self.form(Form::Enum(TERMS), "§7.3", value, &place),
            None => self.warn(
                &place,
                "STIX 2.1 §3.2: an extension by an extension-definition says its extension_type",
            ),
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

fn is_marking(path: &Path<'_>) -> bool {
    matches!(path, Path::Key(_, "object_marking_refs" | "granular_markings"))
}

fn is_granular_item(path: &Path<'_>) -> bool {
    matches!(path, Path::Index(Path::Key(_, "granular_markings"), _))
}

/// Whether the value is of the right kind of JSON; what it says is another question.
pub(super) fn has_kind(form: Form, value: &Value) -> bool {
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

pub(super) fn describe(form: Form) -> &'static str {
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
