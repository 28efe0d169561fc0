#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::Label;
use kizuna_access::marking::personal::{Category, PersonalData};
use kizuna_access::party::Party;
use kizuna_stix::Object;
use serde_json::{Value, json};

use super::{Mark, has_address};
use crate::betrayal::{Draft, Rule};
use crate::ingest::tests::Story;
use crate::tearline::{Act, Choice, Order, Template};

const AT: &str = "2026-01-01T00:00:00.000Z";

fn note(number: u32, content: &str, mut more: Value) -> Value {
    let base = json!({ "type": "note", "spec_version": "2.1", "created": AT, "modified": AT, "content": content,
        "id": format!("note--00000000-0000-4000-8000-{number:012}"),
        "object_refs": ["tool--00000000-0000-4000-8000-000000000001"] });
    more.as_object_mut().unwrap().extend(base.as_object().unwrap().clone());
    more
}

fn marking(named: &[Party]) -> Object {
    let data = PersonalData {
        category: Category::Identity,
        legal_basis: "an investigation".to_owned(),
        review: Some("2026-06-01".parse().unwrap()),
        named: named.iter().copied().collect(),
    };
    data.marking().unwrap()
}

fn value(object: &Object) -> Value {
    serde_json::from_slice(object.canonical()).unwrap()
}

#[test]
fn it_is_found_where_it_is_marked_and_where_it_is_likely() {
    let story = Story::begin();
    let marking = marking(&[]);
    let granular =
        json!({ "granular_markings": [{ "marking_ref": marking.id(), "selectors": ["content"] }] });
    let person = json!({ "type": "identity", "spec_version": "2.1", "created": AT, "modified": AT, "name": "Somebody",
        "id": "identity--00000000-0000-4000-8000-000000000007", "identity_class": "individual" });
    let objects = [
        value(&marking),
        note(1, "about a person", granular),
        note(2, "write to jane@private.example today", json!({})),
        note(3, "nothing of that kind @all", json!({})),
        person,
    ];
    story.give("xas", &objects, Some("rel:Circle"));
    for country in ["xas", "xve"] {
        let reading = story.node.read(&story.who(country)).unwrap();
        let first = reading.personal_data(None, 1).unwrap();
        assert!(first.more && first.items.len() == 1);
        let rest = reading.personal_data(first.next.as_deref(), 10).unwrap();
        let found: Vec<(String, bool)> = first
            .items
            .iter()
            .chain(&rest.items)
            .map(|one| (format!("{} {}", one.object.kind(), one.place), one.marked))
            .collect();
        let expected = [("note $.content", true), ("note $.content", false), ("identity $.name", false)];
        assert_eq!(found, expected.map(|(place, marked)| (place.to_owned(), marked)), "{country}");
        assert_eq!(first.items[0].legal_basis.as_deref(), Some("an investigation"));
    }
    let outside = story.node.read(&story.who("xor")).unwrap();
    assert!(outside.personal_data(None, 10).unwrap().items.is_empty());
}

#[test]
fn what_is_marked_leaves_to_who_is_named_and_to_others_by_decision() {
    let story = Story::begin();
    let velkar = Party::Member(story.member("Velkar Shield"));
    let marking = marking(std::slice::from_ref(&velkar));
    let granular =
        json!({ "granular_markings": [{ "marking_ref": marking.id(), "selectors": ["content"] }] });
    let note = note(1, "about a person", granular);
    story.give("xas", &[value(&marking), note.clone()], None);
    let object = Object::from_value(note).unwrap();
    let reading = story.node.read(&story.who("xas")).unwrap();
    let findings = |to: Party| {
        let label = Label::builder().rel([to]).label();
        let draft =
            Draft { objects: std::slice::from_ref(&object), label: &label, sources: &[], disclosed: &[] };
        let found = reading.betrayals(&draft).unwrap();
        found
            .into_iter()
            .filter(|one| one.rule == Rule::PersonalData)
            .map(|one| one.place)
            .collect::<Vec<_>>()
    };
    assert_eq!(findings(velkar), Vec::<String>::new());
    assert_eq!(findings(Party::Member(story.member("Orinthia Watch"))), ["$.content"]);
}

#[test]
fn an_address_is_known_by_its_form() {
    for (text, expected) in [
        ("jane@private.example", true),
        ("(jane.doe+x@mail.private.example).", true),
        ("@private.example", false),
        ("jane@", false),
        ("jane@localhost", false),
        ("a @ b.example", false),
        ("連絡先：jane@private.example。", true),
    ] {
        assert_eq!(has_address(text), expected, "{text}");
    }
}

#[test]
fn its_author_marks_an_object_and_a_tear_line_leaves_it_out() {
    let story = Story::begin();
    story.open_to_writers("tlp:amber");
    let pattern = json!({ "type": "indicator", "spec_version": "2.1", "created": AT, "modified": AT, "name": "n1",
        "id": "indicator--00000000-0000-4000-8000-000000000001", "valid_from": AT,
        "pattern": "[email-addr:value = 'jane@private.example']", "pattern_type": "stix" });
    story.give("xas", std::slice::from_ref(&pattern), Some("rel:Circle"));
    let id: kizuna_stix::Id = pattern["id"].as_str().unwrap().parse().unwrap();
    let mark = Mark {
        category: Category::Contact,
        legal_basis: "an investigation".to_owned(),
        review: None,
        named: "XAS".to_owned(),
        fields: vec!["name".to_owned()],
    };
    let xas = story.who("xas");
    let before = story.node.read(&xas).unwrap().object(&id).unwrap();
    let after = story.node.mark_personal(&xas, &id, &mark).unwrap();
    assert_eq!((&after.label, after.version > before.version), (&before.label, true));
    let reading = story.node.read(&story.who("xve")).unwrap();
    let found = reading.personal_data(None, 10).unwrap().items;
    assert_eq!(
        found.iter().map(|one| (one.place.as_str(), one.marked)).collect::<Vec<_>>(),
        [("$.name", true)]
    );
    let again = story.node.mark_personal(&xas, &id, &mark).unwrap();
    assert_eq!(story.node.read(&xas).unwrap().personal_data(None, 10).unwrap().items.len(), 1, "{again:?}");

    for (who, wrong, fields) in
        [("xve", "", "name"), ("xas", "nobody at all", "name"), ("xas", "", "nothing")]
    {
        let wrong = Mark { named: wrong.to_owned(), fields: vec![fields.to_owned()], ..mark.clone() };
        assert!(story.node.mark_personal(&story.who(who), &id, &wrong).is_err());
    }
    let order = Order {
        objects: vec![id.clone()],
        template: Template::Context,
        label: "tlp:green rel:XVE".to_owned(),
        ..Order::default()
    };
    let named = |order: &Order| story.node.tearline(&xas, order).unwrap().low[0].get("name").is_some();
    assert!(!named(&order), "the low side is read by others than the marking names");
    assert!(named(&Order { label: "rel:XAS".to_owned(), ..order.clone() }));
    let keep = Choice { object: id, place: "$.name".to_owned(), act: Act::Keep };
    assert!(named(&Order { choices: vec![keep], ..order }), "chosen on purpose");
}

#[test]
fn what_was_marked_is_unmarked_by_its_author_alone() {
    let story = Story::begin();
    let object = note(1, "about a person", json!({}));
    let id: kizuna_stix::Id = object["id"].as_str().unwrap().parse().unwrap();
    story.give("xas", &[object], Some("rel:Circle"));
    let who = story.who("xas");
    let mark = |fields: &[&str]| Mark {
        category: Category::Contact,
        legal_basis: "an inquiry".to_owned(),
        review: None,
        named: String::new(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
    };
    let places = || -> Vec<String> {
        let found = story.node.read(&who).unwrap().personal_data(None, 10).unwrap().items;
        found.into_iter().filter(|one| one.marked).map(|one| one.place).collect()
    };
    story.node.mark_personal(&who, &id, &mark(&["content"])).unwrap();
    story.node.mark_personal(&who, &id, &mark(&[])).unwrap();
    assert_eq!(places(), ["$", "$.content"]);
    assert!(story.node.unmark_personal(&story.who("xve"), &id, &[]).is_err());
    story.node.unmark_personal(&who, &id, &["content".to_owned()]).unwrap();
    assert_eq!(places(), ["$"]);
    let item = story.node.unmark_personal(&who, &id, &[]).unwrap();
    assert_eq!(places(), Vec::<String>::new());
    let left: Value = serde_json::from_slice(&item.bytes).unwrap();
    assert!(left.get("granular_markings").is_none(), "{left}");
    assert!(story.node.unmark_personal(&who, &id, &[]).is_err(), "nothing is marked any more");
}
