//! Since when a label is readable: rights gained, lost and regained.

use super::*;

fn readable(grants: &[(Timestamp, Timestamp)]) -> Decision {
    Decision::Readable(
        grants.iter().map(|(gained, floor)| Grant { gained: *gained, floor: *floor }).collect(),
    )
}

#[test]
fn a_right_held_since_the_viewer_exists_has_no_beginning() {
    let mut story = Story::cast();
    story.join("alpha", "circle");
    story.person("new", "alpha", &[Role::Reader]);
    assert_eq!(story.reader("new").decide(&circle()), always());
    story.key("k", "alpha", None);
    let who = story.directory.authenticate_key(&secret("k"), story.now).unwrap();
    let reader = story.directory.reader(&who, story.now).unwrap();
    assert_eq!(reader.decide(&circle()), always(), "the key is younger than the membership");
}

#[test]
fn a_right_gained_later_begins_then_and_opens_earlier_content() {
    let mut story = Story::cast();
    let joined = story.join("alpha", "circle");
    assert_eq!(story.reader("alpha").decide(&circle()), readable(&[(joined, Timestamp::MIN)]));
}

#[test]
fn a_right_lost_is_gone_and_one_regained_starts_anew() {
    let mut story = Story::cast();
    story.join("alpha", "circle");
    story.leave("alpha", "circle");
    assert_eq!(story.reader("alpha").decide(&circle()), Decision::Hidden);
    let again = story.join("alpha", "circle");
    assert_eq!(story.reader("alpha").decide(&circle()), readable(&[(again, Timestamp::MIN)]));
}

#[test]
fn from_joining_starts_at_the_current_membership() {
    let mut story = Story::cast();
    story.join("alpha", "late");
    story.leave("alpha", "late");
    let again = story.join("alpha", "late");
    assert_eq!(story.reader("alpha").decide(&late()), readable(&[(again, again)]));
}

#[test]
fn a_second_way_that_opens_older_content_adds_a_grant() {
    let mut story = Story::cast();
    let either = to([Party::Community(community("circle")), Party::Community(community("late"))]).label();
    let late_joined = story.join("alpha", "late");
    let circle_joined = story.join("alpha", "circle");
    let both = readable(&[(late_joined, late_joined), (circle_joined, Timestamp::MIN)]);
    assert_eq!(story.reader("alpha").decide(&either), both);
    let reader = story.reader("alpha");
    assert_eq!(reader.gained_for(&either, late_joined), Some(late_joined));
    assert_eq!(reader.gained_for(&either, late_joined - seconds(1)), Some(circle_joined));
    story.leave("alpha", "circle");
    assert_eq!(story.reader("alpha").decide(&either), readable(&[(late_joined, late_joined)]));
}

#[test]
fn losing_the_wider_way_takes_older_content_and_leaves_the_rest_as_it_was() {
    let mut story = Story::cast();
    let either = to([Party::Community(community("circle")), Party::Community(community("late"))]).label();
    let circle_joined = story.join("alpha", "circle");
    let late_joined = story.join("alpha", "late");
    assert_eq!(story.reader("alpha").decide(&either), readable(&[(circle_joined, Timestamp::MIN)]));
    story.leave("alpha", "circle");
    let reader = story.reader("alpha");
    assert_eq!(reader.decide(&either), readable(&[(circle_joined, late_joined)]));
    assert_eq!(reader.gained_for(&either, late_joined - seconds(1)), None);
}

#[test]
fn of_two_clauses_the_later_floor_holds() {
    let mut story = Story::cast();
    story.community("later", true);
    let both = late().and(&to([Party::Community(community("later"))]).label());
    story.join("alpha", "late");
    let second = story.join("alpha", "later");
    assert_eq!(story.reader("alpha").decide(&both), readable(&[(second, second)]));
}

#[test]
fn a_clearance_lowered_and_raised_again_starts_anew() {
    let mut story = Story::cast();
    let secret = to([Party::World]).class("EXERCISE", "SECRET").label();
    let first = story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
    assert_eq!(story.reader("alpha").decide(&secret), readable(&[(first, Timestamp::MIN)]));
    story.clear(Holder::Node, cleared("RESTRICTED"));
    assert_eq!(story.reader("alpha").decide(&secret), Decision::Hidden);
    let raised = story.clear(Holder::Node, cleared("SECRET"));
    assert_eq!(story.reader("alpha").decide(&secret), readable(&[(raised, Timestamp::MIN)]));
    story.clear(Holder::Node, cleared("SECRET"));
    assert_eq!(story.reader("alpha").decide(&secret), readable(&[(raised, Timestamp::MIN)]));
}

#[test]
fn an_expired_membership_between_two_requests_is_a_right_lost() {
    let mut story = Story::cast();
    let until = at(1_000);
    story.join_dated("alpha", "circle", None, Some(until));
    story.now = at(2_000);
    let again = story.join("alpha", "circle");
    assert_eq!(story.reader("alpha").decide(&circle()), readable(&[(again, Timestamp::MIN)]));
}

#[test]
fn what_concerns_others_is_no_transition() {
    let mut story = Story::cast();
    let before = story.reader("alpha").history.len();
    story.join("bravo", "circle");
    story.clear(Holder::Person(person("bravo")), cleared("SECRET"));
    story.key("k", "bravo", None);
    assert_eq!(story.reader("alpha").history.len(), before);
}

#[test]
fn grants_are_in_order_whatever_happens() {
    use proptest::prelude::*;
    let step = (0_u8..5, prop::sample::select(vec!["circle", "late", "later", "latest"]));
    proptest!(|(steps in prop::collection::vec(step, 1..25))| {
        let mut story = Story::cast();
        story.community("later", true);
        story.community("latest", true);
        let communities = ["circle", "late", "later", "latest"].map(|name| Party::Community(community(name)));
        let labels = [to(communities).label(), to(communities[..2].to_vec()).rel(communities[2..].to_vec()).label()];
        // The truth by definition: ask at every instant whether each arrival is readable.
        let mut since: Vec<Vec<Option<Timestamp>>> = vec![vec![None; 64]; labels.len()];
        for (what, name) in steps {
            let (community, member) = (community(name), member("alpha"));
            let event = match what {
                0..=2 => Rights::Joined { community, member, from: None, until: None },
                3 => Rights::Joined { community, member, from: Some(at(5)), until: None },
                _ => Rights::Left { community, member },
            };
            if story.directory.allows(&event, story.now).is_err() {
                continue;
            }
            let now = story.tell(event);
            let reader = story.reader("alpha");
            for (label, since) in labels.iter().zip(&mut since) {
                for (arrival, since) in (0_i64..).zip(since.iter_mut()) {
                    let readable = reader.can_read(label, at(arrival));
                    *since = readable.then(|| since.unwrap_or(now));
                    prop_assert_eq!(reader.gained_for(label, at(arrival)), *since);
                }
                if let Decision::Readable(grants) = reader.decide(label) {
                    prop_assert!(!grants.is_empty());
                    let ordered = |pair: &[Grant]| pair[0].gained < pair[1].gained && pair[0].floor > pair[1].floor;
                    prop_assert!(grants.windows(2).all(ordered));
                }
            }
        }
    });
}
