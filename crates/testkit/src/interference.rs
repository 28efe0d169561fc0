//! Non-interference (law 2) as a test over any driver: every answer is the oracle's, and every answer is that of a
//! store from which all that the viewer may not read was removed beforehand.

mod shrink;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::generate::Script;
use crate::oracle::Oracle;
use crate::script::{Driver, Op, Outcome, Step, Viewer, run, without};

pub use shrink::shrink;
pub use tally::Tally;

/// Makes an empty node.
pub type Make<'a> = &'a dyn Fn() -> Box<dyn Driver>;

/// How two answers came to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    /// The oracle answers otherwise.
    Oracle,
    /// The store without what the viewer could never read answers otherwise.
    NeverReadable,
    /// The store without what the viewer cannot read at the end answers otherwise.
    NotReadableNow,
}

/// One answer that is not what it must be.
#[derive(Debug, Clone)]
pub struct Difference {
    pub seed: u64,
    pub against: Against,
    /// The number of the step.
    pub at: usize,
    pub step: Step,
    pub expected: Outcome,
    pub found: Outcome,
}

impl Difference {
    /// The output path that differs.
    pub fn path(&self) -> &'static str {
        path(&self.step)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, against, at, step, expected, found } = self;
        writeln!(f, "seed {seed}, step {at}, {}, against {against:?}", self.path())?;
        writeln!(f, "  step:     {step:?}")?;
        writeln!(f, "  expected: {expected:?}")?;
        writeln!(f, "  found:    {found:?}")
    }
}

/// The name of the output path of a step.
pub fn path(step: &Step) -> &'static str {
    match step {
        Step::Ask(_, query) => query.path(),
        Step::Do(_) => "write",
    }
}

/// What the oracle says of a script.
struct Expected {
    outcomes: Vec<Outcome>,
    ever: BTreeMap<Viewer, Readable>,
    at_end: BTreeMap<Viewer, Readable>,
}

/// What a viewer can read: ordinals of contributions and of refused inputs.
#[derive(Debug, Clone, Default)]
struct Readable {
    contributions: BTreeSet<usize>,
    refused: BTreeSet<usize>,
}

impl Readable {
    fn of(oracle: &Oracle, viewer: &Viewer) -> Self {
        Self { contributions: oracle.readable_now(viewer), refused: oracle.refused_now(viewer) }
    }

    fn extend(&mut self, more: Self) {
        self.contributions.extend(more.contributions);
        self.refused.extend(more.refused);
    }
}

/// Runs a script on the engine and the oracle, then, for these viewers, without what they cannot read.
///
/// # Errors
/// The first answer that differs.
pub fn check(
    script: &Script,
    make: Make<'_>,
    viewers: &[Viewer],
    tally: &mut Tally,
) -> Result<(), Box<Difference>> {
    let steps: Vec<Step> = script.steps.iter().chain(&script.battery).cloned().collect();
    let expected = expect(&steps, tally);
    let found = run(make().as_mut(), &steps);
    compare(script.seed, Against::Oracle, &steps, &expected.outcomes, &found, |_| true)?;
    for viewer in viewers {
        let ever = expected.ever.get(viewer).cloned().unwrap_or_default();
        pruned(script.seed, Against::NeverReadable, &steps, &found, viewer, &ever, make)?;
        let at_end = expected.at_end.get(viewer).cloned().unwrap_or_default();
        // What was asked on the way saw more: only the last questions are asked of the smaller store.
        let last: Vec<Step> =
            steps.iter().enumerate().map(|(at, step)| silence(at, step, script.steps.len())).collect();
        pruned(script.seed, Against::NotReadableNow, &last, &found, viewer, &at_end, make)?;
    }
    Ok(())
}

/// A step that asks nothing, where the question came before `last`.
fn silence(at: usize, step: &Step, last: usize) -> Step {
    match step {
        Step::Ask(..) if at < last => nothing(),
        _ => step.clone(),
    }
}

fn nothing() -> Step {
    Step::Do(Op::Contribute(Vec::new()))
}

fn expect(steps: &[Step], tally: &mut Tally) -> Expected {
    let mut oracle = Oracle::new();
    let mut expected = Expected { outcomes: Vec::new(), ever: BTreeMap::new(), at_end: BTreeMap::new() };
    for step in steps {
        match step {
            Step::Do(op) => {
                if let Op::Contribute(batch) = op {
                    let blind = batch.iter().filter_map(|one| oracle.writes_blind(one));
                    blind.for_each(|blind| tally.count("write", blind));
                }
                expected.outcomes.push(Outcome::Written(oracle.act(op)));
            }
            Step::Ask(viewer, query) => {
                let answer = oracle.ask(viewer, query);
                tally.count(query.path(), oracle.last_hidden_beside());
                expected.outcomes.push(Outcome::Answered(answer));
                let readable = Readable::of(&oracle, viewer);
                expected.ever.entry(viewer.clone()).or_default().extend(readable.clone());
                expected.at_end.insert(viewer.clone(), readable);
            }
        }
    }
    expected
}

/// Runs the script without what a viewer cannot read, and compares what it is told.
fn pruned(
    seed: u64,
    against: Against,
    steps: &[Step],
    full: &[Outcome],
    viewer: &Viewer,
    readable: &Readable,
    make: Make<'_>,
) -> Result<(), Box<Difference>> {
    let (given, refused) = totals(steps);
    let hidden: BTreeSet<usize> = (0..given).filter(|at| !readable.contributions.contains(at)).collect();
    let waste: BTreeSet<usize> = (0..refused).filter(|at| !readable.refused.contains(at)).collect();
    let mine = |step: &Step| matches!(step, Step::Ask(asks, _) if asks == viewer);
    let kept: Vec<Step> = without(steps, &hidden, &waste)
        .into_iter()
        .map(|step| if matches!(step, Step::Ask(..)) && !mine(&step) { nothing() } else { step })
        .collect();
    let found = run(make().as_mut(), &kept);
    let expected = outcomes_without(steps, full, &hidden);
    // What a writer is told about what remains must not hang on what was hidden either.
    compare(seed, against, &kept, &expected, &found, |step| mine(step) || matches!(step, Step::Do(_)))
}

/// The outcomes without those of the contributions of these ordinals.
fn outcomes_without(steps: &[Step], outcomes: &[Outcome], hidden: &BTreeSet<usize>) -> Vec<Outcome> {
    let mut given = 0;
    let mut kept = Vec::with_capacity(outcomes.len());
    for (step, outcome) in steps.iter().zip(outcomes) {
        let (Step::Do(Op::Contribute(batch)), Outcome::Written(written)) = (step, outcome) else {
            kept.push(outcome.clone());
            continue;
        };
        let ordinals = given..given + batch.len();
        given += batch.len();
        let remaining = written.iter().zip(ordinals).filter(|(_, ordinal)| !hidden.contains(ordinal));
        kept.push(Outcome::Written(remaining.map(|(written, _)| *written).collect()));
    }
    kept
}

/// How many contributions and refused inputs a script gives.
fn totals(steps: &[Step]) -> (usize, usize) {
    let mut totals = (0, 0);
    for step in steps {
        match step {
            Step::Do(Op::Contribute(batch)) => totals.0 += batch.len(),
            Step::Do(Op::Refuse { .. }) => totals.1 += 1,
            _ => {}
        }
    }
    totals
}

fn compare(
    seed: u64,
    against: Against,
    steps: &[Step],
    expected: &[Outcome],
    found: &[Outcome],
    counts: impl Fn(&Step) -> bool,
) -> Result<(), Box<Difference>> {
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| counts(step)) {
        let silenced = matches!((step, &expected[at]), (Step::Do(_), Outcome::Answered(_)));
        if !silenced && expected[at] != found[at] {
            let (expected, found) = (expected[at].clone(), found[at].clone());
            return Err(Box::new(Difference { seed, against, at, step: step.clone(), expected, found }));
        }
    }
    Ok(())
}
