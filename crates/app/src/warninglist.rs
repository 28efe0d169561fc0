//! Warninglists in MISP's layout, which become objects when they are taken in.
//!
//! Each list is one `kizuna-warninglist`, or several where it is long, so that it is labelled, versioned and served as all
//! else is. Who sweeps with what a node serves leaves out what its lists hold.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil};
use kizuna_access::marking::extension::WARNINGLIST;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::AppError;

#[cfg(test)]
mod tests;

/// The STIX type of a warninglist.
pub const KIND: &str = "kizuna-warninglist";
/// How values may be compared.
const MATCHING: [&str; 5] = ["string", "hostname", "cidr", "substring", "regex"];
/// Values in one object: an object has a size that every reader takes.
const PART: usize = 50_000;
/// When the first of these lists was made: the `created` of every list, whose versions are later.
const FIRST: civil::Date = civil::date(2016, 1, 1);

/// A list as its file has it. What else a file holds makes it no list: so envelopes are told from lists by their first
/// names, without being read to the end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(rename = "type")]
    matching: String,
    list: Vec<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    version: Value,
    #[serde(default)]
    matching_attributes: Vec<String>,
    #[serde(default, rename = "category")]
    _category: Value,
    #[serde(default, rename = "default")]
    _default: Value,
}

/// An envelope of the objects that a warninglist becomes; `None` where the bytes are no warninglist.
///
/// # Errors
/// [`AppError::Invalid`] where a list compares in a way that is not known.
pub(crate) fn envelope(bytes: &[u8]) -> Result<Option<Vec<u8>>, AppError> {
    let Ok(file) = serde_json::from_slice::<File>(bytes) else { return Ok(None) };
    if !MATCHING.contains(&file.matching.as_str()) {
        return Err(AppError::invalid(
            "type",
            format!("`{}` is no way in which a list compares", file.matching),
        ));
    }
    let version = match &file.version {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let created = at(SignedDuration::ZERO)?;
    let modified = modified(&version)?;
    let parts = file.list.chunks(PART).count();
    let mut objects = Vec::new();
    for (place, values) in file.list.chunks(PART).enumerate() {
        let part = place + 1;
        let name = format!("urn:kizuna:warninglist:{}:{part}", file.name);
        let extensions =
            BTreeMap::from([(WARNINGLIST.id().to_string(), json!({ "extension_type": WARNINGLIST.kind }))]);
        let mut object = json!({
            "type": KIND,
            "spec_version": "2.1",
            "id": format!("{KIND}--{}", Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())),
            "created": created,
            "modified": modified,
            "name": file.name,
            "matching": file.matching,
            "part": part,
            "parts": parts,
            "values": values,
            "extensions": extensions,
        });
        for (property, text) in [("description", &file.description), ("list_version", &version)] {
            if !text.is_empty() {
                object[property] = text.as_str().into();
            }
        }
        if !file.matching_attributes.is_empty() {
            object["matching_attributes"] = json!(file.matching_attributes);
        }
        objects.push(object);
    }
    if objects.is_empty() {
        return Err(AppError::invalid("list", "holds no value"));
    }
    Ok(Some(json!({ "objects": objects }).to_string().into_bytes()))
}

/// When a version of a list was made: lists count their versions by the day (`20240117`) or from one.
fn modified(version: &str) -> Result<String, AppError> {
    let day = version.get(..8).and_then(|day| civil::Date::strptime("%Y%m%d", day).ok());
    let rest = if day.is_some() { &version[8..] } else { version };
    let seconds = rest.parse::<u32>().unwrap_or_default();
    let days = day.filter(|day| *day > FIRST).map_or(SignedDuration::ZERO, |day| day.duration_since(FIRST));
    at(days + SignedDuration::from_secs(i64::from(seconds)))
}

fn at(later: SignedDuration) -> Result<String, AppError> {
    let first = FIRST.to_zoned(jiff::tz::TimeZone::UTC).map(|first| first.timestamp());
    let time: Result<Timestamp, jiff::Error> = first.and_then(|first| first.checked_add(later));
    let time = time.map_err(|_| AppError::invalid("version", "is of no time that can be"))?;
    Ok(kizuna_stix::time::format(time))
}
