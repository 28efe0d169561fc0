//! Wrong input: the form again, with what was typed, and what is wrong at the field where it is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::json;

use crate::gate::site::{Shown, Site};
use crate::markup;

const TOOL: &str = "tool--00000000-0000-4000-8000-000000000001";

fn site() -> Site {
    let site = Site::new();
    site.give("ana", "rel:XAA", &[tool(1, "shown hammer")]);
    site
}

fn tool(number: u32, name: &str) -> serde_json::Value {
    let made = "2026-11-19T08:00:00.000Z";
    json!({ "type": "tool", "spec_version": "2.1", "id": format!("tool--00000000-0000-4000-8000-{number:012}"),
        "created": made, "modified": made, "name": name })
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
fn a_node_is_invited_and_joined_on_the_page_of_peers() {
    let site = site();
    let list = site.ask("ada", "/peers", "en").body;
    let from = list.find("name=\"member-").unwrap() + 6;
    let member = &list[from..from + "member-".len() + 36];
    let invite = [("name", "two words"), ("every", "often"), ("label", "tlp:amber")];
    let wrong = site.send("ada", "/enrolment/invite", &invite);
    is_form_again(&wrong, 400, "fault-invite-every", &["value=\"two words\"", "value=\"tlp:amber\""]);
    let nobody = site.send("ada", "/enrolment/invite", &[("name", "jpn"), ("every", "1m")]);
    is_form_again(&nobody, 400, "fault-invite-members", &["value=\"jpn\""]);
    // Borduria and Cascadia are served here: they live at no peer.
    let here = site.send("ada", "/enrolment/invite", &[("name", "jpn"), ("every", "1m"), (member, "on")]);
    is_form_again(&here, 400, "fault-invite-members", &[&format!("name=\"{member}\" checked")]);
    let join = [("address", "no port/there"), ("code", "12"), ("name", "jpn"), ("every", "1m")];
    let wrong = site.send("ada", "/enrolment/join", &join);
    is_form_again(&wrong, 400, "fault-join-address", &["value=\"no port/there\""]);
    assert!(wrong.body.contains("id=\"fault-join-code\""), "every fault at once");
    assert!(!wrong.body.contains("value=\"12\""), "a code is not shown again");
    // Nobody listens there.
    let gone = [("address", "127.0.0.1:9"), ("code", "482 913 077"), ("name", "jpn"), ("every", "1m")];
    is_form_again(&site.send("ada", "/enrolment/join", &gone), 400, "fault-join-address", &["127.0.0.1:9"]);
    let renewed = site.send("ada", "/enrolment/renew", &[]);
    assert_eq!((renewed.status, renewed.place.as_str()), (303, "/peers#channel"));
    for path in ["/enrolment/invite", "/enrolment/join", "/enrolment/renew"] {
        assert_eq!(site.send("ana", path, &gone).status, 403, "{path}: only who runs the node");
    }
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

/// What is looked at: the member's names, and the fields that are sent on.
fn looked_at(shown: &Shown, members: &[&str]) {
    let main = shown.main();
    assert_eq!(shown.status, 200, "{main}");
    assert!(main.contains("name=\"do\" value=\"send\""), "{main}");
    for member in members {
        assert!(main.contains(member), "{member} in {main}");
    }
    assert_eq!(markup::faults(&shown.body), Vec::<String>::new());
}

#[test]
fn an_alert_is_written_looked_at_sent_and_answered() {
    let site = site();
    assert_eq!(site.ask("ana", &format!("/alerts/new?object={TOOL}"), "en").status, 200);
    let typed = [
        ("title", "Beacons of GLASS HERON"),
        ("text", "Two suppliers"),
        ("urgency", "urgent"),
        ("actions", "Block it\r\nLook back"),
        ("respond_by", "2026-11-24T12:00"),
        ("to", "Circle"),
        ("to", "Cascadia"),
        ("tlp", "amber"),
        ("rel", "Circle"),
    ];
    let with = |step: &'static str| [&typed[..], &[("do", step)]].concat();
    let checked = site.send("ana", "/alerts", &with("check"));
    looked_at(&checked, &["Borduria", "Cascadia", "TLP:AMBER", "2026-11-24 12:00"]);
    assert!(checked.main().contains("not named by the label"), "Cascadia is addressed and could not read it");
    assert!(!site.ask("bea", "/alerts", "en").body.contains("GLASS HERON"), "nothing is sent yet");
    let again = site.send("ana", "/alerts", &with("edit"));
    let kept = ["value=\"Circle\" checked", "value=\"urgent\" selected", "value=\"2026-11-24T12:00\""];
    assert!(kept.iter().all(|text| again.body.contains(text)), "{}", again.main());
    let sent = site.send("ana", "/alerts", &with("send"));
    assert_eq!(sent.status, 303, "{}", sent.main());
    let shown = site.ask("bea", &sent.place, "en");
    for text in ["Beacons of GLASS HERON", "Look back", "Arvonia", "data-open"] {
        assert!(shown.body.contains(text), "{text} in {}", shown.main());
    }
    let told =
        site.send("bea", &format!("{}/receipt", sent.place), &[("state", "done"), ("note", "both edges")]);
    assert_eq!(told.status, 303, "{}", told.main());
    let seen = site.ask("ana", &sent.place, "en").main();
    assert!(seen.contains("both edges") && seen.contains("part-settled"), "{seen}");
    assert_eq!(site.ask("cai", &sent.place, "en").status, 404, "being addressed gives no right");
    let id = sent.place.trim_start_matches("/alerts/");
    let version = site.ask("ana", &format!("/alerts/new?alert={id}"), "en").main();
    assert!(version.contains(&format!("name=\"id\" value=\"{id}\"")) && version.contains("Two suppliers"));
    assert_eq!(site.ask("bea", &format!("/alerts/new?alert={id}"), "en").status, 404, "only whose it is");
}

#[test]
fn a_wrong_alert_is_the_form_again() {
    let site = site();
    let typed = [("title", "Beacons"), ("to", "Circle"), ("respond_by", "tomorrow")];
    let kept = ["value=\"Beacons\"", "value=\"Circle\" checked"];
    is_form_again(&site.send("ana", "/alerts", &typed), 400, "fault-alert-respond_by", &kept);
    let untitled = site.send("ana", "/alerts", &[("title", " "), ("to", "Circle")]);
    is_form_again(&untitled, 400, "fault-alert-title", &kept[1..]);
    let nobody = site.send("ana", "/alerts", &[("title", "Beacons")]);
    assert!(nobody.status == 400 && nobody.body.contains("id=\"fault-alert-to\""), "{}", nobody.main());
    let typed = [("title", "Beacons"), ("to", "Circle"), ("objects", TOOL), ("do", "send")];
    let betrayal = site.send("ana", "/alerts", &typed);
    is_form_again(&betrayal, 400, "fault-alert-objects", &[TOOL]);
    let absent = TOOL.replace("0001", "0077");
    let of = |id: &str| {
        let typed = [("title", "Beacons"), ("to", "XCC"), ("objects", id)];
        site.send("cai", "/alerts", &typed).plain().replace(id, "(id)")
    };
    assert_eq!(of(TOOL), of(&absent), "hidden and absent are the same");
}

#[test]
fn a_request_is_asked_and_answered_on_its_page() {
    let site = site();
    let typed = [("question", "Seen before?"), ("to", "Circle"), ("deadline", "2099-01-01T00:00")];
    looked_at(&site.send("ana", "/requests", &typed), &["Borduria", "Seen before?"]);
    let wrong = site.send("ana", "/requests", &[("question", ""), ("to", "Circle")]);
    is_form_again(&wrong, 400, "fault-request-question", &["value=\"Circle\" checked"]);
    let asked = site.send("ana", "/requests", &[&typed[..], &[("do", "send")]].concat());
    assert_eq!(asked.status, 303, "{}", asked.main());
    let path = format!("{}/answer", asked.place);
    let receipt = format!("{}/receipt", asked.place);
    assert!(site.ask("bea", &asked.place, "en").main().contains("value=\"acting\""));
    let long = "x".repeat(3_000);
    let wrong = site.send("bea", &receipt, &[("state", "acting"), ("note", &long)]);
    is_form_again(&wrong, 400, "fault-receipt-note", &[&long]);
    let acting = [("state", "acting"), ("note", "Two people look")];
    let hidden = site.send("cai", &receipt, &acting);
    let absent = "/requests/kizuna-request--00000000-0000-4000-8000-000000000077/receipt";
    assert_eq!((hidden.status, &hidden), (404, &site.send("cai", absent, &acting)));
    let told = site.send("bea", &receipt, &acting);
    assert_eq!((told.status, &told.place), (303, &asked.place), "{}", told.main());
    let seen = site.ask("ana", &asked.place, "en").main();
    assert!(seen.contains("Acting") && seen.contains("Two people look"), "{seen}");
    let again = site.ask("bea", &asked.place, "en").main();
    assert!(again.contains("has said that it is acting") && !again.contains("value=\"acting\""), "{again}");
    let silent = site.send("bea", &path, &[("outcome", "cannot-answer"), ("text", "")]);
    is_form_again(&silent, 400, "fault-answer-text", &[]);
    let typed = [("outcome", "answered"), ("text", "Yes, twice"), ("rel", "Circle")];
    looked_at(&site.send("bea", &path, &typed), &["Arvonia", "Yes, twice"]);
    assert!(!site.ask("ana", &asked.place, "en").body.contains("Yes, twice"), "nothing is sent yet");
    let reason = [("outcome", "cannot-answer"), ("text", "Our logs are gone")];
    let given = site.send("bea", &path, &reason);
    assert_eq!((given.status, given.place), (303, format!("{}#answers", asked.place)));
    assert!(site.ask("ana", &asked.place, "en").body.contains("Our logs are gone"));
    let hidden = site.send("cai", &path, &reason);
    assert_eq!(
        hidden,
        site.send("cai", "/requests/kizuna-request--00000000-0000-4000-8000-000000000077/answer", &reason)
    );
    assert_eq!(hidden.status, 404);
}

#[test]
fn a_requirement_is_stated_and_lists_what_matched() {
    let site = site();
    let typed = [("title", "Hammers"), ("priority", "1"), ("kinds", "tool, malware"), ("words", "rasp")];
    looked_at(&site.send("ana", "/requirements", &typed), &["Arvonia"]);
    let wrong = site.send("ana", "/requirements", &[("title", "Hammers"), ("pattern", "[nonsense")]);
    is_form_again(&wrong, 400, "fault-requirement-pattern", &["value=\"Hammers\""]);
    let stated = site.send("ana", "/requirements", &[&typed[..], &[("do", "send")]].concat());
    assert_eq!(stated.status, 303, "{}", stated.main());
    site.give("bea", "rel:Circle", &[tool(8, "a bent rasp"), tool(9, "a saw")]);
    let shown = site.ask("ana", &stated.place, "en").main();
    assert!(shown.contains("a bent rasp") && !shown.contains("a saw"), "{shown}");
    assert!(site.ask("ana", "/requirements", "en").body.contains("Hammers"));
    assert_eq!(site.ask("bea", &stated.place, "en").status, 404, "it is told to nobody else");
    let id = stated.place.trim_start_matches("/requirements/");
    let again = site.ask("ana", &format!("/requirements/new?requirement={id}"), "en").main();
    assert!(again.contains("value=\"malware, tool\""), "{again}");
}

#[test]
fn a_package_is_taken_through_the_guard_on_the_page() {
    let site = site();
    site.expect_packages("south");
    let package = [("package", Some("1.age"), "no package")];
    let done = site.upload("ada", "/channels/south/package", &package);
    assert_eq!((done.status, done.place.as_str()), (303, "/channels"), "{}", done.main());
    let shown = site.ask("ada", "/channels", "en").main();
    assert!(shown.contains("Refused") && shown.contains("action=\"/channels/south/package\""), "{shown}");
    assert_eq!(site.upload("ada", "/channels/north/package", &package).status, 404);
    assert_eq!(site.upload("ada", "/channels/south/package", &[("other", None, "x")]).status, 400);
    assert_eq!(site.upload("ana", "/channels/south/package", &package).status, 403, "only who runs the node");
}

#[test]
fn the_next_package_is_written_on_the_page() {
    // A package is signed.
    let site = Site::attesting();
    site.send_packages("west");
    for who in ["ana", "rex", "cai"] {
        assert_eq!(site.send(who, "/channels/west/packages", &[]).status, 403, "{who} does not run the node");
    }
    assert!(
        !site.ask("ada", "/channels", "en").body.contains("/channels/west/packages/1"),
        "nothing is written"
    );
    site.give("ana", "rel:XAA,XCC tlp:green", &[tool(7, "a going saw")]);
    let done = site.send("ada", "/channels/west/packages", &[]);
    assert_eq!(done.status, 200, "{}", done.main());
    let main = done.main();
    let shown = ["Package 1 is written", "Fetch the file", "href=\"/api/v1/channels/west/packages/1\""];
    assert!(shown.iter().all(|text| main.contains(text)), "{main}");
    assert_eq!(markup::faults(&done.body), Vec::<String>::new());
    let complete = site.send("ada", "/channels/west/packages", &[("all", "on")]);
    assert!(complete.main().contains("Package 2 is written"), "{}", complete.main());
    assert!(site.ask("ada", "/channels", "en").body.contains("/api/v1/channels/west/packages/2"));
    assert_eq!(site.send("ada", "/channels/none/packages", &[]).status, 404);
    // What comes in by a name does not go out by it.
    assert_eq!(site.send("ada", "/channels/back/packages", &[]).status, 404);
}

#[test]
fn a_witness_is_added_and_removed_on_the_page_of_the_log() {
    let site = site();
    let key = site.log_key();
    let typed = |url: &'static str, key: &'static str| {
        [("name", "CERT/EE two"), ("url", url), ("key", key), ("credential", "secret-of-the-witness")]
    };
    let wrong = site.send("ada", "/log-status/witnesses", &typed("partner.example", "no key"));
    is_form_again(&wrong, 400, "fault-witness-url", &["value=\"CERT/EE two\"", "value=\"no key\""]);
    assert!(wrong.body.contains("id=\"fault-witness-key\""), "every fault at once");
    assert!(!wrong.body.contains("secret-of-the-witness"), "an API key is not shown again");
    let unnamed =
        site.send("ada", "/log-status/witnesses", &[("name", " "), ("url", "https://w.example/log")]);
    is_form_again(&unnamed, 400, "fault-witness-name", &["value=\"https://w.example/log\""]);
    let good = [("name", "CERT/EE two"), ("url", "https://w.example/log"), ("key", key.as_str())];
    for who in ["ana", "rex", "cai"] {
        assert_eq!(site.send(who, "/log-status/witnesses", &good).status, 403, "{who} does not run the node");
    }
    let added = site.send("ada", "/log-status/witnesses", &good);
    assert_eq!((added.status, added.place.as_str()), (303, "/log-status#log-witnesses"), "{}", added.main());
    let shown = site.ask("ada", "/log-status", "en").main();
    let remove = "/log-status/witnesses/CERT%2FEE%20two/remove";
    assert!(shown.contains("https://w.example/log") && shown.contains(remove), "{shown}");
    assert!(!site.ask("ana", "/log-status", "en").body.contains("w.example"), "only who runs the node");
    let twice = site.send("ada", "/log-status/witnesses", &good);
    assert_eq!(twice.status, 409);
    assert!(twice.main().contains("there is a witness of this name"), "{}", twice.main());
    assert_eq!(site.send("ana", remove, &[]).status, 403);
    assert_eq!(site.send("ada", remove, &[]).place, "/log-status#log-witnesses");
    assert!(!site.ask("ada", "/log-status", "en").body.contains("w.example"));
    assert_eq!(site.send("ada", remove, &[]).status, 404);
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
