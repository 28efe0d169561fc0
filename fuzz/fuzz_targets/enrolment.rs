//! Octets as what another node says before it is known: enrolment, hello, offers. Nothing of it is proven by chance.
#![no_main]

use jiff::Timestamp;
use kizuna_federation::capability::Hello;
use kizuna_federation::enrolment::{Begin, Code, Invitation, Joining, Offer, Pins, Proof, RANDOM, Reply};
use kizuna_federation::offer;
use kizuna_federation::transport::Pin;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let (inviter, joiner) = (Pin::of(b"inviter"), Pin::of(b"joiner"));
    let pins = Pins { inviter, joiner };
    let random = [7; RANDOM];
    let now = Timestamp::UNIX_EPOCH;
    let code = Code::of(123_456_789);
    let invitation = Invitation::open(code, now);
    let (joining, begun) = Joining::begin(code, &random);

    if let Ok(begin) = serde_json::from_slice::<Begin>(octets) {
        let _ = invitation.answer(&begin, pins, &random, now);
    }
    if let Ok(reply) = serde_json::from_slice::<Reply>(octets) {
        let _ = joining.prove(&reply, pins, "{}");
    }
    if let Ok(proof) = serde_json::from_slice::<Proof>(octets)
        && let Ok((session, _)) = invitation.answer(&begun, pins, &random, now)
    {
        assert!(session.accept(&proof, "{}").is_err(), "a proof without the code");
    }
    if let Ok(text) = std::str::from_utf8(octets) {
        assert!(Offer::read(text, &joiner).is_err(), "members that nobody signed for");
    }
    if let Ok(hello) = serde_json::from_slice::<Hello>(octets) {
        let honours = hello.honours(&std::collections::BTreeMap::new());
        assert!(honours.policies.is_empty(), "policies that are not known here");
    }
    if let Ok(offered) = serde_json::from_slice::<offer::Offer>(octets) {
        let answer = offer::Answer { wanted: vec![0, usize::MAX] };
        assert_eq!(answer.of(offered.versions.len()).len(), offered.versions.len());
    }
});
