#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use super::*;
use crate::story::{Story, indicator, to_all, to_own};

/// Every row of every segment in the order of the walk, by one way.
fn walk(
    view: &View,
    admit: &Admit,
    order: Order,
    lookups: &[Lookup],
    way: impl Fn(&mut Candidates<'_>),
) -> Vec<Seq> {
    let mut found = Vec::new();
    for segment in 0..view.timeline().segments() {
        let mut rows = Candidates::new(view, admit, segment, 0..Seq::MAX, order, lookups, 0);
        way(&mut rows);
        loop {
            let chunk = rows.next_rows(7).unwrap();
            if chunk.is_empty() {
                break;
            }
            found.extend(chunk.iter().map(|row| row.seq));
        }
    }
    found
}

fn scanned(rows: &mut Candidates<'_>) {
    rows.way = Way::Scan;
}

fn merged(rows: &mut Candidates<'_>) {
    let (parts, _) = rows.view.readable_parts(rows.admit, rows.segment, &rows.range);
    rows.way = Way::Merge(Merge::new(parts));
}

/// A store of `labels.len()` contributions, with a right that `bravo` gains in the middle.
fn told(labels: &[u8]) -> Story {
    let story = Story::cast();
    story.community("circle");
    for (number, label) in labels.iter().enumerate() {
        if number == labels.len() / 2 {
            story.join("circle", "bravo");
        }
        let label = match label % 4 {
            0 => to_all(),
            1 => to_own("alpha"),
            2 => to_own("bravo"),
            _ => Story::to_community("circle"),
        };
        let word = ["red", "green"][number % 2];
        story.give("alpha", indicator("alpha", number as u64, 1, word), label);
    }
    story
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_way_never_changes_what_comes_out(labels in proptest::collection::vec(0_u8..4, 1..60)) {
        let story = told(&labels);
        for who in ["alpha", "bravo"] {
            let view = story.view(who);
            let admit = Admit::everything(&view);
            for order in [Order::Oldest, Order::Newest] {
                let by_scan = walk(&view, &admit, order, &[], scanned);
                prop_assert_eq!(&walk(&view, &admit, order, &[], merged), &by_scan);
                let green = [Lookup::Text(vec!["green".into()])];
                let led = walk(&view, &admit, order, &green, |_| ());
                prop_assert_eq!(&walk(&view, &admit, order, &green, merged), &led);
                prop_assert_eq!(&walk(&view, &admit, order, &green, scanned), &led);
            }
        }
    }
}
