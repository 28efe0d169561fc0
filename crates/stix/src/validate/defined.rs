//! What STIX 2.1 defines of a type, by name: for those who let in what is named and nothing else.

use serde_json::{Map, Value};

use super::table::{self, Class, Form, Spec};
use crate::fault::Path;

/// A type that STIX 2.1 defines.
#[derive(Debug, Clone, Copy)]
pub struct Defined(&'static Spec);

/// The type of this name, where STIX defines it.
pub fn defined(kind: &str) -> Option<Defined> {
    let spec = table::spec(kind);
    (spec.class != Class::Custom).then_some(Defined(spec))
}

/// Every type of STIX 2.1 but the bundle, by name.
pub fn all_defined() -> impl Iterator<Item = Defined> {
    table::TYPES.iter().map(|spec| Defined(spec))
}

impl Defined {
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The names of its properties, those that it shares with its class after its own.
    pub fn properties(self) -> impl Iterator<Item = &'static str> {
        self.0.properties.iter().chain(self.0.common).map(|property| property.name)
    }

    /// The keys of its predefined extensions.
    pub fn extensions(self) -> impl Iterator<Item = &'static str> {
        self.0.extensions.iter().map(|extension| extension.name)
    }
}

/// Where, inside the properties that STIX defines of this object, there is a member that STIX does not define. What
/// stands in a dictionary is named by its author, and so no stranger.
pub fn strangers(object: &Map<String, Value>) -> Vec<String> {
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut found = Vec::new();
    members(table::spec(kind), object, &Path::Root, &mut found);
    found
}

fn members(spec: &'static Spec, map: &Map<String, Value>, path: &Path<'_>, found: &mut Vec<String>) {
    for (name, value) in map {
        let place = path.key(name);
        let mut known = spec.properties.iter().chain(spec.common);
        match known.find(|property| property.name == name).map(|property| property.form) {
            Some(Form::Extensions) => extensions(spec, value, &place, found),
            Some(form) => inside(form, value, &place, found),
            // At the root it is for the caller, who has names of his own.
            None if matches!(path, Path::Root) => {}
            None => found.push(place.to_string()),
        }
    }
}

fn inside(form: Form, value: &Value, path: &Path<'_>, found: &mut Vec<String>) {
    match (form, value) {
        (Form::Part(spec), Value::Object(map)) => members(spec, map, path, found),
        (Form::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                inside(*item, value, &path.index(index), found);
            }
        }
        _ => {}
    }
}

fn extensions(spec: &'static Spec, value: &Value, path: &Path<'_>, found: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    for (name, value) in map {
        let predefined = spec.extensions.iter().find(|extension| extension.name == name);
        if let (Some(predefined), Value::Object(map)) = (predefined, value) {
            members(predefined, map, &path.key(name), found);
        }
    }
}
