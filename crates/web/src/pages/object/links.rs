//! What other readable objects say about one: relations, sightings, translations, mentions.

use kizuna_access::overlay;
use kizuna_access::travel::{LABEL_KIND, RECALL_KIND};
use kizuna_app::attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_app::{AppError, Item, Reading, Search};
use kizuna_stix::Id;
use serde_json::{Map, Value};

use super::super::title::{Titles, properties};
use crate::label;
use crate::language::grouped;
use crate::moment::Moment;
use crate::preferences::Preferences;
use crate::view::Run;
use crate::view::object::{Relation, Relations, Sighting, Translation};

/// Relations that a page shows.
const RELATIONS: usize = 200;
const SIGHTINGS: usize = 100;
const TRANSLATIONS: usize = 20;
const MENTIONS: usize = 20;
/// Referring objects that are looked at for mentions: most may refer only as their author or marking.
const LOOKED_AT: usize = 200;

fn referring(
    reading: &Reading,
    id: &Id,
    kinds: &[&str],
    limit: usize,
) -> Result<(Vec<Item>, bool), AppError> {
    let kinds = kinds.iter().map(|&kind| kind.to_owned()).collect();
    let search = Search { refers_to: Some(id.clone()), kinds, ..Search::default() };
    let listing = reading.search(&search, None, limit)?;
    Ok((listing.items, listing.more))
}

fn refers(object: &Map<String, Value>, property: &str, id: &Id) -> bool {
    object.get(property).and_then(Value::as_str) == Some(id.as_str())
}

pub(super) fn relations(
    preferences: &Preferences,
    reading: &Reading,
    titles: &mut Titles<'_>,
    id: &Id,
) -> Result<Relations, AppError> {
    let t = preferences.language;
    let (items, more) = referring(reading, id, &["relationship"], RELATIONS)?;
    let mut shown = Vec::new();
    for item in &items {
        let object = properties(&item.bytes);
        let outgoing = refers(&object, "source_ref", id);
        if !outgoing && !refers(&object, "target_ref", id) {
            continue;
        }
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let other = text(if outgoing { "target_ref" } else { "source_ref" });
        let Ok(other) = other.parse::<Id>() else { continue };
        let name = titles.find(&other)?.map_or_else(|| Run::new("", other.as_str()), |title| title.text);
        shown.push(Relation {
            href: format!("/objects/{}", item.id),
            outgoing,
            verb: t.term("verb", text("relationship_type")),
            other_href: format!("/objects/{other}"),
            other_kind: other.kind().to_owned(),
            other: name,
            label: label::view(t, &item.label, reading),
            source: reading.member_name(item.source),
            revoked: item.revoked,
        });
    }
    Ok(Relations { shown, more })
}

pub(super) fn sightings(
    preferences: &Preferences,
    reading: &Reading,
    titles: &mut Titles<'_>,
    id: &Id,
) -> Result<Vec<Sighting>, AppError> {
    let (items, _) = referring(reading, id, &["sighting"], SIGHTINGS)?;
    let mut shown = Vec::new();
    for item in &items {
        let object = properties(&item.bytes);
        if !refers(&object, "sighting_of_ref", id) {
            continue;
        }
        let time = |name: &str| {
            let at = object.get(name)?.as_str()?.parse().ok()?;
            Some(Moment::new(at, &preferences.zone))
        };
        shown.push(Sighting {
            href: format!("/objects/{}", item.id),
            source: sighted_by(titles, &object)?.unwrap_or_else(|| reading.member_name(item.source)),
            count: object.get("count").and_then(Value::as_u64).map(grouped),
            first: time("first_seen"),
            last: time("last_seen"),
            label: label::view(preferences.language, &item.label, reading),
        });
    }
    Ok(shown)
}

/// Who saw it, where the sighting says so and the viewer may know.
fn sighted_by(titles: &mut Titles<'_>, object: &Map<String, Value>) -> Result<Option<String>, AppError> {
    let seen_by = object.get("where_sighted_refs").and_then(Value::as_array);
    let first = seen_by.and_then(|all| all.first()?.as_str()?.parse::<Id>().ok());
    let Some(first) = first else { return Ok(None) };
    Ok(titles.find(&first)?.map(|title| title.text.text))
}

pub(super) fn translations(
    preferences: &Preferences,
    reading: &Reading,
    id: &Id,
    shown: &Item,
) -> Result<Vec<Translation>, AppError> {
    let t = preferences.language;
    let (items, _) = referring(reading, id, &["language-content"], TRANSLATIONS)?;
    let mut translations = Vec::new();
    for item in items.iter().filter(|item| !item.revoked) {
        let object = properties(&item.bytes);
        if !refers(&object, "object_ref", id) {
            continue;
        }
        let bound = object.get("object_modified").and_then(Value::as_str);
        let bound = bound.and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let stale = shown.versioned && bound.is_some_and(|at| at != shown.version);
        let Some(contents) = object.get("contents").and_then(Value::as_object) else { continue };
        for (lang, fields) in contents {
            let text = |(name, value): (&String, &Value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (t.term("field", name), text)
            };
            translations.push(Translation {
                href: format!("/objects/{}", item.id),
                lang: lang.clone(),
                fields: fields.as_object().into_iter().flatten().map(text).collect(),
                stale,
                label: label::view(t, &item.label, reading),
                source: reading.member_name(item.source),
            });
        }
    }
    Ok(translations)
}

/// Reports, groupings, notes and others that refer to it by more than their author or their markings.
pub(super) fn mentions(reading: &Reading, id: &Id) -> Result<Vec<Item>, AppError> {
    let (items, _) = referring(reading, id, &[], LOOKED_AT)?;
    let is_mention = |item: &Item| {
        let kind = item.id.kind();
        let shown_elsewhere = match kind {
            "relationship" => {
                let object = properties(&item.bytes);
                refers(&object, "source_ref", id) || refers(&object, "target_ref", id)
            }
            "sighting" => refers(&properties(&item.bytes), "sighting_of_ref", id),
            "language-content" => refers(&properties(&item.bytes), "object_ref", id),
            LABEL_KIND | RECALL_KIND | ATTESTATION_KIND | KEY_KIND | overlay::KIND => true,
            _ => false,
        };
        !shown_elsewhere && mentions_it(&properties(&item.bytes), id)
    };
    Ok(items.into_iter().filter(is_mention).take(MENTIONS).collect())
}

fn mentions_it(object: &Map<String, Value>, id: &Id) -> bool {
    const FRAME: [&str; 3] = ["created_by_ref", "object_marking_refs", "granular_markings"];
    let parts = object.iter().filter(|(name, _)| !FRAME.contains(&name.as_str()));
    parts.into_iter().any(|(_, value)| holds(value, id.as_str()))
}

fn holds(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text == id,
        Value::Array(items) => items.iter().any(|item| holds(item, id)),
        Value::Object(map) => map.values().any(|item| holds(item, id)),
        _ => false,
    }
}
