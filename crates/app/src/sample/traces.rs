//! What was left behind: indicators, the observables in them, and who saw them.

use kizuna_stix::Id;
use serde_json::{Map, Value, json};

use super::scene::Scene;

/// Domain, malware it belongs to.
const DOMAINS: [(&str, &str); 9] = [
    ("nrf-registry.example", "GlassTern"),
    ("amf-telemetry.example", "GlassTern"),
    ("update-bluebridge.example", "GlassTern"),
    ("tenders-asterin.example", "PaperLoom"),
    ("login-tenders.example", "PaperLoom"),
    ("documents-velkar.example", "PaperLoom"),
    ("resolver-cache.example", "PaperLoom"),
    ("port-schedule.example", "SaltMarch"),
    ("grid-forecast.example", "SaltMarch"),
];

/// Address, malware it belongs to.
const ADDRESSES: [(&str, &str); 8] = [
    ("192.0.2.17", "GlassTern"),
    ("192.0.2.44", "GlassTern"),
    ("198.51.100.9", "GlassTern"),
    ("198.51.100.77", "PaperLoom"),
    ("198.51.100.130", "PaperLoom"),
    ("203.0.113.5", "SaltMarch"),
    ("203.0.113.61", "SaltMarch"),
    ("203.0.113.200", "SaltMarch"),
];

/// File name, SHA-256, malware it is. The digests are of nothing.
const FILES: [(&str, &str, &str); 4] = [
    ("nf-profile.bin", "7a1c4be0d25f93866e0fb8d19c3a7e52b41d6f08c9e27a35d0486b1f7ce92a30", "GlassTern"),
    ("tender_2026_014.docm", "c03f9e5b7716a2d84b0e6dd21f85c7a9305be417f6c2d89a1e74b3508d6fc211", "PaperLoom"),
    ("annex_b.lnk", "18e6d07fa9c34b52d1780e6bf2a5c9430d7be1864fc0529a6d3e81b7f4a2c05d", "PaperLoom"),
    ("march.exe", "f5b20c91e8d7346a0b1fc5e2794d68a35c0e9b7d12f846ac3e5079d1b86f4e27", "SaltMarch"),
];

pub fn tell(scene: &mut Scene) {
    let mut seen: Vec<Id> = Vec::new();
    for (domain, malware) in DOMAINS {
        let indicates = scene.id("malware", malware);
        let observable = scene.observable("domain-name", value(domain));
        let pattern = format!("[domain-name:value = '{domain}']");
        let name = format!("{malware} asks for {domain}");
        let indicator = scene.indicator(&name, &pattern, &["malicious-activity"], &indicates);
        scene.relate(&indicator, "based-on", &observable);
        seen.push(indicator);
    }
    for (address, malware) in ADDRESSES {
        let indicates = scene.id("malware", malware);
        let observable = scene.observable("ipv4-addr", value(address));
        let pattern = format!("[ipv4-addr:value = '{address}']");
        let name = format!("{malware} connects to {address}");
        let indicator = scene.indicator(&name, &pattern, &["malicious-activity"], &indicates);
        scene.relate(&indicator, "based-on", &observable);
        seen.push(indicator);
    }
    for (file, sha256, malware) in FILES {
        let indicates = scene.id("malware", malware);
        let pattern = format!("[file:hashes.'SHA-256' = '{sha256}']");
        let name = format!("{malware} as {file}");
        seen.push(scene.indicator(&name, &pattern, &["malicious-activity"], &indicates));
    }
    tell_sightings(scene, &seen);
}

/// Some indicators were seen by somebody, some often.
fn tell_sightings(scene: &mut Scene, seen: &[Id]) {
    let witnesses = ["BlueBridge Networks", "Asterin Union CERT", "NovaCore Systems", "IronCore Dynamics"];
    for (number, indicator) in seen.iter().step_by(4).enumerate() {
        let witness = scene.id("identity", witnesses[number % witnesses.len()]);
        let more = json!({
            "sighting_of_ref": indicator.as_str(), "where_sighted_refs": [witness.as_str()],
            "count": 1 + number * 3, "first_seen": "2026-02-20T04:00:00.000Z",
            "last_seen": "2026-02-28T22:30:00.000Z",
        });
        scene.unnamed("sighting", &format!("{witness} saw {indicator}"), more);
    }
}

fn value(text: &str) -> Map<String, Value> {
    Map::from_iter([("value".to_owned(), json!(text))])
}
