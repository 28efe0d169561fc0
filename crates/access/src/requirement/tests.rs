#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::story::{at, member};

fn requirement(wanted: Wanted) -> Requirement {
    Requirement {
        id: "kizuna-requirement--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap(),
        by: member("alpha"),
        created: at(0),
        modified: at(0),
        title: "Substations".to_owned(),
        priority: 1,
        wanted,
    }
}

fn list(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn wanted() -> Wanted {
    Wanted {
        kinds: list(&["malware", "indicator"]),
        words: Some("wiper".to_owned()),
        sectors: list(&["energy"]),
        labels: list(&["ics"]),
        pattern: Some("[ipv4-addr:value = '192.0.2.1' OR domain-name:value = 'example.test']".to_owned()),
    }
}

#[test]
fn a_requirement_reads_back() {
    let object = requirement(wanted()).object().unwrap();
    assert_eq!(object.warnings(), []);
    assert_eq!(Requirement::read(&object), Ok(requirement(wanted())));
    assert_eq!(wanted().values().len(), 2);
}

#[test]
fn what_wants_nothing_or_cannot_be_looked_up_is_none() {
    let refused = |wanted: Wanted| requirement(wanted).check().unwrap_err().property;
    assert_eq!(refused(Wanted::default()), "kinds");
    assert_eq!(refused(Wanted { pattern: Some("[".to_owned()), ..Wanted::default() }), "pattern");
    let inexact = Some("[ipv4-addr:value LIKE '%']".to_owned());
    assert_eq!(refused(Wanted { pattern: inexact, ..Wanted::default() }), "pattern");
}

#[test]
fn labels_and_sectors_are_compared_whole() {
    let object = |sectors: &[&str], labels: &[&str]| {
        Object::from_value(json!({
            "type": "identity", "spec_version": "2.1", "id": "identity--31b940d4-6f7f-459a-80ea-9c1f17b5891b",
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "name": "x",
            "sectors": sectors, "labels": labels,
        }))
        .unwrap()
    };
    assert!(wanted().admits(&object(&["nisc:electric-power"], &["ics"])));
    assert!(!wanted().admits(&object(&["water"], &["ics"])));
    assert!(!wanted().admits(&object(&["energy"], &["icsx"])));
}
