//! The same questions put to the reference libraries in Python, `stix2` and `stix2-validator`. It runs when
//! `KIZUNA_PYTHON` names an interpreter that has them.

use std::io::Write;
use std::process::{Command, Stdio};

use kizuna_stix::{Object, canonical, id};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::good;

/// One answer for each question, in order; `None` where there is no interpreter.
fn ask(what: &str, values: &[Value]) -> Option<Vec<Value>> {
    let Ok(python) = std::env::var("KIZUNA_PYTHON") else {
        println!("skipped: set KIZUNA_PYTHON to a Python that has stix2 and stix2-validator");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/reference.py");
    let mut process =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let requests: Vec<String> =
        values.iter().map(|value| json!({"ask": what, "value": value}).to_string()).collect();
    let writer = std::thread::spawn(move || requests.iter().try_for_each(|line| writeln!(stdin, "{line}")));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{script} failed");
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), values.len());
    Some(answers)
}

/// The first value of each property that identifies a type, and what the library wants beside it.
fn identifying() -> Vec<(&'static str, Value, Value)> {
    let uuid = "11111111-1111-4111-8111-111111111111";
    vec![
        (
            "artifact",
            json!({"hashes": {"SHA-512": "ab".repeat(64), "SHA-256": "cd".repeat(32)}, "payload_bin": "ZWljYXI="}),
            json!({}),
        ),
        ("autonomous-system", json!({"number": 64500}), json!({})),
        ("directory", json!({"path": "C:\\a\u{1}\"é日本"}), json!({})),
        ("domain-name", json!({"value": "é.example"}), json!({})),
        ("email-addr", json!({"value": "a@example.org"}), json!({})),
        (
            "email-message",
            json!({"from_ref": format!("email-addr--{uuid}"), "subject": "s\n", "body": "/\u{7f}😀"}),
            json!({"is_multipart": false}),
        ),
        (
            "file",
            json!({
                "hashes": {"SHA-1": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "MD5": "d41d8cd98f00b204e9800998ecf8427e"},
                "name": "a.exe", "parent_directory_ref": format!("directory--{uuid}"),
                "extensions": {
                    "pdf-ext": {"version": "1.7", "is_optimized": true, "document_info_dict": {"T": "t", "A": "a"}},
                    "windows-pebinary-ext": {"pe_type": "exe", "sections": [{"name": "CODE", "entropy": 0.061_089}]}
                }
            }),
            json!({"size": 3}),
        ),
        ("ipv4-addr", json!({"value": "198.51.100.3"}), json!({})),
        ("ipv6-addr", json!({"value": "2001:db8::1"}), json!({})),
        ("mac-addr", json!({"value": "d2:fb:49:24:37:18"}), json!({})),
        ("mutex", json!({"name": "m"}), json!({})),
        (
            "network-traffic",
            json!({
                "start": "2026-01-02T03:04:05Z", "end": "2026-01-02T03:05:05.5Z",
                "src_ref": format!("ipv4-addr--{uuid}"), "dst_ref": format!("domain-name--{uuid}"),
                "src_port": 1, "dst_port": 443, "protocols": ["ipv4", "tcp"],
                "extensions": {"tcp-ext": {"src_flags_hex": "02"}}
            }),
            json!({"is_active": false}),
        ),
        (
            "software",
            json!({"name": "x", "cpe": "cpe:2.3:a:b:c:*:*:*:*:*:*:*:*", "swid": "s", "vendor": "v", "version": "1"}),
            json!({}),
        ),
        ("url", json!({"value": "https://example.org/?é"}), json!({})),
        (
            "user-account",
            json!({"account_type": "unix", "user_id": "1", "account_login": "l"}),
            json!({"display_name": "d"}),
        ),
        (
            "windows-registry-key",
            json!({"key": "hkey_local_machine\\x", "values": [{"name": "a", "data": "b", "data_type": "REG_SZ"}]}),
            json!({"number_of_subkeys": 1}),
        ),
        (
            "x509-certificate",
            json!({"hashes": {"SHA-256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                "serial_number": "36:f7"}),
            json!({"subject": "s"}),
        ),
    ]
}

/// Every choice of identifying properties of every type.
fn every_choice() -> Vec<Value> {
    let mut choices = Vec::new();
    for (kind, properties, beside) in identifying() {
        let properties: Vec<(&String, &Value)> = properties.as_object().unwrap().iter().collect();
        for choice in 1..1_u32 << properties.len() {
            let mut members: Map<String, Value> = beside.as_object().unwrap().clone();
            members.insert("type".into(), kind.into());
            let chosen = properties.iter().enumerate().filter(|(at, _)| choice & (1 << at) != 0);
            members.extend(chosen.map(|(_, (name, value))| ((*name).clone(), (*value).clone())));
            choices.push(Value::Object(members));
        }
    }
    choices
}

#[test]
fn computed_ids_are_those_of_stix2_for_every_type() {
    let choices = every_choice();
    let Some(answers) = ask("id", &choices) else { return };
    let mut compared: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for (members, answer) in choices.iter().zip(&answers) {
        let kind = members["type"].as_str().unwrap();
        let theirs = answer.as_str().unwrap();
        if theirs.starts_with("refused: ") {
            continue;
        }
        let ours = id::deterministic(kind, members.as_object().unwrap()).unwrap();
        assert_eq!(ours.as_str(), theirs, "{members}");
        *compared.entry(kind).or_default() += 1;
    }
    println!("ids compared: {compared:?}");
    assert_eq!(compared.len(), 17, "every type with a computed id");
    assert!(compared.values().sum::<usize>() > 150);
}

fn any_value() -> impl Strategy<Value = Value> {
    let exact = -9_007_199_254_740_991_i64..=9_007_199_254_740_991;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        exact.prop_map(Value::from),
        any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Value::from),
        (-1e6..1e6).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[test]
fn canonical_bytes_are_those_of_stix2() {
    let mut runner = TestRunner::deterministic();
    let strategy = any_value();
    let mut values: Vec<Value> =
        (0..2_000).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    values.extend(good());
    let Some(answers) = ask("canonical", &values) else { return };
    for (value, theirs) in values.iter().zip(&answers) {
        let ours = String::from_utf8(canonical::to_vec(value)).unwrap();
        assert_eq!(ours, theirs.as_str().unwrap());
    }
    println!("{} canonical texts compared", values.len());
}

/// What the validator refuses and we do not, each with the reason.
const EXCUSED: [(&str, &str); 2] = [
    (
        "granular_markings[1]: 'marking_ref' is a required property",
        "its schema knows no granular marking of language, which STIX 2.1 §7.2.3 has",
    ),
    ("TLP marking definitions must match one of those", "one with another name has the same id and level"),
];

/// Every good object with one property left out, emptied, or made something else.
fn spoilt() -> Vec<Value> {
    let mut all = Vec::new();
    for object in good() {
        for name in object.as_object().unwrap().keys() {
            for value in
                [None, Some(json!(true)), Some(json!([])), Some(json!({})), Some(json!("x")), Some(json!(-5))]
            {
                let mut spoilt = object.clone();
                let members = spoilt.as_object_mut().unwrap();
                match value {
                    None => members.remove(name),
                    Some(value) => members.insert(name.clone(), value),
                };
                all.push(spoilt);
            }
        }
    }
    all
}

#[test]
fn whatever_the_validator_refuses_has_a_fault() {
    let values = spoilt();
    let Some(answers) = ask("valid", &values) else { return };
    let mut missed = Vec::new();
    let mut refused = 0;
    for (value, answer) in values.iter().zip(&answers) {
        let is_excused = |error: &&str| EXCUSED.iter().any(|(text, _)| error.contains(text));
        let errors = answer.as_array().unwrap().iter().filter_map(Value::as_str);
        let errors: Vec<&str> = errors.filter(|error| !is_excused(error)).collect();
        if errors.is_empty() {
            continue;
        }
        refused += 1;
        if Object::from_value(value.clone()).is_ok_and(|object| object.warnings().is_empty()) {
            missed.push(format!("{} {errors:?}", value["type"]));
        }
    }
    missed.sort();
    missed.dedup();
    println!("{} spoilt objects, {refused} refused by the validator", values.len());
    assert!(
        missed.is_empty(),
        "{} missed, such as\n{}",
        missed.len(),
        missed[..missed.len().min(40)].join("\n")
    );
}
