#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::Sealer;
use crate::AppError;
use crate::ingest::tests::Story;

#[test]
fn a_cursor_opens_for_its_viewer_and_question_alone_and_every_refusal_is_the_same() {
    let story = Story::begin();
    let (mine, yours) = (story.who("xas"), story.who("xve"));
    let sealer = Sealer::new(&[7; 32]);
    let cursor = sealer.seal(&mine, "page", &42_u64).unwrap();
    assert_eq!(sealer.open::<u64>(&mine, "page", &cursor).unwrap(), 42);

    let mut flipped = cursor.clone().into_bytes();
    flipped[30] = if flipped[30] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let other_node = Sealer::new(&[8; 32]);
    let refusals = [
        sealer.open::<u64>(&yours, "page", &cursor),
        sealer.open::<u64>(&mine, "search", &cursor),
        sealer.open::<u64>(&mine, "page", &flipped),
        sealer.open::<u64>(&mine, "page", "42"),
        sealer.open::<u64>(&mine, "page", ""),
        other_node.open::<u64>(&mine, "page", &cursor),
    ];
    let texts: Vec<String> = refusals.into_iter().map(|refusal| refusal.unwrap_err().to_string()).collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    let same = sealer.seal(&mine, "page", &42_u64).unwrap();
    assert_ne!(same, cursor, "equal places do not look equal");
    assert!(matches!(sealer.open::<String>(&mine, "page", &cursor), Err(AppError::Invalid { .. })));
}
