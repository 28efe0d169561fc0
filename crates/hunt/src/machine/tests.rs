use proptest::prelude::*;

use super::*;

fn words(vectors: Vectors, text: &[u8]) -> Vec<Word> {
    let mut words = Vec::new();
    classify(vectors, text, &mut words);
    words
}

#[test]
fn every_byte_at_every_position_has_the_classes_of_the_oracle() {
    // Miri interprets: every class of bytes at some places has to do.
    let (bytes, positions) = if cfg!(miri) { (11, 29) } else { (1, 1) };
    for byte in (0..=255_u8).step_by(bytes) {
        for position in (0..BLOCK * 2).step_by(positions) {
            let mut text = [b' '; BLOCK * 2 + 7];
            text[position] = byte;
            let expected = words(Vectors::Scalar, &text);
            for vectors in [Vectors::Avx2, Vectors::Avx512] {
                assert_eq!(words(vectors, &text), expected, "{vectors:?} {byte:#x} at {position}");
            }
        }
    }
}

proptest! {
    #[test]
    fn vectors_agree_with_the_oracle(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        let expected = words(Vectors::Scalar, &text);
        prop_assert_eq!(words(Vectors::Avx2, &text), expected.clone());
        prop_assert_eq!(words(Vectors::Avx512, &text), expected);
    }
}
