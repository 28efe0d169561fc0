//! What leaves: tear-lines and forecasts.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::kit::{Desk, settled};

const INDICATOR: &str = "indicator--00000000-0000-4000-8000-000000000001";
const ACTOR: &str = "intrusion-set--00000000-0000-4000-8000-000000000002";

fn high() -> Value {
    let at = "2026-02-03T04:05:06.000Z";
    json!([
        { "type": "indicator", "spec_version": "2.1", "id": INDICATOR, "created": at, "modified": at,
          "name": "Night Heron relay", "description": "Told by a source in the harbour ministry",
          "pattern": "[domain-name:value = 'relay.night-heron.example']", "pattern_type": "stix", "valid_from": at },
        { "type": "intrusion-set", "spec_version": "2.1", "id": ACTOR, "created": at, "modified": at,
          "name": "Night Heron" },
    ])
}

fn desk() -> Desk {
    let desk = Desk::peopled();
    desk.user("releaser@xas.example", "Asterin CERT", &["--role", "releaser", "--role", "admin"]);
    let text = high().to_string();
    desk.run_with_input(
        &["import", "-", "--as", "releaser@xas.example", "--label", "tlp:amber+strict"],
        text.as_bytes(),
    )
    .ok();
    desk
}

#[test]
fn a_tear_line_shows_each_field_before_it_is_made() {
    let desk = desk();
    let common =
        ["tearline", INDICATOR, ACTOR, "--as", "releaser@xas.example", "--label", "tlp:green rel:XAS,XVE"];
    let mut told = String::new();
    let name = format!("{INDICATOR}#$.name");
    let renamed = format!("{INDICATOR}#$.name=A relay");
    for more in [
        vec!["--dry-run"],
        vec!["--dry-run", "--template", "context"],
        vec!["--dry-run", "--template", "context", "--keep", &name],
        vec!["--template", "context", "--replace", &renamed],
    ] {
        let arguments: Vec<&str> = common.iter().copied().chain(more.iter().copied()).collect();
        writeln!(told, "$ kizuna tearline … {}\n{}", more.join(" "), desk.run(&arguments).ok()).unwrap();
    }
    insta::assert_snapshot!(without_new_ids(&settled(&told, desk.place.path())));
    let drafts = desk.run(&["search", "relay", "--as", "releaser@xas.example"]).ok();
    assert!(drafts.contains("A relay"), "{drafts}");
    for wrong in [vec!["--keep", "nothing"], vec!["--drop", "indicator--1#$.name"], vec!["--replace", &name]]
    {
        let arguments: Vec<&str> = common.iter().copied().chain(wrong).collect();
        assert_eq!(desk.run(&arguments).code, 2);
    }
}

/// Random UUIDs by their order.
fn without_new_ids(text: &str) -> String {
    let mut seen: Vec<String> = Vec::new();
    let mut out = text.to_owned();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        let is_new = word.contains("--") && !word.starts_with('-') && !word.contains("00000000-0000");
        if is_new && !seen.iter().any(|other| other == word) {
            seen.push(word.to_owned());
            let kind = word.split("--").next().unwrap();
            out = out.replace(word, &format!("{kind}--NEW-{}", seen.len()));
        }
    }
    out
}

#[test]
fn a_forecast_tells_who_would_gain_and_lose() {
    let desk = desk();
    let mut told = String::new();
    let viewer = ["--as", "releaser@xas.example"];
    let label = ["forecast", "label", INDICATOR, "--label", "tlp:amber rel:XAS,XVE"];
    let leave = ["forecast", "leave", "Circle", "--member", "Velkar Shield"];
    let tool = json!({ "type": "tool", "spec_version": "2.1", "id": "tool--00000000-0000-4000-8000-000000000003",
        "created": "2026-02-03T04:05:06.000Z", "modified": "2026-02-03T04:05:06.000Z", "name": "Scanner" });
    let text = tool.to_string();
    desk.run_with_input(
        &["import", "-", "--as", "releaser@xas.example", "--label", "rel:Circle"],
        text.as_bytes(),
    )
    .ok();
    for command in [label.as_slice(), leave.as_slice()] {
        let arguments: Vec<&str> = command.iter().copied().chain(viewer).collect();
        writeln!(told, "$ kizuna {}\n{}", command.join(" "), desk.run(&arguments).ok()).unwrap();
    }
    insta::assert_snapshot!(settled(&told, desk.place.path()));
    let refused =
        desk.run(&["forecast", "leave", "Nowhere", "--member", "Asterin CERT", viewer[0], viewer[1]]);
    assert_eq!(refused.code, 1);
}
