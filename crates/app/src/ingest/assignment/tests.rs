#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_attest::Signer;
use serde_json::{Value, json};

use crate::ingest::proof::tests::{Site, by, member, reasons};
use crate::ingest::tests::indicator;
use crate::people::Caller;
use crate::{Delivery, Item, Report};

/// Asterin's node, with what Velkar reads there of an object under a label.
fn asterin(object: &Value, label: &str) -> (Site, Vec<Value>) {
    let site = Site::of("Asterin CERT");
    let report = site.give(std::slice::from_ref(object), label);
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    let objects = site.objects("Velkar Shield");
    (site, objects)
}

/// Velkar's node, which knows Asterin's key.
fn velkar(asterin: &Site) -> Site {
    let site = Site::of("Velkar Shield");
    let key = asterin.node.people(Caller::Operator).signing_keys_of(asterin.own).unwrap();
    let key = key.current().unwrap().key.parse().unwrap();
    site.node.people(Caller::Operator).pin_signing_key(asterin.own, key).unwrap();
    assert!(site.node.key_ring().unwrap().knows(Signer::Member(asterin.own)));
    site
}

/// The account of a member that lives elsewhere sends an envelope.
fn send(site: &Site, from: &str, objects: &[Value]) -> Report {
    let bytes = json!({ "objects": objects }).to_string();
    let delivery = Delivery { items: 100, ..Delivery::default() };
    site.node.ingest(&site.who(from), bytes.as_bytes(), &delivery).unwrap()
}

/// Content, and all that travels beside it.
fn parted(objects: &[Value]) -> (Vec<Value>, Vec<Value>) {
    let is_content = |object: &Value| object["type"] == "indicator";
    let content = objects.iter().filter(|object| is_content(object)).cloned().collect();
    let beside = objects.iter().filter(|object| !is_content(object)).cloned().collect();
    (content, beside)
}

fn content(site: &Site, reader: &str) -> Vec<Item> {
    let mut items = site.items(reader);
    items.retain(|item| item.id.kind() == "indicator");
    items
}

#[test]
fn a_label_object_counts_for_what_the_same_account_sends_after_it() {
    for from in ["Asterin CERT", "Orinthia Watch"] {
        let (asterin, objects) = asterin(&indicator(1), "rel:XAS tlp:amber");
        let (whole, parts) = (velkar(&asterin), velkar(&asterin));
        let report = send(&whole, from, &objects);
        assert_eq!(report.quarantined, 0, "{from}: {}", reasons(&report));
        let (content_of, beside) = parted(&objects);
        for envelope in [&beside, &content_of] {
            let report = send(&parts, from, envelope);
            assert_eq!(report.quarantined, 0, "{from}: {}", reasons(&report));
        }
        let told = |site: &Site| -> Vec<(String, String)> {
            let directory = site.node.directory().unwrap();
            let name = |item: &Item| directory.member(item.source).unwrap().name.clone();
            content(site, "Velkar Shield").iter().map(|item| (name(item), item.label.canonical())).collect()
        };
        assert_eq!(told(&parts), told(&whole), "{from}");
        assert_eq!(told(&parts).len(), 1, "{from}: Velkar is in XAS");
    }
}

#[test]
fn a_label_object_counts_for_what_the_same_peer_sends_after_it() {
    for from in ["Asterin CERT", "Orinthia Watch"] {
        let (asterin, objects) = asterin(&indicator(1), "rel:\"Velkar Shield\" tlp:amber");
        let (whole, parts) = (velkar(&asterin), velkar(&asterin));
        whole.take(from, &objects).unwrap();
        let (content_of, beside) = parted(&objects);
        for envelope in [&beside, &content_of] {
            let report = parts.take(from, envelope).unwrap();
            assert_eq!(report.quarantined, 0, "{from}: {}", reasons(&report));
        }
        let labels = |site: &Site| -> Vec<String> {
            content(site, "Velkar Shield").iter().map(|item| item.label.canonical()).collect()
        };
        assert_eq!(labels(&parts), labels(&whole), "{from}");
        assert_eq!(labels(&parts).len(), 1, "{from}");
    }
}

#[test]
fn originator_control_that_was_said_in_an_earlier_envelope_holds() {
    let (asterin, objects) = asterin(&indicator(1), "rel:XAS tlp:amber orcon");
    let velkar = velkar(&asterin);
    let (content_of, beside) = parted(&objects);
    send(&velkar, "Orinthia Watch", &beside);
    let report = send(&velkar, "Orinthia Watch", &content_of);
    assert!(reasons(&report).contains("originator controlled"), "{}", reasons(&report));
    assert!(content(&velkar, "Orinthia Watch").is_empty());
    assert!(content(&velkar, "Velkar Shield").is_empty());
}

#[test]
fn what_its_author_took_back_does_not_come_again_by_who_passes_it_on() {
    let source = member(&Site::of("Asterin CERT").node, "Asterin CERT");
    let (asterin, objects) = asterin(&by(source, 1), "rel:XAS tlp:amber");
    let velkar = velkar(&asterin);
    assert_eq!(send(&velkar, "Asterin CERT", &objects).quarantined, 0);
    assert_eq!(content(&velkar, "Velkar Shield").len(), 1);

    let id = indicator(1)["id"].as_str().unwrap().parse().unwrap();
    asterin.node.withdraw(&asterin.who("Asterin CERT"), &id, None).unwrap();
    let then = asterin.objects("Velkar Shield");
    let recalls: Vec<Value> = then.iter().filter(|object| !objects.contains(object)).cloned().collect();
    assert!(recalls.iter().any(|object| object["type"] == "kizuna-recall"), "{recalls:?}");
    assert_eq!(send(&velkar, "Asterin CERT", &recalls).quarantined, 0);
    assert!(content(&velkar, "Velkar Shield").is_empty());

    // A third node had not heard of it.
    assert_eq!(send(&velkar, "Orinthia Watch", &objects).quarantined, 0);
    assert!(content(&velkar, "Velkar Shield").is_empty(), "it stays its author's");

    // Its author changes its mind: it may.
    asterin.give(&[by(source, 1)], "rel:XAS tlp:amber");
    let mut again = asterin.objects("Velkar Shield");
    again.retain(|object| !recalls.contains(object));
    send(&velkar, "Asterin CERT", &again);
    assert_eq!(content(&velkar, "Velkar Shield").len(), 1, "from its author");
}
