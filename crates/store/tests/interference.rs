//! Law 2 on every engine: random scripts, against the oracle and against stores without the unreadable.
//!
//! `KIZUNA_CASES` sets how many scripts run (default: about a minute's worth), `KIZUNA_SEED` where they begin.

use kizuna_testkit::generate::{self, Script};
use kizuna_testkit::interference::{Make, Tally, check, shrink};
use kizuna_testkit::script::Viewer;

use crate::engine::engines;

/// The least share of questions, in percent, that must meet something hidden beside something shown.
const SHARE: u64 = 30;
/// Scripts from which on a share says something.
const ENOUGH: u64 = 20;

pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn every_answer_is_that_of_a_store_without_the_unreadable() {
    let first = number("KIZUNA_SEED", 1);
    let cases = number("KIZUNA_CASES", 200);
    for (name, make) in engines() {
        let mut tally = Tally::default();
        // Another engine decides nothing about who may read: fewer scripts show whether it gives the same rows.
        let cases = if name == "sqlite" { cases } else { cases.div_ceil(4) };
        println!("{name}: seeds {first} to {}", first + cases - 1);
        for seed in first..first + cases {
            let script = generate::script(seed, generate::LENGTH);
            if check(&script, &make, &script.two_viewers(), &mut tally).is_err() {
                explain(&script, &make, &script.two_viewers());
            }
        }
        println!("{tally}");
        for (path, share) in tally.shares() {
            assert!(
                share >= SHARE || cases < ENOUGH,
                "{path}: only {share} % of the questions meet something hidden beside a hit"
            );
        }
    }
}

/// Shortens a failing script and fails with it.
pub fn explain(script: &Script, make: Make<'_>, viewers: &[Viewer]) -> ! {
    let least = shrink(script, |script| check(script, make, viewers, &mut Tally::default()).is_err());
    let difference = check(&least, make, viewers, &mut Tally::default()).expect_err("it failed before");
    let steps: Vec<String> =
        least.steps.iter().chain(&least.battery).map(|step| format!("  {step:?}")).collect();
    panic!("{difference}\nthe shortest script that fails:\n{}", steps.join("\n"));
}
