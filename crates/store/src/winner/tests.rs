use super::*;

const AUTHORED: i64 = Flags::AUTHORED;
const REDACTED: i64 = Flags::REDACTED;

fn claim(seq: i64, source: i64, modified: Option<i64>, digest: u8, flags: i64) -> Claim {
    let row = Row {
        seq,
        key: [0; 16],
        uuid: [0; 16],
        stripe: 1,
        source,
        channel: 1,
        by: None,
        modified,
        digest: [digest; 32],
        at: seq,
        tick: seq,
        flags: Flags(flags),
        reliability: None,
        dead_at: None,
    };
    let speaks = row.flags.has(AUTHORED);
    Claim { row, order: (0, seq), admitted: true, speaks, redacted: false }
}

/// The numbers of what is served, oldest version first.
fn served(claims: &[Claim], followed: Option<i64>, own: Option<i64>) -> Vec<i64> {
    let versions = versions(claims, followed, own);
    versions.iter().filter_map(|version| version.served.map(|index| claims[index].row.seq)).collect()
}

#[test]
fn the_author_speaks_for_its_object() {
    let claims = [
        claim(1, 10, Some(1), 1, 0),
        claim(2, 20, Some(1), 2, AUTHORED),
        claim(3, 10, Some(9), 3, 0),
        claim(4, 20, Some(2), 4, AUTHORED),
    ];
    assert_eq!(served(&claims, None, Some(10)), [2, 4]);
    assert_eq!(served(&claims, Some(10), Some(10)), [2, 4]);
}

#[test]
fn without_an_author_the_member_chooses_then_itself_then_the_first() {
    let claims = [claim(1, 10, Some(1), 1, 0), claim(2, 20, Some(1), 2, 0), claim(3, 30, Some(1), 3, 0)];
    assert_eq!(served(&claims, Some(30), Some(20)), [3]);
    assert_eq!(served(&claims, Some(40), Some(20)), [2]);
    assert_eq!(served(&claims, None, None), [1]);
}

#[test]
fn of_one_version_full_comes_before_redacted_then_the_lowest_digest() {
    let claims =
        [claim(1, 10, Some(1), 1, REDACTED), claim(2, 10, Some(1), 9, 0), claim(3, 10, Some(1), 8, 0)];
    assert_eq!(served(&claims, None, None), [3]);
}

#[test]
fn the_same_bytes_again_are_no_new_arrival() {
    let mut claims = [claim(1, 10, Some(1), 1, 0), claim(2, 10, Some(1), 1, 0)];
    assert_eq!(served(&claims, None, None), [1]);
    // A filter that only the second passes shows the second.
    claims[0].admitted = false;
    assert_eq!(served(&claims, None, None), [2]);
}

#[test]
fn without_modified_every_other_bytes_are_a_version() {
    let claims = [claim(1, 10, None, 9, 0), claim(2, 10, None, 1, 0)];
    assert_eq!(served(&claims, None, None), [1, 2]);
}

#[test]
fn others_with_other_bytes_dispute_a_version() {
    let claims = [claim(1, 10, Some(1), 1, 0), claim(2, 20, Some(1), 2, 0), claim(3, 10, Some(2), 3, 0)];
    let disputed: Vec<bool> = versions(&claims, None, None).iter().map(|version| version.disputed).collect();
    assert_eq!(disputed, [true, false]);
}
