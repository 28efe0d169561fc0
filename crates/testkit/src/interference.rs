//! Non-interference (law 2) as a test over any driver: every answer is the oracle's, and every answer is that of a
//! store from which all that the viewer may not read was removed beforehand.

mod shrink;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::generate::Script;
use crate::oracle::Oracle;
use crate::script::{Driver, Field, Gone, Op, Outcome, Step, Viewer, run, without};

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
    oracle: Oracle,
    outcomes: Vec<Outcome>,
    ever: BTreeMap<Viewer, Readable>,
    at_end: BTreeMap<Viewer, Readable>,
}

/// What a viewer can read: ordinals of contributions and of refused inputs.
#[derive(Debug, Clone, Default)]
struct Readable {
    contributions: BTreeSet<usize>,
    refused: BTreeSet<usize>,
    /// Marked fields, with the ordinals of their contributions.
    fields: BTreeSet<(usize, Field)>,
}

impl Readable {
    fn of(oracle: &Oracle, viewer: &Viewer) -> Self {
        Self {
            contributions: oracle.readable_now(viewer),
            refused: oracle.refused_now(viewer),
            fields: oracle.fields_now(viewer),
        }
    }

    fn extend(&mut self, more: Self) {
        self.contributions.extend(more.contributions);
        self.refused.extend(more.refused);
        self.fields.extend(more.fields);
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
    let compared = compare(script.seed, Against::Oracle, &steps, &expected.outcomes, &found, |_| true)?;
    tally.compared(compared);
    for viewer in viewers {
        let ever = expected.ever.get(viewer).cloned().unwrap_or_default();
        let ever = Unreadable::of(&steps, &expected.oracle, &ever);
        tally.compared(pruned(script.seed, Against::NeverReadable, &steps, &found, viewer, &ever, make)?);
        let at_end = expected.at_end.get(viewer).cloned().unwrap_or_default();
        // What was asked on the way saw more: only the last questions are asked of the smaller store.
        let last: Vec<Step> =
            steps.iter().enumerate().map(|(at, step)| silence(at, step, script.steps.len())).collect();
        let at_end = Unreadable::of(&steps, &expected.oracle, &at_end);
        tally.compared(pruned(script.seed, Against::NotReadableNow, &last, &found, viewer, &at_end, make)?);
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
    let oracle = Oracle::new();
    let (ever, at_end) = (BTreeMap::new(), BTreeMap::new());
    let mut expected = Expected { oracle, outcomes: Vec::new(), ever, at_end };
    for step in steps {
        match step {
            Step::Do(op) => {
                if let Op::Contribute(batch) = op {
                    let blind = batch.iter().filter_map(|one| expected.oracle.writes_blind(one));
                    blind.for_each(|blind| tally.count("write", blind));
                }
                let written = expected.oracle.act(op);
                expected.outcomes.push(Outcome::Written(written));
            }
            Step::Ask(viewer, query) => {
                let answer = expected.oracle.ask(viewer, query);
                tally.count(query.path(), expected.oracle.last_hidden_beside());
                expected.outcomes.push(Outcome::Answered(answer));
                let readable = Readable::of(&expected.oracle, viewer);
                expected.ever.entry(viewer.clone()).or_default().extend(readable.clone());
                expected.at_end.insert(viewer.clone(), readable);
            }
        }
    }
    expected
}

/// What is taken from a script.
struct Unreadable {
    contributions: BTreeSet<usize>,
    fields: Gone,
    refused: BTreeSet<usize>,
}

impl Unreadable {
    fn of(steps: &[Step], oracle: &Oracle, readable: &Readable) -> Self {
        let (given, refused) = totals(steps);
        Self {
            contributions: (0..given).filter(|at| !readable.contributions.contains(at)).collect(),
            fields: oracle.fields_but(&readable.fields),
            refused: (0..refused).filter(|at| !readable.refused.contains(at)).collect(),
        }
    }
}

/// Runs the script without what a viewer cannot read, and compares what it is told.
fn pruned(
    seed: u64,
    against: Against,
    steps: &[Step],
    full: &[Outcome],
    viewer: &Viewer,
    unreadable: &Unreadable,
    make: Make<'_>,
) -> Result<u64, Box<Difference>> {
    let Unreadable { contributions, fields, refused } = unreadable;
    let mine = |step: &Step| matches!(step, Step::Ask(asks, _) if asks == viewer);
    let kept: Vec<Step> = without(steps, contributions, fields, refused)
        .into_iter()
        .map(|step| if matches!(step, Step::Ask(..)) && !mine(&step) { nothing() } else { step })
        .collect();
    let found = outcomes_without(steps, &run(make().as_mut(), &kept), |ordinal| {
        (!contributions.contains(&ordinal)).then(|| !fields.contains_key(&ordinal))
    });
    let expected = outcomes_without(steps, full, |ordinal| {
        Some(!contributions.contains(&ordinal) && !fields.contains_key(&ordinal))
    });
    // What a writer is told about what remains must not hang on what was hidden either.
    compare(seed, against, &kept, &expected, &found, |step| mine(step) || matches!(step, Step::Do(_)))
}

/// The outcomes of those contributions of a script that count. Of an ordinal it is said whether its outcome does; nothing
/// where there is none, since it was not given.
///
/// Who gives something with fields that he cannot read himself has given all of it: what he is told of it is not what
/// he would be told of the rest.
fn outcomes_without(
    steps: &[Step],
    outcomes: &[Outcome],
    counts: impl Fn(usize) -> Option<bool>,
) -> Vec<Outcome> {
    let mut given = 0;
    let mut kept = Vec::with_capacity(outcomes.len());
    for (step, outcome) in steps.iter().zip(outcomes) {
        let (Step::Do(Op::Contribute(batch)), Outcome::Written(written)) = (step, outcome) else {
            kept.push(outcome.clone());
            continue;
        };
        let counted: Vec<bool> = (given..given + batch.len()).filter_map(&counts).collect();
        given += batch.len();
        let remaining = written.iter().zip(counted).filter(|(_, counts)| *counts);
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

/// Compares the outcomes of the steps that count: how many there were to compare.
fn compare(
    seed: u64,
    against: Against,
    steps: &[Step],
    expected: &[Outcome],
    found: &[Outcome],
    counts: impl Fn(&Step) -> bool,
) -> Result<u64, Box<Difference>> {
    let mut compared = 0;
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| counts(step)) {
        let silenced = matches!((step, &expected[at]), (Step::Do(_), Outcome::Answered(_)));
        if silenced {
            continue;
        }
        if expected[at] != found[at] {
            let (expected, found) = (expected[at].clone(), found[at].clone());
            return Err(Box::new(Difference { seed, against, at, step: step.clone(), expected, found }));
        }
        // What tells its doer nothing is no case.
        let says_nothing = matches!(&found[at], Outcome::Written(written) if written.is_empty());
        compared += u64::from(!says_nothing);
    }
    Ok(compared)
}
