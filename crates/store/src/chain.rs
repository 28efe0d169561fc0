//! The chain of the audit: each line carries the digest of the line before it, so that none can be taken out unseen.
//!
//! The digest is over a line's *sealed* form, in which a commitment stands for every identifier of an object. So who
//! may read none of the objects can check the chain all the same, and for an identifier that he may read he is given
//! the key that opens its commitment, which opens no other.

use kizuna_stix::{Id, canonical};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::clock::instant;
use crate::writer::AuditEntry;

/// The digest of a line; zeros before the first one.
pub(crate) type Link = [u8; 32];

/// The key that opens the commitment to one identifier in one line. Without the line's salt none follows from another.
pub(crate) fn key(salt: &[u8], id: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(id).finalize().into()
}

/// What stands for an identifier in a sealed line.
pub(crate) fn commitment(key: &[u8; 32], id: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::new().chain_update(key).chain_update(id).finalize()))
}

fn committed(salt: &[u8], id: &str) -> String {
    commitment(&key(salt, id), id)
}

/// The identifiers of objects in a text, also amid other words.
pub(crate) fn ids_in(text: &str) -> impl Iterator<Item = Id> + '_ {
    let is_of_id = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    // An identifier may have more hyphens about it than are its own.
    text.split(move |letter| !is_of_id(letter)).filter_map(|word| word.trim_matches('-').parse::<Id>().ok())
}

/// Calls for every text in a value.
pub(crate) fn each_text(
    value: &mut Value,
    change: &mut impl FnMut(&mut String) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().try_for_each(|item| each_text(item, change)),
        Value::Object(map) => map.values_mut().try_for_each(|item| each_text(item, change)),
        _ => Ok(()),
    }
}

/// The sealed form of a line, as the digest is taken over it.
pub(crate) fn sealed(
    previous: &Link,
    number: i64,
    at: i64,
    salt: &[u8],
    entry: &AuditEntry,
) -> Result<Map<String, Value>, StoreError> {
    let unwritable = |e: serde_json::Error| StoreError::Engine(format!("an entry cannot be written: {e}"));
    let mut detail = entry.detail.clone();
    each_text(&mut detail, &mut |text| {
        let ids: Vec<Id> = ids_in(text).collect();
        for id in ids {
            *text = text.replace(id.as_str(), &committed(salt, id.as_str()));
        }
        Ok(())
    })?;
    let line = json!({
        "previous": hex::encode(previous),
        "number": number,
        "at": instant(at),
        "actor": serde_json::to_value(&entry.actor).map_err(unwritable)?,
        "action": entry.action,
        "object": entry.object.as_ref().map(|id| committed(salt, id.as_str())),
        "detail": detail,
    });
    match line {
        Value::Object(line) => Ok(line),
        _ => Err(StoreError::Engine("a line of the audit is no object".into())),
    }
}

/// The digest of a sealed line: SHA-256 of its canonical JSON (RFC 8785).
pub(crate) fn digest(line: &Map<String, Value>) -> Link {
    Sha256::digest(canonical::map_to_vec(line)).into()
}

/// What is wrong with a line that was exported, by itself; its digest where nothing is.
///
/// # Errors
/// In words: the digest is not that of the line, or an identifier does not open its commitment.
pub fn check(line: &Map<String, Value>) -> Result<String, String> {
    let mut sealed = line.clone();
    let said = sealed.remove("digest").unwrap_or_default();
    let opened = sealed.remove("opened").unwrap_or_default();
    let found = hex::encode(digest(&sealed));
    if said.as_str() != Some(found.as_str()) {
        return Err("its digest is not that of its content".to_owned());
    }
    for one in opened.as_array().into_iter().flatten() {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut key = [0; 32];
        let is_opened = hex::decode_to_slice(text("key"), &mut key).is_ok()
            && commitment(&key, text("id")) == text("commitment");
        if !is_opened {
            return Err(format!("{} does not open its commitment", text("id")));
        }
    }
    Ok(found)
}
