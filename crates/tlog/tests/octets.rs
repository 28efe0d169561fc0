//! What whoever sends octets can do to the readers: random texts, and good ones with something changed.

use kizuna_tlog::second::Opening;
use kizuna_tlog::{AddCheckpoint, Checkpoint, Note, ProofFile, Signer, Tile, Verifier};
use proptest::prelude::*;

fn note() -> Note {
    let signer = Signer::new("kizuna.example/log".parse().unwrap(), &[7; 32]);
    let text = "kizuna.example/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    Note::new(text.to_owned(), vec![signer.sign(text)]).unwrap()
}

/// A good text with some octets replaced, taken out or put in.
fn bent(good: String) -> impl Strategy<Value = Vec<u8>> {
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6);
    changes.prop_map(move |changes| {
        let mut octets = good.clone().into_bytes();
        for (at, octet, how) in changes {
            let at = at.index(octets.len());
            match how {
                0 => octets[at] = octet,
                1 => octets.insert(at, octet),
                _ if octets.len() > 1 => drop(octets.remove(at)),
                _ => {}
            }
        }
        octets
    })
}

proptest! {
    #[test]
    fn a_note_that_is_read_is_written_as_it_was(octets in bent(note().to_string())) {
        if let Ok(note) = Note::read(&octets) {
            prop_assert_eq!(note.to_string().into_bytes(), octets);
            if let Ok(checkpoint) = Checkpoint::read(note.text()) {
                prop_assert_eq!(checkpoint.text(), note.text());
            }
        }
    }

    #[test]
    fn requests_and_proofs_are_written_as_they_were(
        request in bent(format!("old 2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n{}", note())),
        proof in bent(format!("c2sp.org/tlog-proof@v1\nextra AQ==\nindex 2\n\n{}", note())),
    ) {
        if let Ok(read) = AddCheckpoint::read(&request) {
            prop_assert_eq!(read.to_string().into_bytes(), request);
        }
        if let Ok(read) = ProofFile::read(&proof) {
            prop_assert_eq!(read.to_string().into_bytes(), proof);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), octets in any::<Vec<u8>>()) {
        let _ = text.parse::<Tile>();
        let _ = text.parse::<Verifier>();
        let _ = Checkpoint::read(&text);
        let _ = Note::read(&octets);
        let _ = ProofFile::read(&octets);
        let _ = AddCheckpoint::read(&octets);
        let _ = Opening::read(&octets);
    }
}
