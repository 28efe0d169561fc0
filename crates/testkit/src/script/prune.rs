//! The same script without some of what it gave.

use std::collections::BTreeSet;

use super::{Contribution, Field, Gone, Op, Step};

/// The steps without the contributions of these ordinals (counted over the whole script, from 0), without these fields
/// of others, and without the refused inputs of these ordinals. Steps keep their places: one that gave only such
/// things gives nothing.
pub fn without(
    steps: &[Step],
    contributions: &BTreeSet<usize>,
    fields: &Gone,
    refused: &BTreeSet<usize>,
) -> Vec<Step> {
    let mut given = 0;
    let mut waste = 0;
    let mut kept = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Do(Op::Contribute(batch)) => {
                let ordinals = given..given + batch.len();
                given += batch.len();
                let remaining =
                    batch.iter().zip(ordinals).filter(|(_, ordinal)| !contributions.contains(ordinal));
                let remaining = remaining.map(|(one, ordinal)| lessened(one, fields.get(&ordinal)));
                kept.push(Step::Do(Op::Contribute(remaining.collect())));
            }
            Step::Do(Op::Refuse { .. }) => {
                let dropped = refused.contains(&waste);
                waste += 1;
                kept.push(if dropped { Step::Do(Op::Contribute(Vec::new())) } else { step.clone() });
            }
            other => kept.push(other.clone()),
        }
    }
    kept
}

/// A contribution without some of its fields. Where no marked one is left, nothing waits any more.
fn lessened(given: &Contribution, gone: Option<&BTreeSet<Field>>) -> Contribution {
    let Some(gone) = gone else { return given.clone() };
    let content = given.content.without(gone);
    let waits = given.waits && (given.content.marks.is_empty() || !content.marks.is_empty());
    Contribution { content, waits, ..given.clone() }
}
