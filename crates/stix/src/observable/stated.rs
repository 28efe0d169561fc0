//! Which properties of cyber-observable objects state an observable.
//!
//! One table serves objects and patterns: a property is a type and a path of keys (list positions left out),
//! be it walked to in an object or written in a pattern, where it can lead through references.

use serde_json::{Map, Value};

use super::{Kind, Observable, address, digest, url};
use crate::pattern;

/// How the text at a property is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading<'a> {
    As(Kind),
    /// An address or a network.
    Address,
    /// What the end of a connection can be: an address, a MAC or a domain.
    Endpoint,
    /// A `Host` header: a domain or an address, perhaps with a port.
    HostHeader,
    /// A URL; a missing scheme is forgiven.
    Url,
    /// A file hash under that algorithm's name.
    FileHash(&'a str),
    CertificateHash(&'a str),
    CertificateSerial,
    UserId,
}

/// Adds what `text`, found at `path` of an object of type `kind`, states.
pub fn state(kind: &str, path: &[&str], text: &str, found: &mut Vec<Observable>) {
    let Some(reading) = reading(kind, path) else { return };
    let observable = match reading {
        Reading::As(kind) => Observable::new(kind, text),
        Reading::Address => address::any(text.trim()),
        Reading::Endpoint => endpoint(text),
        Reading::HostHeader => host_header(text),
        Reading::Url => url::lenient(text),
        Reading::FileHash(algorithm) => digest::by_name(algorithm, text.trim()),
        Reading::CertificateHash(algorithm) => {
            Observable::new(Kind::Certificate, &format!("{algorithm}:{text}"))
        }
        Reading::CertificateSerial => Observable::new(Kind::Certificate, &format!("serial:{text}")),
        Reading::UserId => user_id(text),
    };
    let Some(observable) = observable else { return };
    found.extend(observable.implied());
    found.push(observable);
}

fn endpoint(text: &str) -> Option<Observable> {
    address::any(text.trim())
        .or_else(|| [Kind::Mac, Kind::Domain].into_iter().find_map(|kind| Observable::new(kind, text)))
}

fn host_header(text: &str) -> Option<Observable> {
    url::host(&Observable::new(Kind::Url, &format!("http://{}/", text.trim()))?.value)
}

/// A short number is a user of one machine (`0`, `1001`) and says nothing about any other.
fn user_id(text: &str) -> Option<Observable> {
    let local = text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if local { None } else { Observable::new(Kind::Account, text) }
}

/// The table. Recursion follows the path through references, each step consuming a part of it.
fn reading<'a>(kind: &str, path: &[&'a str]) -> Option<Reading<'a>> {
    use Reading::{
        Address, As, CertificateHash, CertificateSerial, Endpoint, FileHash, HostHeader, Url, UserId,
    };
    let reading = match (kind, path) {
        ("domain-name" | "hostname", ["value"]) => As(Kind::Domain),
        ("domain-name", ["resolves_to_refs", "value"])
        | ("network-traffic", ["src_ref" | "dst_ref", "value"]) => Endpoint,
        ("ipv4-addr" | "ipv6-addr", ["value"]) => Address,
        ("ipv4-addr" | "ipv6-addr", ["resolves_to_refs", "value"]) | ("mac-addr", ["value"]) => As(Kind::Mac),
        ("ipv4-addr" | "ipv6-addr", ["belongs_to_refs", rest @ ..]) => {
            return reading("autonomous-system", rest);
        }
        ("autonomous-system", ["number"]) => As(Kind::Asn),
        ("url", ["value"]) | ("artifact", ["url"]) => Url,
        ("email-addr", ["value"]) => As(Kind::Email),
        ("email-addr", ["belongs_to_ref", rest @ ..]) => return reading("user-account", rest),
        ("email-message", ["from_ref" | "sender_ref" | "to_refs" | "cc_refs" | "bcc_refs", rest @ ..]) => {
            return reading("email-addr", rest);
        }
        ("email-message", ["body_multipart", "body_raw_ref", rest @ ..])
        | ("file", ["contains_refs", rest @ ..])
        | ("process", ["image_ref" | "binary_ref", rest @ ..]) => return reading("file", rest),
        ("email-message", ["raw_email_ref", rest @ ..])
        | ("file", ["content_ref", rest @ ..])
        | ("network-traffic", ["src_payload_ref" | "dst_payload_ref", rest @ ..]) => {
            return reading("artifact", rest);
        }
        ("file" | "artifact", ["hashes", algorithm]) => FileHash(algorithm),
        // A process had a name in STIX 2.0, that of the file it runs; `file:path` is nobody's, and common.
        ("file" | "process", ["name"]) | ("file", ["path"]) => As(Kind::FileName),
        ("file", ["extensions", "windows-pebinary-ext", "imphash"]) => FileHash("imphash"),
        ("process", ["parent_ref" | "child_refs", rest @ ..]) => return reading("process", rest),
        ("process", ["opened_connection_refs", rest @ ..]) => return reading("network-traffic", rest),
        ("process" | "windows-registry-key", ["creator_user_ref", rest @ ..]) => {
            return reading("user-account", rest);
        }
        // The specification's own examples say `win-registry-key` (oasis-tcs/cti-stix2#270), and are copied.
        ("windows-registry-key" | "win-registry-key", ["key"]) => As(Kind::RegistryKey),
        ("mutex", ["name"]) => As(Kind::Mutex),
        ("network-traffic", ["extensions", "http-request-ext", "request_header", field]) => {
            if field.eq_ignore_ascii_case("user-agent") {
                As(Kind::UserAgent)
            } else if field.eq_ignore_ascii_case("host") {
                HostHeader
            } else {
                return None;
            }
        }
        // No property of the standard holds these; products agree on the last key.
        ("network-traffic" | "x509-certificate", [.., "ja3" | "ja3_hash" | "x_ja3"]) => As(Kind::Ja3),
        ("network-traffic" | "x509-certificate", [.., "ja4" | "ja4_hash" | "x_ja4"]) => As(Kind::Ja4),
        ("x509-certificate", ["hashes", algorithm]) => CertificateHash(algorithm),
        ("x509-certificate", ["serial_number"]) => CertificateSerial,
        ("user-account", ["account_login"]) => As(Kind::Account),
        ("user-account", ["user_id"]) => UserId,
        // Not of the standard, but exported by products in wide use.
        ("user-agent", ["value"]) => As(Kind::UserAgent),
        ("cryptocurrency-wallet", ["value" | "address"]) => As(Kind::CryptoAddress),
        _ => return None,
    };
    Some(reading)
}

/// Whether objects of that type can state anything.
fn is_observable(kind: &str) -> bool {
    matches!(
        kind,
        "artifact"
            | "autonomous-system"
            | "cryptocurrency-wallet"
            | "domain-name"
            | "email-addr"
            | "email-message"
            | "file"
            | "hostname"
            | "ipv4-addr"
            | "ipv6-addr"
            | "mac-addr"
            | "mutex"
            | "network-traffic"
            | "process"
            | "url"
            | "user-account"
            | "user-agent"
            | "windows-registry-key"
            | "win-registry-key"
            | "x509-certificate"
    )
}

/// What a whole object states, sorted, each once.
pub(super) fn by_object(object: &Map<String, Value>) -> Vec<Observable> {
    let mut found = Vec::new();
    let text = |property: &str| object.get(property).and_then(Value::as_str);
    match text("type") {
        Some("indicator") => {
            let is_stix = text("pattern_type").is_none_or(|language| language == "stix");
            if let Some(pattern) = text("pattern").filter(|_| is_stix) {
                return pattern_atoms(pattern);
            }
        }
        Some("observed-data") => {
            // Inline objects: STIX 2.0, and 2.1 where it is deprecated.
            let Some(Value::Object(inline)) = object.get("objects") else { return found };
            for object in inline.values().filter_map(Value::as_object) {
                by_observable(object, &mut found);
            }
        }
        _ => by_observable(object, &mut found),
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A pattern that cannot be read was reported when the object was validated; here it states nothing.
fn pattern_atoms(text: &str) -> Vec<Observable> {
    pattern::lenient(text).map(|pattern| pattern.atoms()).unwrap_or_default()
}

fn by_observable(object: &Map<String, Value>, found: &mut Vec<Observable>) {
    let Some(kind) = object.get("type").and_then(Value::as_str).filter(|kind| is_observable(kind)) else {
        return;
    };
    let mut path = Vec::with_capacity(4);
    for (key, value) in object {
        path.push(key.as_str());
        walk(kind, &mut path, value, found);
        path.pop();
    }
}

/// Every text and whole number below `path`. Depth is bounded by the reader's cap on nesting.
fn walk<'a>(kind: &str, path: &mut Vec<&'a str>, value: &'a Value, found: &mut Vec<Observable>) {
    match value {
        Value::String(text) => state(kind, path, text, found),
        Value::Number(number) if number.is_u64() => state(kind, path, &number.to_string(), found),
        Value::Array(items) => items.iter().for_each(|item| walk(kind, path, item, found)),
        Value::Object(map) => {
            for (key, item) in map {
                path.push(key);
                walk(kind, path, item, found);
                path.pop();
            }
        }
        _ => {}
    }
}
