#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

#[test]
fn pieces_give_back_their_numbers() {
    let numbers = vec![1, 2, 130, 131, 16_384, 16_385, 16_386, 60_000];
    let pieces = cut([7; 16], &numbers);
    let firsts: Vec<Seq> = pieces.iter().map(|piece| piece.first).collect();
    assert_eq!(firsts, [1, 16_385, 60_000], "no piece spans more than it may");
    let read: Vec<Seq> = pieces.iter().flat_map(|piece| seqs(piece.first, &piece.later).unwrap()).collect();
    assert_eq!(read, numbers);
    assert!(seqs(1, &[0x80]).is_err(), "a piece that is cut short is not read");
}

#[test]
fn a_word_of_a_batch_is_one_piece() {
    let pieces = pieces([(5, "alpha beta"), (6, ""), (7, "alpha")].into_iter());
    assert_eq!(pieces.len(), 2);
    let alpha = pieces.iter().find(|piece| piece.token == digest(&[b"alpha"])).unwrap();
    assert_eq!(seqs(alpha.first, &alpha.later).unwrap(), [5, 7]);
}

#[test]
fn words_meet_within_a_range() {
    let met = meet(&[vec![1, 4, 6, 9], vec![2, 4, 6, 9]], &(4..9));
    assert_eq!(met, [4, 6]);
    assert!(meet(&[], &(0..9)).is_empty());
}
