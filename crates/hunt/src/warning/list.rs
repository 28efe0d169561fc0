//! A warninglist as it is written: MISP's file, or the objects that a node makes of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::WarningError;

/// The STIX type of a list that a node took in.
const KIND: &str = "kizuna-warninglist";

/// One list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct List {
    pub name: String,
    /// How a value is compared, in MISP's words.
    #[serde(rename = "type")]
    pub matching: String,
    #[serde(rename = "list")]
    pub values: Vec<String>,
    /// Types of attributes that the list is about; none for all.
    #[serde(default)]
    pub matching_attributes: Vec<String>,
}

/// The lists in a file: one in MISP's layout, or those among the objects of a STIX bundle, envelope or array.
pub fn read(json: &[u8]) -> Result<Vec<List>, WarningError> {
    let list = serde_json::from_slice::<List>(json);
    let error = match list {
        Ok(list) => return Ok(vec![list]),
        Err(error) => error,
    };
    let value: Value = serde_json::from_slice(json)?;
    let objects = match &value {
        Value::Array(objects) => objects.as_slice(),
        Value::Object(fields) => match fields.get("objects") {
            Some(Value::Array(objects)) => objects.as_slice(),
            _ => std::slice::from_ref(&value),
        },
        _ => &[],
    };
    let lists = of_objects(objects.iter().filter_map(Value::as_object));
    if lists.is_empty() { Err(error.into()) } else { Ok(lists) }
}

/// The lists among objects of STIX. Of the objects of one name those of the latest version are the list: an older version
/// may have had more parts.
pub fn of_objects<'a>(objects: impl Iterator<Item = &'a Map<String, Value>>) -> Vec<List> {
    let mut lists: BTreeMap<&str, (&str, List)> = BTreeMap::new();
    for object in objects {
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let texts = |name: &str| {
            let values = object.get(name).and_then(Value::as_array).into_iter().flatten();
            values.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        if text("type") != KIND || object.get("revoked") == Some(&Value::Bool(true)) {
            continue;
        }
        let (name, modified) = (text("name"), text("modified"));
        let (latest, list) = lists.entry(name).or_default();
        if modified < *latest {
            continue;
        }
        if modified > *latest {
            *latest = modified;
            *list = List {
                name: name.to_owned(),
                matching: text("matching").to_owned(),
                values: Vec::new(),
                matching_attributes: texts("matching_attributes"),
            };
        }
        list.values.extend(texts("values"));
    }
    lists.into_values().map(|(_, list)| list).collect()
}
