//! Asks one node, with one viewer's key, over its native API.

use std::collections::HashMap;
use std::time::Duration;

use kizuna_access::{CommunityId, Label, MemberId, PersonId};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Viewer;
use crate::label::{self, Names};
use crate::language::grouped;
use crate::moment::Moment;
use crate::pages::{own_title, properties, run};
use crate::preferences::Preferences;
use crate::view::demo::{Seen, SeenObject};

/// A node that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
const DIGEST_SHOWN: usize = 12;

/// One viewer, and how the reader of the page wants it told.
pub(super) struct Asker {
    agent: ureq::Agent,
    node: String,
    key: String,
    preferences: Preferences,
}

/// An item of the native API, as far as it is shown.
#[derive(serde::Deserialize)]
struct Item {
    version: jiff::Timestamp,
    label: Label,
    object: Box<serde_json::value::RawValue>,
}

#[derive(serde::Deserialize)]
struct List<T> {
    items: Vec<T>,
}

#[derive(serde::Deserialize)]
struct Named {
    id: Uuid,
    name: String,
}

#[derive(serde::Deserialize)]
struct Count {
    at_least: u64,
    capped: bool,
}

impl Asker {
    pub fn new(viewer: &Viewer, preferences: &Preferences) -> Self {
        let agent =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        let node = viewer.node.trim_end_matches('/').to_owned();
        Self { agent: agent.into(), node, key: viewer.key.clone(), preferences: preferences.clone() }
    }

    /// What the viewer sees of an object, and how many objects it reads in all.
    pub fn see(&self, id: &str) -> (Seen, Option<String>) {
        let objects = self.get::<Count>("/api/v1/count").ok().flatten();
        let objects =
            objects.map(|all| format!("{}{}", grouped(all.at_least), if all.capped { "+" } else { "" }));
        let seen = match self.get::<Item>(&format!("/api/v1/objects/{id}")) {
            Ok(Some(item)) => self.object(id, &item),
            Ok(None) => Seen::Nothing,
            Err(reason) => Seen::Unreachable(reason),
        };
        (seen, objects)
    }

    fn object(&self, id: &str, item: &Item) -> Seen {
        let t = self.preferences.language;
        let bytes = item.object.get().as_bytes();
        let object: Map<String, Value> = properties(bytes);
        let kind = id.split("--").next().unwrap_or_default();
        let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let list = |path: String| self.get::<List<serde::de::IgnoredAny>>(&path).ok().flatten();
        let versions =
            list(format!("/api/v1/objects/{id}/versions")).map_or(0, |list| list.items.len() as u64);
        let relations = self.get::<Count>(&format!("/api/v1/count?refers_to={id}&type=relationship"));
        Seen::Object(Box::new(SeenObject {
            title: own_title(t, &object, id),
            kind_name: t.term("kind", kind),
            description: text("description").map(|text| run(&object, text)),
            pattern: text("pattern").map(str::to_owned),
            label: Some(label::view(t, &item.label, &self.names())),
            version: Some(Moment::new(item.version, &self.preferences.zone)),
            versions,
            relations: relations.ok().flatten().map_or(0, |count| count.at_least),
            digest: digest(bytes),
            json: serde_json::to_string_pretty(&object).unwrap_or_default(),
        }))
    }

    fn names(&self) -> Known {
        let named = |path: &str| {
            let found = self.get::<List<Named>>(path).ok().flatten();
            let pairs = found.into_iter().flat_map(|list| list.items).map(|named| (named.id, named.name));
            pairs.collect::<HashMap<Uuid, String>>()
        };
        Known { members: named("/api/v1/members"), communities: named("/api/v1/communities") }
    }

    /// Nothing where the node says that there is nothing.
    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, String> {
        let url = format!("{}{path}", self.node);
        let request = self.agent.get(&url).header("authorization", format!("Bearer {}", self.key));
        let mut response = request.call().map_err(|error| error.to_string())?;
        match response.status().as_u16() {
            200 => {
                let body = response.body_mut().read_to_vec().map_err(|error| error.to_string())?;
                serde_json::from_slice(&body).map(Some).map_err(|error| error.to_string())
            }
            404 => Ok(None),
            other => Err(format!("HTTP {other}")),
        }
    }
}

/// The first digits of the SHA-256 of an object as its node serves it.
fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    let mut digits = hex::encode(Sha256::digest(bytes));
    digits.truncate(DIGEST_SHOWN);
    digits
}

/// The names that this viewer may know.
struct Known {
    members: HashMap<Uuid, String>,
    communities: HashMap<Uuid, String>,
}

impl Names for Known {
    fn member(&self, id: MemberId) -> Option<String> {
        self.members.get(&id.0).cloned()
    }

    fn community(&self, id: CommunityId) -> Option<String> {
        self.communities.get(&id.0).cloned()
    }

    fn person(&self, _: PersonId) -> Option<String> {
        None
    }

    fn policy(&self, id: &str) -> Option<&kizuna_access::policy::Policy> {
        kizuna_access::policy::find(id)
    }
}
