#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kizuna_access::channel::Channel;
use kizuna_access::rights::{Role, Sector};
use kizuna_access::{Label, MemberId, Party, Principal};
use kizuna_attest::{Fingerprint, Signer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ingest::tests::{BESIDE, indicator};
use crate::ingest::{Giver, Origin};
use crate::people::{Caller, NewMember};
use crate::signing::Origin as KeyOrigin;
use crate::{AppError, Config, Delivery, From, Item, Node, Report, Selection, Versions};

const NAMES: [&str; 3] = ["Asterin CERT", "Velkar Shield", "Orinthia Watch"];

/// A node that hosts one of three members, with an analyst of each.
pub(crate) struct Site {
    pub node: Node,
    pub own: MemberId,
    data: TempDir,
}

impl Site {
    pub fn of(own: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let node = Node::open(Config::new(data.path())).unwrap();
        let people = node.people(Caller::Operator);
        let mut names = NAMES;
        names.sort_by_key(|name| *name != own);
        for name in names {
            let new = NewMember {
                name: name.to_owned(),
                country: if name == "Orinthia Watch" { "XOR" } else { "XAS" }.parse().unwrap(),
                sector: Sector::Public,
                identity: None,
                hosted: name == own,
            };
            let member = people.add_member(new).unwrap();
            let address = format!("analyst@{}.example", name.to_lowercase().replace(' ', "-"));
            people.add_user(&address, member.id, BTreeSet::from([Role::Analyst])).unwrap();
        }
        Self { own: member(&node, own), node, data }
    }

    pub fn who(&self, name: &str) -> Principal {
        let directory = self.node.directory().unwrap();
        let address = format!("analyst@{}.example", name.to_lowercase().replace(' ', "-"));
        let person = directory.person_by_email(&address).unwrap();
        directory.authenticate_person(person.id, self.node.now()).unwrap()
    }

    pub fn give(&self, objects: &[Value], label: &str) -> Report {
        let bytes = json!({ "objects": objects }).to_string();
        let delivery = Delivery { label: Some(label), items: 100, ..Delivery::default() };
        self.node.import(bytes.as_bytes(), &delivery).unwrap()
    }

    /// All that an analyst of this member reads here, in its order of arrivals.
    pub fn items(&self, name: &str) -> Vec<Item> {
        let reading = self.node.read(&self.who(name)).unwrap();
        let selection = Selection { versions: Versions::All, ..Selection::default() };
        reading.page(&selection, &From::First, 1_000).unwrap().items
    }

    pub fn objects(&self, name: &str) -> Vec<Value> {
        self.items(name).iter().map(|item| serde_json::from_slice(&item.bytes).unwrap()).collect()
    }

    /// Content, without what travels beside it: number of the indicator, who gave it, whether as its author.
    pub fn content(&self) -> Vec<(u32, String, bool)> {
        let directory = self.node.directory().unwrap();
        let own = directory.member(self.own).unwrap().name.clone();
        let items = self.items(&own);
        let content = items.iter().filter(|item| !BESIDE.contains(&item.id.kind()));
        let mut content: Vec<(u32, String, bool)> = content
            .map(|item| {
                let number = item.id.to_string().rsplit('-').next().unwrap().parse().unwrap();
                (number, directory.member(item.source).unwrap().name.clone(), item.authored)
            })
            .collect();
        content.sort();
        content
    }

    /// Takes an envelope from a peer that is said to host one member.
    pub fn take(&self, from: &str, objects: &[Value]) -> Result<Report, AppError> {
        let source = member(&self.node, from);
        let parties = [Party::Member(source), Party::Member(self.own)];
        let giver = Giver {
            source,
            by: None,
            channel: format!("peer:{from}"),
            way: Channel::with_default(Label::builder().rel(parties).label()),
            origin: Origin::Peer { hosted: BTreeSet::from([source]) },
            reliability: None,
            is_releaser: false,
        };
        let bytes = json!({ "objects": objects }).to_string();
        self.node.take_in(&giver, bytes.as_bytes(), &Delivery { items: 1_000, ..Delivery::default() })
    }

    pub fn current_key(&self, name: &str) -> (Fingerprint, KeyOrigin) {
        let people = self.node.people(Caller::Operator);
        let history = people.signing_keys_of(member(&self.node, name)).unwrap();
        let current = history.current().unwrap();
        (current.fingerprint.parse().unwrap(), current.origin)
    }

    pub fn pin(&self, name: &str, key: Fingerprint) {
        let key = self.node.announced_key(key).unwrap().unwrap();
        self.node.people(Caller::Operator).pin_signing_key(member(&self.node, name), key).unwrap();
    }
}

pub(crate) fn member(node: &Node, name: &str) -> MemberId {
    node.directory().unwrap().member_named(name).unwrap().id
}

pub(crate) fn by(member: MemberId, number: u32) -> Value {
    let mut object = indicator(number);
    object["created_by_ref"] = json!(member.identity().as_str());
    object
}

pub(crate) fn reasons(report: &Report) -> String {
    let faults = report.items.iter().flat_map(|item| &item.faults);
    faults.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Whether an object is the indicator of this number.
fn is(object: &Value, number: u32) -> bool {
    object["id"] == indicator(number)["id"]
}

fn without(objects: &[Value], kind: &str) -> Vec<Value> {
    objects.iter().filter(|object| object["type"] != kind).cloned().collect()
}

/// Asterin's node with content of its own for the circle, and what Velkar reads of it there.
fn asterin(numbers: std::ops::RangeInclusive<u32>) -> (Site, Vec<Value>) {
    let site = Site::of("Asterin CERT");
    let content: Vec<Value> = numbers.map(|number| by(site.own, number)).collect();
    let report = site.give(&content, "rel:XAS tlp:green");
    assert_eq!((report.stored, report.quarantined), (content.len(), 0));
    let objects = site.objects("Velkar Shield");
    (site, objects)
}

#[test]
fn content_is_its_author_s_by_proof_and_the_first_key_is_by_first_sight() {
    let (asterin, objects) = asterin(1..=3);
    let kinds: Vec<&str> = objects.iter().map(|object| object["type"].as_str().unwrap()).collect();
    let place = |kind: &str| kinds.iter().position(|found| *found == kind).unwrap();
    assert!(place("kizuna-key") < place("kizuna-attestation"), "{kinds:?}");
    assert!(place("kizuna-attestation") < place("indicator"), "{kinds:?}");

    let velkar = Site::of("Velkar Shield");
    let report = velkar.take("Asterin CERT", &objects).unwrap();
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    let authored = |number| (number, "Asterin CERT".to_owned(), true);
    assert_eq!(velkar.content(), [authored(1), authored(2), authored(3)]);
    let (key, origin) = velkar.current_key("Asterin CERT");
    assert_eq!((key, origin), (asterin.current_key("Asterin CERT").0, KeyOrigin::FirstSight));
}

#[test]
fn an_attestation_may_come_in_an_earlier_envelope_than_what_it_names() {
    let (_, objects) = asterin(1..=2);
    let velkar = Site::of("Velkar Shield");
    for object in &objects {
        let report = velkar.take("Asterin CERT", std::slice::from_ref(object)).unwrap();
        assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    }
    let authored = |number| (number, "Asterin CERT".to_owned(), true);
    assert_eq!(velkar.content(), [authored(1), authored(2)]);
}

#[test]
fn what_nothing_attests_is_a_claim_and_what_contradicts_an_attestation_is_quarantined() {
    let (asterin, mut objects) = asterin(1..=2);
    let velkar = Site::of("Velkar Shield");
    // An attestation of other bytes is replayed for these, and one more is given in Asterin's name.
    for object in objects.iter_mut().filter(|object| is(object, 2)) {
        object["name"] = json!("Harmless");
    }
    objects.push(by(asterin.own, 9));
    let report = velkar.take("Asterin CERT", &objects).unwrap();
    assert_eq!(report.quarantined, 1);
    assert!(reasons(&report).contains("not those that Asterin CERT attested"), "{}", reasons(&report));
    let from = || "Asterin CERT".to_owned();
    assert_eq!(velkar.content(), [(1, from(), true), (9, from(), false)]);
}

#[test]
fn a_forged_attestation_and_what_it_names_are_quarantined() {
    let (_, objects) = asterin(1..=1);
    let velkar = Site::of("Velkar Shield");
    let mut forged = objects.clone();
    for object in forged.iter_mut().filter(|object| object["type"] == "kizuna-attestation") {
        object["x_more"] = json!(true);
    }
    let report = velkar.take("Asterin CERT", &forged).unwrap();
    assert_eq!(report.quarantined, 2, "the attestation and the indicator: {}", reasons(&report));
    assert!(reasons(&report).contains("forged"), "{}", reasons(&report));
    assert_eq!(velkar.content(), []);
    // As it was made, it is taken in.
    velkar.take("Asterin CERT", &objects).unwrap();
    assert_eq!(velkar.content(), [(1, "Asterin CERT".to_owned(), true)]);
}

#[test]
fn a_rotation_is_followed_without_anybody_s_doing() {
    let (asterin, objects) = asterin(1..=1);
    let velkar = Site::of("Velkar Shield");
    velkar.take("Asterin CERT", &objects).unwrap();
    asterin.node.people(Caller::Operator).rotate_signing_key(asterin.own).unwrap();
    asterin.give(&[by(asterin.own, 2)], "rel:XAS tlp:green");
    let report = velkar.take("Asterin CERT", &asterin.objects("Velkar Shield")).unwrap();
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    let authored = |number| (number, "Asterin CERT".to_owned(), true);
    assert_eq!(velkar.content(), [authored(1), authored(2)]);
    assert_eq!(velkar.current_key("Asterin CERT").1, KeyOrigin::Rotated);
    assert_eq!(velkar.current_key("Asterin CERT").0, asterin.current_key("Asterin CERT").0);
    // Who begins now follows the same way.
    let late = Site::of("Velkar Shield");
    late.take("Asterin CERT", &asterin.objects("Velkar Shield")).unwrap();
    assert_eq!(late.content(), [authored(1), authored(2)]);
}

#[test]
fn a_revocation_travels_and_the_key_after_it_is_pinned_by_hand() {
    let (asterin, objects) = asterin(1..=1);
    let velkar = Site::of("Velkar Shield");
    velkar.take("Asterin CERT", &objects).unwrap();
    let stolen = asterin.current_key("Asterin CERT").0;
    let people = asterin.node.people(Caller::Operator);
    let since = asterin.node.now() - SignedDuration::from_secs(60);
    people.revoke_signing_key(asterin.own, stolen, since).unwrap();
    velkar.take("Asterin CERT", &asterin.objects("Velkar Shield")).unwrap();
    let directory = velkar.node.directory().unwrap();
    let known = directory.signing_keys(Signer::Member(asterin.own));
    assert_eq!(known.len(), 1, "the new key is nobody's yet");
    assert!(known[0].revoked.is_some());

    asterin.give(&[by(asterin.own, 2)], "rel:XAS tlp:green");
    let now = asterin.objects("Velkar Shield");
    let stopped = velkar.take("Asterin CERT", &now).unwrap_err();
    let fresh = asterin.current_key("Asterin CERT").0;
    assert!(stopped.to_string().contains(&fresh.grouped()), "{stopped}");
    assert!(stopped.to_string().contains("signing-key pin"), "{stopped}");
    let unknown = velkar.node.people(Caller::Operator).unknown_keys().unwrap();
    assert_eq!((unknown.len(), unknown[0].fingerprint.clone()), (1, fresh.to_string()));
    velkar.pin("Asterin CERT", fresh);
    assert_eq!(velkar.node.people(Caller::Operator).unknown_keys().unwrap(), []);
    // Only what is new comes again from a peer; what the revoked key signed counts no more.
    let fresh_objects: Vec<Value> = now.into_iter().filter(|object| !objects.contains(object)).collect();
    let report = velkar.take("Asterin CERT", &fresh_objects).unwrap();
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    let authored = |number| (number, "Asterin CERT".to_owned(), true);
    assert_eq!(velkar.content(), [authored(1), authored(2)]);
}

#[test]
fn a_key_that_changed_stops_the_flow_and_stores_nothing() {
    let (first, objects) = asterin(1..=1);
    let velkar = Site::of("Velkar Shield");
    velkar.take("Asterin CERT", &objects).unwrap();
    // Another node says that it is Asterin's.
    let (second, forged) = asterin(5..=6);
    assert_eq!(first.own, second.own);
    let stopped = velkar.take("Asterin CERT", &forged);
    assert!(matches!(stopped, Err(AppError::Conflict(_))), "{stopped:?}");
    assert_eq!(velkar.content().len(), 1);
    // From somebody who only relays, it is set aside, and does not stop what else he has.
    let report = velkar.take("Orinthia Watch", &forged).unwrap();
    assert!(report.quarantined >= 3, "the attestation and what it names: {}", reasons(&report));
    assert_eq!(velkar.content().len(), 1);
}

#[test]
fn a_third_node_relays_the_proof_and_cannot_forge_it() {
    let (asterin, objects) = asterin(1..=2);
    let orinthia = Site::of("Orinthia Watch");
    // Nothing is known of Asterin: a claim of who relays.
    orinthia.take("Velkar Shield", &objects[..]).unwrap();
    assert_eq!(orinthia.content().iter().filter(|(_, _, authored)| *authored).count(), 0);

    let knowing = Site::of("Orinthia Watch");
    let key = asterin.node.people(Caller::Operator).signing_keys_of(asterin.own).unwrap();
    let key = key.current().unwrap().key.parse().unwrap();
    knowing.node.people(Caller::Operator).pin_signing_key(asterin.own, key).unwrap();
    let reads_all: Vec<Value> = objects
        .iter()
        .cloned()
        .map(|mut object| {
            if is(&object, 2) {
                object["description"] = json!("added on the way");
            }
            object
        })
        .collect();
    let report = knowing.take("Velkar Shield", &reads_all).unwrap();
    assert_eq!(report.quarantined, 1, "{}", reasons(&report));
    let directory = knowing.node.directory().unwrap();
    let given = |number: u32| {
        let id = indicator(number)["id"].as_str().unwrap().parse().unwrap();
        let object = objects.iter().find(|object| is(object, number));
        let object = kizuna_stix::Object::from_value(object.unwrap().clone()).unwrap();
        knowing.node.store.given(asterin.own, &id, &object.digest()).unwrap()
    };
    assert!(directory.member(asterin.own).is_some());
    assert!(given(1)[0].authored, "by proof, through whatever node");
    assert!(given(2).is_empty());
}

#[test]
fn foreign_content_without_the_label_it_was_attested_under_is_quarantined() {
    let site = Site::of("Asterin CERT");
    site.give(&[indicator(1)], "rel:XAS tlp:amber");
    let objects = site.objects("Velkar Shield");
    let velkar = Site::of("Velkar Shield");
    let report = velkar.take("Asterin CERT", &without(&objects, "kizuna-label")).unwrap();
    assert_eq!(report.quarantined, 1, "{}", reasons(&report));
    assert!(reasons(&report).contains("another label"), "{}", reasons(&report));
    let report = velkar.take("Asterin CERT", &objects).unwrap();
    assert_eq!(report.quarantined, 0, "{}", reasons(&report));
    assert_eq!(velkar.content(), [(1, "Asterin CERT".to_owned(), false)]);
}

#[test]
fn a_member_without_a_key_is_believed_as_before() {
    let (_, objects) = asterin(1..=1);
    let bare = without(&without(&objects, "kizuna-attestation"), "kizuna-key");
    let velkar = Site::of("Velkar Shield");
    velkar.take("Asterin CERT", &bare).unwrap();
    assert_eq!(velkar.content(), [(1, "Asterin CERT".to_owned(), true)]);
}

#[test]
fn attestations_are_read_by_exactly_those_who_read_what_they_name() {
    let site = Site::of("Asterin CERT");
    site.give(&[by(site.own, 1)], "rel:XAS tlp:green");
    site.give(&[by(site.own, 2)], "rel:world tlp:clear");
    site.give(&[by(site.own, 3)], "tlp:amber");
    site.give(&[by(site.own, 4)], "rel:XAS draft");
    let names = |viewer: &str| {
        let attestations =
            site.objects(viewer).into_iter().filter(|object| object["type"] == "kizuna-attestation");
        let entries = attestations.flat_map(|object| object["entries"].as_array().unwrap().clone());
        let named: BTreeSet<String> =
            entries.map(|entry| entry["object_ref"].as_str().unwrap().to_owned()).collect();
        named
    };
    let reads = |viewer: &str| {
        let all = site.objects(viewer).into_iter();
        let content = all.filter(|object| !BESIDE.contains(&object["type"].as_str().unwrap()));
        content.map(|object| object["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
    };
    let of = |numbers: &[u32]| -> BTreeSet<String> {
        numbers.iter().map(|number| indicator(*number)["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((reads("Orinthia Watch"), names("Orinthia Watch")), (of(&[2]), of(&[2])));
    assert_eq!((reads("Velkar Shield"), names("Velkar Shield")), (of(&[1, 2]), of(&[1, 2])));
    assert_eq!(names("Asterin CERT"), of(&[1, 2, 3]), "a draft is not published");
}

#[test]
fn the_same_given_again_is_not_attested_again() {
    let site = Site::of("Asterin CERT");
    let content: Vec<Value> = (1..=3).map(|number| by(site.own, number)).collect();
    site.give(&content, "rel:XAS");
    let before = site.items("Asterin CERT").len();
    let report = site.give(&content, "rel:XAS");
    assert_eq!(report.duplicates, 3);
    assert_eq!(site.items("Asterin CERT").len(), before);
    assert!(site.data.path().exists());
}
