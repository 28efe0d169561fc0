//! Who reads what, as one table that a change shows in.

use std::fmt::Write;

use super::*;
use crate::spec;

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
