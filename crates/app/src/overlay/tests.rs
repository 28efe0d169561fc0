#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::overlay::{self, Judgement, Overlay, SCALE, Score};
use kizuna_stix::Id;
use serde_json::json;

use super::{Judged, Wanted};
use crate::AppError;
use crate::ingest::tests::{Story, indicator};

fn beacon(number: u32) -> Id {
    indicator(number)["id"].as_str().unwrap().parse().unwrap()
}

fn tagged(story: &Story, country: &str, number: u32, tag: &str, label: Option<&str>) -> Judged {
    let add = |said: &mut Judgement| said.tags.extend([tag.to_owned()]);
    story.node.judge(&story.who(country), &beacon(number), label, add).unwrap()
}

#[test]
fn a_member_s_overlay_is_its_own_and_each_edit_a_version() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:Circle tlp:green"));
    let first = tagged(&story, "xve", 1, "phishing", None);
    assert_eq!(
        story.node.read(&story.who("xve")).unwrap().label_text(&first.item.label),
        "tlp:green rel:Circle rel:\"Velkar Shield\"",
        "no wider than the object"
    );
    let second = story
        .node
        .judge(&story.who("xve"), &beacon(1), None, |said| {
            said.state = Some("in-progress".to_owned());
            said.score = Some(Score { value: 70, scale: SCALE.to_owned() });
            (said.source_reliability, said.credibility) = (Some('B'), Some(2));
        })
        .unwrap();
    assert_eq!(second.overlay.id(), first.overlay.id());
    assert!(
        second.overlay.modified > first.overlay.modified && second.overlay.created == first.overlay.created
    );
    assert!(second.overlay.judgement.has_tag("Phishing"), "what was said before stays");
    let reading = story.node.read(&story.who("xve")).unwrap();
    assert_eq!(reading.versions(&first.overlay.id()).unwrap().len(), 2);
    assert_eq!(reading.overlays(&beacon(1)).unwrap().own.unwrap().overlay, second.overlay);
    assert!(reading.overlays(&beacon(1)).unwrap().others.is_empty());

    let others = story.node.read(&story.who("xas")).unwrap().overlays_of(&beacon(1)).unwrap();
    assert!(others.own.is_none() && others.others.is_empty());
}

#[test]
fn saying_the_same_again_is_no_new_version() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], None);
    let first = tagged(&story, "xas", 1, "phishing", Some("rel:Circle"));
    let again = tagged(&story, "xas", 1, " phishing ", None);
    assert_eq!(again.overlay, first.overlay);
}

#[test]
fn a_shared_overlay_reaches_those_whom_label_and_object_reach() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    story.give("xas", &[indicator(2)], None);
    tagged(&story, "xas", 1, "phishing", Some("rel:world"));
    tagged(&story, "xas", 2, "phishing", Some("rel:world"));
    let of = |country: &str, number| {
        story.node.read(&story.who(country)).unwrap().overlays(&beacon(number)).unwrap()
    };
    assert_eq!(of("xve", 1).others.len(), 1);
    assert_eq!(of("xor", 1).others.len(), 0, "the object is the circle's");
    assert_eq!(of("xve", 2).others.len(), 0, "the object is its member's");
}

#[test]
fn an_overlay_for_an_id_that_cannot_be_seen_is_stored_as_one_s_own_and_tells_nothing() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], None);
    let (hidden, absent) = (tagged(&story, "xve", 1, "x1", None), tagged(&story, "xve", 7, "x1", None));
    let plain = |judged: &Judged, number: u32| {
        let reading = story.node.read(&story.who("xve")).unwrap();
        let text = String::from_utf8(judged.item.bytes.to_vec()).unwrap();
        let text =
            text.replace(beacon(number).as_str(), "OBJECT").replace(judged.overlay.id().as_str(), "ID");
        (text, reading.label_text(&judged.item.label))
    };
    let without_time = |(text, label): (String, String)| {
        (text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>(), label)
    };
    assert_eq!(without_time(plain(&hidden, 1)), without_time(plain(&absent, 7)));
    let reading = story.node.read(&story.who("xor")).unwrap();
    assert!(matches!(reading.overlays_of(&beacon(1)), Err(AppError::NotFound)));
    assert!(matches!(reading.overlays_of(&beacon(9)), Err(AppError::NotFound)));
}

#[test]
fn nobody_judges_in_another_s_name() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    let velkar = story.member("Velkar Shield");
    let forged = |by| {
        let at = "2026-02-28T00:00:00Z".parse().unwrap();
        let judgement = Judgement { note: Some("forged".to_owned()), ..Judgement::default() };
        let overlay = Overlay { by, object_ref: beacon(1), created: at, modified: at, judgement };
        serde_json::Value::Object(overlay.object().unwrap().into_value())
    };
    // In Velkar's name, and under Velkar's id in one's own name, before Velkar says anything.
    let mut taken = forged(velkar);
    story.give("xas", &[taken.clone()], Some("rel:Circle"));
    let of = |country: &str| story.node.read(&story.who(country)).unwrap().overlays(&beacon(1)).unwrap();
    assert!(of("xve").own.is_none() && of("xas").others.is_empty());
    taken["created_by_ref"] = json!(story.member("Asterin CERT").identity().as_str());
    taken["modified"] = json!("2026-03-01T12:04:00.000Z");
    story.give("xas", &[taken], Some("rel:Circle"));
    assert!(of("xve").own.is_none() && of("xas").others.is_empty());

    tagged(&story, "xve", 1, "mine", Some("rel:Circle"));
    assert!(of("xve").own.unwrap().overlay.judgement.has_tag("mine"));
    let seen = of("xas");
    assert_eq!(seen.others.len(), 1);
    assert!(seen.others[0].overlay.judgement.note.is_none());
    assert_eq!(seen.others[0].overlay.id(), overlay::id(velkar, &beacon(1)));
}

#[test]
fn what_is_tagged_is_found_by_tag_state_and_person() {
    let story = Story::begin();
    story.give("xas", &(1..=5).map(indicator).collect::<Vec<_>>(), Some("rel:Circle"));
    for number in 1..=3 {
        tagged(&story, "xas", number, "Spear Phishing", None);
    }
    let ana = story.who("xas").person();
    let assign = |said: &mut Judgement| {
        said.assignee = Some(ana);
        said.note = Some("no spear phishing here".to_owned());
    };
    story.node.judge(&story.who("xas"), &beacon(4), None, assign).unwrap();
    tagged(&story, "xve", 5, "要調査", Some("rel:Circle"));
    let found = |wanted: Wanted| {
        let reading = story.node.read(&story.who("xas")).unwrap();
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = reading.judged(&wanted, cursor.as_deref(), 2).unwrap();
            all.extend(page.items.into_iter().map(|judged| judged.overlay.object_ref));
            if !page.more {
                return all;
            }
            cursor = page.next;
        }
    };
    let tag = |tag: &str| Wanted { tag: Some(tag.to_owned()), ..Wanted::default() };
    assert_eq!(found(tag("spear phishing")), [3, 2, 1].map(beacon));
    assert_eq!(found(tag("spear")), []);
    assert_eq!(found(tag("要調査")), [beacon(5)]);
    assert_eq!(found(Wanted { own: true, ..tag("要調査") }), []);
    assert_eq!(found(Wanted { assignee: Some(ana), ..Wanted::default() }), [beacon(4)]);
    assert_eq!(found(Wanted::default()).len(), 5);
}

#[test]
fn what_no_judgement_may_say_is_refused() {
    let story = Story::begin();
    let judge = |label: Option<&str>, change: fn(&mut Judgement)| {
        story.node.judge(&story.who("xas"), &beacon(1), label, change).unwrap_err().to_string()
    };
    assert!(judge(None, |said| said.credibility = Some(9)).contains("$.credibility"));
    let stranger = |said: &mut Judgement| said.assignee = Some(kizuna_access::PersonId(uuid::Uuid::nil()));
    assert!(judge(None, stranger).contains("$.assignee"));
    assert!(judge(Some("rel:Nowhere"), |_| ()).contains("label"));
    let over = overlay::id(story.member("Asterin CERT"), &beacon(1));
    assert!(story.node.judge(&story.who("xas"), &over, None, |_| ()).is_err());
}
