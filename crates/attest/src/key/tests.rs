#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

#[test]
fn a_public_key_reads_back_from_its_text_and_its_octets() {
    let public = key(1).public();
    assert_eq!(public.to_string().parse(), Ok(public));
    assert_eq!(PublicKey::from_octets(&public.octets()), Ok(public));
    assert!(public.to_string().starts_with("ed25519:"));
    assert_eq!(public.octets()[0], 0x01);
}

#[test]
fn the_vector_of_rfc_8032_gives_its_public_key() {
    let mut seed = [0; 32];
    hex::decode_to_slice("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", &mut seed)
        .unwrap();
    let public = SecretKey::from_seed(&seed).public();
    let expected = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    assert_eq!(hex::encode(&public.octets()[1..]), expected);
}

#[test]
fn what_is_no_key_says_why() {
    let mut other_type = key(1).public().octets();
    other_type[0] = 0x02;
    assert_eq!(PublicKey::from_octets(&other_type), Err(BadKey::UnknownType(2)));
    assert_eq!(PublicKey::from_octets(&[1; 5]), Err(BadKey::Form));
    assert_eq!(PublicKey::from_octets(&[]), Err(BadKey::Form));
    let mut small_order = [0; 33];
    small_order[0] = 0x01;
    small_order[1] = 1;
    assert_eq!(PublicKey::from_octets(&small_order), Err(BadKey::Weak));
    assert_eq!("rsa:AAAA".parse::<PublicKey>(), Err(BadKey::Form));
    assert_eq!("ed25519:!".parse::<PublicKey>(), Err(BadKey::Form));
}

#[test]
fn a_fingerprint_reads_back_also_in_groups() {
    let fingerprint = key(1).public().fingerprint();
    assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    assert_eq!(fingerprint.grouped().parse(), Ok(fingerprint));
    assert_eq!(fingerprint.grouped().len(), 39);
    assert_ne!(fingerprint, key(2).public().fingerprint());
}

#[test]
fn a_private_key_is_not_printed() {
    let shown = format!("{:?}", key(7));
    assert!(!shown.contains(&hex::encode([7_u8; 32])) && !shown.contains("7, 7"), "{shown}");
    assert_eq!(*key(7).seed(), [7; 32]);
}
