//! Wrong input: the form again, with what was typed, and what is wrong at the field where it is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::json;

use crate::gate::site::{Shown, Site};
use crate::markup;

const TOOL: &str = "tool--00000000-0000-4000-8000-000000000001";

fn site() -> Site {
    let site = Site::new();
    let made = "2026-11-19T08:00:00.000Z";
    let tool = json!({ "type": "tool", "spec_version": "2.1", "id": TOOL, "created": made, "modified": made,
        "name": "shown hammer" });
    site.give("ana", "rel:XAA", &[tool]);
    site
}

/// It is the form, not the page about failures; the fault stands at the field, and what was typed stands there still.
fn is_form_again(shown: &Shown, status: u16, fault: &str, kept: &[&str]) {
    let from = shown.body.find("<main ").unwrap_or_default();
    let main = &shown.body[from..shown.body.find("</main>").unwrap_or(shown.body.len())];
    assert_eq!(shown.status, status, "{main}");
    assert!(!main.contains("failure-status"), "the form again: {main}");
    assert!(main.contains(&format!("id=\"{fault}\"")), "{fault} in {main}");
    let is_named = main.contains(&format!("aria-errormessage=\"{fault}\""));
    assert!(
        is_named || ["members", "import-label"].iter().any(|end| fault.ends_with(end)),
        "{fault} in {main}"
    );
    for text in kept {
        assert!(main.contains(text), "{text:?} is kept in {main}");
    }
    assert_eq!(markup::faults(&shown.body), Vec::<String>::new());
}

#[test]
fn a_wrong_overlay_is_the_form_again() {
    let site = site();
    let path = format!("/objects/{TOOL}/overlay");
    let typed = [("tags", "one, two"), ("score", "70"), ("note", "seen twice"), ("label", "rel:Nowhere")];
    let kept = [
        "value=\"one, two\"",
        "value=\"70\"",
        "seen twice",
        "value=\"rel:Nowhere\"",
        "<details class=\"judge\" open",
    ];
    is_form_again(&site.send("ana", &path, &typed), 400, "fault-judge-label", &kept);
    let wrong = |field: &'static str, text: &'static str| {
        let shown = site.send("ana", &path, &[(field, text)]);
        is_form_again(&shown, 400, &format!("fault-judge-{field}"), &[&format!("value=\"{text}\"")]);
    };
    wrong("score", "1000");
    wrong("assignee", "nobody@example.org");
    wrong("state", "調査");
    assert_eq!(site.send("ana", &path, &[("tags", "one")]).status, 303);
}

#[test]
fn a_wrong_overlay_of_what_is_hidden_is_as_of_what_is_absent() {
    let site = site();
    let absent = format!("/objects/{}/overlay", TOOL.replace("0001", "0077"));
    let wrong = [("score", "1000")];
    let hidden = site.send("cai", &format!("/objects/{TOOL}/overlay"), &wrong);
    assert_eq!(hidden, site.send("cai", &absent, &wrong));
}

#[test]
fn a_peer_is_added_on_its_page() {
    let site = site();
    let member = {
        let list = site.ask("ada", "/peers", "en").body;
        let from = list.find("name=\"member-").unwrap() + 6;
        list[from..from + "member-".len() + 36].to_owned()
    };
    let typed = |name: &'static str, url: &'static str, every: &'static str| {
        [("name", name), ("url", url), ("every", every), ("pull", "on"), ("user", "us@partner.example")]
    };
    let wrong = site.send("ada", "/peers", &typed("jpn", "ftp://partner.example", "often"));
    is_form_again(&wrong, 400, "fault-add-url", &["value=\"jpn\"", "value=\"often\"", "us@partner.example"]);
    assert!(wrong.body.contains("id=\"fault-add-every\""), "every fault at once");
    let nobody = site.send("ada", "/peers", &typed("jpn", "https://partner.example/taxii2/", "5m"));
    is_form_again(&nobody, 400, "fault-add-members", &["https://partner.example/taxii2/"]);
    let mut whole = typed("two words", "https://partner.example/taxii2/", "5m").to_vec();
    whole.extend([(member.as_str(), "on"), ("key", "secret-of-the-peer")]);
    let named = site.send("ada", "/peers", &whole);
    is_form_again(&named, 400, "fault-add-name", &[&format!("name=\"{member}\" checked")]);
    assert!(!named.body.contains("secret-of-the-peer"), "a credential is never shown");
    whole[0].1 = "jpn";
    whole.retain(|(field, _)| *field != "pull");
    is_form_again(&site.send("ada", "/peers", &whole), 400, "fault-add-pull", &[]);
    whole.push(("push", "on"));
    let added = site.send("ada", "/peers", &whole);
    assert_eq!((added.status, added.place.as_str()), (303, "/peers/jpn?done=added"));
    let shown = site.ask("ada", "/peers/jpn", "en").body;
    assert!(shown.contains("https://partner.example/taxii2/") && !shown.contains("secret-of-the-peer"));
    let twice = site.send("ada", "/peers", &whole);
    assert_eq!(twice.status, 409);
    assert!(twice.body.contains("exists already") && twice.body.contains("value=\"jpn\""));
    let changed = site.send("ada", "/peers/jpn", &typed("jpn", "no address", "5m"));
    is_form_again(&changed, 400, "fault-set-url", &["value=\"no address\""]);
    assert_eq!(site.send("ana", "/peers", &whole).status, 403, "only who runs the node");
}

#[test]
fn a_wrong_proposal_or_erasure_is_the_form_again() {
    let site = site();
    let typed = [("whose", "Nobody"), ("clear", "EXERCISE:SECRET"), ("reason", "second phase")];
    let shown = site.send("ada", "/proposals", &typed);
    is_form_again(&shown, 400, "fault-propose-whose", &["value=\"Nobody\"", "value=\"second phase\""]);
    let typed = [("object", "tool--nowhere"), ("reason", "asked for"), ("basis", "Art. 17")];
    let shown = site.send("ada", "/erasures", &typed);
    is_form_again(&shown, 400, "fault-erase-object", &["value=\"asked for\"", "value=\"Art. 17\""]);
}

#[test]
fn personal_data_is_marked_and_unmarked_on_its_page() {
    let site = site();
    let typed = [("object", "tool--nowhere"), ("category", "contact"), ("legal_basis", "Art. 6")];
    let shown = site.send("ana", "/personal-data", &typed);
    is_form_again(&shown, 400, "fault-mark-object", &["value=\"tool--nowhere\"", "value=\"Art. 6\""]);
    assert!(site.ask("ana", "/personal-data", "en").body.contains("personal-data"));
}

#[test]
fn a_wrong_release_is_the_form_again() {
    let site = site();
    let typed = [("objects", TOOL), ("label", "rel:Nowhere"), ("basis", "accord"), ("do", "check")];
    let shown = site.send("ana", "/releases", &typed);
    is_form_again(&shown, 400, "fault-release-label", &[TOOL, "value=\"rel:Nowhere\"", "value=\"accord\""]);
    let absent = TOOL.replace("0001", "0077");
    let typed = [("objects", absent.as_str()), ("label", "rel:XBB"), ("expires", "")];
    is_form_again(&site.send("ana", "/releases", &typed), 400, "fault-release-objects", &[&absent]);
    let typed = [("objects", TOOL), ("label", "rel:XBB"), ("expires", "tomorrow")];
    is_form_again(
        &site.send("ana", "/releases", &typed),
        400,
        "fault-release-expires",
        &["value=\"tomorrow\""],
    );
}

#[test]
fn a_wrong_import_is_the_form_again() {
    let site = site();
    let parts = [("file", Some("broken.json"), "{"), ("tlp", None, "green"), ("rel", None, "XBB")];
    let shown = site.upload("ana", "/import", &parts);
    is_form_again(&shown, 400, "fault-import-file", &["value=\"green\" selected"]);
    let shown = site.send("ana", "/import/confirm", &[("token", "gone"), ("label", "")]);
    is_form_again(&shown, 400, "fault-import-file", &[]);
}

#[test]
fn a_wrong_time_zone_is_the_form_again() {
    let site = site();
    let shown = site.send("ana", "/preferences", &[("zone", "Tokyo"), ("back", "/search")]);
    is_form_again(&shown, 400, "fault-zone-zone", &["value=\"Tokyo\"", "value=\"/search\""]);
}

#[test]
fn a_wrong_tear_line_is_the_form_again() {
    let site = site();
    let typed = |label: &'static str| [("objects", TOOL), ("label", label), ("template", "context")];
    let shown = site.send("ana", "/tearlines", &typed("rel:Nowhere"));
    is_form_again(&shown, 400, "fault-tearline-label", &[TOOL, "rel:Nowhere", "value=\"context\" checked"]);
    let absent = TOOL.replace("0001", "0077");
    let wrong = site.send("ana", "/tearlines", &[("objects", absent.as_str()), ("label", "tlp:green")]);
    is_form_again(&wrong, 400, "fault-tearline-objects", &[&absent]);
    let advisory = [("objects", TOOL), ("label", "tlp:green"), ("template", "advisory")];
    is_form_again(&site.send("ana", "/tearlines", &advisory), 400, "fault-tearline-advisory", &[]);
    let target = format!("{TOOL} $.name");
    let mut chosen = typed("tlp:green rel:XBB").to_vec();
    chosen.extend([("at-1", target.as_str()), ("act-1", "coarsen")]);
    let shown = site.send("ana", "/tearlines", &chosen);
    is_form_again(&shown, 400, "fault-act-1", &["value=\"coarsen\" selected"]);
}

const ASTERIN: &str = include_str!("../../../fixtures/policies/asterin.xml");

#[test]
fn a_policy_is_imported_after_its_difference_was_seen() {
    let site = site();
    assert!(!site.ask("ana", "/policies", "en").body.contains("policy-file"), "only who runs the node");
    assert_eq!(site.upload("ana", "/policies", &[("text", None, ASTERIN)]).status, 403);
    let shown = site.upload("ada", "/policies", &[("file", Some("asterin.xml"), ASTERIN)]);
    assert!(shown.status == 200 && shown.body.contains("GUARDED"), "{}", shown.main());
    assert!(!site.ask("ada", "/policies", "en").body.contains("GUARDED"), "nothing is imported yet");
    let token = &shown.body[shown.body.find("name=\"token\" value=\"").unwrap() + 20..];
    let token = token.trim_start_matches('"');
    let token = &token[..token.find('"').unwrap()];
    let done = site.send("ada", "/policies/import", &[("token", token)]);
    assert_eq!((done.status, done.place.as_str()), (303, "/policies"), "{}", done.main());
    assert!(site.ask("ada", "/policies", "en").body.contains("GUARDED"));
    let again = site.send("ada", "/policies/import", &[("token", token)]);
    is_form_again(&again, 400, "fault-policy-file", &[]);
}

#[test]
fn a_wrong_policy_is_the_form_again_with_line_and_rule() {
    let site = site();
    let wrong = ASTERIN.replace("lacv=\"20\"", "lacv=\"10\"");
    let shown = site.upload("ada", "/policies", &[("file", Some(""), ""), ("text", None, &wrong)]);
    is_form_again(&shown, 400, "fault-policy-text", &["class=\"wrong-line\"", "&#60;SPIF", "line "]);
    let shown = site.upload("ada", "/policies", &[("file", Some("a.xml"), "<SPIF>"), ("text", None, "")]);
    is_form_again(&shown, 400, "fault-policy-file", &["&#60;SPIF&#62;"]);
    is_form_again(&site.upload("ada", "/policies", &[("text", None, "")]), 400, "fault-policy-file", &[]);
}
