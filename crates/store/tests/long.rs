//! Law 2 for as long as somebody lets it run: sequences of operations after each of which a viewer asks everything.
//!
//! A case is one answer (or one outcome of a write) that was compared: with the oracle's, or with that of a store from
//! which what the viewer cannot read was removed beforehand. `KIZUNA_LONG` says how many cases to run, `KIZUNA_SEED`
//! where the sequences begin:
//!
//! ```text
//! KIZUNA_LONG=10000000 cargo test --profile quick -p kizuna-store --test main -- --ignored --nocapture long
//! ```

use std::time::{Duration, Instant};

use kizuna_testkit::generate::{self, Script};
use kizuna_testkit::interference::{Tally, check};
use kizuna_testkit::script::Step;

use crate::engine::engines;
use crate::interference::{explain, number};

/// How often it says how far it is.
const SAYS: Duration = Duration::from_mins(1);

/// Random steps of a sequence.
const STEPS: usize = 100;

#[test]
#[ignore = "hours: run by name"]
fn long_run() {
    let (first, wanted) = (number("KIZUNA_SEED", 1), number("KIZUNA_LONG", 20_000));
    let (name, make) = engines().remove(0);
    let (begun, mut said) = (Instant::now(), Instant::now());
    let (mut tally, mut seed, mut operations) = (Tally::default(), first, 0);
    println!("{name}, from seed {first}");
    while tally.cases() < wanted {
        // Every tenth with all viewers, those who come later included, who ask at the end.
        let script = if seed % 10 == 0 {
            generate::script(seed, generate::LENGTH)
        } else {
            generate::questioned(seed, STEPS)
        };
        let viewers = if seed % 10 == 0 { script.two_viewers() } else { script.viewers.clone() };
        if check(&script, &make, &viewers, &mut tally).is_err() {
            explain(&script, &make, &viewers);
        }
        operations += operations_of(&script);
        seed += 1;
        if said.elapsed() > SAYS || tally.cases() >= wanted {
            said = Instant::now();
            let (cases, seconds) = (tally.cases(), begun.elapsed().as_secs());
            println!("{cases} cases, {operations} operations, {} sequences, {seconds} s", seed - first);
        }
    }
    println!("{tally}");
}

fn operations_of(script: &Script) -> usize {
    script.steps.iter().filter(|step| matches!(step, Step::Do(_))).count()
}
