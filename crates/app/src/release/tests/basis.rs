//! On what a release rests.

use jiff::{SignedDuration, Timestamp};
use kizuna_access::release::{Direct, Needs, On, State};
use kizuna_stix::Id;

use super::{Desk, authored, proposal, said};
use crate::AppError;
use crate::agreements::NewAgreement;
use crate::ingest::tests::NOW;
use crate::people::Caller;
use crate::release::{Finding, Proposal, Shown};

/// What a test's agreement is, as it is added.
fn stated(parties: &[&str], allows: &[&str]) -> NewAgreement {
    NewAgreement {
        id: None,
        title: "Harbour memorandum".to_owned(),
        scope: "Threats to ports".to_owned(),
        parties: parties.iter().map(|party| (*party).to_owned()).collect(),
        allows: allows.iter().map(|label| (*label).to_owned()).collect(),
        contacts: Vec::new(),
        from: None,
        until: None,
        review: None,
    }
}

fn add(desk: &Desk, new: &NewAgreement, label: &str) -> Id {
    desk.node().add_agreement(&Caller::Person(desk.who("clerk")), new, Some(label)).unwrap()
}

fn resting(object: &Id, label: &str, on: &Id) -> Proposal {
    Proposal { basis: Some(on.to_string()), ..proposal(object, label) }
}

fn found(desk: &Desk, proposal: &Proposal) -> Vec<Finding> {
    desk.node().preview_release(&desk.who("clerk"), proposal).unwrap().findings
}

fn told(findings: &[Finding]) -> Vec<String> {
    let line =
        |finding: &Finding| format!("{} {}", if finding.blocks { "blocks" } else { "warns" }, finding.rule);
    findings.iter().map(line).collect()
}

#[test]
fn a_release_rests_on_an_agreement_that_covers_it() {
    let desk = Desk::open();
    let object = desk.own(1, None);
    let agreement = add(&desk, &stated(&["XAS", "XVE"], &["tlp:amber"]), "rel:XAS,XVE");
    let asked =
        Proposal { basis_note: Some("§ 4".to_owned()), ..resting(&object, "rel:XVE tlp:green", &agreement) };
    assert_eq!(found(&desk, &asked), []);
    let release = desk.node().propose_release(&desk.who("clerk"), &asked).unwrap();
    assert_eq!(release.basis.as_ref(), Some(&agreement));
    assert_eq!(desk.approve("one", &release).unwrap().state, State::Released);
    let told = desk.sees("reader", &release).unwrap();
    assert_eq!(
        (told.basis.as_ref(), told.basis_title.as_deref()),
        (Some(&agreement), Some("Harbour memorandum"))
    );
    assert_eq!(told.basis_note.as_deref(), Some("§ 4"));
}

#[test]
fn a_release_without_a_basis_says_so_and_blocks_where_the_rules_ask_for_one() {
    let desk = Desk::open();
    let object = desk.own(1, None);
    let bare = proposal(&object, "rel:XVE");
    assert_eq!(told(&found(&desk, &bare)), ["warns it rests on no agreement"]);
    let release = desk.propose("clerk", &object, "rel:XVE");
    assert_eq!(told(&release.basis_findings), ["warns it rests on no agreement"]);
    desk.rule(
        On::Everything,
        Needs { releasers: 1, originator: false, direct: Direct::Writers, basis: true },
    );
    assert_eq!(told(&found(&desk, &bare)), ["blocks it rests on no agreement, and the rules ask for one"]);
    assert!(matches!(desk.approve("one", &release), Err(AppError::Conflict(_) | AppError::Invalid { .. })));
    let own = desk.story.member("Asterin CERT").identity();
    assert_eq!(
        desk.give("clerk", &authored(2, &own), Some("rel:XVE")).quarantined,
        1,
        "nor is it written directly"
    );
    let noted = Proposal { basis_note: Some("the minister said so".to_owned()), ..bare };
    let refused = desk.node().propose_release(&desk.who("clerk"), &noted).unwrap_err();
    assert!(said(&refused).contains("rules ask for one"));
    let agreement = add(&desk, &stated(&["XAS", "XVE"], &[]), "rel:XAS,XVE");
    let release =
        desk.node().propose_release(&desk.who("clerk"), &resting(&object, "rel:XVE", &agreement)).unwrap();
    assert_eq!(desk.approve("one", &release).unwrap().state, State::Released);
}

#[test]
fn what_an_agreement_does_not_cover_is_named() {
    let desk = Desk::open();
    let object = desk.own(1, None);
    let cases = [
        (stated(&["XAS", "XOR"], &[]), "rel:XAS,XVE,XOR", "not everybody whom the label given names"),
        (stated(&["XVE", "XOR"], &[]), "rel:XAS,XVE,XOR", "is no party"),
        (stated(&["XAS", "XVE"], &["tlp:clear"]), "rel:XAS,XVE", "does not allow the label"),
        (stated(&["XAS", "XVE"], &[]), "rel:XAS", "not all recipients may read"),
    ];
    for (new, label, expected) in cases {
        let agreement = add(&desk, &new, label);
        let found = told(&found(&desk, &resting(&object, "rel:XVE tlp:green", &agreement)));
        assert!(found.iter().any(|line| line.starts_with("blocks") && line.contains(expected)), "{found:?}");
    }
    // Hidden and absent alike, and words are none.
    let theirs = stated(&["XAS", "XVE"], &[]);
    let guest = Caller::Person(desk.who("guest"));
    let hidden = desk.node().add_agreement(&guest, &theirs, Some("rel:XVE")).unwrap();
    let absent: Id = "kizuna-agreement--00000000-0000-4000-8000-000000000009".parse().unwrap();
    let refused = |on: &Id| {
        let asked = resting(&object, "rel:XVE", on);
        let error = desk.node().preview_release(&desk.who("clerk"), &asked).unwrap_err();
        said(&error).replace(on.as_str(), "ID")
    };
    assert_eq!(refused(&hidden), refused(&absent));
    let words = Proposal { basis: Some("a word given".to_owned()), ..proposal(&object, "rel:XVE") };
    assert!(
        said(&desk.node().preview_release(&desk.who("clerk"), &words).unwrap_err()).contains("basis_note")
    );
}

#[test]
fn dates_hold_to_the_second_and_a_changed_agreement_is_another() {
    let desk = Desk::open();
    let object = desk.own(1, None);
    let start: Timestamp = NOW.parse().unwrap();
    let (until, review) = (start + SignedDuration::from_mins(60), start + SignedDuration::from_mins(30));
    let new = NewAgreement { until: Some(until), review: Some(review), ..stated(&["XAS", "XVE"], &[]) };
    let agreement = add(&desk, &new, "rel:XAS,XVE");
    let asked = resting(&object, "rel:XVE", &agreement);
    let at = |desk: &Desk, instant: Timestamp| -> Vec<String> {
        desk.story.clock.advance(instant.duration_since(desk.node().now()));
        told(&found(desk, &asked))
    };
    let second = SignedDuration::from_secs(1);
    assert_eq!(at(&desk, review - second), Vec::<String>::new());
    let due = ["warns Harbour memorandum: its parties were to review it by now"];
    assert_eq!(at(&desk, review), due);
    let release: Shown = desk.node().propose_release(&desk.who("clerk"), &asked).unwrap();
    assert_eq!(at(&desk, until - second), due);
    assert!(at(&desk, until).contains(&"blocks Harbour memorandum: it is over".to_owned()));
    assert!(said(&desk.approve("one", &release).unwrap_err()).contains("it is over"));

    let longer = NewAgreement { id: Some(agreement.clone()), until: None, review: None, ..new };
    add(&desk, &longer, "rel:XAS,XVE");
    assert!(said(&desk.approve("one", &release).unwrap_err()).contains("has changed since it was cited"));
    let again = desk.node().propose_release(&desk.who("clerk"), &asked).unwrap();
    assert_eq!(desk.approve("one", &again).unwrap().state, State::Released);
}
