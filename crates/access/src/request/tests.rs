#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::story::{at, member, rel};

fn request(ask: Ask) -> Request {
    Request {
        id: "kizuna-request--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap(),
        by: member("alpha"),
        created: at(0),
        modified: at(0),
        ask,
        question: "Who saw this?".to_owned(),
        text: None,
        deadline: Some(at(60)),
        addressees: Addressees { to: BTreeSet::from([rel("EST")]), sectors: BTreeSet::new() },
        object_refs: vec!["malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap()],
    }
}

fn answer(outcome: Outcome) -> Answer {
    let request_ref = request(Ask::Information).id;
    let text = Some("we did".to_owned());
    Answer {
        by: member("echo"),
        request_ref,
        created: at(1),
        modified: at(2),
        outcome,
        text,
        object_refs: Vec::new(),
    }
}

#[test]
fn requests_and_answers_read_back() {
    for ask in [Ask::Information, Ask::OnwardRelease { to: BTreeSet::from([rel("FRA")]) }] {
        let object = request(ask.clone()).object().unwrap();
        assert_eq!(object.warnings(), []);
        assert_eq!(Request::read(&object), Ok(request(ask)));
    }
    for outcome in [Outcome::Answered, Outcome::CannotAnswer, Outcome::Granted, Outcome::Refused] {
        let object = answer(outcome).object().unwrap();
        assert_eq!(Answer::read(&object), Ok(answer(outcome)));
        assert!(object.references().contains(&answer(outcome).request_ref));
        assert!(is_its_own(&object, member("echo")) && !is_its_own(&object, member("alpha")));
    }
}

#[test]
fn who_cannot_answer_says_why_and_who_asks_onward_says_what_and_to_whom() {
    let silent = Answer { text: None, ..answer(Outcome::CannotAnswer) };
    assert_eq!(silent.check().unwrap_err().property, "text");
    let empty = Answer { text: None, ..answer(Outcome::Answered) };
    assert_eq!(empty.check().unwrap_err().property, "text");
    let onward = Ask::OnwardRelease { to: BTreeSet::new() };
    assert_eq!(request(onward.clone()).check().unwrap_err().property, "onward_to");
    let of_nothing = Ask::OnwardRelease { to: BTreeSet::from([rel("FRA")]) };
    let nothing = Request { object_refs: Vec::new(), ..request(of_nothing) };
    assert_eq!(nothing.check().unwrap_err().property, "object_refs");
}

#[test]
fn an_answer_is_for_who_asked() {
    let asked = Label::builder().rel([rel("JPN"), rel("EST")]).label();
    let label = answer_label(member("echo"), member("alpha"), &asked);
    assert!(label.names(&Party::Member(member("alpha"))) && label.names(&Party::Member(member("echo"))));
    assert_eq!(label.audience().len(), 2, "and for nobody whom the request does not reach");
}
