//! Each seeded leak leaks, and nothing leaks when none is switched on. The switch is one for the whole process, so
//! all of it is one test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use crate::channel::{Channel, compile};
use crate::label::{Classification, Handling, Label, Terms, Tlp};
use crate::party::Party;
use crate::rights::{Holder, Rights, Role};
use crate::story::{Story, at, cleared, community, key, member, person, rel, secret};

/// A policy whose SERVICE counts as EXERCISE/RESTRICTED, from long after the story on.
const FOREIGN: &str = include_str!("../../../../fixtures/policies/asterin.xml");

fn reads(story: &Story, name: &str, label: &Label) -> bool {
    story.directory.authenticate_person(person(name), at(5_000)).is_ok()
        && story.reader_at(name, at(5_000)).can_read(label, at(0))
}

/// Whether the gate lets through what leak `number` is about.
fn leaks(number: u32) -> bool {
    let mut story = Story::cast();
    if number > 60 {
        story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
    }
    let circle = Party::Community(community("circle"));
    let to = |party| Label::builder().rel([party]);
    match number {
        1 => reads(&story, "alpha", &to(rel("JPN")).rel([circle]).label()),
        2 => {
            story.join_dated("alpha", "circle", None, Some(at(1_000)));
            reads(&story, "alpha", &to(circle).label())
        }
        3 => reads(&story, "grid", &to(rel("JPN")).tlp(Tlp::AmberStrict).label()),
        4 => {
            story.clear(Holder::Person(person("alpha")), cleared("RESTRICTED"));
            reads(&story, "alpha", &to(rel("JPN")).class("EXERCISE", "SECRET").label())
        }
        5 => {
            story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
            let mut asked = Classification::level("SECRET");
            asked.restrictive.insert("Special".to_owned(), BTreeSet::from(["A".to_owned()]));
            reads(&story, "alpha", &to(rel("JPN")).classified("EXERCISE", asked).label())
        }
        6 => {
            let channel = Channel::with_default(to(rel("JPN")).label());
            reads(&story, "alpha", &compile(&Terms::default(), true, &[], &channel, member("echo")))
        }
        7 => {
            story.join("alpha", "circle");
            story.leave("alpha", "circle");
            reads(&story, "alpha", &to(circle).label())
        }
        8 => {
            story.key("k", "alpha", None);
            story.tell(Rights::KeyRevoked { key: key("k") });
            story.directory.authenticate_key(&secret("k"), story.now).is_ok()
        }
        9 => {
            story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
            story.clear(Holder::Node, cleared("RESTRICTED"));
            reads(&story, "alpha", &to(rel("JPN")).class("EXERCISE", "SECRET").label())
        }
        10 => {
            story.join("alpha", "late");
            reads(&story, "alpha", &to(Party::Community(community("late"))).label())
        }
        11 => reads(&story, "alpha", &to(rel("JPN")).tlp(Tlp::Red).label()),
        12 => {
            story.person("watcher", "alpha", &[Role::Reader]);
            reads(&story, "watcher", &Label::own(member("alpha")).terms().handling(Handling::Draft).label())
        }
        13 => {
            let first = story.join("alpha", "circle");
            story.leave("alpha", "circle");
            story.join("alpha", "circle");
            story.reader("alpha").gained_for(&to(circle).label(), at(0)) == Some(first)
        }
        61 => {
            story.import(FOREIGN);
            reads(&story, "alpha", &to(rel("JPN")).class("ASTERIN", "SERVICE").label())
        }
        62 => {
            let chained = FOREIGN
                .replace("ASTERIN", "MERIDIA")
                .replace("332922775440291421287013159579273464491", "77");
            let chained = chained.replace("EXERCISE", "ASTERIN").replace(
                "203287350689622767013730510605807948553",
                "332922775440291421287013159579273464491",
            );
            story.import(&FOREIGN.replace("kz:from=\"2026-04-01T00:00:00Z\"", ""));
            story.import(
                &chained
                    .replace("kz:from=\"2026-04-01T00:00:00Z\"", "")
                    .replace("lacv=\"2\" applied", "lacv=\"20\" applied"),
            );
            reads(&story, "alpha", &to(rel("JPN")).class("MERIDIA", "SERVICE").label())
        }
        63 => {
            let inward = FOREIGN.replace("\"both\"", "\"decrypt\"").replace("\"encrypt\"", "\"decrypt\"");
            story.import(&inward.replace("kz:from=\"2026-04-01T00:00:00Z\"", ""));
            reads(&story, "alpha", &to(rel("JPN")).class("ASTERIN", "SERVICE").label())
        }
        _ => false,
    }
}

#[test]
fn each_leak_leaks_only_while_it_is_switched_on() {
    for number in (1..=13).chain(61..=63) {
        super::set(None);
        assert!(!leaks(number), "leak {number} leaks while it is off");
        super::set(Some(number));
        assert!(leaks(number), "leak {number} does not leak");
    }
    super::set(None);
}
