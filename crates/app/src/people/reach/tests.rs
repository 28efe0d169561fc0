#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::rights::Role;

use super::*;
use crate::ingest::tests::Story;

fn told(feeds: &[Feed]) -> Vec<String> {
    let title = |feed: &Feed| feed.title.clone().unwrap_or_default();
    feeds.iter().map(|feed| format!("{:?} {} {} {:?}", feed.kind, feed.of, title(feed), feed.keys)).collect()
}

#[test]
fn feeds_that_would_deliver_it_are_named_to_who_may_know_of_them() {
    let story = Story::begin();
    let operator = story.node.people(Caller::Operator);
    let asterin = story.member("Asterin CERT");
    let roles = BTreeSet::from([Role::Releaser, Role::Analyst]);
    let (releaser, _) = operator.add_user("one@xas.example", asterin, roles).unwrap();
    operator.add_key(releaser.id, true, None).unwrap();
    let releaser =
        story.node.directory().unwrap().authenticate_person(releaser.id, story.node.now()).unwrap();
    let releaser = story.node.people(Caller::Person(releaser));
    let reach = |people: &People<'_>, words: &str| people.reach(words).unwrap();

    let circle = reach(&releaser, "rel:Circle tlp:amber");
    let both = ["Keys Asterin CERT  Some(3)", "Keys Velkar Shield  Some(1)"];
    assert_eq!(circle.words, "tlp:amber rel:Circle,\"Asterin CERT\"");
    assert_eq!(told(&circle.reached.feeds), ["Collection Circle Circle None", both[0], both[1]]);
    assert_eq!(reach(&operator, "rel:Circle tlp:amber").reached.feeds, circle.reached.feeds);
    // A level that nobody is cleared for is delivered to nobody.
    let secret = reach(&releaser, "rel:XVE class:EXERCISE/SECRET");
    assert_eq!(secret.reached.members.len(), 2);
    assert_eq!(told(&secret.reached.feeds), Vec::<String>::new());
    // Others are told of the collections that they may use, and of nobody's keys.
    let analyst = story.node.people(Caller::Person(story.who("xve")));
    assert_eq!(told(&reach(&analyst, "rel:Circle").reached.feeds), ["Collection Circle Circle None"]);
    let outside = story.node.people(Caller::Person(story.who("xor")));
    assert_eq!(told(&reach(&outside, "rel:XAS").reached.feeds), Vec::<String>::new());
    // A key that has ended delivers nothing.
    let user =
        operator.users().unwrap().into_iter().find(|user| user.email == "analyst@xve.example").unwrap();
    for key in operator.keys().unwrap().into_iter().filter(|key| key.person == user.id) {
        operator.revoke_key(key.id).unwrap();
    }
    let after = reach(&releaser, "rel:XVE");
    assert_eq!(told(&after.reached.feeds), [both[0]]);
}
