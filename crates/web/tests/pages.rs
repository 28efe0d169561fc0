//! Every page, full and empty, in every language.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use askama::Template;
use kizuna_web::language::Language;
use kizuna_web::preferences::{Preferences, Theme};

use crate::fixture::{self, foresee, lists, notices, policies, release, tearline, working};
use crate::markup;

fn every_page(p: &Preferences) -> Vec<(&'static str, String)> {
    vec![
        ("home", lists::home(p).render().unwrap()),
        ("home-empty", lists::empty_home(p).render().unwrap()),
        ("search", lists::search(p).render().unwrap()),
        ("search-empty", lists::empty_search(p).render().unwrap()),
        ("object", fixture::object(p).render().unwrap()),
        ("explain", working::explain(p).render().unwrap()),
        ("forecast", foresee::forecast(p).render().unwrap()),
        ("forecast-asked", foresee::nothing_asked(p).render().unwrap()),
        ("as-seen", foresee::as_seen(p).render().unwrap()),
        ("collections", lists::collections(p).render().unwrap()),
        ("members", lists::members(p).render().unwrap()),
        ("policies", policies::policies(p).render().unwrap()),
        ("policy-check", policies::policy_check(p).render().unwrap()),
        ("agreements", policies::agreements(p).render().unwrap()),
        ("agreements-none", policies::no_agreements(p).render().unwrap()),
        ("peers", lists::peers(p).render().unwrap()),
        ("peer", lists::one_peer(p).render().unwrap()),
        ("peer-enrolled", lists::enrolled_peer(p).render().unwrap()),
        ("invited", lists::invited(p).render().unwrap()),
        ("audit", lists::audit(p).render().unwrap()),
        ("log", lists::log(p).render().unwrap()),
        ("channels", lists::channels(p).render().unwrap()),
        ("alerts", notices::alerts(p).render().unwrap()),
        ("alerts-empty", notices::no_alerts(p).render().unwrap()),
        ("alert", notices::alert(p).render().unwrap()),
        ("alert-sent", notices::sent_alert(p).render().unwrap()),
        ("alert-new", notices::new_alert(p).render().unwrap()),
        ("alert-again", notices::alert_again(p).render().unwrap()),
        ("notice-check", notices::check(p).render().unwrap()),
        ("request", notices::request(p).render().unwrap()),
        ("request-onward", notices::onward(p).render().unwrap()),
        ("request-new", notices::new_request(p).render().unwrap()),
        ("requirements", notices::requirements(p).render().unwrap()),
        ("requirements-empty", notices::no_requirements(p).render().unwrap()),
        ("requirement", notices::requirement(p).render().unwrap()),
        ("requirement-new", notices::new_requirement(p).render().unwrap()),
        ("audit-of-others", lists::audit_of_others(p).render().unwrap()),
        ("proposals", lists::proposals(p).render().unwrap()),
        ("as-seen-list", foresee::as_seen_list(p).render().unwrap()),
        ("personal-data", lists::personal_data(p).render().unwrap()),
        ("quarantine", lists::quarantine(p).render().unwrap()),
        ("quarantined", lists::quarantined(p).render().unwrap()),
        ("releases", release::releases(p).render().unwrap()),
        ("releases-empty", release::no_releases(p).render().unwrap()),
        ("release", release::release(p).render().unwrap()),
        ("release-check", release::blocked(p).render().unwrap()),
        ("release-new", release::new_release(p).render().unwrap()),
        ("release-amend", release::amend(p).render().unwrap()),
        ("tearline-new", tearline::new(p).render().unwrap()),
        ("tearline-preview", tearline::preview(p).render().unwrap()),
        ("tearline", tearline::made(p).render().unwrap()),
        ("release-report", release::report(p).render().unwrap()),
        ("import", working::import(p).render().unwrap()),
        ("import-check", working::import_check(p).render().unwrap()),
        ("import-done", working::import_done(p).render().unwrap()),
        ("sign-in", working::sign_in(p).render().unwrap()),
        ("link", working::link(p).render().unwrap()),
        ("set-up", working::set_up(p).render().unwrap()),
        ("zone", working::zone(p).render().unwrap()),
        ("help", working::help(p).render().unwrap()),
        ("failure-404", working::failure(p, 404, false).render().unwrap()),
        ("failure-500", working::failure(p, 500, false).render().unwrap()),
        ("demo", working::demo(p).render().unwrap()),
    ]
}

#[test]
fn every_page_is_well_formed_and_without_inline_code() {
    for language in Language::all() {
        for (name, html) in every_page(&fixture::preferences(language.tag(), Theme::System)) {
            let faults = markup::faults(&html);
            assert!(faults.is_empty(), "{name} in {language:?}: {faults:#?}");
            assert_eq!(html.matches("<h1").count(), 1, "{name} has one main heading");
            assert_eq!(html.matches("<main ").count(), 1, "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\"", language.tag())), "{name}");
            let scripts = html.matches("<script").count();
            assert_eq!(
                scripts,
                html.matches("<script src=\"/assets/").count(),
                "{name}: only the script file"
            );
        }
    }
}

#[test]
fn pages_look_as_reviewed() {
    for language in Language::all() {
        for (name, html) in every_page(&fixture::preferences(language.tag(), Theme::System)) {
            // What stands in the page, without its frame, which `help` shows once.
            let start = if name == "help" { 0 } else { html.find("<main ").unwrap() };
            let end = if name == "help" { html.len() } else { html.find("</main>").unwrap() };
            insta::assert_snapshot!(format!("{name}.{}", language.tag()), legible(&html[start..end]));
        }
    }
}

/// Without drawings, digests of assets and empty lines: what a reviewer reads.
fn legible(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(start) = rest.find("<svg ") {
        let end = rest[start..].find("</svg>").map_or(rest.len(), |end| start + end + 6);
        out.push_str(&rest[..start]);
        out.push('◆');
        rest = &rest[end..];
    }
    out.push_str(rest);
    let lines = out.lines().filter(|line| !line.trim().is_empty());
    let plain = lines.map(|line| match line.find("?v=") {
        Some(at) => format!("{}?v=…{}", &line[..at], &line[at + 19..]),
        None => line.to_owned(),
    });
    plain.collect::<Vec<_>>().join("\n")
}

#[test]
fn content_is_escaped() {
    let p = fixture::preferences("en", Theme::System);
    let mut page = fixture::object(&p);
    page.title.text = "<script>alert(1)</script>".to_owned();
    page.description = Some(kizuna_web::view::Run::new("\"><b>", "<img src=x onerror=alert(1)>"));
    page.json = "</code><script>".to_owned();
    let html = page.render().unwrap();
    assert!(!html.contains("<script>") && !html.contains("<img") && !html.contains("\"><b>"));
    assert_eq!(markup::faults(&html), Vec::<String>::new());
}

#[test]
fn labels_are_said_in_words_and_in_both_languages() {
    let html = fixture::object(&fixture::preferences("ja", Theme::System)).render().unwrap();
    let banner = &html[html.find("<aside class=\"banner").unwrap()..html.find("</aside>").unwrap()];
    for word in
        ["EXERCISE", "SECRET", "極秘", "TLP:AMBER+STRICT", "PAP:AMBER", "ORCON", "JPN, EST ∩ Northern Shield"]
    {
        assert!(banner.contains(word), "{word}: {banner}");
    }
}
