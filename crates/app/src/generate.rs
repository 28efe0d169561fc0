//! A seeded generator of realistic content in any amount: the same seed gives the same objects on every machine.
//!
//! Half indicators with the observables they are based on, the rest the objects that tie them together, in the
//! proportions that sharing communities see. Values come from documentation ranges and reserved names.

use jiff::{SignedDuration, Timestamp};
use kizuna_stix::Id;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use uuid::Uuid;

const WORDS: &[&str] = &[
    "beacon",
    "loader",
    "credential",
    "phishing",
    "invoice",
    "gateway",
    "backdoor",
    "tunnel",
    "harvest",
    "router",
    "firmware",
    "update",
    "wiper",
    "staging",
    "exfiltration",
    "portal",
    "telecom",
    "energy",
    "harbour",
    "rail",
    "hospital",
    "ministry",
    "supplier",
    "signed",
    "driver",
    "macro",
    "archive",
    "scheduled",
    "service",
    "webshell",
    "lateral",
    "proxy",
    "relay",
    "campaign",
    "spear",
    "watering",
    "hole",
    "token",
    "session",
    "kerberos",
];

const JAPANESE: &[&str] = &[
    "標的型攻撃で使われた通信先を確認した",
    "不審な更新プログラムの配布を観測した",
    "重要インフラ事業者への侵入の痕跡がある",
    "認証情報の窃取を目的とした偽サイトである",
];

const FAMILIES: &[&str] =
    &["Glass Heron", "Salt Lantern", "Quiet Anvil", "Paper Kite", "Iron Moth", "Blue Ferry"];

/// An endless, repeatable stream of STIX 2.1 objects.
pub struct Generator {
    random: StdRng,
    author: Option<Id>,
    markings: Vec<Id>,
    clock: Timestamp,
    /// Recent objects that later ones refer to.
    malware: Vec<Id>,
    indicators: Vec<Id>,
    pending: Vec<Value>,
}

impl Generator {
    /// `author` becomes `created_by_ref`; `markings` the `object_marking_refs` of each object.
    pub fn new(seed: u64, author: Option<Id>, markings: Vec<Id>) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            author,
            markings,
            clock: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50),
            malware: Vec::new(),
            indicators: Vec::new(),
            pending: Vec::new(),
        }
    }

    fn uuid(&mut self) -> Uuid {
        let mut bytes = [0_u8; 16];
        self.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    fn words(&mut self, count: usize) -> String {
        let chosen: Vec<&str> = (0..count).filter_map(|_| WORDS.choose(&mut self.random).copied()).collect();
        chosen.join(" ")
    }

    fn moment(&mut self) -> String {
        self.clock += SignedDuration::from_millis(self.random.random_range(200..4000));
        format!("{:.3}", self.clock)
    }

    /// An object with the properties that every domain and relationship object has.
    fn common(&mut self, kind: &str) -> (Id, Value) {
        let id = Id::new(kind, self.uuid());
        let moment = self.moment();
        let mut object = json!({
            "type": kind, "spec_version": "2.1", "id": id, "created": moment, "modified": moment,
        });
        if let Some(author) = &self.author {
            object["created_by_ref"] = json!(author);
        }
        if !self.markings.is_empty() {
            object["object_marking_refs"] = json!(self.markings);
        }
        (id, object)
    }

    /// An observable and the pattern that matches it.
    fn observable(&mut self) -> (Value, String) {
        let (kind, value) = match self.random.random_range(0..10) {
            0..=3 => {
                let name = self.words(1);
                ("domain-name", json!({"value": format!("{name}-{:x}.example", self.random.random::<u32>())}))
            }
            4..=5 => {
                let address: [u8; 3] = self.random.random();
                ("ipv4-addr", json!({"value": format!("10.{}.{}.{}", address[0], address[1], address[2])}))
            }
            6 => {
                let path = self.words(2).replace(' ', "/");
                let host: u32 = self.random.random();
                ("url", json!({"value": format!("https://h{host:x}.example/{path}.php?id={}", host % 977)}))
            }
            _ => {
                let digest: [u8; 32] = self.random.random();
                ("file", json!({"hashes": {"SHA-256": hex::encode(digest)}}))
            }
        };
        let pattern = match kind {
            "file" => {
                format!("[file:hashes.'SHA-256' = '{}']", value["hashes"]["SHA-256"].as_str().unwrap_or(""))
            }
            _ => format!("[{kind}:value = '{}']", value["value"].as_str().unwrap_or("")),
        };
        let mut object = value;
        let id = object.as_object().and_then(|map| kizuna_stix::id::deterministic(kind, map));
        object["type"] = json!(kind);
        object["spec_version"] = json!("2.1");
        object["id"] = json!(id.unwrap_or_else(|| Id::new(kind, Uuid::nil())));
        if !self.markings.is_empty() {
            object["object_marking_refs"] = json!(self.markings);
        }
        (object, pattern)
    }

    fn malware(&mut self) -> Value {
        let (id, mut object) = self.common("malware");
        let family = FAMILIES.choose(&mut self.random).copied().unwrap_or("Glass Heron");
        object["name"] = json!(format!("{family} {}", self.malware.len()));
        object["is_family"] = json!(true);
        object["malware_types"] = json!(["backdoor"]);
        object["description"] = json!(self.words(24));
        self.malware.push(id);
        object
    }

    /// An indicator, with what it is based on and what it indicates following it.
    fn indicator(&mut self) -> Value {
        let (observable, pattern) = self.observable();
        let (id, mut object) = self.common("indicator");
        object["name"] = json!(self.words(3));
        object["indicator_types"] = json!(["malicious-activity"]);
        object["pattern"] = json!(pattern);
        object["pattern_type"] = json!("stix");
        object["valid_from"] = object["created"].clone();
        object["confidence"] = json!(self.random.random_range(0..=100));
        object["description"] = match self.random.random_range(0..4) {
            0 => json!(JAPANESE.choose(&mut self.random)),
            _ => json!(self.words(12)),
        };
        if self.random.random_range(0..3) > 0 {
            let target = observable["id"].clone();
            self.pending.push(observable);
            let (_, relation) = self.relationship("based-on", &json!(id), &target);
            self.pending.push(relation);
        }
        if let Some(malware) = self.malware.choose(&mut self.random).cloned() {
            let (_, relation) = self.relationship("indicates", &json!(id), &json!(malware));
            self.pending.push(relation);
        }
        if self.indicators.len() < 10_000 {
            self.indicators.push(id);
        }
        object
    }

    fn relationship(&mut self, kind: &str, source: &Value, target: &Value) -> (Id, Value) {
        let (id, mut object) = self.common("relationship");
        object["relationship_type"] = json!(kind);
        object["source_ref"] = source.clone();
        object["target_ref"] = target.clone();
        (id, object)
    }

    fn sighting(&mut self) -> Option<Value> {
        let of = self.indicators.choose(&mut self.random).cloned()?;
        let (_, mut object) = self.common("sighting");
        object["sighting_of_ref"] = json!(of);
        object["count"] = json!(self.random.random_range(1..50));
        Some(object)
    }

    fn report(&mut self) -> Option<Value> {
        let count = self.indicators.len().min(12);
        if count == 0 {
            return None;
        }
        let about: Vec<Id> = self.indicators.choose_multiple(&mut self.random, count).cloned().collect();
        let (_, mut object) = self.common("report");
        object["name"] = json!(self.words(6));
        object["description"] = json!(self.words(80));
        object["report_types"] = json!(["threat-report"]);
        object["published"] = object["created"].clone();
        object["object_refs"] = json!(about);
        Some(object)
    }
}

impl Iterator for Generator {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        if let Some(waiting) = self.pending.pop() {
            return Some(waiting);
        }
        let made = match self.random.random_range(0..100) {
            0..=3 => Some(self.malware()),
            4..=8 => self.sighting(),
            9..=10 => self.report(),
            _ => None,
        };
        Some(made.unwrap_or_else(|| self.indicator()))
    }
}

/// The same objects as bundles of `size`, as bytes.
pub fn bundles(generator: Generator, objects: usize, size: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut generator = generator.take(objects);
    std::iter::from_fn(move || {
        let batch: Vec<Value> = generator.by_ref().take(size).collect();
        if batch.is_empty() {
            return None;
        }
        let bundle = json!({"type": "bundle", "id": Id::new("bundle", Uuid::nil()), "objects": batch});
        serde_json::to_vec(&bundle).ok()
    })
}
