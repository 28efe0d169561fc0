#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::directory::Directory;
use crate::story::{Story, at, member};

fn introduced(key: &str) -> crate::Rights {
    let signer = Signer::Member(member("alpha"));
    crate::Rights::SigningKeyIntroduced { signer, key: key.to_owned(), from: None, how: Introduction::Made }
}

fn allows(directory: &Directory, rights: &crate::Rights) -> Result<(), RightsError> {
    directory.allows(rights, at(1_000))
}

#[test]
fn a_key_is_one_signers_and_ends_only_once() {
    let mut story = Story::cast();
    let signer = Signer::Member(member("alpha"));
    story.tell(introduced("ed25519:one"));
    assert!(matches!(allows(&story.directory, &introduced("ed25519:one")), Err(RightsError::Exists(_))));
    assert!(matches!(allows(&story.directory, &introduced("two words")), Err(RightsError::Refused(_))));
    let rotated = |previous: &str, key: &str| crate::Rights::SigningKeyRotated {
        signer,
        previous: previous.to_owned(),
        key: key.to_owned(),
        from: at(500),
    };
    assert!(matches!(
        allows(&story.directory, &rotated("ed25519:none", "ed25519:two")),
        Err(RightsError::Unknown(_))
    ));
    story.tell(rotated("ed25519:one", "ed25519:two"));
    let revoked = crate::Rights::SigningKeyRevoked { signer, key: "ed25519:one".to_owned(), from: at(400) };
    story.tell(revoked.clone());
    assert!(matches!(allows(&story.directory, &revoked), Err(RightsError::Refused(_))));
    assert!(matches!(
        allows(&story.directory, &rotated("ed25519:one", "ed25519:three")),
        Err(RightsError::Refused(_))
    ));
    assert_eq!(story.directory.signing_keys(signer).len(), 2);
    assert_eq!(story.directory.signing_key(signer, at(600)).unwrap().key, "ed25519:two");
}

#[test]
fn keys_cost_a_viewer_nothing_but_an_epoch() {
    let mut story = Story::cast();
    let before = story.reader("alpha");
    story.tell(introduced("ed25519:one"));
    assert_eq!(format!("{:?}", story.reader("alpha")), format!("{before:?}"));
}
