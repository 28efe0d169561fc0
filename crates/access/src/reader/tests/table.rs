//! Who reads what, as one table that a change shows in.

use std::fmt::Write;

use super::*;
use crate::spec;

const ASTERIN: &str = include_str!("../../../../../fixtures/policies/asterin.xml");

#[test]
fn readers_by_labels() {
    let mut story = Story::cast();
    story.person("watcher", "alpha", &[Role::Reader]);
    story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
    story.clear(Holder::Person(person("echo")), cleared("RESTRICTED"));
    story.clear(Holder::Member(member("echo")), cleared("SECRET"));
    story.join("alpha", "circle");
    story.join("echo", "circle");
    let readers = ["alpha", "watcher", "bravo", "echo", "grid"];
    let labels = [
        "rel:world",
        "rel:nobody",
        "rel:JPN",
        "rel:JPN,EST",
        "rel:JPN rel:circle",
        "rel:alpha",
        "rel:circle",
        "rel:late",
        "rel:clients:alpha",
        "rel:person:watcher@example.org",
        "tlp:clear rel:JPN",
        "tlp:amber rel:JPN",
        "tlp:amber rel:alpha rel:circle",
        "tlp:amber+strict rel:JPN",
        "tlp:red rel:JPN",
        "tlp:red rel:alpha",
        "tlp:red rel:person:alpha@example.org",
        "class:EXERCISE/UNCLASSIFIED rel:world",
        "class:EXERCISE/RESTRICTED rel:circle",
        "class:EXERCISE/SECRET rel:circle",
        "tlp:amber rel:alpha draft",
        "tlp:amber rel:alpha orcon exercise pap:red",
    ];
    let mut table = format!("{:<44}{}\n", "", readers.map(|name| format!("{name:<8}")).concat());
    for text in labels {
        let label = spec::parse(text, &story.directory).unwrap().label();
        let cell = |name| if reads(&story.reader(name), &label) { "yes     " } else { "-       " };
        writeln!(table, "{text:<44}{}", readers.map(cell).concat()).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// Clearance by label by relationship, with a policy of another state: its equivalences with EXERCISE hold from
/// 2026-04-01 and until 2027-04-01, without either.
#[test]
fn clearances_by_labels_by_relationships() {
    let relations = [("own", "alpha"), ("country", "bravo"), ("circle", "echo"), ("client", "grid")];
    let instants = [
        ("1 s before", "2026-03-31T23:59:59Z"),
        ("begins", "2026-04-01T00:00:00Z"),
        ("1 s to go", "2027-03-31T23:59:59Z"),
        ("over", "2027-04-01T00:00:00Z"),
    ];
    let held: [&[(&str, &str)]; 7] = [
        &[],
        &[("EXERCISE", "UNCLASSIFIED")],
        &[("EXERCISE", "CONFIDENTIAL")],
        &[("EXERCISE", "SECRET")],
        &[("ASTERIN", "GUARDED")],
        &[("ASTERIN", "CLOSED")],
        &[("ASTERIN", "SEALED"), ("EXERCISE", "RESTRICTED")],
    ];
    let labels = [
        "tlp:amber rel:JPN,circle",
        "tlp:amber+strict rel:alpha,circle",
        "tlp:amber rel:JPN,circle class:EXERCISE/RESTRICTED",
        "tlp:amber rel:JPN,circle class:EXERCISE/CONFIDENTIAL",
        "tlp:amber rel:JPN,circle class:EXERCISE/SECRET",
        "tlp:amber rel:JPN,circle class:ASTERIN/GUARDED",
        "tlp:amber rel:JPN,circle class:ASTERIN/CLOSED",
        "tlp:amber rel:JPN,circle class:ASTERIN/SEALED",
    ];
    let mut table = String::new();
    for levels in held {
        let mut story = Story::cast();
        story.import(ASTERIN);
        story.join("alpha", "circle");
        story.join("echo", "circle");
        let clearance =
            levels.iter().fold(Clearance::default(), |all, (policy, level)| all.with(policy, level));
        for (_, name) in relations {
            story.clear(Holder::Member(member(name)), clearance.clone());
            story.clear(Holder::Person(person(name)), clearance.clone());
        }
        story.clear(Holder::Node, clearance.clone());
        let words: Vec<String> = levels.iter().map(|(policy, level)| format!("{policy}:{level}")).collect();
        let holds = if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
        writeln!(table, "cleared for {holds}").unwrap();
        let heads = instants.map(|(name, _)| format!("{name:<34}")).concat();
        writeln!(table, "  {:<54}{}", "", heads.trim_end()).unwrap();
        let names = relations.map(|(relation, _)| format!("{relation:<8}")).concat();
        let row = instants.map(|_| format!("{:<34}", names.trim_end())).concat();
        writeln!(table, "  {:<54}{}", "", row.trim_end()).unwrap();
        for text in labels {
            let label = spec::parse(text, &story.directory).unwrap().label();
            let cells = instants.map(|(_, at)| {
                let now = at.parse().unwrap();
                let cell = |(_, name)| {
                    if reads(&story.reader_at(name, now), &label) { "yes     " } else { "-       " }
                };
                format!("{:<34}", relations.map(cell).concat().trim_end())
            });
            writeln!(table, "  {text:<54}{}", cells.concat().trim_end()).unwrap();
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}
