//! Hits in the Elastic Common Schema.

use serde_json::{Map, Value, json};

use super::Line;
use crate::sigma::Level;

const VERSION: &str = "8.17.0";

/// One hit as a document.
pub fn document(line: &Line) -> Value {
    let mut indicator = Map::new();
    indicator.insert("type".to_owned(), json!(kind(line.kind)));
    indicator.insert("name".to_owned(), json!(line.value));
    indicator.insert("id".to_owned(), json!([line.indicator]));
    match line.kind {
        "ipv4" | "ipv6" => drop(indicator.insert("ip".to_owned(), json!(line.value))),
        "url" => drop(indicator.insert("url".to_owned(), json!({ "full": line.value }))),
        "domain" => drop(indicator.insert("url".to_owned(), json!({ "domain": line.value }))),
        "email" => drop(indicator.insert("email".to_owned(), json!({ "address": line.value }))),
        "md5" | "sha1" | "sha256" | "sha512" => {
            indicator.insert("file".to_owned(), json!({ "hash": { line.kind: line.value } }));
        }
        "file-name" => drop(indicator.insert("file".to_owned(), json!({ "name": line.value }))),
        "registry-key" => drop(indicator.insert("registry".to_owned(), json!({ "path": line.value }))),
        _ => {}
    }
    let mut document = json!({
        "ecs": { "version": VERSION },
        "event": { "kind": "alert", "category": ["threat"], "type": ["indicator"], "dataset": "kizuna.hunt" },
        "message": format!("{} {}", line.kind, line.value),
        "threat": { "indicator": indicator },
        "log": { "file": { "path": line.path } },
        "kizuna": { "hunt": { "line": line.line } },
    });
    if [super::RULE, super::YARA].contains(&line.kind) {
        rule(line, &mut document);
    }
    if let Some(level) = line.level {
        document["event"]["severity"] = json!(severity(level));
        document["rule"]["category"] = json!(level.name());
    }
    if let Some(time) = line.time {
        document["@timestamp"] = json!(time);
    }
    if let Some(asset) = &line.asset {
        document["host"] = json!({ "name": asset });
    }
    if !line.techniques.is_empty() {
        document["threat"]["framework"] = json!("MITRE ATT&CK");
        document["threat"]["technique"] = json!({ "id": line.techniques });
    }
    document
}

/// What a rule found is an alert of that rule, not an indicator.
fn rule(line: &Line, document: &mut Value) {
    let is_yara = line.kind == super::YARA;
    document["event"]["category"] = if is_yara { json!(["malware"]) } else { json!(["intrusion_detection"]) };
    document["event"]["type"] = json!(["info"]);
    document["rule"] = json!({ "id": line.indicator, "name": line.value, "ruleset": line.kind });
    document["threat"] = json!({});
    if !line.tags.is_empty() {
        document["tags"] = json!(line.tags);
    }
    if !is_yara {
        return;
    }
    for (key, text) in [("description", &line.name), ("reference", &line.reference)] {
        if !text.is_empty() {
            document["rule"][key] = json!(text);
        }
    }
    // The file is what was found, no log that tells of it.
    let name = line.path.rsplit(['/', '!']).next().unwrap_or_default();
    document["file"] = json!({ "path": line.path, "name": name });
    document["kizuna"]["hunt"]["namespace"] = json!(line.namespace);
    document["kizuna"]["hunt"]["strings"] = json!(line.strings);
    if let Some(document) = document.as_object_mut() {
        document.remove("log");
    }
}

/// The number that Elastic's own rules give to a level.
fn severity(level: Level) -> u8 {
    match level {
        Level::Informational => 1,
        Level::Low => 21,
        Level::Medium => 47,
        Level::High => 73,
        Level::Critical => 99,
    }
}

/// The value of `threat.indicator.type`, which takes STIX's names.
fn kind(kind: &str) -> &str {
    match kind {
        "domain" => "domain-name",
        "ipv6" => "ipv6-addr",
        "ipv4" | "cidr" => "ipv4-addr",
        "email" => "email-addr",
        "md5" | "sha1" | "sha256" | "sha512" | "hash" | "file-name" => "file",
        "registry-key" => "windows-registry-key",
        "mac" => "mac-addr",
        "asn" => "autonomous-system",
        "certificate" => "x509-certificate",
        "account" => "user-account",
        other => other,
    }
}
