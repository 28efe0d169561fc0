#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::note::Signer;
use crate::tree::Tree;
use crate::tree::tests::Naive;

const ORIGIN: &str = "kizuna.example/log";

fn signer() -> Signer {
    Signer::new(ORIGIN.parse().unwrap(), &[7; 32])
}

fn checkpoint(leaves: &Naive, size: u64) -> (Head, Note) {
    let head = Head { size, root: Tree::new(leaves, size).root().unwrap() };
    let text = Checkpoint::new(ORIGIN, head).text();
    (head, Note::new(text.clone(), vec![signer().sign(&text)]).unwrap())
}

fn request(leaves: &Naive, old: u64, size: u64) -> AddCheckpoint {
    let proof = Tree::new(leaves, size).consistency(old).unwrap();
    AddCheckpoint { old, proof, note: checkpoint(leaves, size).1 }
}

fn judged(request: &AddCheckpoint, seen: Option<Head>) -> Verdict {
    let key = signer().verifier();
    judge(request, |origin| (origin == ORIGIN).then_some((&key, seen.map(|head| Seen { head }))))
}

/// Another history: the same leaves up to a number, then others.
fn forked(leaves: &Naive, from: u64) -> Naive {
    let mut other = Naive(leaves.0.clone());
    for (number, leaf) in other.0.iter_mut().enumerate() {
        if number as u64 >= from {
            *leaf = crate::leaf_hash(format!("other {number}").as_bytes());
        }
    }
    other
}

#[test]
fn a_request_is_read_back() {
    let leaves = Naive::of(20);
    for (old, size) in [(0, 5), (5, 5), (5, 20)] {
        let request = request(&leaves, old, size);
        assert_eq!(AddCheckpoint::read(request.to_string().as_bytes()), Ok(request));
    }
    for wrong in ["", "old 1\n", "old 01\n\n", "new 1\n\n", "old 1\nx\n\n", "old 1\n\nnote\n"] {
        assert!(AddCheckpoint::read(wrong.as_bytes()).is_err(), "{wrong:?}");
    }
    let lines = format!("{}\n", Hash::of_nothing()).repeat(64);
    let long = format!("old 1\n{lines}\n{}", checkpoint(&leaves, 5).1);
    assert!(AddCheckpoint::read(long.as_bytes()).is_err());
}

#[test]
fn a_history_that_goes_on_is_cosigned_step_by_step() {
    let leaves = Naive::of(40);
    let mut seen = None;
    for size in [0, 1, 7, 7, 8, 30, 40] {
        let old = seen.map_or(0, |head: Head| head.size);
        let head = checkpoint(&leaves, size).0;
        assert_eq!(judged(&request(&leaves, old, size), seen), Verdict::Cosign(head), "{old} to {size}");
        seen = Some(head);
    }
}

#[test]
fn each_fault_has_its_status() {
    let leaves = Naive::of(40);
    let seen = Some(checkpoint(&leaves, 7).0);
    let conflict = judged(&request(&leaves, 5, 20), seen);
    assert_eq!((conflict.status(), conflict), (409, Verdict::Conflict { size: 7 }));
    let smaller = judged(&request(&leaves, 5, 5), seen);
    assert_eq!(smaller, Verdict::Conflict { size: 7 });
    let first = judged(&request(&leaves, 5, 20), None);
    assert_eq!(first, Verdict::Conflict { size: 0 });

    let mut backwards = request(&leaves, 7, 20);
    backwards.old = 21;
    assert_eq!(judged(&backwards, seen).status(), 400);
    let mut unproven = request(&leaves, 7, 20);
    unproven.proof.pop();
    assert_eq!(judged(&unproven, seen).status(), 422);
    let mut padded = request(&leaves, 0, 20);
    padded.proof.push(Hash::of_nothing());
    assert_eq!(judged(&padded, None).status(), 422);

    assert_eq!(judge(&request(&leaves, 7, 20), |_| None).status(), 404);
    let stranger = Signer::new(ORIGIN.parse().unwrap(), &[8; 32]).verifier();
    let unsigned = judge(&request(&leaves, 7, 20), |_| Some((&stranger, None)));
    assert_eq!((unsigned.status(), unsigned), (403, Verdict::Unsigned));
}

#[test]
fn a_second_history_is_known_for_what_it_is() {
    let leaves = Naive::of(40);
    let other = forked(&leaves, 5);
    let seen = Some(checkpoint(&leaves, 7).0);
    let longer = judged(&request(&other, 7, 20), seen);
    assert_eq!((longer.status(), longer), (422, Verdict::Forked { size: 7, same_size: false }));
    let same = judged(&request(&other, 7, 7), seen);
    assert_eq!((same.status(), same), (409, Verdict::Forked { size: 7, same_size: true }));
    // Also where the liar does not know what the witness has seen.
    assert_eq!(judged(&request(&other, 0, 7), seen), Verdict::Forked { size: 7, same_size: true });
    // A size that is a power of two: the proof cannot start elsewhere, so it leads nowhere.
    let seen = Some(checkpoint(&leaves, 8).0);
    assert_eq!(judged(&request(&other, 8, 20), seen), Verdict::Unproven(BadProof::OtherRoot));
    // A history that parted later than what was seen is not known to have.
    let later = forked(&leaves, 30);
    assert!(matches!(judged(&request(&later, 8, 20), seen), Verdict::Cosign(_)));
}
