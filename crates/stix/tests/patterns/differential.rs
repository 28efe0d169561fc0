//! The same patterns put to `stix2-patterns`, the reference implementation in Python. It runs when
//! `KIZUNA_PYTHON` names an interpreter that has the package.

use std::io::Write as _;
use std::process::{Command, Stdio};

use kizuna_stix::pattern::Pattern;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::{corpus, generate};

/// Random patterns of each sort that are compared.
const GENERATED: usize = 400;

/// A difference: a part of the message of the side that refuses, an example, and what settles it.
type Difference = (&'static str, &'static str, &'static str);

/// What we refuse and the reference accepts.
const WE_REFUSE: [Difference; 7] = [
    (
        "a date and time that exist",
        "[a:b = t'2026-02-30T00:00:00Z']",
        "§2.16 asks for a time of RFC 3339; the reference's grammar has 31 days in every month",
    ),
    (
        "of at most 64 bits",
        "[a:b = 9223372036854775808]",
        "§9.2: integers and floats are those of STIX, of 64 bits",
    ),
    ("counted from 0", "[a:b[18446744073709551616] = 1]", "§9.7: a position in a list; no list is that long"),
    ("a number above zero", "[a:b = 1] WITHIN 0 SECONDS", "§9.5.1: the time is positive"),
    ("a whole number above zero", "[a:b = 1] REPEATS 0 TIMES", "§9.5.1: the count is positive"),
    (
        "must be after the start",
        "[a:b = 1] START t'2026-02-01T00:00:00Z' STOP t'2026-01-01T00:00:00Z'",
        "§9.5.1: the stop is later than the start",
    ),
    (
        "a qualifier of that kind already",
        "([a:b = 1] AND [a:c = 2]) WITHIN 5 SECONDS WITHIN 6 SECONDS",
        "§9.5.1: at most one of each kind; the reference counts them on single tests only (oasis-tcs/cti-stix2#214)",
    ),
];

/// What the reference refuses and we accept.
const THEY_REFUSE: [Difference; 2] = [
    (
        "is not a valid",
        "[file:hashes.MD5 = 'short']",
        "the language does not know what a hash looks like; the value states no observable",
    ),
    ("missing square brackets", "/* seen twice */ [a:b = 1]", "§9: comments stand wherever white space does"),
];

/// Asks the reference: per pattern nothing when it accepts, else its messages.
fn ask(python: &str, patterns: &[String]) -> Vec<Option<String>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/patterns/reference.py");
    let mut process = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {python}: {error}"));
    let question = serde_json::to_vec(patterns).unwrap();
    process.stdin.take().unwrap().write_all(&question).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed; is stix2-patterns installed for {python}?");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn generated<T: ToString>(strategy: impl Strategy<Value = T>) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    (0..GENERATED).map(|_| strategy.new_tree(&mut runner).unwrap().current().to_string()).collect()
}

#[test]
fn the_reference_implementation_agrees() {
    let Ok(python) = std::env::var("KIZUNA_PYTHON") else {
        println!("skipped: set KIZUNA_PYTHON to a Python that has stix2-patterns");
        return;
    };
    let mut patterns: Vec<String> =
        WE_REFUSE.iter().chain(&THEY_REFUSE).map(|(_, example, _)| (*example).to_owned()).collect();
    let examples = patterns.len();
    patterns.extend(corpus("valid.txt"));
    patterns.extend(corpus("invalid.txt"));
    patterns.extend(generated(generate::observation().prop_map(Pattern::from_root)));
    patterns.extend(generated(generate::damaged()));
    let answers = ask(&python, &patterns);
    assert_eq!(answers.len(), patterns.len());

    let mut agreed = [0, 0];
    let mut explained = Vec::new();
    let mut unexplained = Vec::new();
    for (position, (pattern, theirs)) in patterns.iter().zip(answers).enumerate() {
        let (refusal, differences, complaint): (_, &[Difference], _) = match (Pattern::parse(pattern), theirs)
        {
            (Ok(_), None) => {
                agreed[0] += 1;
                continue;
            }
            (Err(_), Some(_)) => {
                agreed[1] += 1;
                continue;
            }
            (Ok(_), Some(message)) => {
                (message.clone(), &THEY_REFUSE, format!("we accept {pattern:?}: {message}"))
            }
            (Err(error), None) => {
                (error.problem.clone(), &WE_REFUSE, format!("they accept {pattern:?}: {}", error.picture()))
            }
        };
        if differences.iter().any(|(part, _, _)| refusal.contains(part)) {
            explained.push(position);
        } else {
            unexplained.push(complaint);
        }
    }
    let [accepted, refused] = agreed;
    println!(
        "{} patterns: both accept {accepted}, both refuse {refused}, {} differ",
        patterns.len(),
        explained.len()
    );
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    for (position, example) in patterns.iter().enumerate().take(examples) {
        assert!(explained.contains(&position), "no difference any more: {example}");
    }
}
