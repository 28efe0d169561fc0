//! Personal data: found over the caller's view, where it is marked and where it may be.

use jiff::civil::Date;
use kizuna_access::marking::personal::{Category, PersonalData};
use kizuna_stix::{Id, Object};
use kizuna_store::query::{Item, Selection, Start};
use serde_json::Value;

use crate::{AppError, Listing, Reading};

/// Objects looked at in one step, and in one answer at most.
const STEP: usize = 500;
const LOOKED_AT: usize = 20_000;
/// Texts that are looked through for addresses are no longer than this, in octets.
const TEXT: usize = 64 << 10;

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
