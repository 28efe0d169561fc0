//! Random scripts: a node with members of three nations, two communities and a dozen viewers; then a sequence of
//! writes, changes of rights and reads; then every question to every viewer.
//!
//! Deterministic: equal seed, equal script. Biased so that most questions meet something hidden beside something
//! readable: few objects, many labels, several sources for each object.

mod battery;
mod labels;
mod marks;
mod policies;
mod world;

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::script::{
    Content, Contribution, Label, Name, Op, Query, Selection, Start, Step, Versions, Viewer,
};
use crate::stix;

pub use battery::battery;
pub use labels::label;
pub use world::{MEMBERS, World};

/// The channel of what waits in some of its fields only.
pub const AWAITED: &str = "peer:south";

/// Words that descriptions are made of.
pub const WORDS: [&str; 6] = ["harbour", "lantern", "granite", "攻撃", "winter", "relay"];

/// A usual number of random steps in a script, before the last questions.
pub const LENGTH: usize = 70;

/// Numbers of objects in use: few, so that contributions meet.
pub const NUMBERS: u32 = 11;

/// A random script.
#[derive(Debug, Clone)]
pub struct Script {
    pub seed: u64,
    /// Everything up to the last questions.
    pub steps: Vec<Step>,
    /// The last questions, which change nothing and hang on nothing asked before.
    pub battery: Vec<Step>,
    pub viewers: Vec<Viewer>,
}

impl Script {
    /// Two of its viewers, others in each script: for whom a store is also run without what they cannot read.
    pub fn two_viewers(&self) -> Vec<Viewer> {
        let count = self.viewers.len() as u64;
        let chosen = [self.seed % count, (self.seed / 2 + 3) % count];
        chosen.into_iter().filter_map(|at| self.viewers.get(usize::try_from(at).ok()?).cloned()).collect()
    }
}

/// The script of a seed with about so many random steps.
pub fn script(seed: u64, length: usize) -> Script {
    let mut random = StdRng::seed_from_u64(seed);
    let mut world = World::found(&mut random);
    let mut steps = world.opening();
    for _ in 0..length {
        steps.extend(step(&mut random, &mut world));
    }
    for _ in 0..3 {
        steps.push(refuse(&mut random, &world));
        steps.extend([audit(&mut random), audit(&mut random)]);
    }
    let viewers = world.viewers();
    let battery = battery(&mut random, &world, &viewers);
    Script { seed, steps, battery, viewers }
}

/// The script of a seed in which, after each operation, one of two viewers asks every question there is.
pub fn questioned(seed: u64, length: usize) -> Script {
    let mut random = StdRng::seed_from_u64(seed);
    let mut world = World::found(&mut random);
    let mut steps = world.opening();
    // These are there from the beginning; those who come later ask in scripts of the other kind.
    let count = world.viewers().len();
    let chosen = [seed, seed / 2 + 3].map(|number| usize::try_from(number).unwrap_or_default() % count);
    let viewers: Vec<Viewer> = chosen.iter().map(|at| world.viewers()[*at].clone()).collect();
    for _ in 0..length {
        let Some(step) = step(&mut random, &mut world) else { continue };
        let does = matches!(step, Step::Do(_));
        steps.push(step);
        if does && let Some(viewer) = viewers.choose(&mut random) {
            steps.extend(battery(&mut random, &world, std::slice::from_ref(viewer)));
        }
    }
    let battery = battery(&mut random, &world, &viewers);
    Script { seed, steps, battery, viewers }
}

/// A random step, where the one that came up is allowed.
fn step(random: &mut StdRng, world: &mut World) -> Option<Step> {
    match random.random_range(0..100) {
        0..46 => contribute(random, world),
        46..68 => ask(random, world),
        68..72 => narrow(random, world),
        72..76 => Some(refuse(random, world)),
        76..78 => Some(audit(random)),
        78..81 => Some(settle(random)),
        81..87 => Some(advance(random, world)),
        _ => world.change(random).map(Step::Do),
    }
}

fn advance(random: &mut StdRng, world: &mut World) -> Step {
    let seconds = random.random_range(1..15);
    world.now += seconds;
    Step::Do(Op::Advance { seconds })
}

fn settle(random: &mut StdRng) -> Step {
    let source = member(random);
    let mut label = label(random, &source);
    // Two levels of another policy, the object's and the marking's, are not told as one.
    label.asks.retain(|policy, _| policy == "EXERCISE");
    let label = labels::without_joining(&label);
    Step::Do(Op::Settle { source, label })
}

fn refuse(random: &mut StdRng, world: &World) -> Step {
    let source = member(random);
    let by = world.writer(&source).filter(|_| random.random_bool(0.7));
    let text = format!("{{\"type\": {}", random.random_range(0..1000));
    Step::Do(Op::Refuse { source, by, channel: "inbox".to_owned(), text })
}

fn audit(random: &mut StdRng) -> Step {
    let object = random.random_bool(0.7).then(|| random.random_range(0..NUMBERS));
    Step::Do(Op::Audit { action: "exercise.looked".to_owned(), object })
}

fn narrow(random: &mut StdRng, world: &mut World) -> Option<Step> {
    let given = world.given.choose(random)?.clone();
    let version =
        (stix::versioned(given.content.object) && random.random_bool(0.4)).then_some(given.content.modified);
    let (source, object) = (given.source, given.content.object);
    if random.random_bool(0.25) {
        return Some(Step::Do(Op::Erase { source, object, version }));
    }
    Some(Step::Do(Op::Narrow { source, object, version }))
}

fn contribute(random: &mut StdRng, world: &mut World) -> Option<Step> {
    let count = *[1, 1, 1, 2, 3].choose(random)?;
    let batch: Vec<Contribution> = (0..count).map(|_| contribution(random, world)).collect();
    world.given.extend(batch.iter().cloned());
    Some(Step::Do(Op::Contribute(batch)))
}

/// One contribution: sometimes one that was given before, through the same or another channel or by another source.
pub fn contribution(random: &mut StdRng, world: &World) -> Contribution {
    if let Some(given) = world.given.choose(random).filter(|_| random.random_bool(0.15)) {
        return again(random, given);
    }
    let object = random.random_range(0..NUMBERS);
    let versioned = stix::versioned(object);
    let creator = world.creator(object).map(str::to_owned);
    let creator_gives = creator.as_deref().filter(|name| MEMBERS.iter().any(|(member, _)| member == name));
    let source = match creator_gives {
        Some(creator) if random.random_bool(0.6) => creator.to_owned(),
        _ => member(random),
    };
    let created_by = if random.random_bool(0.08) { Some(member(random)) } else { creator };
    let refs: BTreeSet<u32> =
        (0..random.random_range(0..4)).map(|_| random.random_range(0..NUMBERS)).collect();
    let words: BTreeSet<&str> =
        (0..random.random_range(0..3)).filter_map(|_| WORDS.choose(random)).copied().collect();
    let variant = random.random_range(0..3);
    // Without `modified` the bytes are the version: let the variant say them all.
    let refs = if versioned { refs } else { (1..=variant).map(|next| (object + next) % NUMBERS).collect() };
    let content = Content {
        object,
        modified: if versioned { -100 * random.random_range(1..5) } else { 0 },
        variant,
        created_by: created_by.filter(|_| versioned),
        refs: refs.into_iter().filter(|target| *target != object).collect(),
        words: if versioned { words.into_iter().map(str::to_owned).collect() } else { Vec::new() },
        revoked: revocable(object) && random.random_bool(0.15),
        tags: if versioned { tags(random) } else { Vec::new() },
        ..Content::default()
    };
    let authored = content.created_by.as_deref() == Some(source.as_str());
    // What waits for a marking is its source's own until then.
    let waits = random.random_bool(0.06);
    let label = if waits { Label::own(&source) } else { label(random, &source) };
    let mut waits_in_part = false;
    let (content, label) = if waits {
        let (content, of_the_rest) = marks::awaited(random, content, &source);
        waits_in_part = of_the_rest.is_some();
        (content, of_the_rest.unwrap_or(label))
    } else {
        (marks::marked(random, content, &source), label)
    };
    let given = Contribution {
        by: world.writer(&source),
        label,
        waits,
        channel: if waits_in_part { AWAITED.to_owned() } else { channel(random) },
        reliability: random.random_bool(0.2).then_some('B'),
        authored,
        content,
        source,
    };
    without_joining(given, waits_in_part)
}

/// Whether an object may be revoked.
fn revocable(object: u32) -> bool {
    stix::versioned(object) && object.is_multiple_of(2)
}

/// Nothing that opens from joining on, where the node writes something of its own later (the stub of a revocation, what
/// a marking explains): that counts as given then, see what is left in docs/ACCESS.md.
fn without_joining(mut given: Contribution, waits_in_part: bool) -> Contribution {
    if revocable(given.content.object) || waits_in_part {
        given.label = labels::without_joining(&given.label);
        for mark in &mut given.content.marks {
            mark.asks = labels::without_joining(&mark.asks);
        }
    }
    given
}

fn tags(random: &mut StdRng) -> Vec<String> {
    let count = *[0, 0, 1, 2, 3].choose(random).unwrap_or(&0);
    WORDS.choose_multiple(random, count).map(|word| (*word).to_owned()).collect()
}

fn again(random: &mut StdRng, given: &Contribution) -> Contribution {
    let mut again = given.clone();
    match random.random_range(0..3) {
        0 => {}
        1 => {
            if again.channel != AWAITED {
                again.channel = channel(random);
            }
        }
        _ => {
            again.source = member(random);
            again.waits = false;
            again.by = None;
            again.authored = again.content.created_by.as_deref() == Some(again.source.as_str());
            again.label = label(random, &again.source);
        }
    }
    let waits_in_part = again.channel == AWAITED;
    without_joining(again, waits_in_part)
}

fn channel(random: &mut StdRng) -> String {
    let channels = ["inbox", "command", "peer:north"];
    (*channels.choose(random).unwrap_or(&"inbox")).to_owned()
}

pub(crate) fn member(random: &mut StdRng) -> Name {
    MEMBERS.choose(random).map_or("jp-cert", |(name, _)| name).to_owned()
}

fn ask(random: &mut StdRng, world: &World) -> Option<Step> {
    let viewers = world.viewers();
    let viewer = viewers.choose(random)?.clone();
    // Mostly the same few walks, so that operations lie between their pages.
    let walk = random.random_range(0..2);
    let query = match random.random_range(0..10) {
        0..4 => page(Start::Walk(walk), walk, random.random_range(1..4)),
        4..6 => page(Start::Date(walk), walk, random.random_range(1..4)),
        _ => battery::question(random, world),
    };
    Some(Step::Ask(viewer, query))
}

/// The page of a walk. A walk keeps its selection, as a cursor does.
pub fn page(start: Start, walk: u32, limit: usize) -> Query {
    let versions = if walk == 0 { Versions::Latest } else { Versions::All };
    Query::Page { selection: Selection { versions, ..Selection::default() }, start, limit }
}
