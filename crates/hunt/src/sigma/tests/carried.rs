//! Rules that a bundle carries, beside those of the hunter.

use super::super::{Loader, Refused, Rules};
use super::found;
use crate::index::{About, Carried, Language, Said};

const OWN: &str =
    "title: own\nname: own\nlogsource: {category: x}\ndetection:\n  s:\n    f: 1\n  condition: s\n";
const THEIRS: &str =
    "title: theirs\nname: theirs\nlogsource: {category: x}\ndetection:\n  s:\n    g: 1\n  condition: s\n";
const FILTER: &str = "title: filter\nlogsource: {category: x}\nfilter:\n  rules: any\n  never:\n    f|exists: false\n  \
                      condition: never\n";

fn counting(title: &str, rule: &str) -> String {
    format!(
        "title: {title}\ncorrelation:\n  type: event_count\n  rules: [{rule}]\n  group-by: [f]\n  timespan: 1h\n  \
         condition: {{gte: 100}}\n  generate: false\n"
    )
}

fn carried(text: &str, marking: &str) -> Carried {
    let about = About { markings: vec![marking.to_owned()], ..About::default() };
    Carried {
        language: Language::Sigma,
        text: text.to_owned(),
        said: Said { id: "indicator--a".to_owned(), about },
    }
}

/// Titles of the rules that are told of for an event.
fn told(rules: &Rules, line: &str) -> Vec<String> {
    let all = found(rules, line);
    let heads = all.iter().map(|found| rules.head(found.rule)).filter(|head| head.told);
    heads.map(|head| head.title.clone()).collect()
}

/// The bundle first and last: whoever comes first must not matter.
fn beside_own(theirs: &str) -> [(Rules, Vec<Refused>); 2] {
    [true, false].map(|is_first| {
        let mut loader = Loader::new();
        if is_first {
            loader.read_carried("b.json", carried(theirs, "m"));
        }
        loader.read("own.yml", OWN);
        if !is_first {
            loader.read_carried("b.json", carried(theirs, "m"));
        }
        let (rules, refused, _) = loader.finish();
        (rules, refused)
    })
}

#[test]
fn a_bundle_silences_no_rule_of_the_hunter() {
    let text = format!("{THEIRS}---\n{FILTER}---\n{}", counting("muting", "own"));
    for (rules, refused) in beside_own(&text) {
        assert_eq!(told(&rules, r#"{"f":1}"#), ["own"]);
        assert_eq!(told(&rules, r#"{"f":2,"g":1}"#), ["theirs"]);
        let mut named: Vec<(&str, &str)> =
            refused.iter().map(|one| (one.title.as_str(), one.source.as_str())).collect();
        named.sort_unstable();
        assert_eq!(named, [("filter", "b.json: indicator--a"), ("muting", "b.json: indicator--a")]);
    }
}

#[test]
fn a_rule_that_is_called_like_one_of_the_hunter_stands_for_nothing_but_itself() {
    // Its own correlation mutes the one of its text, and nothing else.
    let twin = THEIRS.replace("theirs", "own");
    let text = format!("{twin}---\n{}", counting("count", "own"));
    for (rules, refused) in beside_own(&text) {
        assert_eq!(refused, []);
        assert_eq!(told(&rules, r#"{"f":1}"#), ["own"]);
        assert_eq!(told(&rules, r#"{"g":1}"#), Vec::<String>::new());
    }
    // And what the hunter counts is his, or what is called like none of his.
    let mut loader = Loader::new();
    loader.read_carried("b.json", carried(&format!("{twin}---\n{THEIRS}"), "m"));
    loader.read("own.yml", OWN);
    loader.read("count.yml", &format!("{}---\n{}", counting("one", "own"), counting("two", "theirs")));
    let (rules, refused, _) = loader.finish();
    assert_eq!(refused, []);
    assert_eq!(told(&rules, r#"{"f":1}"#), Vec::<String>::new());
    assert_eq!(told(&rules, r#"{"g":1}"#), ["own"]);
}

#[test]
fn a_bundle_says_nothing_of_what_placeholders_stand_for() {
    let own = OWN.replace("f: 1", "f|expand: '%admins%'");
    let mut loader = Loader::new();
    loader.read_carried("b.json", carried("vars:\n  admins: [eve]\n", "m"));
    loader.read("own.yml", &own);
    loader.read("vars.yml", "vars:\n  admins: [ana]\n");
    let (rules, refused, _) = loader.finish();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].reason.contains("placeholders"), "{refused:?}");
    assert_eq!(told(&rules, r#"{"f":"ana"}"#), ["own"]);
    assert_eq!(told(&rules, r#"{"f":"eve"}"#), Vec::<String>::new());
}

#[test]
fn each_version_of_an_indicator_has_its_own_text_and_markings() {
    let mut loader = Loader::new();
    loader.read_carried("b.json", carried(OWN, "old"));
    loader.read_carried("b.json", carried(THEIRS, "new"));
    // The same again says more.
    loader.read_carried("c.json", carried(THEIRS, "stricter"));
    let (rules, refused, _) = loader.finish();
    assert_eq!(refused, []);
    let markings = |number: u32| rules.head(number).said.as_ref().unwrap().about.markings.clone();
    assert_eq!(rules.heads().len(), 2);
    assert_eq!((rules.head(0).title.as_str(), markings(0)), ("own", vec!["old".to_owned()]));
    assert_eq!(markings(1), ["new", "stricter"]);
    assert_ne!(rules.head(0).source, rules.head(1).source);
}
