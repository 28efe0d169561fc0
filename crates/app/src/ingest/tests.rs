#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::release::{Direct, Needs};
use kizuna_access::rights::{Clearance, Holder, Role, Sector};
use kizuna_access::{CommunityId, MemberId, Principal};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::people::{Caller, NewMember};
use crate::{
    AppError, Clock, Config, Delivery, From, ItemOutcome, Node, Report, Selection, Target, Versions,
};

#[test]
fn what_is_above_the_nodes_ceiling_leaves_its_digest_and_nothing_else() {
    let story = Story::begin();
    let ceiling = Clearance::default().with("EXERCISE", "RESTRICTED");
    story.node.people(Caller::Operator).clear(Holder::Node, ceiling).unwrap();
    let tool = json!({ "type": "tool", "spec_version": "2.1", "id": "tool--00000000-0000-4000-8000-000000000001",
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z", "name": "Salt Lantern" });
    for (label, quarantined) in
        [("class:EXERCISE/SECRET", 1), ("class:EXERCISE/RESTRICTED", 0), ("rel:XAS", 0)]
    {
        let delivery = Delivery { label: Some(label), items: 9, ..Delivery::default() };
        let report = story.node.import(tool.to_string().as_bytes(), &delivery).unwrap();
        assert_eq!(report.quarantined, quarantined, "{label}: {report:?}");
        assert!(quarantined == 0 || report.items[0].id.is_none());
    }
    let kept = story.node.store.view(&story.who("xas")).unwrap().quarantine(None, 9).unwrap();
    assert!(kept.iter().all(|(_, input)| input.bytes.is_empty() && input.id.is_none()));
}

/// A clock that tests set.
pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub fn advance(&self, by: jiff::SignedDuration) {
        let mut now = self.0.lock();
        *now += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

/// A node with two members of one community and an analyst each, and a third member outside it.
pub(crate) struct Story {
    pub node: Node,
    pub clock: Arc<TestClock>,
    pub circle: CommunityId,
    data: TempDir,
}

pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";

impl Story {
    pub fn begin() -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(Mutex::new(NOW.parse().unwrap())));
        let mut config = Config::new(data.path());
        config.clock = clock.clone();
        let node = Node::open(config).unwrap();
        let story = Self { node, clock, circle: CommunityId(uuid::Uuid::nil()), data };
        let people = story.node.people(Caller::Operator);
        for (name, country) in [("Asterin CERT", "XAS"), ("Velkar Shield", "XVE"), ("Orinthia Watch", "XOR")]
        {
            let new = NewMember {
                name: name.to_owned(),
                country: country.parse().unwrap(),
                sector: Sector::Public,
                identity: None,
                hosted: true,
            };
            let member = people.add_member(new).unwrap();
            let email = format!("analyst@{}.example", country.to_lowercase());
            people.add_user(&email, member.id, BTreeSet::from([Role::Analyst])).unwrap();
        }
        let circle = people.add_community("Circle", false).unwrap();
        people.join(circle.id, story.member("Asterin CERT"), None, None).unwrap();
        people.join(circle.id, story.member("Velkar Shield"), None, None).unwrap();
        Self { circle: circle.id, ..story }
    }

    /// Closes the node and opens it again.
    pub fn reopened(self) -> Self {
        let Self { node, clock, circle, data } = self;
        drop(node);
        let mut config = Config::new(data.path());
        config.clock = clock.clone();
        Self { node: Node::open(config).unwrap(), clock, circle, data }
    }

    /// Lets analysts write for others directly what else takes a release.
    pub fn open_to_writers(&self, on: &str) {
        let needs = Needs { releasers: 2, originator: false, direct: Direct::Writers, basis: false };
        self.node.set_release_rule(&Caller::Operator, on.parse().unwrap(), Some(needs)).unwrap();
    }

    pub fn member(&self, name: &str) -> MemberId {
        self.node.directory().unwrap().member_named(name).unwrap().id
    }

    pub fn who(&self, country: &str) -> Principal {
        let directory = self.node.directory().unwrap();
        let person = directory.person_by_email(&format!("analyst@{country}.example")).unwrap();
        directory.authenticate_person(person.id, self.node.now()).unwrap()
    }

    pub fn give(&self, country: &str, objects: &[Value], label: Option<&str>) -> Report {
        let bytes = json!({ "objects": objects }).to_string();
        let delivery = Delivery { label, items: 100, ..Delivery::default() };
        self.node.ingest(&self.who(country), bytes.as_bytes(), &delivery).unwrap()
    }

    /// What a viewer reads, as `id` and label, without what travels beside content.
    pub fn reads(&self, country: &str) -> Vec<(String, String)> {
        let reading = self.node.read(&self.who(country)).unwrap();
        let selection = Selection { versions: Versions::All, ..Selection::default() };
        let page = reading.page(&selection, &From::First, 1_000).unwrap();
        let shown = page.items.iter().filter(|item| !BESIDE.contains(&item.id.kind()));
        shown.map(|item| (item.id.to_string(), reading.label_text(&item.label))).collect()
    }
}

/// Types of what travels beside content.
pub(crate) const BESIDE: [&str; 4] =
    ["marking-definition", "kizuna-label", "kizuna-attestation", "kizuna-key"];

fn uuid(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub(crate) fn indicator(number: u32) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{}", uuid(number)),
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "name": format!("Beacon {number}"), "pattern": "[domain-name:value = 'c2.example']",
        "pattern_type": "stix", "valid_from": "2026-02-01T00:00:00Z",
    })
}

/// The id of [`indicator`].
pub(crate) fn beacon(number: u32) -> kizuna_stix::Id {
    indicator(number)["id"].as_str().unwrap().parse().unwrap()
}

fn relationship(number: u32, from: &str, to: &str) -> Value {
    json!({
        "type": "relationship", "spec_version": "2.1", "id": format!("relationship--{}", uuid(number)),
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "relationship_type": "related-to", "source_ref": from, "target_ref": to,
    })
}

#[test]
fn what_has_no_marking_is_the_givers_member_s() {
    let story = Story::begin();
    let report = story.give("xas", &[indicator(1)], None);
    assert_eq!((report.stored, report.quarantined), (1, 0), "{report:?}");
    assert_eq!(story.reads("xas").len(), 1);
    assert_eq!(story.reads("xve"), []);
}

#[test]
fn the_same_again_is_a_duplicate_with_and_without_a_label() {
    let story = Story::begin();
    for label in [None, Some("rel:Circle tlp:amber")] {
        let first = story.give("xas", &[indicator(1)], label);
        let again = story.give("xas", &[indicator(1)], label);
        assert_eq!((first.stored, first.duplicates), (1, 0));
        assert_eq!((again.stored, again.duplicates), (0, 1));
    }
    let reading = story.node.read(&story.who("xas")).unwrap();
    let selection = Selection { kinds: vec!["kizuna-label".to_owned()], ..Selection::default() };
    assert_eq!(
        reading.page(&selection, &From::First, 100).unwrap().items.len(),
        1,
        "one label object, not two"
    );
}

#[test]
fn a_label_names_its_readers_and_the_giver_stays_one() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:\"Velkar Shield\" tlp:amber"));
    assert_eq!(story.reads("xve").len(), 1);
    assert_eq!(story.reads("xas").len(), 1);
    assert_eq!(story.reads("xor"), []);
}

#[test]
fn own_content_has_its_label_written_into_it_and_foreign_bytes_stay() {
    let story = Story::begin();
    let mut own = indicator(1);
    own["created_by_ref"] = json!(story.member("Asterin CERT").identity().as_str());
    story.give("xas", &[own, indicator(2)], Some("rel:Circle"));
    let reading = story.node.read(&story.who("xve")).unwrap();
    let read = |number: u32| -> Value {
        let id = format!("indicator--{}", uuid(number)).parse().unwrap();
        serde_json::from_slice(&reading.object(&id).unwrap().bytes).unwrap()
    };
    let markings = read(1)["object_marking_refs"].as_array().unwrap().clone();
    assert_eq!(markings.len(), 1);
    let minted = markings[0].as_str().unwrap().parse().unwrap();
    assert!(reading.object(&minted).is_ok(), "who may read the content may read its marking");
    assert_eq!(read(2), indicator(2));
}

#[test]
fn an_unmarked_object_takes_the_labels_of_those_that_refer_to_it_also_through_others() {
    let story = Story::begin();
    let (first, second, third) = (indicator(1), indicator(2), indicator(3));
    let mut strict =
        relationship(9, first["id"].as_str().unwrap(), "identity--00000000-0000-4000-8000-000000000077");
    strict["object_marking_refs"] = json!(["marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"]);
    let mut between = second.clone();
    between["related_ref"] = first["id"].clone();
    strict["target_ref"] = between["id"].clone();
    strict["source_ref"] = between["id"].clone();
    story.give("xas", &[first, between, third, strict], Some("rel:Circle"));
    let labels: Vec<String> = story.reads("xve").into_iter().map(|(_, label)| label).collect();
    let strict = labels.iter().filter(|label| label.contains("amber+strict")).count();
    assert_eq!((labels.len(), strict), (4, 3), "{labels:?}");
}

#[test]
fn markings_may_come_after_their_users_and_dangling_ones_keep_content_home() {
    let story = Story::begin();
    let definition = json!({
        "type": "marking-definition", "spec_version": "2.1", "id": format!("marking-definition--{}", uuid(50)),
        "created": "2026-02-01T00:00:00.000Z", "definition_type": "statement", "definition": {"statement": "©"},
    });
    let mut stated = indicator(1);
    stated["object_marking_refs"] = json!([definition["id"]]);
    let mut dangling = indicator(2);
    dangling["object_marking_refs"] = json!([format!("marking-definition--{}", uuid(51))]);
    story.give("xas", &[stated, definition, dangling], Some("rel:Circle"));
    let read: Vec<String> = story.reads("xve").into_iter().map(|(id, _)| id).collect();
    assert_eq!(read, [format!("indicator--{}", uuid(1))]);
    assert_eq!(story.reads("xas").len(), 2);
}

#[test]
fn what_is_dated_ahead_is_quarantined_byte_for_byte() {
    let story = Story::begin();
    for (ahead, quarantined) in [("2026-03-01T12:05:00.000Z", 0), ("2026-03-01T12:05:00.001Z", 1)] {
        let mut object = indicator(1);
        object["modified"] = json!(ahead);
        let report = story.give("xas", &[object.clone(), indicator(2)], None);
        assert_eq!(report.quarantined, quarantined, "{ahead}");
    }
    let reading = story.node.read(&story.who("xas")).unwrap();
    let quarantined = reading.quarantine(None, 10).unwrap().items;
    let mut expected = indicator(1);
    expected["modified"] = json!("2026-03-01T12:05:00.001Z");
    assert_eq!(quarantined.len(), 1);
    assert_eq!(quarantined[0].bytes, expected.to_string().into_bytes());
}

#[test]
fn own_red_content_must_name_members_or_persons() {
    let story = Story::begin();
    story.open_to_writers("tlp:red");
    let mut red = indicator(1);
    red["created_by_ref"] = json!(story.member("Asterin CERT").identity().as_str());
    let to_circle = story.give("xas", &[red.clone()], Some("tlp:red rel:Circle"));
    assert_eq!(to_circle.items[0].outcome, ItemOutcome::Quarantined);
    assert!(to_circle.items[0].faults[0].rule.contains("RED"), "{to_circle:?}");
    let to_member = story.give("xas", &[red], Some("tlp:red rel:\"Velkar Shield\",\"Asterin CERT\""));
    assert_eq!(to_member.stored, 1);
    assert_eq!(story.reads("xve").len(), 1);
}

#[test]
fn a_community_s_collection_names_it_and_a_reader_may_not_write() {
    let story = Story::begin();
    let people = story.node.people(Caller::Operator);
    let who = story.who("xas");
    let roots = story.node.people(Caller::Person(who.clone())).roots().unwrap();
    let circle = roots.iter().find(|root| root.community == Some(story.circle)).unwrap();
    let delivery = Delivery { target: Target::Collection(circle.collections[0].id), ..Delivery::default() };
    let bytes = json!({ "objects": [indicator(1)] }).to_string();
    story.node.ingest(&who, bytes.as_bytes(), &delivery).unwrap();
    assert_eq!(story.reads("xve").len(), 1);
    assert_eq!(story.reads("xor"), []);
    let outside = story.node.ingest(&story.who("xor"), bytes.as_bytes(), &delivery);
    assert!(matches!(outside, Err(AppError::NotFound)), "{outside:?}");

    people.set_roles(who.person(), BTreeSet::from([Role::Reader])).unwrap();
    let refused = story.node.ingest(&who, bytes.as_bytes(), &delivery);
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
}

#[test]
fn gzip_is_unpacked_up_to_the_cap() {
    let story = Story::begin();
    let bytes = json!({ "objects": [indicator(1)] }).to_string();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let report = story.node.import(&gzip, &Delivery::default()).unwrap();
    assert_eq!(report.stored, 1);
    let mut cut = gzip.clone();
    cut.truncate(20);
    assert!(matches!(story.node.import(&cut, &Delivery::default()), Err(AppError::Invalid { .. })));
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    bomb.write_all(&vec![b' '; (256 << 20) + 10]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(matches!(story.node.import(&bomb, &Delivery::default()), Err(AppError::TooLarge { .. })));
}

#[test]
fn a_large_envelope_keeps_its_order_of_results() {
    let story = Story::begin();
    let mut objects: Vec<Value> = (0..3_500).map(indicator).collect();
    objects[1_700]["pattern"] = Value::Null;
    let bytes = json!({ "objects": objects }).to_string();
    let delivery = Delivery { items: 10_000, label: Some("rel:Circle"), ..Delivery::default() };
    let report = story.node.ingest(&story.who("xas"), bytes.as_bytes(), &delivery).unwrap();
    assert_eq!((report.stored, report.quarantined, report.items.len()), (3_499, 1, 3_500));
    assert_eq!(report.items[1_700].outcome, ItemOutcome::Quarantined);
    assert_eq!(report.items[3_000].id.as_deref(), objects[3_000]["id"].as_str());
}

#[test]
fn a_missing_marking_that_arrives_later_from_the_same_source_opens_what_waited() {
    let story = Story::begin();
    let definition = json!({
        "type": "marking-definition", "spec_version": "2.1", "id": format!("marking-definition--{}", uuid(60)),
        "created": "2026-02-01T00:00:00.000Z", "definition_type": "statement", "definition": {"statement": "©"},
    });
    let mut waiting = indicator(1);
    waiting["object_marking_refs"] = json!([definition["id"]]);
    story.give("xas", &[waiting], Some("rel:Circle tlp:green"));
    assert_eq!(story.reads("xve"), []);
    story.give("xor", std::slice::from_ref(&definition), Some("rel:world"));
    assert_eq!(story.reads("xve").len(), 0, "nobody else's definition counts");
    story.give("xas", &[definition], None);
    let read = story.reads("xve");
    assert_eq!(read, [(format!("indicator--{}", uuid(1)), "tlp:green rel:Circle".to_owned())]);
}

#[test]
fn a_label_names_only_whom_its_reader_knows() {
    let story = Story::begin();
    let label = "rel:Circle,\"Orinthia Watch\",person:analyst@xas.example";
    story.give("xas", &[indicator(1)], Some(label));
    let read = |country: &str| story.reads(country).remove(0).1;
    assert_eq!(read("xor"), "rel:\"Orinthia Watch\",…");
    assert_eq!(read("xve"), "rel:Circle,\"Orinthia Watch\",person:analyst@xas.example");
    let id = indicator(1)["id"].as_str().unwrap().parse().unwrap();
    let told = story.node.explain(&story.who("xor"), &id).unwrap();
    let text = format!("{told:?}");
    assert!(!text.contains("Circle") && !text.contains("xas"), "{text}");
}

#[test]
fn tighter_caps_count_for_what_is_unpacked_too() {
    let story = Story::begin();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(json!({ "objects": [indicator(1)] }).to_string().as_bytes()).unwrap();
    gzip.write_all(&vec![b' '; 100_000]).unwrap();
    let gzip = gzip.finish().unwrap();
    let limits = crate::Limits { envelope_bytes: 50_000, ..crate::Limits::default() };
    let tight = Delivery { limits: Some(limits), ..Delivery::default() };
    let refused = story.node.dry_run(&story.who("xas"), &gzip, &tight);
    assert!(matches!(refused, Err(AppError::TooLarge { limit: 50_000, .. })), "{refused:?}");
    assert!(story.node.dry_run(&story.who("xas"), &gzip, &Delivery::default()).is_ok());
}
