#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn signer(name: &str) -> Signer {
    Signer::new(name.parse().unwrap(), &[7; 32])
}

fn signed(text: &str) -> Note {
    let signer = signer("kizuna.example/log");
    Note::new(text.to_owned(), vec![signer.sign(text)]).unwrap()
}

#[test]
fn a_note_is_read_back_and_verified() {
    let note = signed("first line\n\nsecond line\n");
    assert_eq!(Note::read(note.to_string().as_bytes()), Ok(note.clone()));
    let key = signer("kizuna.example/log").verifier();
    assert_eq!(note.signature_of(&key), Signed::By { at: None });
    assert_eq!(note.signature_of(&signer("kizuna.example/other").verifier()), Signed::Not);
    assert_eq!(note.signature_of(&key.for_use(Use::Cosignature)), Signed::Not);
}

#[test]
fn another_text_under_the_same_signature_is_forged() {
    let note = signed("a\n");
    let forged = note.to_string().replacen('a', "b", 1);
    let key = signer("kizuna.example/log").verifier();
    assert_eq!(Note::read(forged.as_bytes()).unwrap().signature_of(&key), Signed::Forged);
}

#[test]
fn signatures_of_unknown_kinds_are_kept() {
    let unknown = "— somebody.example/else AAAAAAECAwQFBgc=";
    let text = format!("{}{unknown}\n", signed("a\n"));
    let note = Note::read(text.as_bytes()).unwrap();
    assert_eq!(note.signatures().len(), 2);
    assert_eq!(note.to_string(), text);
    assert!(note.is_signed_by(&signer("kizuna.example/log").verifier()));
}

#[test]
fn a_signature_of_the_same_key_takes_the_place_of_the_earlier() {
    let witness = signer("witness.example");
    let mut note = signed("a\n");
    note.add(witness.cosigner().sign("a\n", 5));
    note.add(witness.cosigner().sign("a\n", 9));
    assert_eq!(note.signatures().len(), 2);
    assert_eq!(note.signature_of(&witness.cosigner().verifier()), Signed::By { at: Some(9) });
}

#[test]
fn what_is_no_note_is_refused() {
    let good = signed("a\n").to_string();
    let line = good.lines().last().unwrap().to_owned();
    for (wrong, why) in [
        (String::new(), BadNote::NoSignatures),
        ("a\n".to_owned(), BadNote::NoSignatures),
        ("a\n\n".to_owned(), BadNote::NoSignatures),
        (format!("a\n\n{line}"), BadNote::NoSignatures),
        (format!("a\n\n{line}\n\n"), BadNote::NoSignatures),
        (format!("a\n\n{line}\nx\n"), BadNote::Signature(2)),
        (format!("a\n\n{}\n", line.replace('—', "-")), BadNote::Signature(1)),
        (format!("a\n\n{line} \n"), BadNote::Signature(1)),
        ("a\n\n— name AAAA\n".to_owned(), BadNote::Signature(1)),
        ("a\n\n— na+me AAAAAAAA\n".to_owned(), BadNote::Signature(1)),
        (format!("a\tb\n\n{line}\n"), BadNote::NotText),
        (format!("a\n\n{}", format!("{line}\n").repeat(65)), BadNote::TooMany),
        ("a".repeat(LARGEST_NOTE + 1), BadNote::TooLarge),
    ] {
        assert_eq!(Note::read(wrong.as_bytes()), Err(why), "{wrong:.80}");
    }
    assert_eq!(Note::read(b"\xff\n\n"), Err(BadNote::NotText));
    let sixteen = format!("a\n\n{}", format!("{line}\n").repeat(16));
    assert!(Note::read(sixteen.as_bytes()).is_ok());
}

#[test]
fn keys_are_read_back_and_others_refused() {
    let key = signer("kizuna.example/log").verifier();
    let text = key.to_string();
    assert_eq!(text.parse(), Ok(key.clone()));
    let witness = key.for_use(Use::Cosignature);
    assert_eq!(witness.to_string().parse(), Ok(witness.clone()));
    assert_ne!(witness.id(), key.id());
    assert_eq!(text.replace("kizuna.", "azuna.").parse::<Verifier>(), Err(BadKey::Id));
    assert_eq!("a+b".parse::<Verifier>(), Err(BadKey::Form));
    assert_eq!("a b+00000000+AQ==".parse::<Verifier>(), Err(BadKey::Name));
    assert_eq!("a+00000000+AgAA".parse::<Verifier>(), Err(BadKey::UnknownKind(2)));
    let mut weak = vec![1; 1];
    weak.extend([0; 32]);
    let weak = format!("a+00000000+{}", STANDARD.encode(weak));
    assert_eq!(weak.parse::<Verifier>(), Err(BadKey::Weak));
}
