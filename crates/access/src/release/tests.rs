#![allow(clippy::unwrap_used, clippy::expect_used)]

mod sequences;

use kizuna_stix::Object;
use uuid::Uuid;

use super::*;
use crate::rights::{Holder, Rights, Role};
use crate::story::{Story, at, cleared, member, person, rel};

/// `alpha` with an author, four releasers and an analyst, all cleared for SECRET; `echo` with a releaser of its own.
pub(super) fn cast() -> Story {
    let mut story = Story::cast();
    for name in ["author", "one", "two", "three", "boss"] {
        story.person(name, "alpha", &[Role::Analyst, Role::Releaser]);
    }
    story.person("clerk", "alpha", &[Role::Analyst]);
    story.person("guest", "echo", &[Role::Releaser]);
    for name in ["author", "one", "two", "three", "boss", "clerk", "guest"] {
        story.clear(Holder::Person(person(name)), cleared("SECRET"));
    }
    story
}

fn cited(number: u8) -> Cited {
    Cited { id: Id::new(crate::agreement::KIND, Uuid::from_u128(u128::from(number))), version: at(3) }
}

fn noted(note: &str) -> Basis {
    Basis { agreement: None, note: Some(note.to_owned()) }
}

pub(super) fn item(number: u8, from: &Label) -> Item {
    let high = High {
        from_digest: hex::encode([number; 32]),
        from: from.clone(),
        way: Way::Mint,
        originator: member("alpha"),
        consent: false,
        fields: Vec::new(),
        authors: BTreeSet::from([person("author")]),
    };
    Item {
        object_ref: Id::new("report", Uuid::from_u128(u128::from(number))),
        object_modified: Some(at(1)),
        digest: hex::encode([number + 100; 32]),
        high: Some(high),
    }
}

fn secret() -> Label {
    let own = crate::Party::Member(member("alpha"));
    Label::builder().rel([own]).class("EXERCISE", "SECRET").label()
}

fn open() -> Label {
    Label::own(member("alpha"))
}

pub(super) fn decided(story: &Story, from: &Label) -> Decided {
    let mut terms = from.terms();
    terms.audience = None;
    let label = terms.rel([rel("EST"), crate::Party::Member(member("alpha"))]).label();
    let policy = story.directory.release_rules().version([from, &label]);
    Decided {
        objects: vec![item(1, from)],
        label,
        policy,
        basis: Basis::default(),
        expires: None,
        through: BTreeSet::new(),
    }
}

pub(super) fn proposal(story: &Story, from: &Label) -> Release {
    let id = Id::new(RELEASE_KIND, Uuid::from_u128(7));
    let decided = decided(story, from);
    let mut release = Release::draft(id, member("alpha"), person("clerk"), decided, at(10_000), story.now);
    release.propose(person("clerk"), story.now).unwrap();
    release
}

pub(super) fn approval(release: &Release, by: &str, now: Timestamp) -> Approval {
    Approval {
        person: person(by),
        statement: hex::encode(release.digest()),
        fingerprint: by.to_owned(),
        signature: String::new(),
        at: now,
    }
}

fn agree(release: &mut Release, by: &str, now: Timestamp) {
    release.approve(approval(release, by, now), now).unwrap();
}

fn standing(release: &Release, story: &Story) -> Standing {
    judge(release, &story.directory, |_| true, story.now)
}

fn why(release: &Release, story: &Story, name: &str) -> Option<Why> {
    let standing = standing(release, story);
    standing.uncounted.iter().find(|(who, _)| *who == person(name)).map(|(_, why)| *why)
}

#[test]
fn open_content_takes_one_who_is_neither_author_nor_proposer() {
    let story = cast();
    let mut release = proposal(&story, &open());
    agree(&mut release, "author", story.now);
    agree(&mut release, "clerk", story.now);
    assert!(!standing(&release, &story).is_met());
    assert_eq!(why(&release, &story, "author"), Some(Why::Author));
    assert_eq!(why(&release, &story, "clerk"), Some(Why::NoReleaser));
    agree(&mut release, "one", story.now);
    let cleared = standing(&release, &story).cleared().unwrap();
    release.clear(&cleared, story.now).unwrap();
    assert_eq!(release.state, State::Approved);
    release.released(&cleared, Some(person("one")), story.now).unwrap();
    assert_eq!(release.state, State::Released);
    assert!(release.released_at().is_some());
}

#[test]
fn classified_content_takes_two_different_people() {
    let story = cast();
    let mut release = proposal(&story, &secret());
    agree(&mut release, "one", story.now);
    agree(&mut release, "one", story.now);
    assert_eq!(standing(&release, &story).counted.len(), 1);
    assert!(standing(&release, &story).cleared().is_none());
    agree(&mut release, "two", story.now);
    assert!(standing(&release, &story).is_met());
}

#[test]
fn a_proposer_who_is_a_releaser_does_not_count_either() {
    let story = cast();
    let mut release = proposal(&story, &open());
    release.amend(release.decided.clone(), person("boss"), story.now).unwrap();
    agree(&mut release, "boss", story.now);
    assert_eq!(why(&release, &story, "boss"), Some(Why::Proposer));
}

#[test]
fn who_loses_role_account_clearance_or_key_counts_no_more() {
    let mut story = cast();
    let mut release = proposal(&story, &secret());
    agree(&mut release, "one", story.now);
    agree(&mut release, "two", story.now);
    assert!(standing(&release, &story).is_met());
    story.tell(Rights::RolesSet { person: person("one"), roles: BTreeSet::from([Role::Analyst]) });
    assert_eq!(why(&release, &story, "one"), Some(Why::NoReleaser));
    story.tell(Rights::PersonRemoved { person: person("one") });
    assert_eq!(why(&release, &story, "one"), Some(Why::Gone));
    story.clear(Holder::Person(person("two")), cleared("CONFIDENTIAL"));
    assert_eq!(why(&release, &story, "two"), Some(Why::CannotRead));
    agree(&mut release, "three", story.now);
    let signed = judge(&release, &story.directory, |approval| approval.person != person("three"), story.now);
    assert!(signed.uncounted.contains(&(person("three"), Why::NotSigned)));
}

#[test]
fn originator_controlled_content_takes_its_originators_consent() {
    let story = cast();
    let echo = crate::Party::Member(member("echo"));
    let own = crate::Party::Member(member("alpha"));
    let from = Label::builder().rel([own, echo]).handling(crate::label::Handling::Orcon).label();
    let mut release = proposal(&story, &from);
    release.decided.objects[0].high.as_mut().unwrap().originator = member("echo");
    agree(&mut release, "one", story.now);
    assert!(!standing(&release, &story).is_met());
    assert_eq!(standing(&release, &story).consents, BTreeSet::from([member("echo")]));
    agree(&mut release, "guest", story.now);
    assert!(standing(&release, &story).is_met());
    // Who is asked for consent does not count for the own member.
    release.take_back(person("one"), story.now).unwrap();
    assert!(!standing(&release, &story).is_met());
}

#[test]
fn a_stranger_does_not_count() {
    let story = cast();
    let own = crate::Party::Member(member("alpha"));
    let from = Label::builder().rel([own, rel("EST")]).label();
    let mut release = proposal(&story, &from);
    agree(&mut release, "guest", story.now);
    assert_eq!(why(&release, &story, "guest"), Some(Why::OtherMember));
}

#[test]
fn any_change_leaves_approvals_behind() {
    let story = cast();
    let base = proposal(&story, &open());
    let changes: [fn(&mut Decided); 7] = [
        |decided| decided.objects[0].digest = hex::encode([9; 32]),
        |decided| decided.label = decided.label.including(member("grid")),
        |decided| decided.policy = "another".to_owned(),
        |decided| decided.basis.note = Some("a word".to_owned()),
        |decided| decided.basis.agreement = Some(cited(1)),
        |decided| decided.expires = Some(at(5_000)),
        |decided| _ = decided.through.insert(member("grid")),
    ];
    for change in changes {
        let mut release = base.clone();
        agree(&mut release, "one", story.now);
        // Not even where the record was tampered with instead of amended.
        change(&mut release.decided);
        assert_eq!(why(&release, &story, "one"), Some(Why::OtherStatement));
        let late = approval(&base, "two", story.now);
        assert_eq!(release.approve(late, story.now), Err(NotNow::OtherStatement));
        let mut amended = base.clone();
        agree(&mut amended, "one", story.now);
        let mut decided = amended.decided.clone();
        change(&mut decided);
        amended.amend(decided, person("clerk"), story.now).unwrap();
        assert!(amended.approvals.is_empty());
    }
}

#[test]
fn a_change_of_rules_leaves_approvals_behind() {
    let mut story = cast();
    let mut release = proposal(&story, &open());
    agree(&mut release, "one", story.now);
    let needs = Needs { releasers: 1, originator: false, direct: Direct::Nobody, basis: false };
    story.tell(Rights::ReleaseRuleSet { on: On::Everything, needs: Some(needs) });
    assert_eq!(why(&release, &story, "one"), Some(Why::OtherPolicy));
}

#[test]
fn proof_for_one_release_opens_no_other() {
    let story = cast();
    let mut release = proposal(&story, &open());
    agree(&mut release, "one", story.now);
    let cleared = standing(&release, &story).cleared().unwrap();
    let mut other = release.clone();
    other.id = Id::new(RELEASE_KIND, Uuid::from_u128(8));
    assert_eq!(other.released(&cleared, None, story.now), Err(NotNow::NotCleared));
    release
        .amend(Decided { basis: noted("x"), ..release.decided.clone() }, person("clerk"), story.now)
        .unwrap();
    assert_eq!(release.released(&cleared, None, story.now), Err(NotNow::NotCleared));
}

#[test]
fn time_ends_a_proposal_and_a_release_at_the_second() {
    let story = cast();
    let mut release = proposal(&story, &open());
    release.decided.expires = Some(at(9_000));
    for (now, is_over) in [(at(8_999), false), (at(9_000), true), (at(9_001), true)] {
        let mut release = release.clone();
        assert_eq!(release.approve(approval(&release, "one", now), now).is_err(), is_over);
        assert_eq!(release.lapse(now), is_over);
        assert_eq!(release.state == State::Expired, is_over);
    }
    agree(&mut release, "one", story.now);
    let cleared = standing(&release, &story).cleared().unwrap();
    release.released(&cleared, None, story.now).unwrap();
    assert!(!release.lapse(at(8_999)));
    assert!(release.lapse(at(9_000)));
    assert!(!release.lapse(at(9_001)));
}

#[test]
fn what_is_decided_stays_decided() {
    let story = cast();
    let mut release = proposal(&story, &open());
    let refusal = Refusal { kind: Kind::Political, text: "not now".to_owned() };
    release.reject(refusal.clone(), person("one"), story.now).unwrap();
    assert_eq!(release.withdraw(None, person("one"), story.now), Err(NotNow::Is(State::Rejected)));
    assert_eq!(release.reject(refusal, person("one"), story.now), Err(NotNow::Is(State::Rejected)));
    assert_eq!(release.propose(person("one"), story.now), Err(NotNow::Is(State::Rejected)));
    let approval = approval(&release, "one", story.now);
    assert_eq!(release.approve(approval, story.now), Err(NotNow::Is(State::Rejected)));
    assert!(!release.lapse(Timestamp::MAX));
}

#[test]
fn a_record_reads_back_and_what_recipients_get_tells_nothing_of_the_high_side() {
    let story = cast();
    let mut release = proposal(&story, &secret());
    release.reason = Some("they asked for it".to_owned());
    agree(&mut release, "one", story.now);
    agree(&mut release, "two", story.now);
    let cleared = standing(&release, &story).cleared().unwrap();
    release.clear(&cleared, story.now).unwrap();
    let full = Release::read(&release.object().unwrap()).unwrap();
    assert!(full.is_full());
    assert_eq!(full.decided, release.decided);
    assert_eq!(full.digest(), release.digest());
    release.released(&cleared, Some(person("two")), story.now).unwrap();
    let told = release.told().unwrap();
    assert_eq!(told.warnings(), []);
    let text = String::from_utf8(told.canonical().to_vec()).unwrap();
    for hidden in ["high", "from", "reason", "they asked", "took-back", &hex::encode([1; 32])] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    assert!(text.contains(r#""basis":"none""#));
    let told = Release::read(&told).unwrap();
    assert_eq!(told.digest(), release.digest(), "recipients can check the approvals");
    assert!(!told.is_full());
    assert!(told.completed(&full).is_full());
}

#[test]
fn the_report_counts_waits_and_reasons() {
    let story = cast();
    let mut releases = Vec::new();
    for wait in 1..=10 {
        let mut release = proposal(&story, &open());
        let later = story.now + jiff::SignedDuration::from_secs(wait * 60);
        agree(&mut release, "one", later);
        let cleared = standing(&release, &story).cleared().unwrap();
        release.released(&cleared, None, later).unwrap();
        releases.push(release);
    }
    let mut refused = proposal(&story, &open());
    refused
        .reject(Refusal { kind: Kind::Technical, text: "no".to_owned() }, person("one"), story.now)
        .unwrap();
    releases.push(refused);
    releases.push(proposal(&story, &open()));
    let summary = report::report(&releases, story.now + jiff::SignedDuration::from_secs(30));
    assert_eq!((summary.released, summary.median, summary.p90), (10, Some(300), Some(540)));
    assert_eq!(summary.refusals["technical"], 1);
    assert_eq!(summary.refusals["political"], 0);
    assert_eq!(summary.longest_wait, Some(30));
    assert_eq!(report::report([], story.now).median, None);
}

#[test]
fn a_basis_is_recorded_and_words_are_none() {
    let story = cast();
    let mut release = proposal(&story, &open());
    for basis in [
        Basis::default(),
        noted("they asked"),
        Basis { agreement: Some(cited(1)), note: None },
        Basis { agreement: Some(cited(1)), note: Some("§ 4".to_owned()) },
    ] {
        release.decided.basis = basis.clone();
        let object = release.object().unwrap();
        let read = Release::read(&object).unwrap();
        assert_eq!((read.decided.basis.clone(), read.digest()), (basis.clone(), release.digest()));
        assert_eq!(object.text("basis") == Some("none"), basis.agreement.is_none());
    }
    // As records were written before agreements were cited.
    let mut old = release.object().unwrap().into_value();
    for property in ["basis_version", "basis_note"] {
        old.remove(property);
    }
    old.insert("basis".to_owned(), json!("the memorandum of 2024"));
    let old = Release::read(&Object::from_value(Value::Object(old)).unwrap()).unwrap();
    assert_eq!(old.decided.basis, noted("the memorandum of 2024"));
}

#[test]
fn where_the_rules_ask_for_an_agreement_nothing_is_cleared_without_one() {
    let mut story = cast();
    let needs = Needs { basis: true, ..story.directory.release_rules().needs(&open()) };
    story.tell(Rights::ReleaseRuleSet { on: On::Everything, needs: Some(needs) });
    let mut release = proposal(&story, &open());
    agree(&mut release, "one", story.now);
    let judged = standing(&release, &story);
    assert!(judged.lacks_basis && judged.counted.len() == 1 && judged.cleared().is_none());
    let mut decided = release.decided.clone();
    decided.basis.agreement = Some(cited(1));
    release.amend(decided, person("clerk"), story.now).unwrap();
    agree(&mut release, "one", story.now);
    assert!(standing(&release, &story).cleared().is_some());
}
