#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::story::{at, member};

fn malware() -> Id {
    "malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap()
}

fn full() -> Overlay {
    let judgement = Judgement {
        tags: BTreeSet::from(["phishing".to_owned(), "要調査".to_owned()]),
        state: Some("in-progress".to_owned()),
        assignee: Some(PersonId(derived("person", "ana"))),
        score: Some(Score { value: 70, scale: SCALE.to_owned() }),
        source_reliability: Some('B'),
        credibility: Some(2),
        note: Some("seen at our border".to_owned()),
    };
    Overlay { by: member("alpha"), object_ref: malware(), created: at(0), modified: at(60), judgement }
}

#[test]
fn an_overlay_reads_back_and_is_sound_stix() {
    let object = full().object().unwrap();
    assert_eq!(object.warnings(), []);
    assert_eq!(Overlay::read(&object), Ok(full()));
    assert!(object.references().contains(&malware()));
    let silent = Overlay { judgement: Judgement::default(), ..full() };
    assert_eq!(Overlay::read(&silent.object().unwrap()), Ok(silent));
}

#[test]
fn each_member_has_one_id_per_object() {
    assert_eq!(full().id(), id(member("alpha"), &malware()));
    assert_ne!(full().id(), id(member("bravo"), &malware()));
    let object = full().object().unwrap();
    assert!(is_its_own(&object, member("alpha")));
    assert!(!is_its_own(&object, member("bravo")));
    let mut taken = object.into_value();
    taken.insert("created_by_ref".to_owned(), json!(member("bravo").identity().as_str()));
    let taken = Object::from_value(Value::Object(taken)).unwrap();
    assert!(Overlay::read(&taken).is_err(), "another's id");
}

#[test]
fn what_is_out_of_range_is_refused_with_its_property() {
    let wrong = |change: fn(&mut Judgement)| {
        let mut judgement = full().judgement;
        change(&mut judgement);
        let object = Overlay { judgement: judgement.clone(), ..full() }.object().unwrap();
        assert!(Overlay::read(&object).is_err());
        judgement.check().unwrap_err().property
    };
    assert_eq!(wrong(|it| it.tags.extend([String::new()])), "tags");
    assert_eq!(wrong(|it| it.tags.extend(["!!!".to_owned()])), "tags");
    assert_eq!(wrong(|it| it.tags.extend(["x".repeat(101)])), "tags");
    assert_eq!(wrong(|it| it.tags = (0..65).map(|n| n.to_string()).collect()), "tags");
    assert_eq!(wrong(|it| it.state = Some("In Progress".to_owned())), "state");
    assert_eq!(wrong(|it| it.score = Some(Score { value: 101, scale: SCALE.to_owned() })), "score");
    assert_eq!(wrong(|it| it.score = Some(Score { value: 1, scale: String::new() })), "score");
    assert_eq!(wrong(|it| it.source_reliability = Some('G')), "source_reliability");
    assert_eq!(wrong(|it| it.credibility = Some(0)), "credibility");
    assert_eq!(wrong(|it| it.note = Some(" ".to_owned())), "note");
    assert!(full().judgement.has_tag(" Phishing") && !full().judgement.has_tag("phish"));
}
