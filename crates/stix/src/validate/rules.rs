//! Rules that a line of the table cannot say.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value};

use super::shape;
use crate::Fault;
use crate::fault::Path;
use crate::pattern::Pattern;

type Members = Map<String, Value>;
type Faults = Vec<Fault>;

fn warn(faults: &mut Faults, path: &Path<'_>, rule: impl Into<String>) {
    faults.push(Fault::warning(path, rule));
}

/// Members other than those every object has.
fn has_content(map: &Members) -> bool {
    let general = ["type", "id", "spec_version", "object_marking_refs", "granular_markings", "defanged"];
    map.keys().any(|name| !general.contains(&name.as_str()))
}

pub(super) fn not_empty(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    if map.is_empty() {
        warn(faults, path, "STIX 2.1 §6: must have at least one property");
    }
}

/// Here, unlike elsewhere, the names of hashes are closed (STIX 2.1 §2.5.1).
pub(super) fn external_reference(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    const NAMES: [&str; 8] = ["MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH"];
    let Some(Value::Object(hashes)) = map.get("hashes") else { return };
    for name in hashes.keys().filter(|name| !NAMES.contains(&name.as_str())) {
        let rule = format!("STIX 2.1 §2.5: must be one of {}", NAMES.join(", "));
        warn(faults, &path.key("hashes").key(name), rule);
    }
}

pub(super) fn location(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let has = |name| map.contains_key(name);
    let is_placed = has("region") || has("country") || (has("latitude") && has("longitude"));
    if !is_placed {
        warn(faults, path, "STIX 2.1 §4.10: must have region, country, or latitude and longitude");
    }
    let country = map.get("country").and_then(Value::as_str);
    if country.is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_alphabetic())) {
        warn(faults, &path.key("country"), "STIX 2.1 §4.10: should be an ISO 3166-1 alpha-2 code");
    }
}

pub(super) fn malware(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let is_family = map.get("is_family").and_then(Value::as_bool) == Some(true);
    if is_family && !map.contains_key("name") {
        warn(faults, &path.key("name"), "STIX 2.1 §4.11: a malware family must have a name");
    }
}

/// A STIX pattern must parse (STIX 2.1 §9); other languages are taken on trust.
pub(super) fn indicator(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    if map.get("pattern_type").and_then(Value::as_str) != Some("stix") {
        return;
    }
    let Some(text) = map.get("pattern").and_then(Value::as_str) else { return };
    if let Err(error) = Pattern::parse(text) {
        warn(faults, &path.key("pattern"), format!("STIX 2.1 §9: {error}"));
    }
}

pub(super) fn email_message(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    match map.get("is_multipart").and_then(Value::as_bool) {
        Some(true) if map.contains_key("body") => {
            warn(faults, &path.key("body"), "STIX 2.1 §6.6: a multipart message must not have body");
        }
        Some(false) if map.contains_key("body_multipart") => {
            let rule = "STIX 2.1 §6.6: only a multipart message may have body_multipart";
            warn(faults, &path.key("body_multipart"), rule);
        }
        _ => {}
    }
}

/// The value, or its part before the prefix length.
fn address(map: &Members, longest_prefix: u8) -> Option<(&str, bool)> {
    let text = map.get("value")?.as_str()?;
    let Some((address, prefix)) = text.split_once('/') else { return Some((text, true)) };
    Some((address, prefix.parse::<u8>().is_ok_and(|length| length <= longest_prefix)))
}

pub(super) fn ipv4(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let Some((address, sound_prefix)) = address(map, 32) else { return };
    if !sound_prefix || address.parse::<Ipv4Addr>().is_err() {
        warn(
            faults,
            &path.key("value"),
            "STIX 2.1 §6.8: must be an IPv4 address, or a range in CIDR notation",
        );
    }
}

pub(super) fn ipv6(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let Some((address, sound_prefix)) = address(map, 128) else { return };
    if !sound_prefix || address.parse::<Ipv6Addr>().is_err() {
        warn(
            faults,
            &path.key("value"),
            "STIX 2.1 §6.9: must be an IPv6 address, or a range in CIDR notation",
        );
    }
}

pub(super) fn mac(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let Some(text) = map.get("value").and_then(Value::as_str) else { return };
    let octets: Vec<&str> = text.split(':').collect();
    let is_octet =
        |octet: &&str| octet.len() == 2 && octet.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if octets.len() != 6 || !octets.iter().all(is_octet) {
        let rule = "STIX 2.1 §6.10: must be six pairs of lower-case hexadecimal digits, separated by colons";
        warn(faults, &path.key("value"), rule);
    }
}

pub(super) fn network_traffic(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let is_active = map.get("is_active").and_then(Value::as_bool);
    if map.contains_key("end") && is_active == Some(true) {
        warn(faults, &path.key("end"), "STIX 2.1 §6.12: traffic that is active must not have an end");
    }
}

pub(super) fn socket(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    const PREFIXES: [&str; 8] = ["SO_", "ICMP_", "ICMP6_", "IP_", "IPV6_", "MCAST_", "TCP_", "IRLMP_"];
    let Some(Value::Object(options)) = map.get("options") else { return };
    let place = path.key("options");
    for (name, value) in options {
        if !PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            let rule =
                format!("STIX 2.1 §6.12.4: a socket option begins with one of {}", PREFIXES.join(", "));
            warn(faults, &place.key(name), rule);
        }
        if !value.is_i64() {
            warn(faults, &place.key(name), "STIX 2.1 §6.12.4: a socket option is an integer");
        }
    }
}

pub(super) fn process(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    if !has_content(map) {
        warn(faults, path, "STIX 2.1 §6.13: a process must have at least one property");
    }
}

pub(super) fn user_account(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    if !has_content(map) {
        warn(faults, path, "STIX 2.1 §6.16: a user-account must have at least one property");
    }
}

pub(super) fn windows_registry_key(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    if !has_content(map) {
        warn(faults, path, "STIX 2.1 §6.17: a windows-registry-key must have at least one property");
    }
    let hives = ["HKCR\\", "HKCU\\", "HKLM\\", "HKU\\", "HKCC\\", "HKPD\\"];
    let key = map.get("key").and_then(Value::as_str).unwrap_or_default();
    if hives.iter().any(|hive| key.get(..hive.len()).is_some_and(|head| head.eq_ignore_ascii_case(hive))) {
        warn(faults, &path.key("key"), "STIX 2.1 §6.17: the hive must not be abbreviated");
    }
}

pub(super) fn software(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    if map.get("cpe").and_then(Value::as_str).is_some_and(|cpe| !cpe.starts_with("cpe:2.3:")) {
        warn(faults, &path.key("cpe"), "STIX 2.1 §6.14: must be a CPE 2.3 formatted string");
    }
}

/// `contents` is `{language: {property: translation}}` (STIX 2.1 §7.1).
pub(super) fn language_content(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let Some(Value::Object(contents)) = map.get("contents") else { return };
    let place = path.key("contents");
    for (language, translations) in contents {
        let place = place.key(language);
        if !shape::is_language(language) {
            warn(faults, &place, "STIX 2.1 §7.1: the key must be a language tag (RFC 5646)");
        }
        if translations.as_object().is_none_or(Map::is_empty) {
            warn(faults, &place, "STIX 2.1 §7.1: must be a dictionary of translated properties");
        }
    }
}

/// The marking definitions of TLP 1 that STIX fixes (STIX 2.1 §7.2.1.4).
const TLP_1: [(&str, &str); 4] = [
    ("white", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("green", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    ("amber", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
    ("red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
];

/// The same for TLP 2.0, whose level stands in an extension.
const TLP_2: [(&str, &str); 5] = [
    ("clear", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    ("green", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    ("amber", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    ("amber+strict", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"),
    ("red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
];

const TLP_2_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

pub(super) fn marking_definition(map: &Members, path: &Path<'_>, faults: &mut Faults) {
    let extensions = map.get("extensions").and_then(Value::as_object);
    let definition = map.get("definition");
    let kind = map.get("definition_type").and_then(Value::as_str);
    if (definition.is_none() || kind.is_none()) && extensions.is_none() {
        let rule =
            "STIX 2.1 §7.2.1: must have definition_type and definition, or an extension that defines it";
        warn(faults, path, rule);
    }
    let id = map.get("id").and_then(Value::as_str).unwrap_or_default();
    let text = |name| definition.and_then(|definition| definition.get(name)).and_then(Value::as_str);
    match kind {
        Some("statement") if text("statement").is_none() => {
            warn(faults, &path.key("definition"), "STIX 2.1 §7.2.1.3: must have a statement");
        }
        Some("tlp") => level(faults, &path.key("definition"), id, text("tlp"), &TLP_1, "STIX 2.1 §7.2.1.4"),
        _ => {}
    }
    if let Some(extension) = extensions.and_then(|extensions| extensions.get(TLP_2_EXTENSION)) {
        let stated = extension.get("tlp_2_0").and_then(Value::as_str);
        level(faults, &path.key("extensions"), id, stated, &TLP_2, "TLP 2.0 extension");
    }
    let refs = map.get("object_marking_refs").and_then(Value::as_array);
    if refs.is_some_and(|refs| refs.iter().any(|one| one.as_str() == Some(id))) {
        warn(faults, &path.key("object_marking_refs"), "STIX 2.1 §7.2.2: a marking must not mark itself");
    }
}

/// The level of the Traffic Light Protocol is known, and the definition has the one id it may have.
fn level(
    faults: &mut Faults,
    path: &Path<'_>,
    id: &str,
    stated: Option<&str>,
    fixed: &[(&str, &str)],
    section: &str,
) {
    let expected = fixed.iter().find(|(level, _)| Some(*level) == stated);
    match expected {
        None => {
            let levels: Vec<&str> = fixed.iter().map(|(level, _)| *level).collect();
            warn(faults, path, format!("{section}: the level must be one of {}", levels.join(", ")));
        }
        Some((level, expected)) if *expected != id => {
            warn(faults, path, format!("{section}: the definition of {level} has the id {expected}"));
        }
        Some(_) => {}
    }
}
