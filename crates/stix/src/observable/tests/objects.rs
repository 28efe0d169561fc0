use serde_json::{Value, json};

use super::super::*;

fn stated(object: &Value) -> Vec<String> {
    let Value::Object(object) = object else { panic!("an object") };
    stated::by_object(object).iter().map(ToString::to_string).collect()
}

#[test]
fn every_cyber_observable_states_its_values() {
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    let cases: &[(Value, &[&str])] = &[
        (json!({"type": "domain-name", "value": "Example.org"}), &["domain:example.org"]),
        (json!({"type": "ipv4-addr", "value": "192.0.2.9/24"}), &["cidr:192.0.2.0/24"]),
        (json!({"type": "ipv6-addr", "value": "2001:DB8::1"}), &["ipv6:2001:db8::1"]),
        (json!({"type": "ipv6-addr", "value": "::ffff:192.0.2.1"}), &["ipv4:192.0.2.1"]),
        (json!({"type": "mac-addr", "value": "00:00:5E:00:53:01"}), &["mac:00:00:5e:00:53:01"]),
        (json!({"type": "autonomous-system", "number": 64496, "name": "X"}), &["asn:AS64496"]),
        (
            json!({"type": "url", "value": "https://example.org"}),
            &["domain:example.org", "url:https://example.org/"],
        ),
        (
            json!({"type": "url", "value": "example.org/login"}),
            &["domain:example.org", "url:http://example.org/login"],
        ),
        (json!({"type": "email-addr", "value": "A@example.org"}), &["email:a@example.org"]),
        (json!({"type": "email-message", "is_multipart": false, "subject": "x"}), &[]),
        (json!({"type": "mutex", "name": "Global\\x"}), &["mutex:Global\\x"]),
        (
            json!({"type": "file", "name": "A.exe", "hashes": {"MD5": md5, "SHA-256": "short"},
                "extensions": {"windows-pebinary-ext": {"imphash": md5, "sections": [{"hashes": {"MD5": md5}}]}}}),
            &[
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "hash:imphash:d41d8cd98f00b204e9800998ecf8427e",
                "file-name:a.exe",
            ],
        ),
        (
            json!({"type": "artifact", "url": "http://example.org/a", "hashes": {"MD5": md5}}),
            &["domain:example.org", "url:http://example.org/a", "md5:d41d8cd98f00b204e9800998ecf8427e"],
        ),
        (json!({"type": "directory", "path": "C:\\x"}), &[]),
        (json!({"type": "software", "name": "x"}), &[]),
        (json!({"type": "process", "command_line": "x"}), &[]),
        (
            json!({"type": "network-traffic", "protocols": ["tcp"], "extensions": {"http-request-ext": {
                "request_method": "get", "request_value": "/",
                "request_header": {"User-Agent": "Mozilla/5.0 (x)", "Host": ["example.org:8080"]}}}}),
            &["domain:example.org", "user-agent:Mozilla/5.0 (x)"],
        ),
        (
            json!({"type": "x509-certificate", "hashes": {"SHA-1": "ab".repeat(20)}, "serial_number": "36:f7"}),
            &["certificate:serial:36f7", &format!("certificate:sha1:{}", "ab".repeat(20))],
        ),
        (
            json!({"type": "windows-registry-key", "key": "HKLM\\Run"}),
            &[r"registry-key:hkey_local_machine\run"],
        ),
        (json!({"type": "user-account", "user_id": "1001", "account_login": "Peter"}), &["account:peter"]),
        (json!({"type": "user-account", "user_id": "1234567890"}), &["account:1234567890"]),
        (json!({"type": "x-own", "value": "192.0.2.1"}), &[]),
        (json!({"type": "malware", "name": "192.0.2.1"}), &[]),
    ];
    for (object, expected) in cases {
        assert_eq!(stated(object), *expected, "{object}");
    }
}

#[test]
fn observed_data_states_its_inline_objects() {
    let object = json!({"type": "observed-data", "objects": {
        "0": {"type": "ipv4-addr", "value": "192.0.2.1"},
        "1": {"type": "network-traffic", "src_ref": "0", "protocols": ["tcp"]},
        "2": {"type": "domain-name", "value": "example.org", "resolves_to_refs": ["0"]},
        "3": "broken"}});
    assert_eq!(stated(&object), ["domain:example.org", "ipv4:192.0.2.1"]);
}

#[test]
fn indicators_state_the_atoms_of_their_pattern() {
    let indicator = |language: &str, pattern: &str| {
        stated(&json!({"type": "indicator", "pattern_type": language, "pattern": pattern}))
    };
    assert_eq!(indicator("stix", "[ipv4-addr:value = '192.0.2.1']"), ["ipv4:192.0.2.1"]);
    assert_eq!(indicator("yara", "[ipv4-addr:value = '192.0.2.1']"), [""; 0]);
    assert_eq!(indicator("stix", "[ipv4-addr:value = "), [""; 0]);
    let of_20 = "[mutex:name = 'x'] START '2020-01-01T00:00:00Z' STOP '2020-01-02T00:00:00Z'";
    assert_eq!(indicator("stix", of_20), ["mutex:x"]);
}
