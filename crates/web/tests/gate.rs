//! Law 2 on pages: what a viewer is shown is what he is shown by a node that never held what he may not read.

#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod site;

use kizuna_http::registry::{Method, pages};
use serde_json::{Value, json};

use site::{Shown, Site};

const MADE: &str = "2026-11-19T08:00:00.000Z";
const LATER: &str = "2026-11-20T08:00:00.000Z";

fn id(kind: &str, number: u32) -> String {
    format!("{kind}--00000000-0000-4000-8000-{number:012}")
}

fn tool(number: u32, modified: &str, name: &str) -> Value {
    json!({ "type": "tool", "spec_version": "2.1", "id": id("tool", number), "created": MADE, "modified": modified,
        "name": name, "description": format!("{name}, seen at 198.51.100.7") })
}

fn relation(number: u32, from: &str, to: &str) -> Value {
    json!({ "type": "relationship", "spec_version": "2.1", "id": id("relationship", number), "created": MADE,
        "modified": MADE, "relationship_type": "related-to", "source_ref": from, "target_ref": to })
}

fn sighting(number: u32, of: &str) -> Value {
    json!({ "type": "sighting", "spec_version": "2.1", "id": id("sighting", number), "created": MADE,
        "modified": MADE, "sighting_of_ref": of, "count": 7 })
}

fn address(value: &str) -> Value {
    json!({ "type": "ipv4-addr", "spec_version": "2.1", "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bf3caf07c4",
        "value": value })
}

/// What everybody at the end may read, and, in the whole site, what Cascadia may not.
fn tell(site: &Site, whole: bool) {
    site.give("cai", "rel:XCC", &[tool(1, MADE, "shown hammer"), tool(2, MADE, "shown saw")]);
    site.give(
        "ana",
        "rel:world tlp:green",
        &[tool(3, MADE, "shown file"), relation(1, &id("tool", 1), &id("tool", 3))],
    );
    site.give(
        "cai",
        "rel:XCC",
        &[json!({ "type": "tool", "id": id("tool", 90), "name": "refused of Cascadia" })],
    );
    // Of what one may read, and of what is hidden from one.
    site.judge("cai", &id("tool", 1), "shown tag", None);
    site.judge("cai", &id("tool", 5), "shown tag", None);
    site.judge("bea", &id("tool", 3), "shown tag", Some("rel:world"));
    if !whole {
        return;
    }
    site.judge("ana", &id("tool", 3), "mark", Some("rel:Circle"));
    site.judge("bea", &id("tool", 1), "mark", None);
    let hidden = [
        tool(4, MADE, "veiled-hammer"),
        tool(1, LATER, "veiled-newer hammer"),
        tool(3, LATER, "veiled-newer file"),
        relation(2, &id("tool", 1), &id("tool", 4)),
        relation(3, &id("tool", 4), &id("tool", 3)),
        sighting(1, &id("tool", 1)),
        address("198.51.100.7"),
    ];
    site.give("ana", "rel:Circle", &hidden);
    site.give("bea", "rel:XBB", &[tool(2, MADE, "veiled-other saw"), tool(5, MADE, "veiled-rasp")]);
    site.give(
        "ana",
        "rel:Circle",
        &[json!({ "type": "tool", "id": id("tool", 91), "name": "refused of Arvonia" })],
    );
}

/// Every question that is asked of a page.
fn questions(name: &str) -> Vec<String> {
    let objects =
        || (1..=5).map(|number| id("tool", number)).chain([id("relationship", 2), id("sighting", 1)]);
    let plain = |path: &str| vec![path.to_owned()];
    match name {
        "pages.home" => plain("/"),
        "pages.search" => [
            "",
            "?q=hammer",
            "?q=veiled",
            "?q=shown",
            "?q=198.51.100.7",
            "?q=tag:mark",
            "?q=tag:shown%20tag",
            "?kind=kizuna-overlay",
            "?q=state:new",
            "?q=assigned:me",
            "?q=198.51.100.7&as=value",
            "?kind=tool",
            "?kind=sighting",
            "?kind=relationship&q=related",
        ]
        .iter()
        .map(|query| format!("/search{query}"))
        .chain(objects().map(|id| format!("/search?q={id}")))
        .collect(),
        "pages.object" => objects()
            .flat_map(|id| [format!("/objects/{id}"), format!("/objects/{id}?version={LATER}")])
            .chain([format!("/objects/{}", address("198.51.100.7")["id"].as_str().unwrap())])
            .collect(),
        "pages.explain" => objects().map(|id| format!("/objects/{id}/explain")).collect(),
        "pages.as-seen" => objects()
            .flat_map(|id| {
                let nobody = "member:00000000-0000-4000-8000-00000000dead";
                [format!("/objects/{id}/as-seen"), format!("/objects/{id}/as-seen?viewer={nobody}")]
            })
            .collect(),
        "pages.forecast" => objects()
            .map(|id| format!("/forecast?change=label&label=rel:world&objects={id}"))
            .chain(["/forecast".to_owned()])
            .collect(),
        "pages.list-as-seen" => {
            let nobody = "member:00000000-0000-4000-8000-00000000dead";
            vec!["/as-seen".to_owned(), format!("/as-seen?viewer={nobody}")]
        }
        "pages.collections" => plain("/collections"),
        "pages.members" => plain("/members"),
        "pages.policies" => plain("/policies"),
        "pages.agreements" => plain("/agreements"),
        "pages.levels" => plain("/styles/levels.css"),
        "pages.peers" => plain("/peers"),
        "pages.peer" => vec!["/peers/none".to_owned(), "/peers/none?done=begun".to_owned()],
        "pages.audit" => {
            vec!["/audit?action=exercise.".to_owned(), format!("/audit?object={}", id("tool", 4))]
        }
        "pages.log" => plain("/log-status"),
        "pages.channels" => plain("/channels"),
        "pages.proposals" => plain("/proposals"),
        "pages.alerts" => vec!["/alerts".to_owned(), "/alerts?open=true".to_owned()],
        "pages.alert" => plain("/alerts/kizuna-alert--00000000-0000-4000-8000-00000000dead"),
        "pages.new-alert" | "pages.new-request" => {
            let path = if name == "pages.new-alert" { "/alerts/new" } else { "/requests/new" };
            let absent = format!("{path}?alert=kizuna-alert--00000000-0000-4000-8000-00000000dead");
            objects().map(|id| format!("{path}?object={id}")).chain([path.to_owned(), absent]).collect()
        }
        "pages.requirements" => plain("/requirements"),
        "pages.new-requirement" => vec![
            "/requirements/new".to_owned(),
            "/requirements/new?requirement=kizuna-requirement--00000000-0000-4000-8000-00000000dead"
                .to_owned(),
        ],
        "pages.requirement" => {
            plain("/requirements/kizuna-requirement--00000000-0000-4000-8000-00000000dead")
        }
        "pages.request" => plain("/requests/kizuna-request--00000000-0000-4000-8000-00000000dead"),
        "pages.personal-data" => plain("/personal-data"),
        "pages.releases" => plain("/releases"),
        "pages.new-release" | "pages.new-tearline" => {
            let path = if name == "pages.new-release" { "/releases/new" } else { "/tearlines/new" };
            let each = objects().map(|id| format!("{path}?object={id}"));
            let all: Vec<String> = objects().map(|id| format!("object={id}")).collect();
            each.chain([format!("{path}?{}", all.join("&")), format!("{path}?object=made-up")]).collect()
        }
        "pages.amend-release" => {
            plain("/releases/kizuna-release--00000000-0000-4000-8000-00000000dead/amend")
        }
        "pages.tearline" => {
            plain("/tearlines/kizuna-sanitisation--00000000-0000-4000-8000-00000000dead?label=tlp:green")
        }
        "pages.release-report" => plain("/releases/report"),
        "pages.release" => plain("/releases/kizuna-release--00000000-0000-4000-8000-00000000dead"),
        "pages.quarantine" => plain("/quarantine"),
        "pages.quarantined" => plain("/quarantine/no-such-name"),
        "pages.import" => plain("/import"),
        "pages.help" => plain("/help"),
        "pages.sign-in" => plain("/sign-in"),
        "pages.link" => plain("/sign-in/no-such-link"),
        "pages.asset" => plain("/assets/kizuna.css"),
        other => panic!("{other} has no question: a page that nobody asks is a page that may leak"),
    }
}

/// A page without its values: each node has a log of its own.
fn without_code(text: &str) -> String {
    let mut parts = text.split("<code>");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + part.split_once("</code>").map_or(part, |(_, rest)| rest))
}

#[test]
fn a_page_shows_what_a_node_without_the_hidden_shows() {
    let (whole, pruned) = (Site::new(), Site::new());
    tell(&whole, true);
    tell(&pruned, false);
    for entry in pages::ALL.iter().filter(|entry| entry.method == Method::Get) {
        for question in questions(entry.name) {
            for language in ["en", "ja"] {
                let (seen, expected) =
                    (whole.ask("cai", &question, language), pruned.ask("cai", &question, language));
                let plain =
                    |answer: String| if question == "/log-status" { without_code(&answer) } else { answer };
                let difference = difference(&plain(seen.plain()), &plain(expected.plain()));
                assert_eq!(difference, None, "{question} in {language}");
                assert!(!seen.body.contains("veiled-"), "{question}");
            }
        }
    }
    let shown = whole.ask("cai", "/search?q=hammer", "en");
    assert!(shown.body.contains("shown hammer"), "the test shows something: {}", shown.body);
    let tagged = whole.ask("cai", "/search?q=tag:shown%20tag", "en");
    assert!(tagged.body.contains("shown hammer") && tagged.body.contains("shown file"), "{}", tagged.body);
    let as_ana = whole.ask("ana", "/search?q=hammer", "en");
    assert!(as_ana.body.contains("veiled-hammer"), "and something is hidden: {}", as_ana.body);
}

#[test]
fn hidden_and_absent_are_the_same_bytes() {
    let site = Site::new();
    tell(&site, true);
    for suffix in ["", "/explain", "?version=2026-11-19T08:00:00Z"] {
        let hidden = site.ask("cai", &format!("/objects/{}{suffix}", id("tool", 5)), "en");
        let absent = site.ask("cai", &format!("/objects/{}{suffix}", id("tool", 77)), "en");
        let garbled = site.ask("cai", &format!("/objects/nonsense{suffix}"), "en");
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden, absent, "{suffix}");
        assert_eq!(hidden, garbled, "{suffix}");
    }
}

#[test]
fn another_viewers_names_and_cursors_lead_nowhere() {
    let site = Site::new();
    tell(&site, true);
    let list = site.ask("ana", "/quarantine", "en");
    let name = between(&list.body, "href=\"/quarantine/", "\"");
    assert_eq!(site.ask("ana", &format!("/quarantine/{name}"), "en").status, 200);
    assert_eq!(
        site.ask("cai", &format!("/quarantine/{name}"), "en"),
        site.ask("cai", "/quarantine/none", "en")
    );
    let many: Vec<Value> = (100..180).map(|number| tool(number, MADE, "one of many")).collect();
    site.give("ana", "rel:world", &many);
    let first = site.ask("ana", "/search?q=many", "en");
    let cursor = between(&first.body, "href=\"/search?q=many&#38;as=words&#38;next=", "\"");
    assert_eq!(site.ask("ana", &format!("/search?q=many&as=words&next={cursor}"), "en").status, 200);
    assert_eq!(site.ask("cai", &format!("/search?q=many&as=words&next={cursor}"), "en").status, 400);
}

#[test]
fn who_is_not_signed_in_is_led_to_the_door() {
    let site = Site::new();
    tell(&site, true);
    let known = format!("/objects/{}", id("tool", 3));
    for path in ["/", "/search?q=hammer", known.as_str(), "/members", "/quarantine"] {
        let Shown { status, body, .. } = site.ask("nobody", path, "en");
        assert_eq!((status, body.as_str()), (303, ""), "{path}");
    }
}

/// The first line that differs.
fn difference(seen: &str, expected: &str) -> Option<(String, String)> {
    if seen == expected {
        return None;
    }
    let mut pairs = seen.lines().zip(expected.lines());
    let first = pairs.find(|(one, other)| one != other);
    Some(first.map_or_else(
        || (format!("{} lines", seen.lines().count()), format!("{} lines", expected.lines().count())),
        |(one, other)| (one.to_owned(), other.to_owned()),
    ))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}")) + start.len();
    &text[from..from + text[from..].find(end).unwrap()]
}
