use super::*;

/// Ten contributions, one per 100 µs from 100 on, ticks of 7; gains at 250 and 650.
fn timeline() -> Timeline {
    let first = Gain { at: 250, begins: 250, boundary: 3 };
    let second = Gain { at: 650, begins: 650, boundary: 7 };
    Timeline { gains: vec![first, second] }
}

fn moment(seq: Seq) -> Moment {
    Moment { seq, at: seq * 100, tick: seq * 7 }
}

#[test]
fn segments_follow_each_other() {
    let timeline = timeline();
    assert_eq!(timeline.segments(), 5);
    let ranges: Vec<Range<Seq>> = (0..5).map(|segment| timeline.range(segment)).collect();
    assert_eq!(ranges, [0..3, 0..3, 3..7, 0..7, 7..Seq::MAX]);
    assert_eq!(timeline.order(Arrival::Held, 2), (0, 2));
    assert_eq!(timeline.order(Arrival::Gained(0), 2), (1, 2));
    assert_eq!(timeline.order(Arrival::Held, 3), (2, 3));
    assert_eq!(timeline.order(Arrival::Gained(1), 2), (3, 2));
    assert_eq!(timeline.order(Arrival::Held, 7), (4, 7));
}

#[test]
fn dates_rise_along_the_order() {
    let timeline = timeline();
    let mut all: Vec<((usize, Seq), i64)> = Vec::new();
    for seq in 1..=10 {
        all.push((timeline.order(Arrival::Held, seq), timeline.added(Arrival::Held, moment(seq))));
    }
    for (gain, seqs) in [(0, 1..3), (1, 1..7)] {
        for seq in seqs {
            let arrival = Arrival::Gained(gain);
            all.push((timeline.order(arrival, seq), timeline.added(arrival, moment(seq))));
        }
    }
    all.sort_by_key(|(order, _)| *order);
    assert!(all.windows(2).all(|pair| pair[0].1 < pair[1].1), "{all:?}");
}

#[test]
fn without_gains_content_arrives_when_it_is_stored() {
    let timeline = Timeline::default();
    assert_eq!(timeline.segments(), 1);
    assert_eq!(timeline.range(0), 0..Seq::MAX);
    assert_eq!(timeline.added(Arrival::Held, moment(4)), 400);
    assert_eq!(timeline.position(Arrival::Held, 4), Position { gained: 0, seq: 4 });
}
