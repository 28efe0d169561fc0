//! Personal data: marked by its author, found over the caller's view, where it is marked and where it may be.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kizuna_access::marking::personal::{Category, PersonalData};
use kizuna_access::{Party, Principal, redact};
use kizuna_stix::{Id, Object, time};
use kizuna_store::query::{Item, Selection, Start};
use serde_json::{Map, Value, json};

use crate::ingest::{Known, terms};
use crate::{AppError, Listing, Node, Reading};

/// Objects looked at in one step, and in one answer at most.
const STEP: usize = 500;
const LOOKED_AT: usize = 20_000;
/// Texts that are looked through for addresses are no longer than this, in octets.
const TEXT: usize = 64 << 10;
/// The longest legal basis, in characters.
const BASIS: usize = 2_000;

/// Personal data at one place of an object.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PersonalPlace {
    pub object: Id,
    /// JSONPath; `$` for the whole.
    pub place: String,
    /// Marked so, or only likely.
    pub marked: bool,
    pub category: Category,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
    /// When somebody looks again whether it is still needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
}

/// What of an object is personal data, to be marked so.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    pub category: Category,
    /// Why it may be held and shared.
    pub legal_basis: String,
    /// When somebody looks again whether it is still needed.
    #[serde(default)]
    pub review: Option<Date>,
    /// To whom it may go, in words such as `XAS, "Velkar Shield"`; nobody else without a decision.
    #[serde(default)]
    pub named: String,
    /// As granular markings select fields, such as `contact_information` or `external_references.[0].url`; none for the
    /// whole object.
    #[serde(default)]
    pub fields: Vec<String>,
}

impl Node {
    /// Marks the own member's object, or some of its fields, as personal data: a new version under the label it has.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for others' objects, whose bytes are never altered; [`AppError::Invalid`] for a field that
    /// the object has not, and where the rules of releases let nobody write under its label directly.
    pub fn mark_personal(&self, who: &Principal, id: &Id, mark: &Mark) -> Result<Item, AppError> {
        let item = self.own_to_mark(who, id)?;
        let definition = self.personal_definition(who, mark)?;
        let marked = marked(&item, definition.id(), &mark.fields, self.now())?;
        self.replace(who, &item, &[definition, marked])
    }

    /// Takes what marks the own member's object, or some of its fields, as personal data away again: a new version under
    /// the label it has. Other markings stay.
    ///
    /// # Errors
    /// As [`Node::mark_personal`]; [`AppError::Invalid`] where nothing there is marked.
    pub fn unmark_personal(&self, who: &Principal, id: &Id, fields: &[String]) -> Result<Item, AppError> {
        let reading = self.read(who)?;
        let item = self.own_to_mark(who, id)?;
        let mut object = object_of(&item)?;
        if !reading.take_away(&mut object, fields)? {
            return Err(AppError::invalid("$.fields", "nothing there is marked as personal data"));
        }
        let next = next_version(&item, object, self.now())?;
        self.replace(who, &item, &[next])
    }

    /// An object that a person may mark.
    fn own_to_mark(&self, who: &Principal, id: &Id) -> Result<Item, AppError> {
        let item = self.read(who)?.object(id)?;
        let is_anothers = !item.authored && names_creator(&item);
        if item.source != who.member() || is_anothers {
            let why = "only its author marks an object: what others gave is never altered";
            return Err(AppError::Forbidden(why.to_owned()));
        }
        Ok(item)
    }

    /// Gives a new version of an object, with what goes along, under the label that the object has.
    fn replace(&self, who: &Principal, item: &Item, objects: &[Object]) -> Result<Item, AppError> {
        let report = self.contribute(who, objects, &item.label)?;
        let mut outcomes = report.items.into_iter();
        if let Some(refused) = outcomes.find(|item| item.outcome == crate::ItemOutcome::Quarantined) {
            return Err(AppError::Invalid { faults: refused.faults });
        }
        self.read(who)?.object(&item.id)
    }

    fn personal_definition(&self, who: &Principal, mark: &Mark) -> Result<Object, AppError> {
        let legal_basis = mark.legal_basis.trim().to_owned();
        if legal_basis.is_empty() || legal_basis.chars().count() > BASIS {
            return Err(AppError::invalid(
                "$.legal_basis",
                format!("takes up to {BASIS} characters, and some"),
            ));
        }
        let directory = self.directory()?;
        let reader = directory.reader(who, self.now())?;
        // The own member goes on reading what it gives.
        let mut named = BTreeSet::from([Party::Member(who.member())]);
        if !mark.named.trim().is_empty() {
            let known = Known::of(&directory, &reader, self.now());
            let said = terms(&known, &format!("rel:{}", mark.named.trim())).map_err(|_| {
                AppError::invalid("$.named", "names no parties: countries, members, communities")
            })?;
            named.extend(said.label().audience().iter().flatten().copied());
        }
        let data = PersonalData { category: mark.category, legal_basis, review: mark.review, named };
        data.marking().map_err(|faults| AppError::Invalid { faults })
    }
}

/// Whether an object says who made it.
fn names_creator(item: &Item) -> bool {
    serde_json::from_slice::<Value>(&item.bytes).is_ok_and(|object| !object["created_by_ref"].is_null())
}

/// The next version of an object, with a marking on the whole of it or on some fields.
fn marked(item: &Item, marking: &Id, fields: &[String], now: Timestamp) -> Result<Object, AppError> {
    let mut object = object_of(item)?;
    for (place, field) in fields.iter().enumerate() {
        if !redact::selects(field, &object) {
            return Err(AppError::invalid(format!("$.fields[{place}]"), "selects nothing in the object"));
        }
    }
    let (list, entry) = match fields {
        [] => ("object_marking_refs", json!(marking)),
        fields => ("granular_markings", json!({ "marking_ref": marking, "selectors": fields })),
    };
    let list = object.entry(list).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut().filter(|list| !list.contains(&entry)) {
        list.push(entry);
    }
    next_version(item, object, now)
}

fn object_of(item: &Item) -> Result<Map<String, Value>, AppError> {
    match serde_json::from_slice(&item.bytes) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(AppError::Internal(format!("{} is stored, and is no object", item.id))),
    }
}

fn next_version(item: &Item, mut object: Map<String, Value>, now: Timestamp) -> Result<Object, AppError> {
    if item.versioned {
        let next = item.version.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
        object.insert("modified".to_owned(), json!(time::format(now.max(next))));
    }
    Object::from_value(Value::Object(object)).map_err(|faults| AppError::Invalid { faults })
}

impl Reading {
    /// Where the viewer's objects say that something is personal data, and where it is likely: addresses of e-mail,
    /// accounts, names of individuals. What it says stays in the objects: here are places only. In the viewer's order of
    /// arrivals; `next` goes on where this ended, also where nothing was found.
    pub fn personal_data(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Listing<PersonalPlace>, AppError> {
        let question = "personal-data";
        let mut start = match cursor {
            None => Start::First,
            Some(cursor) => Start::After(self.open_cursor(question, cursor)?),
        };
        let selection = Selection::default();
        let (mut found, mut looked_at) = (Vec::new(), 0);
        loop {
            let page = self.view().page(&selection, start, STEP)?;
            for item in &page.items {
                found.extend(self.personal_places(item)?);
                looked_at += 1;
                if found.len() >= limit || looked_at >= LOOKED_AT {
                    let next = Some(self.seal_cursor(question, &item.position)?);
                    return Ok(Listing { items: found, next, more: true });
                }
            }
            match page.next {
                Some(next) => start = Start::After(next),
                None => return Ok(Listing { items: found, next: None, more: false }),
            }
        }
    }

    /// Takes the markings of personal data from some fields of an object, or from the whole; whether there were any.
    fn take_away(&self, object: &mut Map<String, Value>, fields: &[String]) -> Result<bool, AppError> {
        let mut some = false;
        if fields.is_empty() {
            let refs = object.get_mut("object_marking_refs").and_then(Value::as_array_mut);
            for marking in refs.map(std::mem::take).unwrap_or_default() {
                if self.personal_marking(&marking)?.is_some() {
                    some = true;
                } else if let Some(kept) = object.get_mut("object_marking_refs").and_then(Value::as_array_mut)
                {
                    kept.push(marking);
                }
            }
        }
        let entries = object.get_mut("granular_markings").and_then(Value::as_array_mut);
        let entries = entries.map(std::mem::take).unwrap_or_default();
        let mut kept = Vec::new();
        for mut entry in entries {
            if !fields.is_empty() && self.personal_marking(&entry["marking_ref"])?.is_some() {
                let Some(selectors) = entry["selectors"].as_array_mut() else { continue };
                let before = selectors.len();
                let is_named =
                    |one: &Value| one.as_str().is_some_and(|one| fields.iter().any(|it| it == one));
                selectors.retain(|selector| !is_named(selector));
                some |= selectors.len() < before;
                if selectors.is_empty() {
                    continue;
                }
            }
            kept.push(entry);
        }
        object.insert("granular_markings".to_owned(), Value::Array(kept));
        for list in ["object_marking_refs", "granular_markings"] {
            if object.get(list).and_then(Value::as_array).is_some_and(Vec::is_empty) {
                object.remove(list);
            }
        }
        Ok(some)
    }

    fn personal_places(&self, item: &Item) -> Result<Vec<PersonalPlace>, AppError> {
        let Ok(value) = serde_json::from_slice::<Value>(&item.bytes) else { return Ok(Vec::new()) };
        let mut places = Vec::new();
        for (place, stated) in self.personal_markings(&value)? {
            places.push(PersonalPlace {
                object: item.id.clone(),
                place,
                marked: true,
                category: stated.category,
                legal_basis: Some(stated.legal_basis),
                review: stated.review,
            });
        }
        let is_whole = places.iter().any(|known| known.place == "$");
        for (place, category) in likely(item.id.kind(), &value) {
            if is_whole || places.iter().any(|known| known.place == place) {
                continue;
            }
            let (legal_basis, review) = (None, None);
            places.push(PersonalPlace {
                object: item.id.clone(),
                place,
                marked: false,
                category,
                legal_basis,
                review,
            });
        }
        Ok(places)
    }

    /// What an object's markings say is personal data, place by place.
    pub(crate) fn personal_markings(&self, object: &Value) -> Result<Vec<(String, PersonalData)>, AppError> {
        let mut places = Vec::new();
        for marking in object["object_marking_refs"].as_array().into_iter().flatten() {
            if let Some(stated) = self.personal_marking(marking)? {
                places.push(("$".to_owned(), stated));
            }
        }
        for entry in object["granular_markings"].as_array().into_iter().flatten() {
            let Some(stated) = self.personal_marking(&entry["marking_ref"])? else { continue };
            for selector in entry["selectors"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                places.push((format!("$.{selector}"), stated.clone()));
            }
        }
        Ok(places)
    }

    fn personal_marking(&self, id: &Value) -> Result<Option<PersonalData>, AppError> {
        let Some(id) = id.as_str().and_then(|id| id.parse::<Id>().ok()) else { return Ok(None) };
        let Some(item) = self.view().object(&id)? else { return Ok(None) };
        let definition =
            serde_json::from_slice(&item.bytes).ok().and_then(|value| Object::from_value(value).ok());
        Ok(definition.and_then(|definition| PersonalData::read(&definition)))
    }
}

/// Where an object is likely to hold personal data though nothing marks it.
fn likely(kind: &str, object: &Value) -> Vec<(String, Category)> {
    let has = |key: &str| object[key].as_str().is_some_and(|text| !text.is_empty());
    let named = |keys: &[&str], category: Category| -> Vec<(String, Category)> {
        keys.iter().filter(|key| has(key)).map(|key| (format!("$.{key}"), category)).collect()
    };
    match kind {
        "email-addr" => return named(&["value", "display_name"], Category::Contact),
        "user-account" => {
            let keys = ["user_id", "account_login", "display_name"];
            return named(&keys, Category::OnlineIdentifier);
        }
        "identity" if object["identity_class"] == "individual" => {
            let mut places = named(&["name"], Category::Identity);
            places.extend(named(&["contact_information"], Category::Contact));
            return places;
        }
        _ => {}
    }
    let texts =
        ["name", "description", "abstract", "content", "explanation", "contact_information", "subject"];
    let holds_address = |key: &&&str| object[**key].as_str().is_some_and(has_address);
    texts.iter().filter(holds_address).map(|key| (format!("$.{key}"), Category::Contact)).collect()
}

/// Whether a text holds what looks like an address of e-mail.
fn has_address(text: &str) -> bool {
    let is_of_address = |c: char| c.is_alphanumeric() || "@._%+-".contains(c);
    let mut end = text.len().min(TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].split(|c: char| !is_of_address(c)).any(|word| {
        let Some((local, domain)) = word.trim_matches('.').split_once('@') else { return false };
        let ends = domain.rsplit_once('.').is_some_and(|(host, top)| !host.is_empty() && top.len() >= 2);
        !local.is_empty() && ends && !domain.contains('@')
    })
}

#[cfg(test)]
mod tests;
