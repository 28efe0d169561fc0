#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::sanitisation::Treatment;
use serde_json::json;

use super::super::tests::{high, order, story};
use super::super::{Act, Choice, Template};
use super::*;

#[test]
fn the_record_tells_what_making_it_told() {
    for template in Template::ALL {
        let story = story();
        let mut asked = order(template);
        if template == Template::Advisory {
            let text = || "written for its readers".to_owned();
            asked.advisory = Some(super::super::Advisory { name: text(), description: text() });
        }
        let first = asked.objects[0].clone();
        let choice = |place: &str, act: Act| Choice { object: first.clone(), place: place.to_owned(), act };
        asked.choices = vec![
            choice("$.name", Act::Replace(json!("A relay"))),
            choice("$.external_references[0].source_name", Act::Keep),
        ];
        let made = story.node.make_tearline(&story.who("xas"), &asked).unwrap();
        let reading = story.node.read(&story.who("xas")).unwrap();
        let recorded = reading.recorded(made.record.id()).unwrap();
        assert_eq!(recorded.template, Some(template));
        let told: Vec<&Torn> = recorded.compared.iter().map(|compared| &compared.torn).collect();
        assert_eq!(told.len(), high().len());
        for (told, made) in told.iter().zip(&made.torn) {
            assert_eq!((&told.high, &told.low), (&made.high, &made.low));
            assert_eq!(told.changes, made.changes, "{template:?}");
        }
        let ids: Vec<&Id> = recorded.low.iter().map(|item| &item.id).collect();
        let meant: Vec<&Id> = made.low.iter().map(Object::id).collect();
        assert_eq!(ids.len(), meant.len(), "the advisory too");
        assert!(meant.iter().all(|id| ids.contains(id)));
        let low: Vec<Id> = meant.into_iter().cloned().collect();
        assert_eq!(reading.compared(&low).unwrap().len(), high().len());
    }
}

#[test]
fn who_does_not_read_the_high_side_is_told_nothing_of_it() {
    let story = story();
    let made = story.node.make_tearline(&story.who("xas"), &order(Template::Context)).unwrap();
    let low: Vec<Id> = made.low.iter().map(|object| object.id().clone()).collect();
    let reading = story.node.read(&story.who("xve")).unwrap();
    assert!(reading.compared(&low).unwrap().is_empty());
    assert!(matches!(reading.recorded(made.record.id()), Err(AppError::NotFound)));
    assert!(matches!(reading.recorded(&low[0]), Err(AppError::NotFound)), "no record");
}

#[test]
fn why_a_field_became_what_it_is() {
    let change = |place: &str, rule, before| Change { place: place.to_owned(), rule, before, after: None };
    let why = |place: &str, rule, before| {
        change(place, rule, before).because(Some(Template::Indicator), "indicator")
    };
    assert_eq!(why("$.name", Treatment::Dropped, json!("x")), Because::Template);
    assert_eq!(why("$.pattern", Treatment::Disclosed, json!("x")), Because::Template);
    assert_eq!(why("$.name", Treatment::Replaced, json!("x")), Because::Chosen);
    assert_eq!(why("$.pattern", Treatment::Dropped, json!("x")), Because::Chosen);
    assert_eq!(why("$.valid_from", Treatment::Coarsened, json!("2026-02-03T04:05:06Z")), Because::Times);
    let ends =
        |rule| change("$.source_ref", rule, json!("x")).because(Some(Template::Context), "relationship");
    assert_eq!(ends(Treatment::Remapped), Because::Reference);
    assert_eq!(ends(Treatment::Dropped), Because::Reference);
}
