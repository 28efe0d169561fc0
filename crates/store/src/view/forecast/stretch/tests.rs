#![allow(clippy::single_range_in_vec_init, reason = "stretches are lists of ranges")]

use super::{meets, merged};

#[test]
fn stretches_are_merged_and_cut() {
    assert_eq!(merged(vec![5..9, 1..3, 3..4, 8..12, 7..7]), [1..4, 5..12]);
    assert_eq!(meets(&[1..4, 5..12], &(3..7)), [3..4, 5..7]);
    let (start, end) = (7, 3);
    assert_eq!(meets(&[1..4], &(start..end)), [], "nothing is gained where less is read");
}
