#![allow(clippy::unwrap_used)]

use super::{Element, Limits, ReadError, read};

const ONE: &str =
    r#"{"type":"x-note","id":"x-note--11111111-1111-4111-8111-111111111111","spec_version":"2.1"}"#;

fn kinds(text: &str) -> Vec<&'static str> {
    let elements = read(text.as_bytes(), &Limits::default()).unwrap();
    elements
        .iter()
        .map(|element| if matches!(element, Element::Object(_)) { "object" } else { "refused" })
        .collect()
}

fn error(text: &str) -> String {
    read(text.as_bytes(), &Limits::default()).unwrap_err().to_string()
}

#[test]
fn knows_an_envelope_by_its_content() {
    assert_eq!(kinds(ONE), ["object"]);
    assert_eq!(kinds(&format!("\u{feff} [{ONE},{ONE}] ")), ["object", "object"]);
    assert_eq!(kinds(&format!(r#"{{"more":false,"next":"x","objects":[{ONE}]}}"#)), ["object"]);
    assert_eq!(kinds(&format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{ONE}]}}"#)), ["object"]);
    assert_eq!(kinds(&format!(r#"{{"objects":[{ONE}],"spec_version":"2.0","type":"bundle"}}"#)), ["object"]);
    assert_eq!(kinds(r#"{"type":"bundle"}"#), Vec::<&str>::new());
    assert_eq!(kinds("[]"), Vec::<&str>::new());
    let with_objects = ONE.replace('{', r#"{"objects":["a"],"#);
    assert_eq!(kinds(&with_objects), ["object"], "a custom type may have an array called objects");
}

#[test]
fn one_bad_object_costs_no_neighbour_and_comes_back_byte_for_byte() {
    let bad = [
        r#"{ "type" : "x-note", "id":"x-note--nonsense" }"#,
        "17",
        "[ ]",
        r#"{"a":1,"a":2}"#,
        r#"{"n":1e999}"#,
    ];
    for bad in bad {
        let text = format!(r#"{{"objects":[{ONE}, {bad} ,{ONE}]}}"#);
        let elements = read(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(elements.len(), 3);
        let Element::Refused(refused) = &elements[1] else { panic!("{bad} was accepted") };
        assert_eq!(refused.bytes, bad.as_bytes());
        assert!(refused.faults.iter().any(crate::Fault::is_error));
        assert!(matches!(elements[2], Element::Object(_)));
    }
}

#[test]
fn a_broken_whole_names_its_place() {
    assert_eq!(
        error("{\n \"objects\": [ {,} ]}"),
        "not JSON: line 2 column 16: expected a property name in double quotes"
    );
    assert_eq!(
        error(&format!("[{ONE}")),
        format!("not JSON: line 1 column {}: the input ends too early", ONE.len() + 2)
    );
    assert_eq!(
        error(&format!("{ONE} x")),
        format!("not JSON: line 1 column {}: expected the end of the input", ONE.len() + 2)
    );
}

#[test]
fn what_is_no_envelope_is_said() {
    let expected = "expected a STIX bundle, a TAXII envelope, an array of objects or one object; found ";
    for (text, found) in [
        ("", "nothing"),
        ("17", "a string, number or literal"),
        ("{}", "an object with neither type, id nor objects"),
        (r#"{"type":"bundle","objects":{}}"#, "a bundle whose objects are no array"),
    ] {
        assert_eq!(error(text), format!("{expected}{found}"));
    }
}

#[test]
fn caps_hold() {
    let two = format!("[{ONE},{ONE}]");
    let strict = Limits { objects: 1, ..Limits::default() };
    assert!(matches!(read(two.as_bytes(), &strict), Err(ReadError::TooLarge { limit: 1, .. })));
    let strict = Limits { envelope_bytes: 10, ..Limits::default() };
    assert!(matches!(read(two.as_bytes(), &strict), Err(ReadError::TooLarge { limit: 10, .. })));
    let strict = Limits { object_bytes: ONE.len() - 1, ..Limits::default() };
    assert!(matches!(
        &read(two.as_bytes(), &strict).unwrap()[..],
        [Element::Refused(_), Element::Refused(_)]
    ));
    let deep = ONE.replace("\"2.1\"", &format!("\"2.1\",\"x_a\":{}{}", "[".repeat(90), "]".repeat(90)));
    let elements = read(format!("[{deep},{ONE}]").as_bytes(), &Limits::default()).unwrap();
    assert!(matches!(&elements[..], [Element::Refused(_), Element::Object(_)]));
}

#[test]
fn an_input_that_is_cut_off_is_an_error_wherever_it_is_cut() {
    let whole =
        format!(r#"{{"type":"bundle","id":"b","objects":[{ONE},{{"a":[1.5e3,"\\u00e9",true,null]}}]}}"#);
    for end in 1..whole.len() {
        let error = read(&whole.as_bytes()[..end], &Limits::default()).unwrap_err();
        assert!(matches!(error, ReadError::Json(_)), "{end}: {error}");
    }
    assert_eq!(kinds(&whole), ["object", "refused"]);
}
