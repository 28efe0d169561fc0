#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_letter_waits_until_it_is_done_or_set_aside() {
    let place = tempfile::tempdir().unwrap();
    let outbox = Outbox::at(&place.path().join("deep/outbox"));
    assert_eq!(outbox.waiting().unwrap().len(), 0);
    let letter = |number: u8| Letter {
        to: "http://node.example/taxii2/own/collections/inbox/objects/".to_owned(),
        label: Some("tlp:green".to_owned()),
        objects: vec![serde_json::json!({ "number": number })],
    };
    let (one, two) = (outbox.keep(&letter(1)).unwrap(), outbox.keep(&letter(2)).unwrap());
    assert_eq!(outbox.keep(&letter(1)).unwrap(), one);
    let waiting = outbox.waiting().unwrap();
    assert_eq!(waiting.len(), 2);
    assert!(waiting.iter().any(|(_, kept)| kept.as_ref() == Ok(&letter(1))));
    outbox.done(&one).unwrap();
    let aside = outbox.set_aside(&two).unwrap();
    assert!(aside.exists() && outbox.waiting().unwrap().is_empty());
    std::fs::write(place.path().join("deep/outbox/cut.json"), "{\"to\":").unwrap();
    assert!(outbox.waiting().unwrap()[0].1.is_err());
}
