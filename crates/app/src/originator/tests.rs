#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::time::Duration;

use kizuna_access::release::State;
use kizuna_access::rights::{Clearance, Role};
use kizuna_access::{PersonId, Principal};
use kizuna_attest::{Change, NewAnnouncement, SecretKey, Signer, vouched};
use kizuna_stix::Id;
use kizuna_store::Selection;
use kizuna_store::query::Start;
use serde_json::{Value, json};

use crate::ingest::sites::{Site, by, member, reasons};
use crate::ingest::tests::indicator;
use crate::peers::NewPeer;
use crate::people::Caller;
use crate::release::{Proposal, Shown};
use crate::{AppError, Versions};

const A: &str = "Asterin CERT";
const B: &str = "Velkar Shield";
const C: &str = "Orinthia Watch";

/// For A, B and C, and originator controlled.
const TO_ALL: &str = "rel:\"Asterin CERT\",\"Velkar Shield\",\"Orinthia Watch\" orcon";
const TO_B: &str = "rel:\"Asterin CERT\",\"Velkar Shield\" orcon";

fn releaser(site: &Site, email: &str) -> Principal {
    let people = site.node.people(Caller::Operator);
    let roles = BTreeSet::from([Role::Releaser, Role::Analyst]);
    let (user, _) = people.add_user(email, site.own, roles).unwrap();
    site.node.directory().unwrap().authenticate_person(user.id, site.node.now()).unwrap()
}

/// What B's node would push to C's.
fn pushed(site: &Site, to: &str) -> Vec<Value> {
    let name = to.to_lowercase().replace(' ', "-");
    let known = site.node.peers(&Caller::Operator).unwrap();
    let peer = known.into_iter().find(|peer| peer.name == name).unwrap_or_else(|| {
        let new = NewPeer {
            name,
            url: "http://127.0.0.1:9/".parse().unwrap(),
            members: vec![member(&site.node, to)],
            user: None,
            key: None,
            collections: Vec::new(),
            pull: false,
            push: true,
            every: Duration::from_hours(1),
            label: None,
            clearance: Clearance::default(),
        };
        site.node.add_peer(&Caller::Operator, new).unwrap()
    });
    let view = site.node.views_of(&peer).unwrap().remove(0);
    let selection = Selection { versions: Versions::All, ..Selection::default() };
    let items = view.page(&selection, Start::First, 1_000).unwrap().items;
    let sent = site.node.to_send(&peer, &view, &items).unwrap();
    sent.iter().map(|item| serde_json::from_slice(&item.bytes).unwrap()).collect()
}

/// Who gave the indicators that are stored here, and whether as their author.
fn stored(site: &Site, name: &str) -> Vec<(String, bool)> {
    let directory = site.node.directory().unwrap();
    let items = site.items(name).into_iter().filter(|item| item.id.kind() == "indicator");
    items.map(|item| (directory.member(item.source).unwrap().name.clone(), item.authored)).collect()
}

fn has(objects: &[Value], kind: &str) -> bool {
    objects.iter().any(|object| object["type"] == kind)
}

fn keys(objects: &[Value]) -> Vec<Value> {
    objects.iter().filter(|object| object["type"] == "kizuna-key").cloned().collect()
}

/// A's release of its own content through B; its content is given before.
fn release(a: &Site, through: &[&str]) -> Shown {
    let proposal = Proposal {
        objects: vec![indicator(1)["id"].as_str().unwrap().parse::<Id>().unwrap()],
        label: "rel:\"Velkar Shield\",\"Orinthia Watch\"".to_owned(),
        through: through.iter().map(|name| (*name).to_owned()).collect(),
        ..Proposal::default()
    };
    let shown = a.node.propose_release(&a.who(A), &proposal).unwrap();
    let done = a.node.approve_release(&releaser(a, "one@asterin.example"), &shown.id).unwrap();
    assert_eq!(done.state, State::Released);
    done
}

#[test]
fn a_recipient_s_node_passes_nothing_on_that_is_originator_controlled() {
    let (a, b, c) = (Site::of(A), Site::of(B), Site::of(C));
    // One that names its author, and one that only a label object puts under control.
    assert_eq!(a.give(&[by(a.own, 1), indicator(2)], TO_ALL).quarantined, 0);
    let report = b.take(A, &a.objects(B)).unwrap();
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    assert_eq!(b.content().len(), 2);
    let sent = pushed(&b, C);
    assert!(!has(&sent, "indicator"), "{sent:#?}");

    // Nor does C take it in where B sends it all the same.
    let report = c.take(B, &b.objects(C)).unwrap();
    assert_eq!(stored(&c, C), []);
    let told = reasons(&report);
    assert!(told.contains("originator controlled by Asterin CERT"), "{told}");
    // From A itself it does.
    c.take(A, &a.objects(C)).unwrap();
    assert_eq!(c.content().len(), 2);
}

#[test]
fn what_was_exported_and_is_imported_again_stays_its_originators() {
    let (a, b) = (Site::of(A), Site::of(B));
    a.give(&[by(a.own, 1), indicator(2)], TO_ALL);
    let exported = a.objects(B);
    b.take(A, &exported).unwrap();
    for label in ["rel:XAS,XOR", "rel:XAS,XOR tlp:clear", TO_ALL] {
        let report = b.give(&exported, label);
        let told = reasons(&report);
        assert!(told.contains("originator controlled, and not this member's"), "{told}");
        assert!(!has(&pushed(&b, C), "indicator"));
    }
    // Also on a node that never had it from A.
    let fresh = Site::of(B);
    assert!(reasons(&fresh.give(&exported, "rel:XAS,XOR")).contains("originator controlled"));
    assert!(!has(&pushed(&fresh, C), "indicator"));
    // One's own is one's own to give.
    let own = b.give(&[by(b.own, 7), indicator(8)], TO_ALL);
    assert_eq!(own.quarantined, 0, "{}", reasons(&own));
    assert!(has(&pushed(&b, C), "indicator"));
}

#[test]
fn nobody_derives_from_what_is_another_s() {
    let (a, b) = (Site::of(A), Site::of(B));
    a.give(&[by(a.own, 1)], TO_B);
    b.take(A, &a.objects(B)).unwrap();
    let order = crate::tearline::Order {
        objects: vec![indicator(1)["id"].as_str().unwrap().parse().unwrap()],
        label: "rel:XOR".to_owned(),
        ..crate::tearline::Order::default()
    };
    let refused = b.node.tearline(&b.who(B), &order).unwrap_err();
    assert!(refused.to_string().contains("ask its originator for a tear-line"), "{refused}");
    assert!(a.node.tearline(&a.who(A), &order).is_ok());
}

#[test]
fn with_its_originator_s_signed_consent_a_recipient_passes_it_on() {
    let (a, b, c) = (Site::of(A), Site::of(B), Site::of(C));
    a.give(&[by(a.own, 1)], TO_B);
    let done = release(&a, &[B]);
    assert_eq!(done.through, [B]);
    let report = b.take(A, &a.objects(B)).unwrap();
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    let sent = pushed(&b, C);
    for kind in ["indicator", "kizuna-release", "kizuna-key", "kizuna-attestation"] {
        assert!(has(&sent, kind), "{kind} in {sent:#?}");
    }
    // Who knows no key of A cannot know that A agreed.
    let report = c.take(B, &sent).unwrap();
    assert_eq!(stored(&c, C), []);
    assert!(reasons(&report).contains("originator controlled by Asterin CERT"), "{}", reasons(&report));

    let c = Site::of(C);
    c.take(A, &keys(&a.objects(C))).unwrap();
    let report = c.take(B, &sent).unwrap();
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    assert_eq!(stored(&c, C), [(A.to_owned(), true)]);
    let person = done.approvals[0].person;
    let directory = c.node.directory().unwrap();
    assert_eq!(directory.vouched_by(person), Some(member(&c.node, A)));

    // For another carrier it is no consent; without the signatures neither.
    let d = Site::of(C);
    d.take(A, &keys(&a.objects(C))).unwrap();
    let mut forged: Vec<Value> = sent.clone();
    for object in forged.iter_mut().filter(|object| object["type"] == "kizuna-release") {
        object["approvals"] = json!([]);
    }
    d.take(B, &forged).unwrap();
    assert_eq!(stored(&d, C), []);
}

#[test]
fn a_release_through_nobody_is_carried_by_nobody() {
    let (a, b) = (Site::of(A), Site::of(B));
    a.give(&[by(a.own, 1)], TO_B);
    release(&a, &[]);
    b.take(A, &a.objects(B)).unwrap();
    assert!(!has(&pushed(&b, C), "indicator"));
}

#[test]
fn an_approver_s_other_key_stops_the_flow_until_it_is_pinned() {
    let (a, c) = (Site::of(A), Site::of(C));
    a.give(&[by(a.own, 1)], TO_B);
    let done = release(&a, &[B]);
    let person: PersonId = done.approvals[0].person;
    c.take(A, &keys(&a.objects(C))).unwrap();
    let known = c.node.directory().unwrap().signing_keys(Signer::Person(person)).len();
    assert_eq!(known, 1, "vouched for by its member");

    let other = SecretKey::from_seed(&[7; 32]);
    let (key, effective) = (other.public(), a.node.now());
    let new =
        NewAnnouncement { member: a.own, person: Some(person), key, change: Change::Introduced, effective };
    let plain = new.sign(&other).unwrap();
    let (secret, _) = a.node.current_secret(Signer::Member(a.own)).unwrap();
    let announced = vouched(&plain, &secret, a.node.now()).unwrap();
    let announced = Value::Object(announced.into_value());
    let stopped = c.take(A, std::slice::from_ref(&announced)).unwrap_err();
    assert!(matches!(&stopped, AppError::Conflict(why) if why.contains("--person")), "{stopped}");
    let people = c.node.people(Caller::Operator);
    assert_eq!(people.unknown_keys().unwrap()[0].person, Some(person));
    people.pin_approver_key(a.own, person, other.public()).unwrap();
    assert!(people.unknown_keys().unwrap().is_empty());
    c.take(A, std::slice::from_ref(&announced)).unwrap();
    // A key that its member does not vouch for is nobody's.
    let stranger = SecretKey::from_seed(&[8; 32]);
    let nobody = PersonId(uuid::Uuid::from_u128(5));
    let person = Some(nobody);
    let new = NewAnnouncement {
        member: a.own,
        person,
        key: stranger.public(),
        change: Change::Introduced,
        effective,
    };
    let unvouched = Value::Object(new.sign(&stranger).unwrap().into_value());
    c.take(A, &[unvouched]).unwrap();
    assert!(c.node.directory().unwrap().signing_keys(Signer::Person(nobody)).is_empty());
}
