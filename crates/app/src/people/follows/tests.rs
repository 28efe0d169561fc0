#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::Principal;
use kizuna_access::rights::Role;
use serde_json::json;

use crate::AppError;
use crate::ingest::tests::{Story, indicator};
use crate::people::Caller;

const KNOWLEDGE: &str = "identity--00000000-0000-4000-8000-00000000000a";

fn admin(story: &Story, member: &str) -> Principal {
    let people = story.node.people(Caller::Operator);
    let email = format!("admin-{}@example.org", uuid::Uuid::new_v4());
    let (user, _) = people.add_user(&email, story.member(member), BTreeSet::from([Role::Admin])).unwrap();
    story.node.directory().unwrap().authenticate_person(user.id, story.node.now()).unwrap()
}

fn copy(name: &str) -> serde_json::Value {
    let mut object = indicator(1);
    object["created_by_ref"] = json!(KNOWLEDGE);
    object["name"] = json!(name);
    object
}

#[test]
fn a_member_s_admin_chooses_whose_copy_it_reads_and_takes_the_choice_back() {
    let story = Story::begin();
    story.give("xas", &[copy("Asterin's")], Some("rel:Circle"));
    story.give("xve", &[copy("Velkar's")], Some("rel:Circle"));
    let id = "indicator--00000000-0000-4000-8000-000000000001".parse().unwrap();
    let name = || {
        let item = story.node.read(&story.who("xas")).unwrap().object(&id).unwrap();
        serde_json::from_slice::<serde_json::Value>(&item.bytes).unwrap()["name"].clone()
    };
    assert_eq!(name(), "Asterin's");
    let caller = Caller::Person(admin(&story, "Asterin CERT"));
    let people = story.node.people(caller);
    let author = KNOWLEDGE.parse().unwrap();
    people.follow(&author, story.member("Velkar Shield"), None).unwrap();
    assert_eq!(name(), "Velkar's");
    assert_eq!(people.follows().unwrap().len(), 1);
    people.unfollow(&author, None).unwrap();
    assert_eq!(name(), "Asterin's");
    assert!(matches!(people.unfollow(&author, None), Err(AppError::NotFound)));
}

#[test]
fn nobody_chooses_for_another_member_or_whom_it_may_not_know() {
    let story = Story::begin();
    let author = KNOWLEDGE.parse().unwrap();
    let velkar = story.member("Velkar Shield");
    let analyst = story.node.people(Caller::Person(story.who("xas")));
    assert!(matches!(analyst.follow(&author, velkar, None), Err(AppError::Forbidden(_))));
    let outside = story.node.people(Caller::Person(admin(&story, "Orinthia Watch")));
    assert!(matches!(outside.follow(&author, velkar, Some(velkar)), Err(AppError::Forbidden(_))));
    let hidden = outside.follow(&author, velkar, None).unwrap_err().to_string();
    let absent = kizuna_access::MemberId(uuid::Uuid::new_v4());
    assert_eq!(outside.follow(&author, absent, None).unwrap_err().to_string(), hidden);
    let own = story.member("Orinthia Watch");
    assert!(outside.follow(&own.identity(), own, None).is_err(), "a member here speaks for itself");
}
