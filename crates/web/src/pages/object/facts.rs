//! Properties as facts.

use jiff::Timestamp;
use kizuna_app::AppError;
use kizuna_stix::Id;
use serde_json::{Map, Value};

use super::super::title::{Titles, run};
use crate::language::Language;
use crate::moment::Moment;
use crate::preferences::Preferences;
use crate::view::Value as Exact;
use crate::view::object::{Fact, Stated};
use crate::view::row::middle;

/// Shown elsewhere on the page, or of no interest to a reader.
const ELSEWHERE: &[&str] = &[
    "type",
    "spec_version",
    "id",
    "name",
    "description",
    "content",
    "pattern",
    "pattern_type",
    "revoked",
    "object_marking_refs",
    "granular_markings",
    "contents",
];
/// These come first, in this order.
const FIRST: &[&str] = &["created", "modified", "created_by_ref"];
/// Values that are compared character by character.
const EXACT: &[&str] =
    &["value", "path", "key", "serial_number", "command_line", "user_id", "payload_bin", "url"];
/// Characters of what a reference without an address says.
const REMARK: usize = 120;
/// Things of one fact that a page shows.
const MOST: usize = 60;

pub(super) fn facts(
    preferences: &Preferences,
    titles: &mut Titles<'_>,
    object: &Map<String, Value>,
) -> Result<Vec<Fact>, AppError> {
    let others =
        object.keys().map(String::as_str).filter(|name| !FIRST.contains(name) && !ELSEWHERE.contains(name));
    let mut facts = Vec::new();
    for name in FIRST.iter().copied().chain(others) {
        let Some(value) = object.get(name) else { continue };
        let mut stated = Vec::new();
        let several = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for one in several.iter().take(MOST) {
            state(preferences, titles, object, name, one, &mut stated)?;
        }
        if several.len() > MOST {
            stated.push(Stated::Text(crate::view::Run::new("", format!("… +{}", several.len() - MOST))));
        }
        if !stated.is_empty() {
            let property = name.to_owned();
            facts.push(Fact { property, name: preferences.language.term("field", name), stated });
        }
    }
    Ok(facts)
}

fn state(
    preferences: &Preferences,
    titles: &mut Titles<'_>,
    object: &Map<String, Value>,
    name: &str,
    value: &Value,
    stated: &mut Vec<Stated>,
) -> Result<(), AppError> {
    let t = preferences.language;
    let plain = |text: String| Stated::Text(crate::view::Run::new("", text));
    match value {
        Value::String(text) if name.ends_with("_ref") || name.ends_with("_refs") => {
            stated.push(reference(titles, text)?);
        }
        Value::String(text) if EXACT.contains(&name) => stated.push(Stated::Exact(Exact::new(text))),
        Value::String(text) => stated.push(match instant(text) {
            Some(at) => Stated::Time(Moment::new(at, &preferences.zone)),
            None => Stated::Text(run(object, text)),
        }),
        Value::Bool(yes) => stated.push(plain(t.say(if *yes { "yes" } else { "no" }))),
        Value::Number(number) => stated.push(plain(number.to_string())),
        Value::Object(map) if name == "hashes" => {
            for (algorithm, hash) in map {
                stated.push(plain(algorithm.clone()));
                stated.push(Stated::Exact(Exact::uncut(hash.as_str().unwrap_or_default())));
            }
        }
        Value::Object(map) if name == "kill_chain_phases" => {
            let part = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or("–");
            stated.push(plain(format!("{} · {}", part("kill_chain_name"), part("phase_name"))));
        }
        Value::Object(map) if name == "external_references" => stated.push(web(t, map)),
        Value::Null => {}
        other => stated.push(Stated::Json(other.to_string())),
    }
    Ok(())
}

/// Another object: a link where the viewer may read it, its id where not.
fn reference(titles: &mut Titles<'_>, text: &str) -> Result<Stated, AppError> {
    let Ok(id) = text.parse::<Id>() else { return Ok(Stated::Exact(Exact::new(text))) };
    Ok(match titles.find(&id)? {
        Some(title) => {
            Stated::Object { href: format!("/objects/{id}"), kind: id.kind().to_owned(), name: title.text }
        }
        None => Stated::Exact(Exact::uncut(text)),
    })
}

/// A timestamp as STIX writes it.
fn instant(text: &str) -> Option<Timestamp> {
    let looks_like_one = text.len() >= 20 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    if looks_like_one { text.parse().ok() } else { None }
}

fn web(t: Language, map: &Map<String, Value>) -> Stated {
    let part = |key: &str| map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let words: Vec<&str> = [part("source_name"), part("external_id")].into_iter().flatten().collect();
    let name = if words.is_empty() { t.say("field-external_references") } else { words.join(" ") };
    // Only these are links: other schemes can make a browser do something.
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    if let Some(url) = part("url").filter(is_web) {
        return Stated::Web { href: url.to_owned(), name };
    }
    let rest = part("url").or(part("description")).map(|text| format!("{name}: {}", middle(text, REMARK)));
    Stated::Text(crate::view::Run::new("", rest.unwrap_or(name)))
}

#[cfg(test)]
mod tests;
