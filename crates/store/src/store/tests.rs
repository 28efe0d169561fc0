#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::query::{Item, Selection, Start};
use crate::story::{Story, indicator, name, to_all};

const CIRCLES: [&str; 6] = ["c0", "c1", "c2", "c3", "c4", "c5"];
const OBJECTS: u64 = 400;

/// What a poller remembers of an item.
fn seen(item: &Item) -> (String, Timestamp) {
    (name(item), item.added)
}

/// Reads on from the last item seen until there is nothing more.
fn poll(story: &Story, seen_so_far: &mut Vec<(String, Timestamp)>, cursor: &mut Start) {
    let view = story.view("bravo");
    loop {
        let page = view.page(&Selection::default(), *cursor, 40).unwrap();
        seen_so_far.extend(page.items.iter().map(seen));
        if let Some(last) = page.items.last() {
            *cursor = Start::After(last.position);
        }
        if page.next.is_none() {
            return;
        }
    }
}

#[test]
fn a_poller_misses_nothing_while_others_write_and_rights_are_gained() {
    let story = Story::cast();
    for circle in CIRCLES {
        story.community(circle);
    }
    let done = AtomicBool::new(false);
    let mut polled = Vec::new();
    let mut cursor = Start::First;
    std::thread::scope(|scope| {
        let writing: Vec<_> = (0..2)
            .map(|half| {
                let story = &story;
                scope.spawn(move || {
                    for number in (half..OBJECTS).step_by(2) {
                        let circle = usize::try_from(number / 2 % 8).unwrap();
                        let label =
                            CIRCLES.get(circle).map_or_else(to_all, |circle| Story::to_community(circle));
                        story.give("alpha", indicator("alpha", number, 1, &format!("n{number}")), label);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            for (index, circle) in CIRCLES.iter().enumerate() {
                std::thread::sleep(Duration::from_millis(15));
                // Some begin at once, some at an instant that passes while others write.
                let soon = story.store.now().unwrap() + SignedDuration::from_millis(5);
                story.join_from(circle, "bravo", (index % 2 == 1).then_some(soon));
            }
        });
        scope.spawn(|| {
            for thread in writing {
                thread.join().unwrap();
            }
            done.store(true, Ordering::SeqCst);
        });
        while !done.load(Ordering::SeqCst) {
            poll(&story, &mut polled, &mut cursor);
        }
    });
    std::thread::sleep(Duration::from_millis(20));
    poll(&story, &mut polled, &mut cursor);

    let (mut fresh, mut from_start) = (Vec::new(), Start::First);
    poll(&story, &mut fresh, &mut from_start);
    assert_eq!(fresh.len(), usize::try_from(OBJECTS).unwrap());
    assert!(polled == fresh, "the order and the dates are the same whenever one reads");
}
