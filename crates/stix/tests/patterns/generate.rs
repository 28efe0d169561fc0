//! Patterns made at random: trees of every shape, and texts with damage.

use jiff::Timestamp;
use kizuna_stix::pattern::{
    Comparison, Constant, ObjectPath, Observation, Operator, Pattern, Predicate, Proposition, Qualifier, Step,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9 .%_]{0,12}", "[\\\\'\\[\\]()/* \n\té絆]{0,8}", any::<String>()]
}

/// 1583 to 9999: what four digits can write and every calendar agrees on.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    let fraction = prop_oneof![Just(0), (0..1000_i32).prop_map(|ms| ms * 1_000_000), 0..1_000_000_000_i32];
    (-12_212_553_600_i64..253_402_000_000, fraction)
        .prop_filter_map("sign of seconds and fraction agree", |(s, ns)| Timestamp::new(s, ns).ok())
}

fn constant() -> impl Strategy<Value = Constant> {
    prop_oneof![any::<bool>().prop_map(Constant::Boolean), ordered_constant(),]
}

fn ordered_constant() -> impl Strategy<Value = Constant> {
    let float = any::<f64>().prop_filter("finite", |number| number.is_finite());
    prop_oneof![
        4 => text().prop_map(Constant::Text),
        1 => any::<i64>().prop_map(Constant::Integer),
        1 => prop_oneof![float, -1000.0..1000.0].prop_map(Constant::Float),
        1 => vec(any::<u8>(), 0..6).prop_map(Constant::Hex),
        1 => vec(any::<u8>(), 1..6).prop_map(Constant::Binary),
        1 => timestamp().prop_map(Constant::Timestamp),
    ]
}

fn path() -> impl Strategy<Value = ObjectPath> {
    let kind = prop_oneof![
        select(vec!["domain-name", "ipv4-addr", "url", "file", "network-traffic", "email-message"])
            .prop_map(str::to_owned),
        "x-[a-z0-9_-]{0,8}",
    ];
    let key = prop_oneof![
        3 => select(vec!["value", "name", "dst_ref", "to_refs", "LIKE", "true", "size"]).prop_map(str::to_owned),
        1 => "[a-zA-Z_][a-zA-Z0-9_]{0,6}",
        1 => text(),
    ];
    let key = key.prop_map(Step::Key).boxed();
    let step = prop_oneof![2 => key.clone(), 1 => any::<u64>().prop_map(Step::Index), 1 => Just(Step::Any)];
    (kind, key, vec(step, 0..4)).prop_map(|(kind, first, mut steps)| {
        steps.insert(0, first);
        ObjectPath { kind, steps }
    })
}

fn proposition() -> impl Strategy<Value = Proposition> {
    let order =
        select(vec![Operator::Less, Operator::LessOrEqual, Operator::Greater, Operator::GreaterOrEqual]);
    let equality = select(vec![Operator::Equal, Operator::NotEqual]);
    let predicate = prop_oneof![
        (equality, constant()).prop_map(|(operator, value)| Predicate::Compare(operator, value)),
        (order, ordered_constant()).prop_map(|(operator, value)| Predicate::Compare(operator, value)),
        vec(constant(), 0..4).prop_map(Predicate::In),
        text().prop_map(Predicate::Like),
        text().prop_map(Predicate::Matches),
        text().prop_map(Predicate::IsSubset),
        text().prop_map(Predicate::IsSuperset),
        Just(Predicate::Exists),
    ];
    (path(), any::<bool>(), predicate).prop_map(|(path, negated, predicate)| Proposition {
        path,
        negated,
        predicate,
    })
}

fn comparison() -> impl Strategy<Value = Comparison> {
    proposition().prop_map(Comparison::Proposition).prop_recursive(3, 12, 3, |inner| {
        let members = vec(inner, 2..4);
        prop_oneof![members.clone().prop_map(Comparison::And), members.prop_map(Comparison::Or)]
    })
}

fn qualifiers() -> impl Strategy<Value = Vec<Qualifier>> {
    let within = prop_oneof![(1..100_000_u32).prop_map(f64::from), 0.001..1e6].prop_map(Qualifier::Within);
    let repeats = (1..=u64::MAX).prop_map(Qualifier::Repeats);
    let window = (timestamp(), timestamp()).prop_filter_map("in order", |(start, stop)| {
        (start < stop).then_some(Qualifier::StartStop(start, stop))
    });
    let all = (within, repeats, window).prop_map(|(a, b, c)| vec![a, b, c]).prop_shuffle();
    (all, 1..=3_usize).prop_map(|(mut all, count)| {
        all.truncate(count);
        all
    })
}

/// An observation expression as the parser could have made it.
pub fn observation() -> impl Strategy<Value = Observation> {
    comparison().prop_map(Observation::Test).prop_recursive(3, 8, 3, |inner| {
        let members = vec(inner.clone(), 2..4);
        prop_oneof![
            members.clone().prop_map(Observation::And),
            members.clone().prop_map(Observation::Or),
            members.prop_map(Observation::FollowedBy),
            (inner, qualifiers()).prop_map(|(inner, all)| Observation::Qualified(Box::new(inner), all)),
        ]
    })
}

/// The text of a pattern in which one place was damaged.
pub fn damaged() -> impl Strategy<Value = String> {
    let splinter = select(vec![
        "",
        "",
        " ",
        "'",
        "\\",
        "[",
        "]",
        "(",
        ")",
        ".",
        ",",
        "-",
        "+",
        "0",
        "1",
        "=",
        "<",
        "*",
        "/",
        "//",
        "/*",
        "a",
        "-a",
        "AND",
        " OR ",
        "NOT ",
        "t'",
        "h'",
        "b'",
        "\n",
        "\u{3000}",
        "é",
        "true",
        "WITHIN 0 SECONDS",
        " REPEATS 2 TIMES",
    ]);
    (observation(), any::<Index>(), 0..3_usize, splinter).prop_map(|(root, place, removed, splinter)| {
        let text: Vec<char> = Pattern::from_root(root).to_string().chars().collect();
        let place = place.index(text.len());
        let kept = text.iter().skip(place + removed);
        text[..place].iter().copied().chain(splinter.chars()).chain(kept.copied()).collect()
    })
}
