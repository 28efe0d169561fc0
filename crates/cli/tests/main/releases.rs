//! Releases from the command line.

use serde_json::{Value, json};

use crate::kit::Desk;

/// An indicator that Asterin CERT owns up to.
fn own(desk: &Desk, number: u32) -> String {
    let members = desk.run(&["member", "list", "--json"]).ok();
    let own: Value = serde_json::from_str(members.lines().next().unwrap()).unwrap();
    let id = format!("indicator--00000000-0000-4000-8000-{number:012}");
    let object = json!({
        "type": "indicator", "spec_version": "2.1", "id": id,
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "created_by_ref": format!("identity--{}", own["id"].as_str().unwrap()),
        "pattern": format!("[domain-name:value = 'c{number}.example']"), "pattern_type": "stix",
        "valid_from": "2026-02-01T00:00:00Z",
    });
    desk.file(&format!("{number}.json"), object.to_string());
    id
}

#[test]
fn a_release_is_proposed_approved_shown_and_withdrawn() {
    let desk = Desk::peopled();
    for email in ["one@xas.example", "two@xas.example"] {
        let typed = ["user", "add", email, "--member", "Asterin CERT", "--role", "releaser"];
        desk.run(&[&typed[..], &["--clear", "EXERCISE:SECRET"]].concat()).ok();
    }
    let id = own(&desk, 1);
    let around = ["import", "1.json", "--as", "a@xas.example", "--label", "rel:XVE class:EXERCISE/SECRET"];
    let refused = desk.run(&around);
    assert!(format!("{}{}", refused.out, refused.err).contains("propose a release"), "{refused:?}");
    desk.run(&["import", "1.json", "--as", "a@xas.example", "--label", "tlp:amber"]).ok();

    let ask = ["release", "propose", &id, "--label", "rel:XVE", "--as", "a@xas.example"];
    let tried = desk.run(&[&ask[..], &["--dry-run"]].concat());
    assert!(tried.out.contains("reaches Asterin CERT, Velkar Shield"), "{tried:?}");
    assert!(tried.out.contains("no basis") && tried.out.contains("it rests on no agreement"), "{tried:?}");
    let agreement =
        ["agreement", "add", "--title", "Harbour memorandum", "--scope", "ports", "--party", "XAS"];
    let more = ["--party", "XVE", "--label", "rel:XAS,XVE", "--as", "a@xas.example"];
    let agreement = desk.run(&[&agreement[..], &more[..]].concat()).ok().trim().to_owned();
    let ask = [&ask[..], &["--basis", &agreement, "--basis-note", "§ 4"]].concat();
    let tried = desk.run(&[&ask[..], &["--dry-run"]].concat()).ok();
    assert!(tried.contains(&format!("basis   Harbour memorandum ({agreement})")), "{tried}");
    assert!(tried.contains("note    § 4") && !tried.contains("BLOCKED"), "{tried}");
    let proposed = desk.run(&[&ask[..], &["--json"]].concat()).ok();
    let proposed: Value = serde_json::from_str(&proposed).unwrap();
    let release = proposed["id"].as_str().unwrap();
    assert!(desk.run(&["release", "list", "--open", "--as", "one@xas.example"]).ok().contains("1 releaser"));
    let by_author = desk.run(&["release", "approve", release, "--as", "a@xas.example"]);
    assert_eq!(by_author.code, 1, "{by_author:?}");
    let approved = desk.run(&["release", "approve", release, "--as", "one@xas.example"]).ok();
    assert!(approved.contains("  released"), "{approved}");
    assert_eq!(desk.reads("v@xve.example", "indicator").len(), 1);
    assert!(desk.run(&["release", "show", release, "--as", "v@xve.example"]).ok().contains("released"));
    let outside = desk.run(&["release", "show", release, "--as", "o@xor.example"]);
    assert_eq!(outside.code, 1);

    let away = ["release", "withdraw", release, "--as", "two@xas.example", "--kind", "political"];
    desk.run(&[&away[..], &["--reason", "the minister said no"]].concat()).ok();
    assert_eq!(desk.reads("v@xve.example", "indicator").len(), 0);
    let report = desk.run(&["release", "report", "--as", "one@xas.example"]).ok();
    assert!(report.contains("refused, political           1"), "{report}");
}

#[test]
fn rules_are_shown_and_set() {
    let desk = Desk::peopled();
    let rules = desk.run(&["release", "rules"]).ok();
    assert!(rules.contains("class:EXERCISE/SECRET"), "{rules}");
    let set =
        ["release", "rules", "--set", "class:EXERCISE/RESTRICTED", "--releasers", "1", "--direct", "writers"];
    let set = desk.run(&[&set[..], &["--basis"]].concat()).ok();
    assert!(set.contains("set here") && set.contains("an agreement"), "{set}");
    assert_eq!(desk.run(&["release", "rules", "--set", "orcon", "--releasers", "1"]).code, 1);
    assert_eq!(desk.run(&["release", "rules", "--set", "tlp:purple", "--releasers", "1"]).code, 2);
    assert!(
        !desk.run(&["release", "rules", "--reset", "class:EXERCISE/RESTRICTED"]).ok().contains("set here")
    );
}
