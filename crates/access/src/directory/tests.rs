#![allow(clippy::unwrap_used, clippy::expect_used)]

mod refused;

use super::*;
use crate::label::Label;
use crate::party::Party;
use crate::rights::Holds;
use crate::story::{Story, at, cleared, community, country, key, member, person, rel, secret};

#[test]
fn a_members_id_is_derived_from_country_and_name_alike_on_every_node() {
    let id = MemberId::of(country("JPN"), "国家CSIRT");
    assert_eq!(id.to_string(), "8f4f0be1-62a8-5585-82ea-f7f0c3baac3a");
    assert_eq!(MemberId::of(country("JPN"), " 国家CSIRT "), id);
    assert_ne!(MemberId::of(country("EST"), "国家CSIRT"), id);
    let composed = MemberId::of(country("EST"), "K\u{fc}berkaitse");
    assert_eq!(MemberId::of(country("EST"), "Ku\u{308}berkaitse"), composed);
}

#[test]
fn the_first_member_is_the_nodes_own() {
    let mut story = Story::new();
    assert_eq!(story.directory.own_member(), None);
    story.member("alpha", "JPN");
    story.member("echo", "EST");
    assert_eq!(story.directory.own_member().unwrap().id, member("alpha"));
}

#[test]
fn everybody_is_found_by_name_in_any_case_and_by_id() {
    let story = Story::cast();
    let directory = &story.directory;
    assert_eq!(directory.member_named("ALPHA").unwrap().id, member("alpha"));
    assert_eq!(directory.member(member("alpha")).unwrap().name, "alpha");
    assert_eq!(directory.member_of_identity(&member("alpha").identity()).unwrap().name, "alpha");
    assert_eq!(directory.community_named("Circle").unwrap().id, community("circle"));
    assert_eq!(directory.person_by_email("Alpha@Example.org").unwrap().id, person("alpha"));
    assert_eq!(directory.members().count(), 4);
    assert_eq!(directory.clients_of(member("alpha"), story.now), [member("grid")]);
    assert_eq!(directory.client_of(member("grid"), story.now), [member("alpha")]);
}

#[test]
fn rosters_list_entries_that_stand_and_members_that_are_in() {
    let mut story = Story::cast();
    story.join_dated("alpha", "circle", Some(at(1_000)), None);
    story.join("echo", "circle");
    let names = |members: Vec<&Member>| members.iter().map(|m| m.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(story.directory.members_of(community("circle"), story.now)), ["echo"]);
    assert_eq!(story.directory.members_of(community("circle"), at(1_000)).len(), 2);
    assert_eq!(story.directory.roster(community("circle")).len(), 2);
    assert_eq!(story.directory.communities_of(member("echo"), story.now)[0].name, "circle");
    story.leave("echo", "circle");
    assert_eq!(story.directory.roster(community("circle")).len(), 1);
    assert!(story.directory.communities_of(member("echo"), story.now).is_empty());
}

#[test]
fn a_key_opens_for_its_person_until_it_or_the_account_ends() {
    let mut story = Story::cast();
    story.key("one", "alpha", None);
    story.key("two", "alpha", None);
    let open = |story: &Story, name| story.directory.authenticate_key(&secret(name), story.now);
    let who = open(&story, "one").unwrap();
    assert_eq!((who.person(), who.member(), who.key()), (person("alpha"), member("alpha"), Some(key("one"))));
    assert_eq!(open(&story, "another"), Err(NotAuthenticated));
    story.tell(Rights::KeyRevoked { key: key("one") });
    assert_eq!(open(&story, "one"), Err(NotAuthenticated));
    assert!(story.directory.reader(&who, story.now).is_err(), "nor does a principal of before");
    let second = open(&story, "two").unwrap();
    let session = story.principal("alpha");
    story.tell(Rights::PersonRemoved { person: person("alpha") });
    assert_eq!(open(&story, "two"), Err(NotAuthenticated));
    assert!(story.directory.reader(&second, story.now).is_err());
    assert!(story.directory.reader(&session, story.now).is_err());
    assert!(story.directory.authenticate_person(person("alpha"), story.now).is_err());
    assert_eq!(story.directory.person_by_email("alpha@example.org"), None);
}

#[test]
fn a_read_only_key_never_writes() {
    let mut story = Story::cast();
    let sha256 = hex::encode(Sha256::digest(secret("k")));
    let (key, person) = (key("k"), person("alpha"));
    story.tell(Rights::KeyAdded { key, person, sha256, read_only: true, expires: None });
    let who = story.directory.authenticate_key(&secret("k"), story.now).unwrap();
    let reader = story.directory.reader(&who, story.now).unwrap();
    assert!(reader.has(Role::Analyst) && !reader.may_write());
    assert!(story.reader("alpha").may_write());
}

#[test]
fn each_root_has_its_collections_under_ids_that_stay() {
    let mut story = Story::cast();
    let own = story.directory.member_collections(member("alpha"));
    let shape: Vec<_> = own.iter().map(|c| (c.alias, c.readable(), c.writable)).collect();
    assert_eq!(shape, [(Some("all"), true, false), (Some("inbox"), false, true)]);
    assert_ne!(own[0].id, story.directory.member_collections(member("echo"))[0].id);
    let shared = story.directory.community_collections(community("circle"));
    assert_eq!((shared.len(), shared[0].writable, shared[0].readable()), (1, true, true));
    assert!(story.directory.community_collections(community("nowhere")).is_empty());
    story.tell(Rights::CollectionAdded {
        collection: Uuid::from_u128(1),
        root: Some(community("circle")),
        title: "Indicators".to_owned(),
        holds: Holds::Naming(Party::Community(community("circle"))),
        writable: false,
        default: None,
    });
    assert_eq!(story.directory.community_collections(community("circle")).len(), 2);
    assert_eq!(story.directory.community_collections(community("late")).len(), 1);
    assert_eq!(story.directory.member_collections(member("alpha")), own);
}

#[test]
fn a_collection_holds_what_names_its_party_and_writing_names_it() {
    let story = Story::cast();
    let circle = Party::Community(community("circle"));
    let shared = &story.directory.community_collections(community("circle"))[0];
    let own = story.directory.member_collections(member("alpha"));
    let named = Label::builder().rel([circle, rel("JPN")]).label();
    assert!(shared.holds_label(&named));
    assert!(!shared.holds_label(&Label::own(member("alpha"))));
    assert!(own[0].holds_label(&Label::own(member("alpha"))) && !own[1].holds_label(&named));
    let compile = |terms: &crate::Terms, collection: &Collection| {
        crate::compile(terms, false, &[], &collection.channel(), member("alpha"))
    };
    let unmarked = compile(&crate::Terms::default(), shared);
    assert_eq!(unmarked, Label::builder().rel([circle]).label());
    let marked = compile(&Label::builder().rel([rel("JPN")]), shared);
    assert_eq!(marked, Label::builder().rel([rel("JPN")]).rel([circle]).label());
    assert_eq!(compile(&crate::Terms::default(), &own[1]), Label::own(member("alpha")));
}

#[test]
fn a_member_follows_the_source_that_it_chose_last() {
    let mut story = Story::cast();
    let created_by = member("nowhere").identity();
    let follow = |source| Rights::FollowSet {
        member: member("alpha"),
        created_by: created_by.clone(),
        source: member(source),
    };
    assert_eq!(story.directory.follows(member("alpha"), &created_by), None);
    story.tell(follow("bravo"));
    story.tell(follow("echo"));
    assert_eq!(story.directory.follows(member("alpha"), &created_by), Some(member("echo")));
    assert_eq!(story.directory.follows(member("echo"), &created_by), None);
    let chosen: Vec<MemberId> =
        story.directory.followed_by(member("alpha")).map(|(_, source)| source).collect();
    assert_eq!(chosen, [member("echo")]);
    story.tell(Rights::FollowCleared { member: member("alpha"), created_by: created_by.clone() });
    assert_eq!(story.directory.follows(member("alpha"), &created_by), None);
    assert_eq!(story.directory.followed_by(member("alpha")).count(), 0);
}

#[test]
fn the_log_of_rights_reads_back_from_json() {
    let event =
        Rights::ClearanceSet { holder: Holder::Member(member("alpha")), clearance: cleared("SECRET") };
    let text = serde_json::to_string(&Recorded { epoch: 7, at: at(0), rights: event }).unwrap();
    assert_eq!(serde_json::from_str::<Recorded>(&text).unwrap().epoch, 7);
    insta::assert_snapshot!(text);
}
