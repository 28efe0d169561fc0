#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt;

use super::{Credential, KEY_FILE, Seal};

#[test]
fn a_credential_opens_for_its_peer_with_its_key_alone() {
    let data = tempfile::tempdir().unwrap();
    assert!(Seal::of(data.path()).is_err(), "nothing was sealed yet");
    let seal = Seal::made(data.path()).unwrap();
    let secret = Credential::new("s3cret");
    let sealed = seal.seal("ally", &secret).unwrap();
    assert!(!sealed.contains("s3cret"));
    assert_eq!(Seal::of(data.path()).unwrap().open("ally", &sealed).unwrap(), secret);
    assert!(seal.open("foe", &sealed).is_err());
    assert!(seal.open("ally", "made-up").is_err());
    let elsewhere = tempfile::tempdir().unwrap();
    assert!(Seal::made(elsewhere.path()).unwrap().open("ally", &sealed).is_err());
}

#[test]
fn the_key_is_its_users_alone_and_a_credential_is_not_printed() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("credentials.key.new"), b"half a k").unwrap();
    Seal::made(data.path()).unwrap();
    let mode = std::fs::metadata(data.path().join(KEY_FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!format!("{:?}", Credential::new("s3cret")).contains("s3cret"));
}
