use super::{correlated, found, loaded};

const BASE: &str = "title: login failed\nname: failed\nlogsource: {category: x}\ndetection:\n  s:\n    e: failed\n  condition: s\n---\n\
                    title: login done\nname: done\nlogsource: {category: x}\ndetection:\n  s:\n    e: done\n  condition: s\n---\n";

fn with(correlation: &str) -> String {
    let lines: Vec<String> = correlation.split(';').map(|line| format!("  {}\n", line.trim_end())).collect();
    format!("{BASE}title: c\nname: c\nlevel: high\ncorrelation:\n{}", lines.concat())
}

/// Lines of events: seconds, what happened, user, and source.
fn lines(events: &[(i64, &str, &str, &str)]) -> Vec<String> {
    let line = |(t, e, user, src): &(i64, &str, &str, &str)| {
        serde_json::json!({ "t": t, "e": e, "user": user, "src": src, "n": t }).to_string()
    };
    events.iter().map(line).collect()
}

fn places(correlation: &str, events: &[(i64, &str, &str, &str)]) -> Vec<u64> {
    correlated(&with(correlation), &lines(events)).into_iter().map(|(_, line)| line).collect()
}

#[test]
fn events_are_counted_in_groups_within_the_timespan() {
    let rule = "type: event_count; rules: [failed]; group-by: [user]; timespan: 10s; condition:;   gte: 3";
    let rule = rule.replace("; ", ";");
    let f = |t, user| (t, "failed", user, "");
    assert_eq!(places(&rule, &[f(0, "a"), f(5, "a"), f(10, "a")]), [3]);
    assert_eq!(places(&rule, &[f(0, "a"), f(5, "a"), f(11, "a")]), Vec::<u64>::new());
    assert_eq!(places(&rule, &[f(0, "a"), f(1, "b"), f(2, "a"), f(3, "a")]), [4]);
    // Told of once, then counted anew; and in the order of time, not of lines.
    assert_eq!(places(&rule, &[f(0, "a"), f(1, "a"), f(2, "a"), f(3, "a"), f(4, "a"), f(5, "a")]), [3, 6]);
    assert_eq!(places(&rule, &[f(9, "a"), f(0, "a"), f(5, "a")]), [1]);
}

#[test]
fn values_are_counted_once_each() {
    let rule =
        "type: value_count;rules: [failed];group-by: [src];timespan: 1m;condition:;  gte: 3;  field: user";
    let f = |t, user| (t, "failed", user, "s");
    assert_eq!(places(rule, &[f(0, "a"), f(1, "a"), f(2, "b"), f(3, "c")]), [4]);
    assert_eq!(places(rule, &[f(0, "a"), f(1, "b"), f(2, "b")]), Vec::<u64>::new());
    assert_eq!(places(rule, &[f(0, "a"), f(59, "b"), f(61, "c")]), Vec::<u64>::new());
}

#[test]
fn numbers_are_summed_averaged_and_ranked() {
    let f = |t| (t, "failed", "a", "s");
    let rule = |kind: &str, bound: &str| {
        format!("type: {kind};rules: [failed];group-by: [user];timespan: 1h;condition:;  {bound};  field: n")
    };
    assert_eq!(places(&rule("value_sum", "gt: 5"), &[f(1), f(2), f(3)]), [3]);
    assert_eq!(places(&rule("value_avg", "gte: 2"), &[f(1), f(2), f(3)]), [3]);
    assert_eq!(places(&rule("value_median", "gte: 2"), &[f(1), f(2), f(3)]), [3]);
    assert_eq!(places(&rule("value_percentile", "gte: 3;  percentile: 100"), &[f(1), f(2), f(3)]), [3]);
}

#[test]
fn rules_happen_together_or_one_after_the_other() {
    let rule = |kind: &str| format!("type: {kind};rules: [failed, done];group-by: [user];timespan: 10s");
    let (failed, done) = (|t, user| (t, "failed", user, ""), |t, user| (t, "done", user, ""));
    assert_eq!(places(&rule("temporal"), &[done(0, "a"), failed(5, "a")]), [2]);
    assert_eq!(places(&rule("temporal_ordered"), &[done(0, "a"), failed(5, "a")]), Vec::<u64>::new());
    assert_eq!(places(&rule("temporal_ordered"), &[failed(0, "a"), done(5, "a")]), [2]);
    assert_eq!(places(&rule("temporal_ordered"), &[failed(0, "a"), done(11, "a")]), Vec::<u64>::new());
    // A later beginning counts, not only the first.
    assert_eq!(places(&rule("temporal_ordered"), &[failed(0, "a"), failed(5, "a"), done(11, "a")]), [3]);
    assert_eq!(places(&rule("temporal"), &[done(0, "a"), failed(5, "b")]), Vec::<u64>::new());
}

#[test]
fn conditions_over_rules_and_aliases() {
    let rule = "type: temporal;rules: [failed, done];group-by: [who];timespan: 10s;\
                aliases:;  who:;    failed: user;    done: src;condition: failed and done";
    let events = [(0, "failed", "a", "x"), (5, "done", "y", "a")];
    assert_eq!(places(rule, &events), [2]);
    let not = rule.replace("failed and done", "done and not failed");
    assert_eq!(places(&not, &events), Vec::<u64>::new());
    assert_eq!(places(&not, &[(0, "failed", "a", "x"), (20, "done", "y", "a")]), [2]);
}

#[test]
fn correlations_of_correlations() {
    let many = "type: event_count;rules: [failed];group-by: [user];timespan: 1m;condition:;  gte: 2";
    let chain = "---\ntitle: chain\ncorrelation:\n  type: temporal_ordered\n  rules: [c, done]\n  group-by: [user]\n  timespan: 1m\n";
    let text = format!("{}{chain}", with(many));
    let events = [(0, "failed", "a", ""), (1, "failed", "a", ""), (2, "done", "a", "")];
    let told = correlated(&text, &lines(&events));
    assert_eq!(told, [("c".to_owned(), 2), ("chain".to_owned(), 3)]);
    let (rules, _) = loaded(&text);
    let told: Vec<bool> = rules.heads().iter().map(|head| head.told).collect();
    assert_eq!(told, [false, false, false, true]);
}

#[test]
fn what_feeds_a_correlation_is_silent_unless_it_says_otherwise() {
    for (generate, told) in [("", false), (";generate: true", true)] {
        let text =
            with(&format!("type: event_count;rules: [failed];timespan: 1m;condition:;  gte: 2{generate}"));
        let (rules, _) = loaded(&text);
        assert_eq!(rules.head(0).told, told);
        assert_eq!(found(&rules, r#"{"e":"failed"}"#)[0].values, Some(vec![]));
        assert!(rules.head(1).told);
    }
}

#[test]
fn correlations_that_cannot_be_judged_are_named() {
    for (rule, reason) in [
        ("type: event_count;rules: [nobody];timespan: 1m;condition:;  gte: 2", "nobody"),
        ("type: value_count;rules: [failed];timespan: 1m;condition:;  gte: 2", "field"),
        ("type: event_count;rules: [failed];timespan: 0s;condition:;  gte: 2", "timespan"),
        ("type: event_count;rules: [failed];timespan: soon;condition:;  gte: 2", "soon"),
        ("type: temporal;rules: [failed, done];timespan: 1m;condition: failed and other", "other"),
        ("type: strange;rules: [failed];timespan: 1m;condition:;  gte: 2", "strange"),
    ] {
        let (rules, refused) = loaded(&with(rule));
        assert_eq!(rules.len(), 2, "{rule}");
        assert!(refused.iter().any(|one| one.reason.contains(reason)), "{reason}: {refused:?}");
    }
}
