//! What may not be recorded, and how that is said.

use std::fmt::Write;

use super::*;
use crate::rights::Clearance;

fn added(name: &str, code: &str) -> Rights {
    Rights::MemberAdded {
        member: member(name),
        name: name.to_owned(),
        country: country(code),
        sector: Sector::Civil,
        hosted: true,
    }
}

fn account(name: &str, email: &str, of: &str) -> Rights {
    let (person, email, member) = (person(name), email.to_owned(), member(of));
    Rights::PersonAdded { person, email, member, roles: BTreeSet::new() }
}

fn joined(name: &str, of: &str, from: Option<i64>, until: Option<i64>) -> Rights {
    let (from, until) = (from.map(at), until.map(at));
    Rights::Joined { community: community(of), member: member(name), from, until }
}

fn keyed(name: &str, of: &str, sha256: &str, expires: Option<i64>) -> Rights {
    let (key, person, sha256) = (key(name), person(of), sha256.to_owned());
    Rights::KeyAdded { key, person, sha256, read_only: false, expires: expires.map(at) }
}

fn collection(title: &str, root: Option<&str>, default: Option<Label>) -> Rights {
    let (root, title) = (root.map(community), title.to_owned());
    let collection = Uuid::from_u128(2);
    Rights::CollectionAdded { collection, root, title, holds: Holds::All, writable: true, default }
}

#[test]
fn events_that_make_no_sense_are_refused_with_the_reason() {
    let mut story = Story::cast();
    story.join("echo", "circle");
    story.key("k", "alpha", None);
    let digest = hex::encode(Sha256::digest(secret("k")));
    let cosmic = Clearance::default().with("EXERCISE", "COSMIC");
    let person_cleared =
        |clearance| Rights::ClearanceSet { holder: Holder::Person(person("alpha")), clearance };
    let events = [
        ("a member twice", added("alpha", "JPN")),
        (
            "a community's name",
            Rights::MemberAdded {
                member: member("x"),
                name: "CIRCLE".to_owned(),
                country: country("JPN"),
                sector: Sector::Civil,
                hosted: true,
            },
        ),
        ("no name", added(" ", "JPN")),
        ("a quotation mark", added("a\"b", "JPN")),
        ("a long name", added(&"x".repeat(201), "JPN")),
        ("an unknown member", joined("nowhere", "circle", None, None)),
        ("an unknown community", joined("alpha", "nowhere", None, None)),
        ("in it already", joined("echo", "circle", Some(5_000), None)),
        ("over already", joined("alpha", "circle", None, Some(0))),
        ("backwards", joined("alpha", "circle", Some(6_000), Some(5_000))),
        ("not in it", Rights::Left { community: community("circle"), member: member("alpha") }),
        ("own client", Rights::ClientAdded { client: member("alpha"), of: member("alpha") }),
        ("a client twice", Rights::ClientAdded { client: member("grid"), of: member("alpha") }),
        ("no client", Rights::ClientRemoved { client: member("echo"), of: member("alpha") }),
        ("no address", account("new", "new", "alpha")),
        ("an address twice", account("new", "ALPHA@example.org", "alpha")),
        ("a person twice", account("alpha", "new@example.org", "alpha")),
        ("nobody's roles", Rights::RolesSet { person: person("new"), roles: BTreeSet::new() }),
        ("an unknown level", person_cleared(cosmic)),
        ("an unknown policy", person_cleared(Clearance::default().with("ELSEWHERE", "LOW"))),
        ("a digest in capitals", keyed("l", "alpha", &digest.to_uppercase(), None)),
        ("the same secret", keyed("l", "alpha", &digest, None)),
        ("expired already", keyed("l", "alpha", &"0".repeat(64), Some(0))),
        ("an unknown key", Rights::KeyRevoked { key: key("l") }),
        ("a title twice", collection("inbox", None, None)),
        ("a default for nobody known", collection("x", None, Some(Label::own(member("nowhere"))))),
        ("an unknown root", collection("x", Some("nowhere"), None)),
    ];
    let mut table = String::new();
    for (what, event) in events {
        let refusal = story.directory.allows(&event, story.now).expect_err(what);
        writeln!(table, "{what}: {refusal}").unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn the_first_member_must_live_here() {
    let story = Story::new();
    let mut first = added("alpha", "JPN");
    assert!(story.directory.allows(&first, story.now).is_ok());
    if let Rights::MemberAdded { hosted, .. } = &mut first {
        *hosted = false;
    }
    assert!(matches!(story.directory.allows(&first, story.now), Err(RightsError::Refused(_))));
}

#[test]
fn what_has_ended_may_begin_again() {
    let mut story = Story::cast();
    story.join_dated("alpha", "circle", None, Some(at(1_000)));
    let again = joined("alpha", "circle", None, None);
    assert!(story.directory.allows(&again, at(999)).is_err());
    assert!(story.directory.allows(&again, at(1_000)).is_ok());
    story.leave("alpha", "circle");
    assert!(story.directory.allows(&again, story.now).is_ok());
    story.tell(Rights::PersonRemoved { person: person("alpha") });
    story.tell(account("successor", "alpha@example.org", "alpha"));
}
