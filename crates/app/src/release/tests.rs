#![allow(clippy::unwrap_used, clippy::expect_used)]

mod basis;
mod forms;
mod originators;
mod rules;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::release::{Direct, Kind, Needs, On, Refusal, State};
use kizuna_access::rights::{Clearance, Holder, Role};
use kizuna_access::{Principal, Rights};
use kizuna_stix::Id;
use serde_json::{Value, json};

use super::{Proposal, Shown};
use crate::ingest::tests::{NOW, Story, indicator};
use crate::people::Caller;
use crate::{AppError, Delivery, Item, Node, Report};

/// A node of Asterin with an analyst, two releasers and a third one, and guests at Velkar and Orinthia.
struct Desk {
    story: Story,
}

impl Desk {
    fn open() -> Self {
        let desk = Self { story: Story::begin() };
        for name in ["one", "two", "three"] {
            desk.person(name, "Asterin CERT", &[Role::Analyst, Role::Releaser]);
        }
        desk.person("clerk", "Asterin CERT", &[Role::Analyst]);
        desk.person("guest", "Velkar Shield", &[Role::Analyst, Role::Releaser]);
        desk.person("reader", "Velkar Shield", &[Role::Reader]);
        desk.person("outside", "Orinthia Watch", &[Role::Reader]);
        desk
    }

    fn node(&self) -> &Node {
        &self.story.node
    }

    fn person(&self, name: &str, member: &str, roles: &[Role]) {
        let people = self.node().people(Caller::Operator);
        let roles = roles.iter().copied().collect::<BTreeSet<Role>>();
        let (user, _) = people.add_user(&email(name), self.story.member(member), roles).unwrap();
        let cleared = Clearance::default().with("EXERCISE", "SECRET");
        people.clear(Holder::Person(user.id), cleared).unwrap();
    }

    fn who(&self, name: &str) -> Principal {
        let directory = self.node().directory().unwrap();
        let person = directory.person_by_email(&email(name)).unwrap().id;
        directory.authenticate_person(person, self.node().now()).unwrap()
    }

    fn give(&self, name: &str, object: &Value, label: Option<&str>) -> Report {
        let bytes = json!({ "objects": [object] }).to_string();
        let delivery = Delivery { label, items: 10, ..Delivery::default() };
        self.node().ingest(&self.who(name), bytes.as_bytes(), &delivery).unwrap()
    }

    /// An object of Asterin's own, written by its clerk.
    fn own(&self, number: u32, label: Option<&str>) -> Id {
        self.own_of("clerk", "Asterin CERT", number, label)
    }

    fn own_of(&self, name: &str, member: &str, number: u32, label: Option<&str>) -> Id {
        let object = authored(number, &self.story.member(member).identity());
        let report = self.give(name, &object, label);
        assert_eq!(report.stored, 1, "{:?}", report.reasons);
        object["id"].as_str().unwrap().parse().unwrap()
    }

    fn propose(&self, name: &str, object: &Id, label: &str) -> Shown {
        self.node().propose_release(&self.who(name), &proposal(object, label)).unwrap()
    }

    fn approve(&self, name: &str, release: &Shown) -> Result<Shown, AppError> {
        self.node().approve_release(&self.who(name), &release.id)
    }

    fn reads(&self, name: &str, object: &Id) -> Option<Item> {
        self.node().read(&self.who(name)).unwrap().object(object).ok()
    }

    fn label_of(&self, name: &str, object: &Id) -> Option<String> {
        let reading = self.node().read(&self.who(name)).unwrap();
        reading.object(object).ok().map(|item| reading.label_text(&item.label))
    }

    fn sees(&self, name: &str, release: &Shown) -> Option<Shown> {
        self.node().show_release(&self.who(name), &release.id).ok()
    }

    fn rule(&self, on: On, needs: Needs) {
        self.node().set_release_rule(&Caller::Operator, on, Some(needs)).unwrap();
    }

    fn wait(&self, by: SignedDuration) {
        self.story.clock.advance(by);
        self.node().settle_releases().unwrap();
    }
}

fn email(name: &str) -> String {
    format!("{name}@desk.example")
}

fn authored(number: u32, by: &Id) -> Value {
    let mut object = indicator(number);
    object["created_by_ref"] = json!(by.as_str());
    object["pattern"] = json!(format!("[domain-name:value = 'c{number}.example']"));
    object
}

fn proposal(object: &Id, label: &str) -> Proposal {
    Proposal { objects: vec![object.clone()], label: label.to_owned(), ..Proposal::default() }
}

fn said(error: &AppError) -> String {
    error.to_string()
}

#[test]
fn what_one_releaser_approves_leaves_with_its_audience_written_into_a_new_version() {
    let desk = Desk::open();
    let id = desk.own(1, Some("tlp:amber"));
    assert!(desk.reads("guest", &id).is_none());
    let release = desk.propose("clerk", &id, "rel:XVE");
    assert_eq!(release.state, State::Proposed);
    assert!(desk.sees("guest", &release).is_none(), "nobody outside learns of a proposal");
    assert!(desk.sees("reader", &release).is_none());

    let release = desk.approve("one", &release).unwrap();
    assert_eq!(release.state, State::Released);
    let theirs = desk.reads("guest", &id).unwrap();
    let ours = desk.reads("clerk", &id).unwrap();
    assert_eq!(theirs.bytes, ours.bytes, "one new version for all");
    assert_eq!(desk.label_of("guest", &id).unwrap(), "tlp:amber rel:XVE,\"Asterin CERT\"");
    assert!(theirs.version > "2026-02-01T00:00:00Z".parse().unwrap());
    assert_eq!(hex::encode(theirs.digest), release.objects[0].digest, "the bytes that were agreed to");
    let text = String::from_utf8(theirs.bytes.to_vec()).unwrap();
    assert!(text.contains("object_marking_refs"));
    assert!(desk.reads("outside", &id).is_none());

    let told = desk.sees("reader", &release).unwrap();
    assert_eq!(told.state, State::Released);
    assert!(told.reason.is_none() && told.from_words.is_empty() && told.basis.is_none());
    assert!(told.objects[0].high.is_none());
    assert!(desk.sees("outside", &release).is_none());
}

#[test]
fn classified_content_takes_two_people_who_neither_wrote_nor_proposed_it() {
    let desk = Desk::open();
    let id = desk.own_of("one", "Asterin CERT", 1, Some("class:EXERCISE/SECRET"));
    let release = desk.propose("two", &id, "rel:XVE");
    assert!(said(&desk.approve("one", &release).unwrap_err()).contains("wrote"));
    assert!(said(&desk.approve("two", &release).unwrap_err()).contains("proposed"));
    assert!(said(&desk.approve("clerk", &release).unwrap_err()).contains("releaser"));
    let release = desk.approve("three", &release).unwrap();
    assert_eq!(release.state, State::Proposed);
    assert!(desk.reads("guest", &id).is_none());
    // The same person again is not a second one.
    let release = desk.approve("three", &release).unwrap();
    assert_eq!(release.standing.as_ref().unwrap().counted.len(), 1);
    desk.person("four", "Asterin CERT", &[Role::Releaser]);
    assert_eq!(desk.approve("four", &release).unwrap().state, State::Released);
    assert!(desk.reads("guest", &id).is_some());
}

#[test]
fn who_lost_the_role_or_the_key_in_between_counts_no_more() {
    let desk = Desk::open();
    let id = desk.own(1, Some("class:EXERCISE/SECRET"));
    let release = desk.propose("clerk", &id, "rel:XVE");
    desk.approve("one", &release).unwrap();
    let people = desk.node().people(Caller::Operator);
    people.set_roles(desk.who("one").person(), BTreeSet::from([Role::Analyst])).unwrap();
    assert_eq!(desk.approve("two", &release).unwrap().state, State::Proposed);
    let ring = desk.node().directory().unwrap();
    let signer = kizuna_access::rights::Signer::Person(desk.who("two").person());
    let key = ring.signing_key(signer, desk.node().now()).unwrap().key.clone();
    let from = desk.node().now();
    people.record(Rights::SigningKeyRevoked { signer, key, from }).unwrap();
    let after = desk.approve("three", &release).unwrap();
    assert_eq!(after.state, State::Proposed, "one approval is left: {:?}", after.standing);
    assert!(desk.reads("guest", &id).is_none());
}

#[test]
fn a_newer_version_or_another_rule_stops_a_proposal() {
    let desk = Desk::open();
    let id = desk.own(1, Some("class:EXERCISE/SECRET"));
    let release = desk.propose("clerk", &id, "rel:XVE");
    desk.approve("one", &release).unwrap();
    let mut newer = authored(1, &desk.story.member("Asterin CERT").identity());
    newer["modified"] = json!("2026-02-02T00:00:00.000Z");
    desk.give("clerk", &newer, Some("class:EXERCISE/SECRET"));
    assert!(said(&desk.approve("two", &release).unwrap_err()).contains("newer version"));

    let other = desk.own(2, None);
    let release = desk.propose("clerk", &other, "rel:XVE");
    desk.rule(
        On::Everything,
        Needs { releasers: 2, originator: false, direct: Direct::Nobody, basis: false },
    );
    assert!(said(&desk.approve("one", &release).unwrap_err()).contains("rules"));
    let again = desk.propose("clerk", &other, "rel:XVE");
    assert_eq!(desk.approve("one", &again).unwrap().state, State::Proposed);
    assert_eq!(desk.approve("two", &again).unwrap().state, State::Released);
}

#[test]
fn a_rejection_says_why_and_the_report_counts_it() {
    let desk = Desk::open();
    let (first, second) = (desk.own(1, None), desk.own(2, None));
    let release = desk.propose("clerk", &first, "rel:XVE");
    let refusal = || Refusal { kind: Kind::Political, text: "not before the summit".to_owned() };
    let by_clerk = desk.node().reject_release(&desk.who("clerk"), &release.id, refusal());
    assert!(matches!(by_clerk, Err(AppError::Forbidden(_))));
    let rejected = desk.node().reject_release(&desk.who("one"), &release.id, refusal()).unwrap();
    assert_eq!(rejected.state, State::Rejected);
    assert!(matches!(desk.approve("one", &release), Err(AppError::Conflict(_))));
    let release = desk.propose("clerk", &second, "rel:XVE");
    desk.story.clock.advance(SignedDuration::from_mins(90));
    desk.approve("one", &release).unwrap();
    let summary = desk.node().release_report(&desk.who("clerk")).unwrap().report;
    assert_eq!((summary.median, summary.refusals["political"], summary.released), (Some(5_400), 1, 1));
    // Another member's report is about its own: it knows of no rejection.
    let theirs = desk.node().release_report(&desk.who("guest")).unwrap().report;
    assert_eq!((theirs.median, theirs.refusals["political"]), (None, 0));
}

#[test]
fn withdrawing_takes_it_back_and_leaves_a_recall() {
    let desk = Desk::open();
    let id = desk.own(1, Some("tlp:amber"));
    let release = desk.propose("clerk", &id, "rel:XVE");
    let release = desk.approve("one", &release).unwrap();
    assert!(desk.reads("guest", &id).is_some());
    let denied = desk.node().withdraw_release(&desk.who("guest"), &release.id, None);
    assert!(matches!(denied, Err(AppError::NotFound)), "recipients have nothing to withdraw");
    let done = desk.node().withdraw_release(&desk.who("two"), &release.id, None).unwrap();
    assert_eq!(done.state, State::Withdrawn);
    assert!(desk.reads("guest", &id).is_none());
    assert!(desk.reads("clerk", &id).is_some());
    let recalls = crate::Search { kinds: vec!["kizuna-recall".to_owned()], ..crate::Search::default() };
    let reading = desk.node().read(&desk.who("guest")).unwrap();
    assert_eq!(reading.search(&recalls, None, 10).unwrap().items.len(), 1);
    assert_eq!(desk.sees("guest", &release).unwrap().state, State::Withdrawn);
    assert!(desk.sees("outside", &release).is_none());
}

#[test]
fn a_release_ends_at_its_second_and_a_proposal_lapses() {
    let desk = Desk::open();
    let id = desk.own(1, Some("tlp:amber"));
    let start: Timestamp = NOW.parse().unwrap();
    let expires = start + SignedDuration::from_hours(1);
    let asked = Proposal { expires: Some(expires), ..proposal(&id, "rel:XVE") };
    let release = desk.node().propose_release(&desk.who("clerk"), &asked).unwrap();
    desk.approve("one", &release).unwrap();
    let other = desk.own(2, None);
    let decide_by = start + SignedDuration::from_mins(30);
    let waiting = Proposal { decide_by: Some(decide_by), ..proposal(&other, "rel:XVE") };
    let waiting = desk.node().propose_release(&desk.who("clerk"), &waiting).unwrap();
    let left = |at: Timestamp| at.duration_since(desk.node().now());

    desk.wait(left(decide_by) - SignedDuration::from_secs(1));
    assert_eq!(desk.sees("one", &waiting).unwrap().state, State::Proposed);
    desk.wait(SignedDuration::from_secs(1));
    assert_eq!(desk.sees("one", &waiting).unwrap().state, State::Expired);
    assert!(matches!(desk.approve("one", &waiting), Err(AppError::Conflict(_))));

    desk.wait(left(expires) - SignedDuration::from_secs(1));
    assert!(desk.reads("guest", &id).is_some());
    desk.wait(SignedDuration::from_secs(1));
    assert!(desk.reads("guest", &id).is_none());
    assert_eq!(desk.sees("guest", &release).unwrap().state, State::Expired);
    desk.wait(SignedDuration::from_secs(1));
    assert_eq!(desk.sees("one", &release).unwrap().state, State::Expired);
}

#[test]
fn a_draft_is_proposed_when_it_is_ready_and_amending_starts_anew() {
    let desk = Desk::open();
    let id = desk.own(1, Some("draft"));
    let asked = Proposal { draft: true, ..proposal(&id, "rel:XVE") };
    let release = desk.node().propose_release(&desk.who("clerk"), &asked).unwrap();
    assert_eq!(release.state, State::Draft);
    assert!(matches!(desk.approve("one", &release), Err(AppError::Conflict(_))));
    let release = desk.node().propose_draft(&desk.who("clerk"), &release.id).unwrap();
    assert_eq!(release.state, State::Proposed);
    desk.rule(
        On::Everything,
        Needs { releasers: 2, originator: false, direct: Direct::Nobody, basis: false },
    );
    let amended =
        desk.node().amend_release(&desk.who("clerk"), &release.id, &proposal(&id, "rel:XVE,XOR")).unwrap();
    assert_eq!(desk.approve("one", &amended).unwrap().approvals.len(), 1);
    let amended =
        desk.node().amend_release(&desk.who("clerk"), &release.id, &proposal(&id, "rel:XOR")).unwrap();
    assert!(amended.approvals.is_empty());
    desk.approve("one", &amended).unwrap();
    let back = desk.node().take_back_approval(&desk.who("one"), &amended.id).unwrap();
    assert!(back.approvals.is_empty());
    desk.approve("two", &amended).unwrap();
    desk.approve("three", &amended).unwrap();
    assert!(desk.reads("guest", &id).is_none());
    assert!(!desk.label_of("outside", &id).unwrap().contains("draft"));
}

#[test]
fn findings_block_and_name_the_way_out() {
    let desk = Desk::open();
    let id = desk.own(1, Some("rel:XAS,XOR"));
    let refused = |label: &str| {
        said(&desk.node().propose_release(&desk.who("clerk"), &proposal(&id, label)).unwrap_err())
    };
    assert!(refused("rel:XVE").contains("not all who read it now"));
    assert!(refused("rel:XAS,XOR").contains("may read it already"));
    assert!(refused("rel:XAS,XOR tlp:red").contains("TLP:RED"));
    let preview = desk.node().preview_release(&desk.who("clerk"), &proposal(&id, "rel:XVE")).unwrap();
    assert_eq!(preview.findings.iter().filter(|finding| finding.blocks).count(), 1);
    assert!(preview.findings.iter().any(|finding| finding.way_out.contains("name them")));
    let absent: Id = "indicator--00000000-0000-4000-8000-999999999999".parse().unwrap();
    let hidden = desk.own_of("guest", "Velkar Shield", 7, None);
    for id in [absent, hidden] {
        let answer = desk.node().preview_release(&desk.who("clerk"), &proposal(&id, "rel:XVE"));
        assert!(matches!(answer, Err(AppError::NotFound)));
    }
}

#[test]
fn what_would_betray_a_higher_object_is_not_released() {
    let desk = Desk::open();
    let high = desk.own(1, Some("class:EXERCISE/SECRET"));
    let own = desk.story.member("Asterin CERT").identity();
    let mut low = json!({
        "type": "relationship", "spec_version": "2.1",
        "id": "relationship--00000000-0000-4000-8000-000000000005",
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "relationship_type": "related-to", "source_ref": high.as_str(), "target_ref": high.as_str(),
    });
    low["created_by_ref"] = json!(own.as_str());
    desk.give("clerk", &low, None);
    let id: Id = low["id"].as_str().unwrap().parse().unwrap();
    let error = desk.node().propose_release(&desk.who("clerk"), &proposal(&id, "rel:XVE")).unwrap_err();
    assert!(said(&error).contains("betray"));
}

#[test]
fn what_was_approved_before_a_crash_is_carried_out_after_it() {
    let desk = Desk::open();
    let id = desk.own(1, None);
    let release = desk.propose("clerk", &id, "rel:XVE");
    let reading = desk.node().read(&desk.who("one")).unwrap();
    let mut stored = super::desk::load(&reading, &release.id).unwrap();
    drop(reading);
    let now = desk.node().now();
    let approval = desk.node().sign_approval(&desk.who("one"), &stored).unwrap();
    stored.approve(approval, now).unwrap();
    let cleared = desk.node().judge_release(&stored, now).unwrap().cleared().unwrap();
    stored.clear(&cleared, now).unwrap();
    desk.node().keep_release(&stored, kizuna_store::writer::Actor::Node).unwrap();
    assert!(desk.reads("guest", &id).is_none());
    desk.node().settle_releases().unwrap();
    assert!(desk.reads("guest", &id).is_some());
    assert_eq!(desk.sees("one", &release).unwrap().state, State::Released);
    desk.node().settle_releases().unwrap();
}

#[test]
fn observables_without_versions_are_released_too() {
    let desk = Desk::open();
    let address = json!({
        "type": "ipv4-addr", "spec_version": "2.1", "value": "192.0.2.7",
        "id": "ipv4-addr--0b8e8a3c-4a4c-53a4-8a3a-4a7d4f1a2b3c",
    });
    desk.give("clerk", &address, None);
    let id: Id = address["id"].as_str().unwrap().parse().unwrap();
    let release = desk.propose("clerk", &id, "rel:XVE");
    desk.approve("one", &release).unwrap();
    assert!(desk.reads("guest", &id).is_some());
}
