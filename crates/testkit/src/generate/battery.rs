//! Every question to every viewer.

use std::collections::BTreeMap;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::{NUMBERS, WORDS, World};
use crate::script::{Holds, Party, Query, Search, Selection, Start, Step, Versions, Viewer};

/// A random question that hangs on nothing asked before.
pub fn question(random: &mut StdRng, world: &World) -> Query {
    let mut questions = questions(random, world, None);
    let chosen = random.random_range(0..questions.len());
    questions.swap_remove(chosen)
}

/// Every question to every viewer; which objects, words and filters is random.
pub fn battery(random: &mut StdRng, world: &World, viewers: &[Viewer]) -> Vec<Step> {
    let mut steps = Vec::new();
    for viewer in viewers {
        let asked =
            questions(random, world, Some(viewer)).into_iter().map(|query| Step::Ask(viewer.clone(), query));
        steps.extend(asked);
    }
    steps
}

/// One question per output path. Most who may not read the audit do not ask for it.
fn questions(random: &mut StdRng, world: &World, viewer: Option<&Viewer>) -> Vec<Query> {
    let mut questions = all_questions(random, world);
    let audits = viewer.is_some_and(|viewer| world.is_auditor(&viewer.person));
    if !audits && random.random_bool(0.9) {
        questions.retain(|query| !matches!(query, Query::Audit { .. }));
    }
    questions
}

fn all_questions(random: &mut StdRng, world: &World) -> Vec<Query> {
    let busy = busiest(world);
    let any = |random: &mut StdRng| {
        if random.random_bool(0.8) {
            busy.choose(random).copied().unwrap_or(0)
        } else {
            random.random_range(0..NUMBERS + 2)
        }
    };
    let first = |selection: Selection, limit: usize| Query::Page { selection, start: Start::First, limit };
    let of = |versions: Versions| Selection { versions, ..Selection::default() };
    let several = |random: &mut StdRng| Versions::Any {
        latest: random.random_bool(0.3),
        first: random.random_bool(0.5),
        at: vec![-100, -300],
    };
    let party = match random.random_range(0..4) {
        0 => Party::Member("jp-cert".to_owned()),
        1 => Party::Community("ring".to_owned()),
        _ => Party::Community("quad".to_owned()),
    };
    let kinds = vec![
        ["indicator", "malware", "report", "domain-name", "network-traffic"]
            .choose(random)
            .map_or("", |k| k)
            .to_owned(),
    ];
    let words: Vec<String> = WORDS.choose(random).map(|word| (*word).to_owned()).into_iter().collect();
    let filtered = Selection {
        objects: (0..3).map(|_| any(random)).collect(),
        kinds: if random.random_bool(0.3) { kinds.clone() } else { Vec::new() },
        versions: several(random),
        ..Selection::default()
    };
    let of_kinds = Selection { kinds: kinds.clone(), versions: of_any(random), ..Selection::default() };
    let text = Search { words, ..Search::default() };
    let value = Search { value_of: Some(any(random)), ..Search::default() };
    let refers = Search { refers_to: Some(any(random)), ..Search::default() };
    let typed = Search { kinds, ..Search::default() };
    let counted = match random.random_range(0..4) {
        0 => text.clone(),
        1 => value.clone(),
        2 => refers.clone(),
        _ => typed.clone(),
    };
    let search = |search: Search| Query::Search { search, limit: 2 };
    let cap = *[1, 3, 100].choose(random).unwrap_or(&1);
    let (limit, short) = (random.random_range(1..20), random.random_range(1..6));
    vec![
        first(of(Versions::Latest), limit),
        first(of(Versions::All), 100),
        first(of(Versions::First), short),
        first(filtered, limit),
        first(of_kinds, limit),
        first(of(several(random)), limit),
        first(
            Selection { holds: Holds::Naming(party), versions: Versions::Latest, ..Selection::default() },
            limit,
        ),
        first(Selection { own: true, versions: Versions::All, ..Selection::default() }, limit),
        Query::Object(any(random)),
        Query::Versions(any(random)),
        Query::Claims(any(random)),
        search(text),
        search(value),
        search(refers),
        search(typed),
        Query::Count { search: counted, cap },
        Query::Quarantine { limit: short },
        Query::Audit { limit: 20 },
    ]
}

fn of_any(random: &mut StdRng) -> Versions {
    if random.random_bool(0.5) { Versions::Latest } else { Versions::All }
}

/// The objects with the most contributions: there hides most beside what shows.
fn busiest(world: &World) -> Vec<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for given in &world.given {
        *counts.entry(given.content.object).or_default() += 1;
    }
    let mut objects: Vec<u32> = counts.keys().copied().collect();
    objects.sort_by_key(|object| std::cmp::Reverse(counts[object]));
    objects.truncate(5);
    objects
}
