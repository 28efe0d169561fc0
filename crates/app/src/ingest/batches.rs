//! Handing a plan to the writer in batches.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kizuna_store::{Contribution, Outcome, Quarantined, Writer};

use super::ItemOutcome;
use super::own::Lead;
use super::plan::Plan;
use super::tally::{Item, Tally};
use crate::AppError;

/// Contributions in one call of the writer.
const BATCH: usize = 1_000;
/// Batches in the making at once: one is prepared while the other is written.
const HANDS: usize = 2;

type Progress<'a> = Option<&'a (dyn Fn(usize, usize) + Sync)>;

/// Stores a plan; all of it is durable on return. What fits into one batch is stored all or nothing.
pub fn store(
    mut plan: Plan,
    writer: &Writer,
    tally: &mut Tally,
    progress: Progress<'_>,
) -> Result<(), AppError> {
    let total = plan.main.len() + plan.refused.len();
    let tell = |done: usize| {
        if let Some(progress) = progress {
            progress(done, total);
        }
    };
    let items: Vec<Item> = plan.main.iter().map(|(place, contribution)| item(*place, contribution)).collect();
    let refused: Vec<Item> = plan.refused.iter().map(|(place, input)| refusal(*place, input)).collect();
    let quarantined: Vec<Quarantined> = plan.refused.into_iter().map(|(_, input)| input).collect();
    let main: Vec<Contribution> = plan.main.into_iter().map(|(_, contribution)| contribution).collect();

    let said = plan.lead.take_said();
    let lead = plan.lead.contributions;
    let outcomes = if lead.len() + main.len() <= BATCH {
        one_batch(lead, main, quarantined, writer)?
    } else {
        in_order(lead, quarantined, writer)?;
        many_batches(main, writer, &tell)?
    };
    Lead::remember(&said, writer)?;
    for (item, outcome) in items.into_iter().zip(outcomes) {
        tally.add(item, reported(outcome));
    }
    for item in refused {
        tally.add(item, ItemOutcome::Quarantined);
    }
    tell(total);
    Ok(())
}

/// What a plan would do, as far as that can be told without doing it.
pub fn pretend(plan: &Plan, tally: &mut Tally) {
    for (place, contribution) in &plan.main {
        tally.add(item(*place, contribution), ItemOutcome::Stored);
    }
    for (place, input) in &plan.refused {
        tally.add(refusal(*place, input), ItemOutcome::Quarantined);
    }
}

fn item(place: usize, contribution: &Contribution) -> Item {
    let object = &contribution.object;
    Item {
        place,
        id: Some(object.id().to_string()),
        version: object.modified(),
        faults: object.warnings().to_vec(),
    }
}

fn refusal(place: usize, input: &Quarantined) -> Item {
    Item { place, id: input.id.clone(), version: None, faults: input.faults.clone() }
}

fn reported(outcome: Outcome) -> ItemOutcome {
    match outcome {
        Outcome::Stored => ItemOutcome::Stored,
        Outcome::Duplicate => ItemOutcome::Duplicate,
    }
}

fn one_batch(
    lead: Vec<Contribution>,
    main: Vec<Contribution>,
    quarantined: Vec<Quarantined>,
    writer: &Writer,
) -> Result<Vec<Outcome>, AppError> {
    let first = lead.len();
    let mut all = lead;
    all.extend(main);
    if all.is_empty() && quarantined.is_empty() {
        return Ok(Vec::new());
    }
    Ok(writer.contribute(all, quarantined)?.split_off(first))
}

/// The lead and what is refused, before anything that needs them.
fn in_order(lead: Vec<Contribution>, quarantined: Vec<Quarantined>, writer: &Writer) -> Result<(), AppError> {
    let mut lead = lead.into_iter().peekable();
    while lead.peek().is_some() {
        writer.contribute(lead.by_ref().take(BATCH).collect(), Vec::new())?;
    }
    let mut quarantined = quarantined.into_iter().peekable();
    while quarantined.peek().is_some() {
        writer.contribute(Vec::new(), quarantined.by_ref().take(BATCH).collect())?;
    }
    Ok(())
}

/// Two hands take batch after batch; the writer's group commit lets them share a sync.
fn many_batches(
    main: Vec<Contribution>,
    writer: &Writer,
    tell: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Outcome>, AppError> {
    let total = main.len();
    let mut left = main.into_iter();
    let batches: Vec<Vec<Contribution>> = std::iter::from_fn(|| {
        Some(left.by_ref().take(BATCH).collect()).filter(|batch: &Vec<_>| !batch.is_empty())
    })
    .collect();
    let open = Mutex::new(batches.into_iter().enumerate());
    let done = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Vec<Outcome>)>> = Mutex::new(Vec::new());
    let lost = || AppError::Internal("a batch was given up half-way".to_owned());
    let work = || -> Result<(), AppError> {
        loop {
            let next = open.lock().map_err(|_| lost())?.next();
            let Some((number, batch)) = next else { return Ok(()) };
            let size = batch.len();
            let outcomes = writer.contribute(batch, Vec::new())?;
            results.lock().map_err(|_| lost())?.push((number, outcomes));
            tell(done.fetch_add(size, Ordering::Relaxed) + size);
        }
    };
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(work)).collect();
        hands.into_iter().try_for_each(|hand| hand.join().map_err(|_| lost())?)
    })?;
    let mut results = results.into_inner().map_err(|_| lost())?;
    results.sort_by_key(|(number, _)| *number);
    let outcomes: Vec<Outcome> = results.into_iter().flat_map(|(_, outcomes)| outcomes).collect();
    if outcomes.len() != total {
        return Err(lost());
    }
    Ok(outcomes)
}
