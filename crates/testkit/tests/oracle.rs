//! The oracle holds law 2 itself, and the scripts are worth their time.

use kizuna_testkit::generate;
use kizuna_testkit::interference::{Tally, check, shrink};
use kizuna_testkit::oracle::Oracle;
use kizuna_testkit::script::Driver;

fn oracle() -> Box<dyn Driver> {
    Box::new(Oracle::new())
}

#[test]
fn the_oracle_answers_as_if_the_unreadable_were_not_there() {
    let mut tally = Tally::default();
    for seed in 0..40 {
        let script = generate::script(seed, 60);
        let viewers = script.viewers.clone();
        let Err(_) = check(&script, &oracle, &viewers, &mut tally) else { continue };
        let least =
            shrink(&script, |script| check(script, &oracle, &viewers, &mut Tally::default()).is_err());
        let difference = check(&least, &oracle, &viewers, &mut Tally::default()).unwrap_err();
        panic!("{difference}\n{:#?}", least.steps);
    }
    println!("{tally}");
    for (path, share) in tally.shares() {
        assert!(
            share >= 30,
            "{path}: only {share} % of the questions meet something hidden beside something shown"
        );
    }
}

#[test]
fn equal_seeds_give_equal_scripts() {
    assert_eq!(generate::script(7, 80).steps, generate::script(7, 80).steps);
}
