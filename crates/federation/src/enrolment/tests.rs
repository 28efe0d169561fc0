#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::SignedDuration;
use kizuna_attest::{Purpose, SecretKey};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn pins() -> Pins {
    Pins { inviter: Pin::of(b"inviter"), joiner: Pin::of(b"joiner") }
}

fn code() -> Code {
    "482 913 077".parse().unwrap()
}

/// How an exchange ended on both sides: what the joiner and the inviter took for the other's offer.
type Ended = (Result<String, Refused>, Option<Result<String, Refused>>);

/// The whole exchange, each side with the code that it knows and the certificates that it sees.
fn exchange(
    (of_inviter, of_joiner): (Code, Code),
    (seen_by_inviter, seen_by_joiner): (Pins, Pins),
    random: [u8; 64],
) -> Ended {
    let invitation = Invitation::open(of_inviter, now());
    let (joining, mut begin) = Joining::begin(of_joiner, &random);
    begin.place = of_inviter.place();
    let (session, reply) = invitation.answer(&begin, seen_by_inviter, &[9; 64], now()).unwrap();
    let (awaiting, proof) = joining.prove(&reply, seen_by_joiner, "joiner's").unwrap();
    match session.accept(&proof, "inviter's") {
        Ok((offer, proof)) => (Ok(offer), Some(awaiting.finish(&proof))),
        Err(refused) => (Err(refused), None),
    }
}

#[test]
fn who_shares_the_code_gets_the_other_s_offer() {
    let ended = exchange((code(), code()), (pins(), pins()), [1; 64]);
    assert_eq!(ended, (Ok("joiner's".into()), Some(Ok("inviter's".into()))));
}

#[test]
fn somebody_between_with_certificates_of_his_own_gets_nothing() {
    let his = Pin::of(b"between");
    let to_inviter = Pins { joiner: his, ..pins() };
    let to_joiner = Pins { inviter: his, ..pins() };
    // He relays every message as it is.
    let ended = exchange((code(), code()), (to_inviter, to_joiner), [1; 64]);
    assert_eq!(ended, (Err(Refused::Wrong), None));
}

#[test]
fn an_offer_or_a_proof_that_was_altered_is_refused() {
    let invitation = Invitation::open(code(), now());
    for alter_answer in [false, true] {
        let (joining, begin) = Joining::begin(code(), &[1; 64]);
        let (session, reply) = invitation.answer(&begin, pins(), &[2; 64], now()).unwrap();
        let (awaiting, mut proof) = joining.prove(&reply, pins(), "joiner's").unwrap();
        if !alter_answer {
            proof.offer = "somebody's".into();
            assert_eq!(session.accept(&proof, "inviter's"), Err(Refused::Wrong));
            continue;
        }
        let (_, mut answer) = session.accept(&proof, "inviter's").unwrap();
        answer.offer = "somebody's".into();
        assert_eq!(awaiting.finish(&answer), Err(Refused::Wrong));
    }
}

#[test]
fn messages_of_another_exchange_prove_nothing_in_this_one() {
    let invitation = Invitation::open(code(), now());
    let (joining, begin) = Joining::begin(code(), &[1; 64]);
    let (first, reply) = invitation.answer(&begin, pins(), &[2; 64], now()).unwrap();
    let (_, proof) = joining.prove(&reply, pins(), "joiner's").unwrap();
    first.accept(&proof, "inviter's").unwrap();
    // The same messages again: the inviter draws anew.
    let (second, _) = invitation.answer(&begin, pins(), &[3; 64], now()).unwrap();
    assert_eq!(second.accept(&proof, "inviter's"), Err(Refused::Wrong));
    // A side's own proof, sent back to it.
    let (joining, begin) = Joining::begin(code(), &[4; 64]);
    let (_, reply) = invitation.answer(&begin, pins(), &[5; 64], now()).unwrap();
    let (awaiting, proof) = joining.prove(&reply, pins(), "joiner's").unwrap();
    assert_eq!(awaiting.finish(&proof), Err(Refused::Wrong));
}

#[test]
fn an_invitation_lasts_ten_minutes_and_three_tries() {
    let invitation = Invitation::open(code(), now());
    let second = SignedDuration::from_secs(1);
    assert!(invitation.is_open(now() + VALID - second));
    assert!(!invitation.is_open(now() + VALID));
    let (_, begin) = Joining::begin(code(), &[1; 64]);
    let answered = |invitation: &Invitation, at| invitation.answer(&begin, pins(), &[2; 64], at).map(drop);
    assert_eq!(answered(&invitation, now() + VALID - second), Ok(()));
    assert_eq!(answered(&invitation, now() + VALID), Err(Refused::NoInvitation));
    assert_eq!(answered(&invitation, now() + VALID + second), Err(Refused::NoInvitation));
    let mut invitation = invitation;
    for _ in 0..TRIES {
        assert_eq!(answered(&invitation, now()), Ok(()));
        invitation = invitation.tried();
    }
    assert_eq!(answered(&invitation, now()), Err(Refused::NoInvitation));
}

#[test]
fn another_place_is_another_invitation() {
    let invitation = Invitation::open(code(), now());
    let (_, begin) = Joining::begin("512 913 077".parse().unwrap(), &[1; 64]);
    let answered = invitation.answer(&begin, pins(), &[2; 64], now()).map(drop);
    assert_eq!(answered, Err(Refused::NoInvitation));
}

#[test]
fn a_code_is_read_however_it_was_written_down() {
    for text in
        ["482913077", "482-913-077", " 482 913  077 ", "４８２ー９１３ー０７７", "482\u{3000}913\u{3000}077"]
    {
        assert_eq!(text.parse(), Ok(code()), "{text}");
    }
    for text in ["", "48291307", "4829130770", "48291307x", "999999999999999999999999"] {
        assert_eq!(text.parse::<Code>(), Err(BadCode), "{text}");
    }
    assert_eq!(code().to_string(), "482 913 077");
    assert_eq!(Code::of(7).to_string(), "000 000 007");
    assert_eq!(code().place(), 48);
    assert_eq!(format!("{:?}", code()), "Code(…)");
}

#[test]
fn an_offer_holds_for_the_certificate_that_its_members_vouch_for() {
    let (key, pin) = (SecretKey::from_seed(&[1; 32]), Pin::of(b"joiner"));
    let id = MemberId(Uuid::from_u128(7));
    let binding =
        Binding::new(id, pin, now(), &key.sign(Purpose::Transport, &Binding::payload(id, &pin, now())));
    let member = Enrolled {
        id,
        name: "Velkar Shield".into(),
        country: "XVE".parse().unwrap(),
        sector: Sector::Public,
        key: key.public().to_string(),
        binding,
    };
    let offer = Offer { protocol: PROTOCOL, members: vec![member.clone()], address: None };
    let read = |offer: &Offer, pin| Offer::read(&serde_json::to_string(offer).unwrap(), &pin);
    assert_eq!(read(&offer, pin), Ok(offer.clone()));
    assert_eq!(read(&offer, Pin::of(b"another")), Err(Refused::Wrong));
    let other = Enrolled { key: SecretKey::from_seed(&[2; 32]).public().to_string(), ..member.clone() };
    assert_eq!(read(&Offer { members: vec![member, other], ..offer.clone() }, pin), Err(Refused::Wrong));
    assert_eq!(read(&Offer { members: Vec::new(), ..offer.clone() }, pin), Err(Refused::Malformed));
    assert_eq!(read(&Offer { protocol: 2, ..offer }, pin), Err(Refused::Malformed));
    assert_eq!(Offer::read("{", &pin), Err(Refused::Malformed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn two_codes_agree_only_where_they_are_the_same(one in 0_u64..1_000_000_000, other in 0_u64..1_000_000_000, random in any::<u8>()) {
        let (one, other) = (Code::of(one), Code::of(other));
        let ended = exchange((one, other), (pins(), pins()), [random; 64]);
        prop_assert_eq!(ended.0.is_ok(), one == other);
        let ended = exchange((one, one), (pins(), pins()), [random; 64]);
        prop_assert_eq!(ended, (Ok("joiner's".to_owned()), Some(Ok("inviter's".to_owned()))));
    }

    #[test]
    fn garbage_is_refused_and_never_accepted(message in "[0-9a-g]{0,80}", mac in "[0-9a-g]{0,80}") {
        let invitation = Invitation::open(code(), now());
        let begin = Begin { place: code().place(), message };
        if let Ok((session, _)) = invitation.answer(&begin, pins(), &[2; 64], now()) {
            let proof = Proof { offer: "somebody's".into(), mac };
            prop_assert!(session.accept(&proof, "inviter's").is_err());
        }
    }
}
