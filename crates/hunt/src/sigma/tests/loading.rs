use super::super::{Level, Loader, Refused, is_rules};
use super::{found, loaded};

const GOOD: &str = "title: good\nid: 11111111-1111-4111-8111-111111111111\nstatus: test\nlevel: high\n\
                    tags: [attack.execution, attack.t1059.001, attack.T1204]\nlogsource: {category: x}\n\
                    detection:\n  s:\n    f: 1\n  condition: s\n";

fn refused(text: &str) -> Vec<Refused> {
    let (rules, refused) = loaded(text);
    assert!(rules.is_empty(), "{text}");
    assert!(!refused.is_empty(), "{text}");
    refused
}

fn rule(logsource: &str, detection: &str) -> String {
    format!("title: t\nlogsource: {logsource}\ndetection:\n{detection}\n")
}

#[test]
fn a_rule_that_cannot_be_looked_for_is_named_with_its_reason() {
    let item = |item: &str| rule("{category: x}", &format!("  s:\n    {item}\n  condition: s"));
    for (text, reason) in [
        (item("f|re: '(?=x)y'"), "regular expression"),
        (item("f|re: '('"), "regular expression"),
        (item("f|unheard: x"), "unheard"),
        (item("f|cidr: nowhere"), "no network"),
        (item("f|gt: many"), "no number"),
        (item("f|exists: maybe"), "true or false"),
        (item("f|windash|contains: ' -a -b -c -d '"), "dashes"),
        (item("f|base64: 'a*b'"), "wildcard"),
        (rule("{category: x}", "  s:\n    f: 1\n  condition: s and t"), "`t`"),
        (rule("{category: x}", "  s:\n    f: 1\n  condition: 1 of t*"), "t*"),
        (rule("{category: x}", "  s:\n    f: 1\n  condition: s | count() > 5"), ""),
        (rule("{category: x}", "  s:\n    f: 1\n  timeframe: 5m\n  condition: s"), "correlation"),
        (rule("{product: windows, service: nobody}", "  s:\n    f: 1\n  condition: s"), "nobody"),
        (rule("{product: windows, category: nothing}", "  s:\n    f: 1\n  condition: s"), "nothing"),
        ("title: t\nlogsource: {category: x}\n".to_owned(), "detection"),
        ("title: [\n".to_owned(), ""),
        ("- a list\n".to_owned(), ""),
        (String::new(), ""),
        (format!("title: {}\n", "x".repeat(2 << 20)), "bytes"),
        (format!("title: {}\n", "[".repeat(5000)), "deep"),
        (format!("a: &a [x,x]\nb: {}\n", "\n - *a".repeat(500)), "references"),
        (
            rule(
                "{category: x}",
                &format!("  s:\n    f: 1\n  condition: {}s{}", "(".repeat(500), ")".repeat(500)),
            ),
            "",
        ),
    ] {
        let refused = refused(&text);
        assert!(refused.iter().any(|one| one.reason.contains(reason)), "{reason}: {refused:?}");
    }
}

#[test]
fn a_bad_rule_keeps_no_other_from_being_loaded() {
    let (rules, refused) = loaded(&format!("{GOOD}---\ntitle: bad\n---\n{}", GOOD.replace("good", "other")));
    assert_eq!(rules.len(), 2);
    assert_eq!(refused.len(), 1);
}

#[test]
fn rules_say_what_they_are() {
    let (rules, refused) = loaded(GOOD);
    assert_eq!(refused, []);
    let head = rules.head(0);
    assert_eq!((head.title.as_str(), head.level, head.status.as_str()), ("good", Some(Level::High), "test"));
    assert_eq!(head.id, "11111111-1111-4111-8111-111111111111");
    assert_eq!(head.techniques(), ["T1059.001", "T1204"]);
}

#[test]
fn level_and_status_choose() {
    let all = format!(
        "{GOOD}---\n{}",
        GOOD.replace("good", "low").replace("high", "low").replace("test", "stable")
    );
    for (level, status, titles) in [
        (Some(Level::High), None, vec!["good"]),
        (Some(Level::Low), None, vec!["good", "low"]),
        (None, Some("stable"), vec!["low"]),
        (Some(Level::Critical), None, vec![]),
    ] {
        let mut loader = Loader::new();
        if let Some(level) = level {
            loader.at_least(level);
        }
        if let Some(status) = status {
            loader.of_status(status);
        }
        loader.read("x.yml", &all);
        let (rules, refused, unasked) = loader.finish();
        assert_eq!(refused, []);
        let told: Vec<&str> = rules.heads().iter().map(|head| head.title.as_str()).collect();
        assert_eq!(told, titles);
        assert_eq!(unasked as usize + titles.len(), 2);
    }
}

#[test]
fn filters_narrow_the_rules_that_they_name() {
    let filter = |rules: &str, source: &str| {
        format!(
            "{GOOD}---\ntitle: filter\nlogsource: {source}\nfilter:\n  rules: {rules}\n  known:\n    user|startswith: adm_\n  \
             condition: not known\n"
        )
    };
    for named in ["[11111111-1111-4111-8111-111111111111]", "[good]", "any"] {
        let (rules, refused) = loaded(&filter(named, "{category: x}"));
        assert_eq!(refused, []);
        assert_eq!(found(&rules, r#"{"f":1,"user":"eve"}"#).len(), 1);
        assert_eq!(found(&rules, r#"{"f":1,"user":"adm_ana"}"#).len(), 0);
    }
    for (named, source) in [("[nobody]", "{category: x}"), ("[good]", "{category: other}")] {
        let (rules, refused) = loaded(&filter(named, source));
        assert_eq!(found(&rules, r#"{"f":1,"user":"adm_ana"}"#).len(), 1);
        assert!(refused[0].reason.contains("filter"), "{refused:?}");
    }
}

#[test]
fn one_file_of_many_is_rules_by_its_content() {
    assert!(is_rules(GOOD));
    assert!(is_rules("title: c\ncorrelation:\n  type: event_count\n"));
    assert!(!is_rules("evil.example\n"));
    assert!(!is_rules("{\"type\":\"bundle\"}"));
    assert!(!is_rules("domain\tevil.example\n"));
}
