//! Sightings over a node's native API, or over TAXII 2.1.

use std::time::Duration;

use kizuna_app::people::Feed;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::outbox::Letter;
use crate::command::release::way_lines;
use crate::fail::Fail;

/// For one answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// For an answer without which the sightings are shown all the same.
const GLANCE: Duration = Duration::from_secs(10);
/// Objects in one request.
const BATCH: usize = 500;
/// Bytes of an answer that are read.
const MAX_ANSWER: u64 = 16 << 20;
/// Where a node of this kind takes what is the own member's until it says more.
const NATIVE: &str = "api/v1/objects";
const JSON: &str = "application/json";
const TAXII: &str = "application/taxii+json;version=2.1";

/// What became of a letter.
#[derive(Debug)]
pub enum Outcome {
    /// The node has it; objects that it did not accept are named with its reason.
    Taken { taken: u64, refused: Vec<String> },
    /// The node cannot be reached, or not now.
    Later(String),
    /// The node will not have it.
    Refused(String),
}

/// The objects of the collection that was typed; of a node, those of its native API.
pub fn objects_of(typed: &Url) -> Result<String, Fail> {
    if !["http", "https"].contains(&typed.scheme()) {
        return Err(Fail::usage(format!("{typed} is no URL of a node")));
    }
    let mut url = typed.clone();
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/", typed.path().trim_end_matches('/'));
    let path = if !path.contains("/collections/") {
        format!("{path}{NATIVE}")
    } else if path.ends_with("/objects/") {
        path
    } else {
        format!("{path}objects/")
    };
    url.set_path(&path);
    Ok(url.into())
}

/// Whether this is the native API of a node, which takes a label beside the objects.
pub fn is_native(objects: &str) -> bool {
    objects.ends_with(NATIVE)
}

/// Whom a node says that something would reach.
#[derive(Debug, Deserialize)]
pub struct Reached {
    members: Vec<Named>,
    peers: Vec<String>,
    feeds: Vec<Feed>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

impl Reached {
    /// As `kizuna import` says it.
    pub fn lines(&self) -> Vec<String> {
        let members: Vec<&str> = self.members.iter().map(|member| member.name.as_str()).collect();
        way_lines(&members, &self.peers, &self.feeds)
    }
}

/// Whom what says nothing itself would reach at the node, as it says for this key; else why that is not
/// known. Only a node of this kind can say it.
pub fn reach(letter: &Letter) -> Result<Reached, String> {
    let key = std::env::var("KIZUNA_KEY").map_err(|_| "KIZUNA_KEY has no API key".to_owned())?;
    let url = reach_of(letter).ok_or_else(|| "that address does not say".to_owned())?;
    let answer = agent(GLANCE)
        .get(url.as_str())
        .header("Authorization", format!("Bearer {key}"))
        .header("Accept", JSON)
        .call();
    let mut answer = answer.map_err(|error| format!("the node cannot be reached: {error}"))?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string().unwrap_or_default();
    if !answer.status().is_success() {
        let said: Value = serde_json::from_str(&text).unwrap_or_default();
        return Err(format!("the server answers {status} {}", reason(&said)).trim_end().to_owned());
    }
    serde_json::from_str(&text).map_err(|_| "the server does not say it as a node does".to_owned())
}

/// Where the node that takes a letter is asked whom its label reaches: beside its objects, or, for a collection, at the
/// root of the server that has it.
fn reach_of(letter: &Letter) -> Option<Url> {
    let mut url = Url::parse(&letter.to).ok()?;
    let path = url.path().to_owned();
    let Some(base) = path.strip_suffix(NATIVE) else {
        let (_, after) = path.split_once("/collections/")?;
        let collection = after.split('/').next()?;
        url.set_path("/api/v1/reach");
        url.query_pairs_mut().clear().append_pair("collection", collection);
        return Some(url);
    };
    url.set_path(&format!("{base}api/v1/reach"));
    url.query_pairs_mut().clear().append_pair("label", letter.label.as_deref().unwrap_or_default());
    Some(url)
}

fn agent(patience: Duration) -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(patience)).build().into()
}

/// Sends a letter; what was sent before is the same to the node.
pub fn send(letter: &Letter) -> Result<Outcome, Fail> {
    let Ok(key) = std::env::var("KIZUNA_KEY") else {
        return Ok(Outcome::Later("KIZUNA_KEY has no API key".to_owned()));
    };
    let agent = agent(PATIENCE);
    let mut url = match Url::parse(&letter.to) {
        Ok(url) => url,
        Err(error) => return Ok(Outcome::Refused(format!("{}: {error}", letter.to))),
    };
    if let Some(label) = &letter.label {
        url.query_pairs_mut().append_pair("label", label);
    }
    let form = if is_native(&letter.to) { JSON } else { TAXII };
    let (mut taken, mut refused) = (0, Vec::new());
    for batch in letter.objects.chunks(BATCH) {
        let body = serde_json::to_vec(&json!({ "objects": batch }))?;
        let request = agent
            .post(url.as_str())
            .header("Authorization", format!("Bearer {key}"))
            .header("Accept", form)
            .header("Content-Type", form);
        let mut answer = match request.send(&body) {
            Ok(answer) => answer,
            Err(error) => return Ok(Outcome::Later(format!("{} cannot be reached: {error}", letter.to))),
        };
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string().unwrap_or_default();
        let said: Value = serde_json::from_str(&text).unwrap_or_default();
        match status {
            200..300 => {
                for count in ["success_count", "pending_count", "stored", "duplicates"] {
                    taken += said[count].as_u64().unwrap_or_default();
                }
                refused.extend(said["failures"].as_array().into_iter().flatten().map(failure));
                if said["quarantined"].as_u64().unwrap_or_default() > 0 {
                    refused.extend(said["reasons"].as_array().into_iter().flatten().map(ToString::to_string));
                }
            }
            401 | 403 => {
                return Ok(Outcome::Later(format!("{} does not let this key in ({status})", letter.to)));
            }
            408 | 429 | 500.. => {
                return Ok(Outcome::Later(format!("{} answers {status}", letter.to)));
            }
            _ => return Ok(Outcome::Refused(format!("{status} {}", reason(&said)))),
        }
    }
    Ok(Outcome::Taken { taken, refused })
}

fn failure(failure: &Value) -> String {
    let text = |name: &str| failure[name].as_str().unwrap_or_default().to_owned();
    format!("{} {}", text("id"), text("message"))
}

/// What an error message of TAXII, or a problem of the native API, says.
fn reason(said: &Value) -> String {
    let parts = ["title", "description", "detail"].map(|name| said[name].as_str().unwrap_or_default());
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(": ")
}

#[cfg(test)]
mod tests;
