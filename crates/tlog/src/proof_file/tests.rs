#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::checkpoint::Head;
use crate::note::Signer;
use crate::tree::Tree;
use crate::tree::tests::Naive;

fn signer() -> Signer {
    Signer::new("kizuna.example/log".parse().unwrap(), &[7; 32])
}

fn proof(index: u64, size: u64, extra: Option<Vec<u8>>) -> (ProofFile, Hash) {
    let leaves = Naive::of(size);
    let mut tree = Tree::new(&leaves, size);
    let text = Checkpoint::new("kizuna.example/log", Head { size, root: tree.root().unwrap() }).text();
    let checkpoint = Note::new(text.clone(), vec![signer().sign(&text)]).unwrap();
    let path = tree.inclusion(index).unwrap();
    (ProofFile { extra, index, path, checkpoint }, leaves.0[usize::try_from(index).unwrap()])
}

#[test]
fn a_proof_is_read_back_and_checked() {
    for (index, size, extra) in [(0, 1, None), (6, 7, Some(vec![1, 2])), (99, 300, Some(Vec::new()))] {
        let (proof, leaf) = proof(index, size, extra);
        let read = ProofFile::read(proof.to_string().as_bytes()).unwrap();
        assert_eq!(read, proof);
        let head = read.check(&leaf, &signer().verifier()).unwrap().head;
        assert_eq!(head.size, size);
        let other = Hash([1; 32]);
        assert!(matches!(read.check(&other, &signer().verifier()), Err(BadProofFile::Proof(_))));
    }
}

#[test]
fn the_key_must_be_that_of_the_log() {
    let (proof, leaf) = proof(1, 3, None);
    let stranger = Signer::new("kizuna.example/log".parse().unwrap(), &[8; 32]).verifier();
    assert_eq!(proof.check(&leaf, &stranger), Err(BadProofFile::Unsigned("the log")));
    // A key of another name that did sign it does not make the log its own.
    let other = Signer::new("other.example/log".parse().unwrap(), &[9; 32]);
    let mut resigned = proof;
    resigned.checkpoint.add(other.sign(resigned.checkpoint.text()));
    assert_eq!(resigned.check(&leaf, &other.verifier()), Err(BadProofFile::OtherLog));
}

#[test]
fn what_is_no_proof_is_refused() {
    let good = proof(2, 5, Some(vec![1])).0.to_string();
    for (wrong, why) in [
        (String::new(), BadProofFile::NoCheckpoint),
        (good.replacen("@v1", "@v2", 1), BadProofFile::Title),
        (good.replacen("extra AQ==", "extra ?", 1), BadProofFile::Extra),
        (good.replacen("index 2", "index 02", 1), BadProofFile::Index),
        (good.replacen("index 2\n", "", 1), BadProofFile::Index),
        (good.replacen("index 2\n", "index 2\nx\n", 1), BadProofFile::Hash(1)),
        (good.replacen("\n\n", "\n", 1).replacen("\n\n", "\n", 1), BadProofFile::NoCheckpoint),
        ("a".repeat(LARGEST_PROOF + 1), BadProofFile::TooLarge),
    ] {
        assert_eq!(ProofFile::read(wrong.as_bytes()), Err(why), "{wrong:.60}");
    }
    let hash = Hash::of_nothing();
    let long = good.replacen("index 2\n", &format!("index 2\n{}", format!("{hash}\n").repeat(65)), 1);
    assert_eq!(ProofFile::read(long.as_bytes()), Err(BadProofFile::TooLong));
}
