#![allow(clippy::unwrap_used, clippy::expect_used)]

//! For any payload and any change of it: only what was signed verifies.

use jiff::Timestamp;
use kizuna_access::rights::{Introduction, Rights};
use kizuna_access::{Directory, MemberId, Recorded};
use kizuna_attest::{KeyRing, Purpose, Refusal, SecretKey, Signature, Signer};
use proptest::prelude::*;
use uuid::Uuid;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn signer() -> Signer {
    Signer::Member(MemberId(Uuid::from_u128(7)))
}

fn cases() -> u32 {
    std::env::var("KIZUNA_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

fn purpose() -> impl Strategy<Value = Purpose> {
    proptest::sample::select(Purpose::ALL.to_vec())
}

fn ring_of(keys: &[&SecretKey]) -> KeyRing {
    let mut directory = Directory::default();
    for (epoch, key) in (1..).zip(keys) {
        let (key, how) = (key.public().to_string(), Introduction::Pinned);
        let rights = Rights::SigningKeyIntroduced { signer: signer(), key, from: None, how };
        directory.apply(&Recorded { epoch, at: at(0), rights });
    }
    KeyRing::of(&directory)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn what_was_signed_verifies_and_nothing_else(
        seed: [u8; 32],
        payload: Vec<u8>,
        other: Vec<u8>,
        made_for in purpose(),
        passed_for in purpose(),
        flipped in 0_usize..64,
    ) {
        let key = SecretKey::from_seed(&seed);
        let ring = ring_of(&[&key]);
        let seal = key.sign(made_for, &payload);
        let check = |purpose, payload: &[u8], seal| {
            ring.check(signer(), purpose, payload, seal, at(-1), at(1)).map(drop)
        };
        prop_assert_eq!(check(made_for, &payload, &seal), Ok(()));
        if made_for != passed_for {
            prop_assert_eq!(check(passed_for, &payload, &seal), Err(Refusal::WrongPurpose(made_for)));
        }
        if other != payload {
            prop_assert_eq!(check(made_for, &other, &seal), Err(Refusal::Altered));
        }
        let read: Signature = seal.signature.to_string().parse().unwrap();
        prop_assert_eq!(read, seal.signature);
        let mut forged = seal;
        let mut text = seal.signature.to_string().into_bytes();
        let place = "ed25519:".len() + flipped;
        text[place] = if text[place] == b'A' { b'B' } else { b'A' };
        forged.signature = String::from_utf8(text).unwrap().parse().unwrap();
        prop_assert_eq!(check(made_for, &payload, &forged), Err(Refusal::Altered));
    }

    /// However often a key was followed by another, exactly one of them counts at any instant.
    #[test]
    fn exactly_one_key_counts_at_any_instant(steps in proptest::collection::vec(1_i64..1_000, 1..8), instant in 0_i64..9_000) {
        let keys: Vec<SecretKey> =
            (0..=steps.len()).map(|n| SecretKey::from_seed(&[u8::try_from(n).unwrap(); 32])).collect();
        let text = |n: usize| keys[n].public().to_string();
        let mut directory = Directory::default();
        let how = Introduction::Made;
        let first = Rights::SigningKeyIntroduced { signer: signer(), key: text(0), from: None, how };
        directory.apply(&Recorded { epoch: 1, at: at(0), rights: first });
        let mut second = 0;
        for (n, step) in steps.iter().enumerate() {
            second += step;
            let from = at(second);
            let rights =
                Rights::SigningKeyRotated { signer: signer(), previous: text(n), key: text(n + 1), from };
            directory.apply(&Recorded { epoch: n as u64 + 2, at: from, rights });
        }
        let ring = KeyRing::of(&directory);
        let counts = |key: &&SecretKey| {
            let seal = key.sign(Purpose::Approval, b"x");
            ring.check(signer(), Purpose::Approval, b"x", &seal, at(instant), at(10_000)).is_ok()
        };
        let counting: Vec<&SecretKey> = keys.iter().filter(counts).collect();
        prop_assert_eq!(counting.len(), 1);
        let now = directory.signing_key(signer(), at(instant).max(at(second))).unwrap();
        if instant >= second {
            prop_assert_eq!(now.key.clone(), counting[0].public().to_string());
        }
    }

    #[test]
    fn rubbish_is_no_key_and_no_signature(text in ".{0,80}") {
        let _ = text.parse::<kizuna_attest::PublicKey>();
        let _ = text.parse::<kizuna_attest::Fingerprint>();
        prop_assert!(text.parse::<Signature>().is_err());
    }
}
