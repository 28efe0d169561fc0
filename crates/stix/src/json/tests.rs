#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Broken, Reader};
use crate::fault::Path;

fn read(bytes: &[u8]) -> Result<(Value, Vec<String>), Broken> {
    let mut reader = Reader::new(bytes, 8);
    let value = reader.value(&Path::Root)?;
    if reader.peek() != 0 || reader.offset() < bytes.len() {
        return reader.broken("expected the end of the input");
    }
    Ok((value, reader.take_faults().iter().map(ToString::to_string).collect()))
}

fn sound(text: &str) -> Value {
    let (value, faults) = read(text.as_bytes()).unwrap();
    assert_eq!(faults, Vec::<String>::new());
    value
}

fn only_fault(bytes: &[u8]) -> String {
    let (_, mut faults) = read(bytes).unwrap();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[test]
fn reads_json() {
    assert_eq!(sound(" {} "), json!({}));
    assert_eq!(sound("[]"), json!([]));
    let text =
        r#"{"a":[1,-2,3.5,1e3,0,-0,true,false,null],"b":{"c":"\u00e9\n\"\\\/\b\f\r\t\ud83d\ude00x"},"":""}"#;
    assert_eq!(sound(text), serde_json::from_str::<Value>(&text.replace("-0,", "0,")).unwrap());
}

#[test]
fn duplicate_keys_are_faults_with_a_path() {
    let fault = only_fault(br#"{"a":[{"b":1,"b":2}]}"#);
    assert_eq!(fault, "$.a[0].b: RFC 7493 §2.3: an object may not have two members of the same name");
    assert!(only_fault(br#"{"a":1,"\u0061":2}"#).starts_with("$.a:"), "equal after unescaping");
}

#[test]
fn numbers_no_double_holds_are_faults() {
    assert_eq!(sound("9007199254740991"), json!(9_007_199_254_740_991_i64));
    assert_eq!(sound("-9007199254740991"), json!(-9_007_199_254_740_991_i64));
    assert_eq!(sound("1e21"), json!(1e21));
    for text in ["9007199254740992", "-9007199254740992", "99999999999999999999999", "1e400", "1e20"] {
        assert!(only_fault(format!("{{\"n\":{text}}}").as_bytes()).starts_with("$.n: RFC 7493"), "{text}");
    }
}

#[test]
fn broken_unicode_is_a_fault() {
    assert!(only_fault(b"{\"a\":\"x\xff\"}").starts_with("$.a: RFC 7493 §2.1"));
    assert!(only_fault(b"[\"\\ud800\"]").starts_with("$[0]: RFC 7493 §2.1"));
    assert!(only_fault(b"[\"\\udc00\\ud800\"]").starts_with("$[0]: RFC 7493 §2.1"));
    assert!(only_fault(b"[\"\\ud800\\n\"]").starts_with("$[0]: RFC 7493 §2.1"));
}

#[test]
fn deep_nesting_is_a_fault_and_is_stepped_over() {
    let deep = format!("[{}1{}, 2]", "[".repeat(100_000), "]".repeat(100_000));
    let (value, faults) = read(deep.as_bytes()).unwrap();
    assert_eq!(value[1], json!(2));
    assert_eq!(faults, ["$[0][0][0][0][0][0][0][0]: limit: nested too deep"]);
}

#[test]
fn broken_syntax_has_its_place() {
    for (text, line, column, what) in [
        ("{\n  \"a\": }", 2, 8, "expected a value"),
        ("{\"a\":1", 1, 7, "the input ends too early"),
        ("[1,]", 1, 4, "expected a value"),
        ("{\"a\":1,}", 1, 8, "expected a property name in double quotes"),
        ("[01]", 1, 4, "not a number of JSON"),
        ("[1.]", 1, 4, "not a number of JSON"),
        ("[1e+]", 1, 5, "not a number of JSON"),
        ("[-]", 1, 3, "not a number of JSON"),
        ("[\"a\nb\"]", 1, 4, "a control character in a string must be escaped"),
        ("[\"\\x\"]", 1, 3, "unknown escape in a string"),
        ("[\"\\u12g4\"]", 1, 3, "\\u must be followed by four hexadecimal digits"),
        ("[tru]", 1, 2, "expected a value"),
        ("[1 2]", 1, 4, "expected ',' or ']' after an item"),
        ("{\"a\" 1}", 1, 6, "expected ':' after a property name"),
        ("", 1, 1, "the input ends too early"),
        ("\"abc", 1, 5, "the input ends too early"),
        ("\"abc\\", 1, 5, "unknown escape in a string"),
    ] {
        let broken = read(text.as_bytes()).unwrap_err();
        assert_eq!((broken.place(text.as_bytes()), broken.what), ((line, column), what), "{text:?}");
    }
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_any_text(text in "[\\[\\]{}:,\"\\\\u0-9eE.+\\-truefalsn a-f\\n]{0,24}") {
        let theirs = serde_json::from_str::<Value>(&text);
        match read(text.as_bytes()) {
            Ok((value, faults)) if faults.is_empty() => {
                let theirs = theirs.unwrap();
                prop_assert_eq!(crate::canonical::to_vec(&value), crate::canonical::to_vec(&theirs));
            }
            Ok(_) => {}
            Err(_) => prop_assert!(theirs.is_err(), "{}", text),
        }
    }

    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let _ = Reader::new(&bytes, 4).skip();
    }
}
