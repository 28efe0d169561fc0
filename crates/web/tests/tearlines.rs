//! A tear-line from the form to the approver: what was removed, replaced and coarsened is shown to who reads both
//! sides, and to nobody else.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::sanitisation::KIND;
use serde_json::{Value, json};

use crate::gate::site::Site;
use crate::markup;

const MADE: &str = "2026-11-19T08:00:00.000Z";
const HIGH: &str = "indicator--00000000-0000-4000-8000-000000000001";
const LABEL: &str = "rel:XAA,XBB tlp:green class:EXERCISE/UNCLASSIFIED";
const SECRET: &str = "Told by the harbour ministry";

fn high() -> Vec<Value> {
    vec![json!({ "type": "indicator", "spec_version": "2.1", "id": HIGH, "created": MADE, "modified": MADE,
        "name": "Night relay", "description": SECRET, "pattern": "[domain-name:value = 'relay.example']",
        "pattern_type": "stix", "valid_from": "2026-11-19T08:03:04.500Z" })]
}

fn site() -> Site {
    let site = Site::new();
    site.clear("bea", "EXERCISE:UNCLASSIFIED");
    for who in ["ana", "rex", "rea"] {
        site.clear(who, "EXERCISE:SECRET");
    }
    site.give("ana", "class:EXERCISE/SECRET", &high());
    site
}

/// Makes the tear-line and leads to its page.
fn made(site: &Site) -> String {
    let replaced = format!("{HIGH} $.name");
    let typed = [
        ("objects", HIGH),
        ("label", LABEL),
        ("template", "context"),
        ("times", "day"),
        ("at-1", replaced.as_str()),
        ("act-1", "replace"),
        ("with-1", "A relay"),
    ];
    let preview = site.send("ana", "/tearlines", &[&typed[..], &[("do", "preview")]].concat());
    assert_eq!(preview.status, 200, "{}", preview.main());
    for shown in [SECRET, "A relay", "Night relay", "2026-11-19T00:00:00", "Borduria", "Removed", "Coarsened"]
    {
        assert!(preview.body.contains(shown), "{shown} in {}", preview.main());
    }
    assert_eq!(markup::faults(&preview.body), Vec::<String>::new());
    let made = site.send("ana", "/tearlines", &[&typed[..], &[("do", "make")]].concat());
    assert_eq!(made.status, 303, "{}", made.main());
    assert!(made.place.starts_with(&format!("/tearlines/{KIND}--")), "{}", made.place);
    made.place
}

#[test]
fn the_approver_sees_high_against_low_and_nobody_else_does() {
    let site = site();
    let page = site.ask("ana", &made(&site), "ja");
    assert_eq!(page.status, 200, "{}", page.main());
    assert!(page.body.contains(SECRET) && page.body.contains("A relay"));
    assert_eq!(markup::faults(&page.body), Vec::<String>::new());
    let form = &page.body[page.body.find("/releases/new?tearline=").unwrap()..];
    let form = form[..form.find('"').unwrap()].replace("&#38;", "&");
    let form = site.ask("ana", &form, "en");
    let objects = &form.body[form.body.find("<textarea id=\"objects\"").unwrap()..];
    let objects = &objects[objects.find('>').unwrap() + 1..objects.find("</textarea>").unwrap()];
    assert!(objects.starts_with("indicator--") && !objects.contains(HIGH), "{objects}");
    assert!(form.body.contains(&format!("value=\"{LABEL}\"")), "{}", form.main());

    let asked = [("objects", objects), ("label", LABEL), ("reason", "they are hit too")];
    let check = site.send("ana", "/releases", &asked);
    assert!(check.status == 200 && check.body.contains(SECRET), "{}", check.main());
    let proposed = site.send("ana", "/releases", &[&asked[..], &[("do", "propose")]].concat());
    assert_eq!(proposed.status, 303, "{}", proposed.main());
    let release = proposed.place;

    let seen = site.ask("rex", &release, "en");
    for shown in [SECRET, "Night relay", "A relay", "Removed", "Coarsened", "by the template", "Borduria"] {
        assert!(seen.body.contains(shown), "{shown} in {}", seen.main());
    }
    assert!(seen.body.contains("/approve\""), "and may approve");
    // Who does not read the high side reads neither the release nor the tear-line.
    let nowhere = format!("/releases/kizuna-release--{}", "00000000-0000-4000-8000-00000000dead");
    for who in ["roy", "bea", "cai"] {
        assert_eq!(site.ask(who, &release, "en"), site.ask(who, &nowhere, "en"), "{who}");
    }

    let reworded = [("objects", objects), ("label", LABEL), ("reason", "reworded")];
    let form = site.ask("ana", &format!("{release}/amend"), "en");
    assert!(form.body.contains("they are hit too") && form.body.contains(objects), "{}", form.main());
    let check = site.send("ana", &format!("{release}/amend"), &reworded);
    assert!(check.status == 200 && check.body.contains("reworded"), "{}", check.main());
    let amended =
        site.send("ana", &format!("{release}/amend"), &[&reworded[..], &[("do", "propose")]].concat());
    assert_eq!((amended.status, &amended.place), (303, &release), "{}", amended.main());
    assert_eq!(site.ask("bea", &format!("{release}/amend"), "en").status, 404);
    assert_eq!(site.send("bea", &format!("{release}/amend"), &reworded).status, 404);

    for who in ["rex", "rea"] {
        let approved = site.send(who, &format!("{release}/approve"), &[]);
        assert_eq!(approved.status, 303, "{}", approved.main());
    }
    // The recipient is told of the release, and of nothing on the high side.
    let told = site.ask("bea", &release, "en");
    assert_eq!(told.status, 200, "{}", told.main());
    for hidden in [SECRET, "Night relay", HIGH, "Removed", KIND, "SECRET"] {
        assert!(!told.body.contains(hidden), "{hidden} in {}", told.main());
    }
    assert!(told.body.contains("A relay"), "{}", told.main());
    assert!(site.ask("rex", &release, "en").body.contains(SECRET), "the high side sees it later too");
}

#[test]
fn a_record_is_its_members_alone() {
    let site = site();
    let page = made(&site);
    let absent = format!("/tearlines/{KIND}--00000000-0000-4000-8000-00000000dead");
    for who in ["roy", "bea", "cai"] {
        assert_eq!(site.ask(who, &page, "en"), site.ask(who, &absent, "en"), "{who}");
    }
    let hidden = [("objects", HIGH), ("label", "tlp:green")];
    let other = HIGH.replace("0001", "0077");
    let nothing = [("objects", other.as_str()), ("label", "tlp:green")];
    let (of_hidden, of_absent) =
        (site.send("bea", "/tearlines", &hidden), site.send("bea", "/tearlines", &nothing));
    assert_eq!(of_hidden.status, of_absent.status);
    assert_eq!(of_hidden.body.replace(HIGH, ""), of_absent.body.replace(&other, ""));
}

#[test]
fn who_writes_chooses_from_the_lists() {
    let site = site();
    let list = site.ask("ana", "/search?q=relay", "en");
    assert!(list.body.contains(&format!("name=\"object\" value=\"{HIGH}\"")), "{}", list.main());
    let form = site.ask("ana", &format!("/tearlines/new?object={HIGH}&object={HIGH}"), "en");
    assert!(form.status == 200 && form.body.contains("Night relay"), "{}", form.main());
    let object = site.ask("ana", &format!("/objects/{HIGH}"), "en");
    assert!(object.body.contains(&format!("href=\"/tearlines/new?object={HIGH}\"")), "{}", object.main());
}
