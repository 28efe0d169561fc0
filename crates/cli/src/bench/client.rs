//! A small TAXII client that measures: keeps its connection, reads bytes, parses only what it must.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

const TAXII: &str = "application/taxii+json;version=2.1";

/// Somebody who calls the node, by its API key.
#[derive(Clone)]
pub struct Caller {
    pub key: String,
}

/// One caller on one connection.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    authorization: String,
}

#[derive(Deserialize)]
struct Discovery {
    api_roots: Vec<String>,
}

#[derive(Deserialize)]
struct Collections {
    #[serde(default)]
    collections: Vec<CollectionInfo>,
}

/// One collection, as the server describes it to this caller.
#[derive(Deserialize)]
pub struct CollectionInfo {
    id: String,
    #[serde(default)]
    alias: Option<String>,
    can_write: bool,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    more: bool,
    #[serde(default)]
    next: Option<String>,
    #[serde(default, borrow)]
    objects: Vec<&'a serde_json::value::RawValue>,
}

/// One page.
pub struct Read {
    pub objects: usize,
    pub next: Option<String>,
    pub took: Duration,
}

impl Client {
    pub fn new(base: &str, caller: &Caller) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self {
            agent: config.new_agent(),
            base: base.trim_end_matches('/').to_owned(),
            authorization: format!("Bearer {}", caller.key),
        }
    }

    fn get(&self, url: &str) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut response = self
            .agent
            .get(url)
            .header("accept", TAXII)
            .header("authorization", &self.authorization)
            .call()
            .with_context(|| format!("GET {url}"))?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(512 << 20).read_to_vec()?;
        Ok((status, body))
    }

    fn json<T: serde::de::DeserializeOwned>(&self, url: &str) -> anyhow::Result<T> {
        let (status, body) = self.get(url)?;
        ensure!(status == 200, "GET {url} answered {status}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).with_context(|| format!("GET {url} answered no JSON"))
    }

    /// The URL of the collection that `wanted` picks in the API root at `place` (0 is the own member's).
    pub fn collection(
        &self,
        place: usize,
        wanted: impl Fn(&CollectionInfo) -> bool,
    ) -> anyhow::Result<String> {
        let discovery: Discovery = self.json(&format!("{}/taxii2/", self.base))?;
        let root = discovery.api_roots.get(place).context("the server names too few API roots")?;
        let root = match root.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.base),
            None => root.clone(),
        };
        let root = root.trim_end_matches('/');
        let listed: Collections = self.json(&format!("{root}/collections/"))?;
        let found = listed.collections.iter().find(|collection| wanted(collection));
        let id = &found.context("no such collection")?.id;
        Ok(format!("{root}/collections/{id}"))
    }

    /// Adds an envelope; returns when the server says that it is stored.
    pub fn add(&self, collection: &str, envelope: &[u8]) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let mut response = self
            .agent
            .post(&format!("{collection}/objects/"))
            .header("accept", TAXII)
            .header("content-type", TAXII)
            .header("authorization", &self.authorization)
            .send(envelope)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
        let took = started.elapsed();
        ensure!(status == 202, "POST answered {status}: {}", String::from_utf8_lossy(&body));
        let answer: serde_json::Value = serde_json::from_slice(&body)?;
        if answer["failure_count"].as_u64().unwrap_or(0) > 0 || answer["status"] != "complete" {
            bail!("not everything was stored: {answer}");
        }
        Ok(took)
    }

    /// The id of what has this name in a list of the native API.
    pub fn named(&self, list: &str, name: &str) -> anyhow::Result<String> {
        let listed: serde_json::Value = self.json(&format!("{}/api/v1/{list}", self.base))?;
        let is_it = |item: &&serde_json::Value| item["name"] == name;
        let found = listed["items"].as_array().and_then(|items| items.iter().find(is_it));
        let id = found.and_then(|item| item["id"].as_str());
        Ok(id.with_context(|| format!("there is no {name} among {list}"))?.to_owned())
    }

    /// The id of the caller's member.
    pub fn own_member(&self) -> anyhow::Result<uuid::Uuid> {
        let me: serde_json::Value = self.json(&format!("{}/api/v1/me", self.base))?;
        let id = me["member"].as_str().and_then(|id| id.parse().ok());
        id.context("the node does not tell the own member")
    }

    /// What a change would do, and how long it took to say.
    pub fn forecast(&self, change: &serde_json::Value) -> anyhow::Result<(serde_json::Value, Duration)> {
        let started = Instant::now();
        let mut response = self
            .agent
            .post(&format!("{}/api/v1/forecasts", self.base))
            .header("content-type", "application/json")
            .header("authorization", &self.authorization)
            .send(&serde_json::to_vec(change)?)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
        let took = started.elapsed();
        ensure!(status == 200, "the forecast answered {status}: {}", String::from_utf8_lossy(&body));
        Ok((serde_json::from_slice(&body)?, took))
    }

    /// One page of objects.
    pub fn page(&self, collection: &str, limit: usize, next: Option<&str>) -> anyhow::Result<Read> {
        let next = next.map(|next| format!("&next={next}")).unwrap_or_default();
        let url = format!("{collection}/objects/?limit={limit}{next}");
        let started = Instant::now();
        let (status, body) = self.get(&url)?;
        let took = started.elapsed();
        ensure!(status == 200, "GET {url} answered {status}: {}", String::from_utf8_lossy(&body));
        let envelope: Envelope<'_> = serde_json::from_slice(&body)?;
        let next = envelope.next.filter(|_| envelope.more);
        Ok(Read { objects: envelope.objects.len(), next, took })
    }

    /// One page, its content thrown away: what the node answered and how long that took.
    pub fn try_page(&self, collection: &str, limit: usize) -> anyhow::Result<(u16, Duration)> {
        let started = Instant::now();
        let (status, _) = self.get(&format!("{collection}/objects/?limit={limit}"))?;
        Ok((status, started.elapsed()))
    }

    /// Asks for one object until it is there; how long that took.
    pub fn wait_for(&self, collection: &str, id: &str) -> anyhow::Result<Duration> {
        let url = format!("{collection}/objects/{id}/");
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(10) {
            let (status, body) = self.get(&url)?;
            if status == 200 && body.len() > 40 {
                return Ok(started.elapsed());
            }
        }
        bail!("{id} was not visible after 10 s")
    }
}

impl CollectionInfo {
    pub fn is(&self, alias: &str) -> bool {
        self.alias.as_deref() == Some(alias)
    }

    pub fn writable(&self) -> bool {
        self.can_write
    }
}
