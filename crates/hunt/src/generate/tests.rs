use std::collections::BTreeSet;

use kizuna_stix::observable::Observable;

use super::*;
use crate::index::{Builder, Context, Index};
use crate::scan::{Prose, Scanner};

fn index(generator: &Generator, count: u64) -> Index {
    let mut builder = Builder::new();
    for number in 0..count {
        let (kind, value) = generator.indicator(number);
        builder.add(kind, &value, Context::default()).unwrap();
    }
    builder.build()
}

#[test]
fn indicators_are_in_normal_form_and_differ() {
    let generator = Generator::new(Plan::default());
    let mut seen = BTreeSet::new();
    for number in 0..20_000 {
        let (kind, value) = generator.indicator(number);
        let normal = Observable::new(kind, &value).map(|observable| observable.value);
        assert_eq!(normal.as_ref(), Some(&value), "{kind} {value}");
        assert!(seen.insert((kind, value)));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let make = || {
        let mut out = Vec::new();
        Generator::new(Plan { style: Style::Mixed, ..Plan::default() })
            .write_logs(100_000, &mut out, &mut |_| ())
            .unwrap();
        out
    };
    assert_eq!(make(), make());
}

/// Recall and precision on planted hits of every form, with as many decoys: all, and nothing else.
#[test]
fn every_planted_hit_is_found_and_nothing_else() {
    for (seed, style) in [(1, Style::Json), (2, Style::Tsv), (3, Style::Text), (4, Style::Mixed)] {
        let plan = Plan { seed, indicators: 5_000, style, hits: 400_000, decoys: 400_000 };
        let mut generator = Generator::new(plan);
        let index = index(&generator, plan.indicators);
        let mut logs = Vec::new();
        let mut truth = BTreeSet::new();
        let mut forms = std::collections::BTreeMap::new();
        generator
            .write_logs(3_000_000, &mut logs, &mut |planted| {
                forms.insert((planted.line, planted.value.clone()), planted.form);
                truth.insert((planted.line, planted.value));
            })
            .unwrap();
        let mut hits = Vec::new();
        Scanner::new(&index, Prose::Logs).scan(&logs, &mut hits);
        let found: BTreeSet<(u64, String)> =
            hits.iter().map(|hit| (u64::from(hit.line) + 1, index.given(hit.entry).to_owned())).collect();
        let lines: Vec<&str> = std::str::from_utf8(&logs).unwrap().lines().collect();
        let show = |(line, value): &(u64, String)| {
            format!("{value} {:?}: {}", forms.get(&(*line, value.clone())), lines[*line as usize - 1])
        };
        let missed: Vec<String> = truth.difference(&found).take(10).map(show).collect();
        let wrong: Vec<String> = found.difference(&truth).take(10).map(show).collect();
        assert!(
            missed.is_empty(),
            "{style:?} missed {}:\n{}",
            truth.difference(&found).count(),
            missed.join("\n")
        );
        assert!(
            wrong.is_empty(),
            "{style:?} wrong {}:\n{}",
            found.difference(&truth).count(),
            wrong.join("\n")
        );
    }
}
