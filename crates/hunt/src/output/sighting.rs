//! Sightings for partners: one for each indicator, machine and day, with how often and from when to when. Never a line of
//! a log, and names of machines only where asked for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::index::{Index, What};
use crate::sigma::Head;
use crate::sweep::{Hit, Sought};
use crate::yara;

/// Collects hits as sightings.
#[derive(Debug, Default)]
pub struct Sightings {
    seen: BTreeMap<(u32, Option<Date>, String), Seen>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
    }
}

/// What a sighting's count can say (STIX 2.1 §5.2).
const MAX_COUNT: u64 = 999_999_999;

impl Sightings {
    pub fn hit(&mut self, hit: &Hit) {
        let day = hit.time.map(|time| time.to_zoned(TimeZone::UTC).date());
        let asset = hit.asset.clone().unwrap_or_default();
        let seen = self.seen.entry((hit.entry, day, asset)).or_default();
        seen.add(Seen { count: 1, first: hit.time, last: hit.time });
    }

    /// How many there are.
    pub fn count<'a>(&self, sought: impl Into<Sought<'a>>) -> usize {
        self.by_indicator(sought.into()).len()
    }

    /// By indicator, day and machine, with one of the indicator's entries: it may have several values or rules.
    fn by_indicator(&self, sought: Sought<'_>) -> BTreeMap<(String, Option<Date>, &str), (u32, Seen)> {
        let mut found: BTreeMap<(String, Option<Date>, &str), (u32, Seen)> = BTreeMap::new();
        for ((entry, day, asset), seen) in &self.seen {
            let place = (id_of(sought, *entry), *day, asset.as_str());
            let (_, together) = found.entry(place).or_insert((*entry, Seen::default()));
            together.add(*seen);
        }
        found
    }

    /// The bundle, as it would be sent. `assets` adds the names of machines.
    pub fn bundle<'a>(&self, sought: impl Into<Sought<'a>>, now: Timestamp, assets: bool) -> Value {
        let sought = sought.into();
        let index = sought.index;
        let stamp = at(now);
        let mut objects = Vec::new();
        let mut told = std::collections::BTreeSet::new();
        let mut machines: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, _, asset) in self.seen.keys() {
            machines.insert(asset, 0);
        }
        // A number instead of a digest of the name: names of machines are easily guessed.
        for (number, place) in machines.values_mut().enumerate() {
            *place = number;
        }
        for ((indicator, day, asset), (entry, seen)) in self.by_indicator(sought) {
            let entry = &entry;
            if told.insert(indicator.clone()) {
                objects.extend(self_of(sought, *entry, &indicator, &stamp));
            }
            let machine = machines.get(asset).copied().unwrap_or_default();
            let name =
                format!("{indicator}|{machine}|{}", day.map_or_else(String::new, |day| day.to_string()));
            let id = format!("sighting--{}", Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()));
            let mut sighting = json!({
                "type": "sighting", "spec_version": "2.1", "id": id, "created": stamp, "modified": stamp,
                "sighting_of_ref": indicator, "count": seen.count.min(MAX_COUNT),
            });
            if let (Some(first), Some(last)) = (seen.first, seen.last) {
                sighting["first_seen"] = json!(at(first));
                sighting["last_seen"] = json!(at(last));
            }
            let about = index.about(*entry).map(|about| (&about.markings, &about.pap));
            let about = about.or_else(|| sought.yara_head(*entry).map(|head| (&head.markings, &head.pap)));
            let carried = || Some(&sought.sigma_head(*entry)?.said.as_ref()?.about);
            let about = about.or_else(|| carried().map(|about| (&about.markings, &about.pap)));
            if let Some((markings, pap)) = about {
                if !markings.is_empty() {
                    sighting["object_marking_refs"] = json!(markings);
                }
                if let Some(pap) = pap {
                    sighting["labels"] = json!([pap]);
                }
            }
            if assets && !asset.is_empty() {
                let machine = format!("identity--{}", Uuid::new_v5(&Uuid::NAMESPACE_DNS, asset.as_bytes()));
                sighting["where_sighted_refs"] = json!([machine]);
                if told.insert(machine.clone()) {
                    objects.push(json!({
                        "type": "identity", "spec_version": "2.1", "id": machine, "created": stamp,
                        "modified": stamp, "name": asset, "identity_class": "system",
                    }));
                }
            }
            objects.push(sighting);
        }
        let bundle = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{stamp}|{}", objects.len()).as_bytes());
        json!({ "type": "bundle", "id": format!("bundle--{bundle}"), "objects": objects })
    }
}

/// The id of the indicator that was seen.
fn id_of(sought: Sought<'_>, entry: u32) -> String {
    if let Some(head) = sought.yara_head(entry) {
        return head.id.clone();
    }
    sought.sigma_head(entry).map_or_else(|| sought.index.id(entry), rule_id)
}

/// The indicator itself, where nobody else knows it by its id.
fn self_of(sought: Sought<'_>, entry: u32, id: &str, stamp: &str) -> Option<Value> {
    if let Some(head) = sought.yara_head(entry) {
        return (!head.is_known).then(|| of_yara(head, stamp));
    }
    if let Some(head) = sought.sigma_head(entry) {
        return head.said.is_none().then(|| of_rule(head, id, stamp));
    }
    let nameless = is_nameless(sought.index, entry);
    if nameless { nameless_of(sought.index, entry, id, stamp) } else { None }
}

/// A YARA rule as an indicator, for who receives a sighting of it.
fn of_yara(head: &yara::Head, stamp: &str) -> Value {
    let mut indicator = json!({
        "type": "indicator", "spec_version": "2.1", "id": head.id, "created": stamp, "modified": stamp,
        "name": head.name, "pattern": &*head.text, "pattern_type": "yara", "valid_from": stamp,
    });
    if !head.description.is_empty() {
        indicator["description"] = json!(head.description);
    }
    let labels: Vec<&String> = head.tags.iter().chain(&head.pap).collect();
    if !labels.is_empty() {
        indicator["labels"] = json!(labels);
    }
    if !head.markings.is_empty() {
        indicator["object_marking_refs"] = json!(head.markings);
    }
    if head.reference.starts_with("https://") || head.reference.starts_with("http://") {
        indicator["external_references"] = json!([{ "source_name": "reference", "url": head.reference }]);
    }
    indicator
}

/// The id of the indicator that says what a Sigma rule looks for.
fn rule_id(head: &Head) -> String {
    if let Some(said) = &head.said {
        return said.id.clone();
    }
    format!("indicator--{}", Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("sigma:{}", head.id).as_bytes()))
}

/// A rule as an indicator, for who receives a sighting of it.
fn of_rule(head: &Head, id: &str, stamp: &str) -> Value {
    let mut indicator = json!({
        "type": "indicator", "spec_version": "2.1", "id": id, "created": stamp, "modified": stamp,
        "name": head.title, "pattern": &*head.text, "pattern_type": "sigma", "valid_from": stamp,
    });
    if !head.tags.is_empty() {
        indicator["labels"] = json!(head.tags);
    }
    indicator
}

/// Milliseconds, as STIX wants them at least.
fn at(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Whether the indicator came without an id, so that nobody else knows the one it has here.
fn is_nameless(index: &Index, entry: u32) -> bool {
    !index.is_named(entry)
}

/// The indicator itself, for who receives a sighting of it.
fn nameless_of(index: &Index, entry: u32, id: &str, stamp: &str) -> Option<Value> {
    let normal = std::str::from_utf8(index.normal(&index.entry(entry))).ok()?;
    let pattern = match index.entry(entry).what {
        What::Value(kind) => pattern(kind.name(), normal)?,
        What::Pattern => normal.to_owned(),
        What::Host | What::Nothing => return None,
    };
    Some(json!({
        "type": "indicator", "spec_version": "2.1", "id": id, "created": stamp, "modified": stamp,
        "name": index.given(entry), "indicator_types": ["unknown"], "pattern": pattern, "pattern_type": "stix",
        "valid_from": stamp,
    }))
}

/// The pattern that looks for one value.
fn pattern(kind: &str, value: &str) -> Option<String> {
    let path = match kind {
        "domain" => "domain-name:value",
        "ipv4" => "ipv4-addr:value",
        "ipv6" => "ipv6-addr:value",
        "url" => "url:value",
        "email" => "email-addr:value",
        "md5" => "file:hashes.MD5",
        "sha1" => "file:hashes.'SHA-1'",
        "sha256" => "file:hashes.'SHA-256'",
        "sha512" => "file:hashes.'SHA-512'",
        "file-name" => "file:name",
        "registry-key" => "windows-registry-key:key",
        "mac" => "mac-addr:value",
        "mutex" => "mutex:name",
        "user-agent" => "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
        "account" => "user-account:account_login",
        "cidr" => {
            let family = if value.contains(':') { "ipv6-addr" } else { "ipv4-addr" };
            return Some(format!("[{family}:value ISSUBSET '{value}']"));
        }
        _ => return None,
    };
    let value = value.replace('\\', "\\\\").replace('\'', "\\'");
    Some(format!("[{path} = '{value}']"))
}
