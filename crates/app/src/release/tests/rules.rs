//! What the rules of a node ask, and who sets them.

use kizuna_access::release::{Direct, Needs, On};
use serde_json::json;

use super::{Desk, authored};
use crate::AppError;
use crate::people::Caller;

#[test]
fn nobody_writes_around_the_rules() {
    let desk = Desk::open();
    let own = desk.story.member("Asterin CERT").identity();
    let refused = |name: &str, label: &str| desk.give(name, &authored(9, &own), Some(label)).quarantined == 1;
    assert!(!refused("clerk", "tlp:amber rel:XVE"), "what one may release is written directly");
    assert!(!refused("clerk", "class:EXERCISE/SECRET"), "what stays at home too");
    assert!(refused("clerk", "class:EXERCISE/SECRET rel:XVE"));
    assert!(refused("one", "class:EXERCISE/RESTRICTED rel:XVE"), "not even a releaser, alone");
    assert!(!refused("clerk", "tlp:amber+strict rel:XVE"));
    let member = "member:\"Velkar Shield\"";
    assert!(refused("one", &format!("tlp:red rel:{member}")));
    desk.rule(
        On::Tlp(kizuna_access::label::Tlp::Green),
        Needs { releasers: 1, originator: false, direct: Direct::Releasers, basis: false },
    );
    assert!(refused("clerk", "tlp:amber rel:XVE"));
    assert!(!refused("one", "tlp:amber rel:XVE"));
    // A record that somebody writes by hand is none.
    let forged = json!({
        "type": "kizuna-release", "spec_version": "2.1",
        "id": "kizuna-release--00000000-0000-4000-8000-000000000001",
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "created_by_ref": own.as_str(), "state": "approved",
    });
    assert_eq!(desk.give("one", &forged, None).quarantined, 1);
}

#[test]
fn rules_are_set_by_who_runs_the_node() {
    let desk = Desk::open();
    let needs = Needs { releasers: 1, originator: false, direct: Direct::Writers, basis: false };
    let level = On::Level { policy: "EXERCISE".to_owned(), level: "RESTRICTED".to_owned() };
    let by_releaser = Caller::Person(desk.who("one"));
    let refused = desk.node().set_release_rule(&by_releaser, level.clone(), Some(needs));
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    desk.rule(level, needs);
    let rules = desk.node().release_rules().unwrap();
    let set: Vec<&str> = rules.iter().filter(|rule| rule.set).map(|rule| rule.on.as_str()).collect();
    assert_eq!(set, ["class:EXERCISE/RESTRICTED"]);
    let orcon = desk.node().set_release_rule(
        &Caller::Operator,
        On::Handling(kizuna_access::label::Handling::Orcon),
        Some(needs),
    );
    assert!(matches!(orcon, Err(AppError::Forbidden(_))));
}
