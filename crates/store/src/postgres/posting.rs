//! The text index: for each word the numbers of the contributions that hold it, in pieces.
//!
//! One row is a word (as a digest), the first number of a piece, and the distances from number to number after it. A
//! transaction writes one piece a word, whatever it stores, so that bulk costs a row per word and not per word and
//! object. A piece spans less than [`SPAN`], so that the pieces of a stretch of numbers are one range of the index.

use std::collections::HashMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::backend::Seq;

/// A piece's last number is less than this after its first.
pub(super) const SPAN: i64 = 16_384;

/// What a word, or a value of an observable, is found by: the head of a SHA-256.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let mut head = [0; 16];
    head.copy_from_slice(&hash.finalize()[..16]);
    head
}

/// One piece as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub token: [u8; 16],
    pub first: Seq,
    /// The distances after the first, each in groups of seven bits, lowest first.
    pub later: Vec<u8>,
}

/// The pieces of texts, each the words of one contribution joined by spaces, in ascending order of numbers; sorted by
/// word.
pub(super) fn pieces<'a>(texts: impl Iterator<Item = (Seq, &'a str)>) -> Vec<Piece> {
    let mut found: HashMap<&str, Vec<Seq>> = HashMap::new();
    for (seq, text) in texts {
        for token in text.split(' ').filter(|token| !token.is_empty()) {
            found.entry(token).or_default().push(seq);
        }
    }
    let mut pieces: Vec<Piece> = Vec::with_capacity(found.len());
    for (token, seqs) in found {
        let token = digest(&[token.as_bytes()]);
        pieces.extend(cut(token, &seqs));
    }
    pieces.sort_unstable_by_key(|piece| (piece.token, piece.first));
    pieces
}

/// The pieces of one word.
pub(super) fn cut(token: [u8; 16], seqs: &[Seq]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut last = 0;
    for seq in seqs {
        match pieces.last_mut() {
            Some(piece) if seq - piece.first < SPAN => {
                let mut distance = (seq - last).unsigned_abs();
                while distance >= 0x80 {
                    piece.later.push(0x80 | u8::try_from(distance & 0x7f).unwrap_or_default());
                    distance >>= 7;
                }
                piece.later.push(u8::try_from(distance).unwrap_or_default());
            }
            _ => pieces.push(Piece { token, first: *seq, later: Vec::new() }),
        }
        last = *seq;
    }
    pieces
}

/// The numbers of a piece.
pub(super) fn seqs(first: Seq, later: &[u8]) -> Result<Vec<Seq>, StoreError> {
    let broken = || StoreError::Engine("a piece of the text index cannot be read".to_owned());
    let mut seqs = vec![first];
    let (mut last, mut distance, mut shift) = (first, 0_i64, 0_u32);
    for byte in later {
        distance |= i64::from(byte & 0x7f).checked_shl(shift).ok_or_else(broken)?;
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        last += distance;
        seqs.push(last);
        (distance, shift) = (0, 0);
    }
    if shift != 0 { Err(broken()) } else { Ok(seqs) }
}

/// The numbers of a stretch that hold every word, given each word's pieces; ascending.
pub(super) fn meet(of_each: &[Vec<Seq>], range: &Range<Seq>) -> Vec<Seq> {
    let Some((least, others)) = of_each.split_first() else { return Vec::new() };
    let in_range = least.iter().copied().filter(|seq| range.contains(seq));
    in_range.filter(|seq| others.iter().all(|seqs| seqs.binary_search(seq).is_ok())).collect()
}

#[cfg(test)]
mod tests;
