//! Every leak seeded into `access` and `store` must be caught: a test that would not notice a leak proves nothing by
//! passing. Those of the use cases are in `app/src/leaks.rs`; that each of `access` leaks at all, in its own tests.

use kizuna_access::leak;
use kizuna_testkit::generate;
use kizuna_testkit::interference::{Against, Tally, check};

use crate::engine::engines;

/// Every leak that can be switched on: in `access` and in `store`.
const LEAKS: [u32; 48] = [
    1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
    37, 38, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 55, 61, 62, 63,
];

/// Scripts within which a leak must be caught.
const BOUND: u64 = 100;

/// The leak of other sources' marking definitions, caught by a test of its own.
const DEFINITIONS: u32 = 39;

/// How a leak was caught.
struct Caught {
    path: &'static str,
    against: Against,
    after: u64,
}

fn catch(number: u32) -> Option<Caught> {
    let (_, make) = engines().into_iter().next()?;
    leak::set(Some(number));
    let mut caught = None;
    for case in 0..BOUND {
        let script = generate::script(1000 + case, generate::LENGTH);
        let found =
            std::panic::catch_unwind(|| check(&script, &make, &script.two_viewers(), &mut Tally::default()));
        caught = match found {
            Ok(Ok(())) => continue,
            Ok(Err(difference)) => {
                Some(Caught { path: difference.path(), against: difference.against, after: case + 1 })
            }
            // The driver's own assertions: dates that do not rise, pages that do not end.
            Err(_) => Some(Caught { path: "order of arrivals", against: Against::Oracle, after: case + 1 }),
        };
        break;
    }
    leak::set(None);
    caught
}

#[test]
fn every_seeded_leak_is_caught() {
    let only: Option<u32> = std::env::var("KIZUNA_LEAK").ok().and_then(|text| text.parse().ok());
    println!("leak  scripts  caught by");
    let mut survivors = Vec::new();
    for number in LEAKS.into_iter().filter(|number| only.is_none_or(|only| only == *number)) {
        let Some(Caught { path, against, after }) = catch(number) else {
            survivors.push(number);
            continue;
        };
        println!("{number:>4}  {after:>7}  {path}, against {against:?}");
    }
    leak::set(Some(DEFINITIONS));
    if crate::definitions::leak_is_caught() {
        println!("{DEFINITIONS:>4}        –  its own test");
    } else {
        survivors.push(DEFINITIONS);
    }
    leak::set(None);
    assert!(survivors.is_empty(), "leaks that nothing caught within {BOUND} scripts: {survivors:?}");
}
