//! The messages of TAXII 2.1 (§3.6, §4, §5). What a server adds beyond the standard is passed over when read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{instant, media};

mod timestamp {
    //! A timestamp as TAXII writes it.

    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::instant;

    // The signature is serde's.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&instant::format(*at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        instant::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Which API roots a server has (§4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// A URL among `api_roots`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// URLs, absolute or relative to the server's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_roots: Vec<String>,
}

/// What an API root is and can do (§4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiRoot {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Media types of the versions it speaks.
    pub versions: Vec<String>,
    /// Octets of a request's body.
    pub max_content_length: u64,
}

/// The collections of an API root (§5.1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Collections {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<Collection>,
}

/// One collection, as this client may use it (§5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    pub id: Uuid,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Another name for it in paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    pub can_read: bool,
    pub can_write: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<String>,
}

/// Objects, as the bytes they are (§3.7).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Envelope {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Box<RawValue>>,
}

impl Envelope {
    /// Writes an envelope around objects that are JSON already, without reading them. No objects leave no member
    /// behind: TAXII's lists are never empty.
    pub fn write<'a, I>(objects: I, next: Option<&str>) -> Vec<u8>
    where
        I: IntoIterator<Item = &'a [u8]>,
        I::IntoIter: Clone,
    {
        const AROUND_OBJECTS: usize = 64;
        let objects = objects.into_iter();
        let room: usize = objects.clone().map(|object| object.len() + 1).sum();
        let mut bytes = Vec::with_capacity(room + next.map_or(0, str::len) + AROUND_OBJECTS);
        bytes.push(b'{');
        if let Some(next) = next {
            bytes.extend_from_slice(br#""more":true,"next":"#);
            bytes.extend_from_slice(serde_json::Value::from(next).to_string().as_bytes());
        }
        let head = bytes.len();
        for object in objects {
            let separator: &[u8] = match bytes.len() {
                1 => br#""objects":["#,
                length if length == head => br#","objects":["#,
                _ => b",",
            };
            bytes.extend_from_slice(separator);
            bytes.extend_from_slice(object);
        }
        if bytes.len() > head {
            bytes.push(b']');
        }
        bytes.push(b'}');
        bytes
    }
}

/// Which versions of which objects a collection holds (§5.3).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Manifest {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ManifestRecord>,
}

/// One version of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestRecord {
    pub id: String,
    #[serde(with = "timestamp")]
    pub date_added: Timestamp,
    /// `modified`, else `created`, else `date_added`.
    #[serde(with = "timestamp")]
    pub version: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// The versions of an object (§5.8).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VersionList {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// As text, so that a foreign server's precision is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
}

/// What became of objects that were added (§4.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub id: Uuid,
    pub status: Progress,
    #[serde(with = "timestamp")]
    pub request_timestamp: Timestamp,
    pub total_count: u64,
    pub success_count: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successes: Vec<StatusDetail>,
    pub failure_count: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<StatusDetail>,
    pub pending_count: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pendings: Vec<StatusDetail>,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    Complete,
    Pending,
}

/// What became of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetail {
    pub id: String,
    /// `modified`, else `created`, else when it was sent.
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A failure (§3.6.1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ErrorMessage {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which occurrence of a failure it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// A text, by the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_details: Option<String>,
    /// Place → rule.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, serde_json::Value>,
}

impl ApiRoot {
    /// An API root of this program.
    pub fn new(title: impl Into<String>, max_content_length: u64) -> Self {
        let versions = vec![media::VERSION.to_owned()];
        Self { title: title.into(), description: None, versions, max_content_length }
    }
}

impl ManifestRecord {
    /// A record of a STIX 2.1 object.
    pub fn new(id: impl Into<String>, date_added: Timestamp, version: Timestamp) -> Self {
        Self { id: id.into(), date_added, version, media_type: Some(media::STIX.to_owned()) }
    }
}

impl StatusDetail {
    /// `message` says why, where it failed.
    pub fn new(id: impl Into<String>, version: Timestamp, message: Option<String>) -> Self {
        Self { id: id.into(), version: instant::format(version), message }
    }
}

#[cfg(test)]
mod tests;
