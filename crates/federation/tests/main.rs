//! What nodes say to one another.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss)]

mod boundary;

#[path = "main/mesh.rs"]
mod mesh;

use std::time::Duration;

use kizuna_access::MemberId;
use kizuna_federation::backoff::Backoff;
use kizuna_federation::lane::{Lane, URGENT_KINDS};
use kizuna_federation::offer::{Answer, Held, Offered};
use kizuna_federation::pace::Pace;
use uuid::Uuid;

#[test]
fn urgent_objects_go_before_all_others() {
    for kind in URGENT_KINDS {
        assert!(Lane::of(kind) < Lane::of("indicator"), "{kind}");
    }
}

#[test]
fn waiting_doubles_up_to_the_longest_and_begins_anew_after_a_success() {
    let (first, most) = (Duration::from_millis(500), Duration::from_mins(5));
    let mut backoff = Backoff::new(first, most);
    let mut whole = first;
    for failures in 0..40 {
        let luck = u32::MAX / 41 * failures;
        let waits = backoff.failed(luck, None);
        assert!(waits >= whole / 2 && waits <= whole, "{failures}: {waits:?} of {whole:?}");
        whole = (whole * 2).min(most);
    }
    assert_eq!(backoff.failed(u32::MAX, None), most);
    backoff.succeeded();
    assert_eq!(backoff.failed(u32::MAX, None), first);
    let asked = Duration::from_secs(90);
    assert_eq!(backoff.failed(0, Some(asked)), asked, "what the peer asks for is waited");
}

#[test]
fn batches_come_to_take_about_a_second_whatever_the_link() {
    for octets_a_second in [8_000_u64, 100_000, 10_000_000, 5_000_000_000] {
        let most = 8 << 20;
        let mut pace = Pace::new(16 << 10, 2 << 10, most);
        for _ in 0..40 {
            let octets = pace.limit();
            let took = Duration::from_secs_f64(octets as f64 / octets_a_second as f64);
            pace.sent(octets, took);
        }
        let fits = octets_a_second.clamp(2 << 10, most);
        let limit = pace.limit();
        assert!(limit >= fits / 2 && limit <= fits, "{limit} where {fits} fit");
        pace.timed_out();
        assert_eq!(pace.limit(), (limit / 4).max(2 << 10));
        pace.bound(1 << 10);
        assert!(pace.limit() <= 2 << 10);
    }
    let mut pace = Pace::new(16 << 10, 2 << 10, 8 << 20);
    pace.sent(100, Duration::from_millis(250));
    assert_eq!(pace.limit(), 16 << 10, "a small batch says nothing of the link");
}

#[test]
fn what_is_held_is_not_wanted_again_but_each_member_s_own_word_is() {
    let member = |number: u128| MemberId(Uuid::from_u128(number));
    let (author, relay, other) = (member(1), member(2), member(3));
    let digest = [7; 32];
    let offered = |kind: &str, source| Offered {
        id: format!("{kind}--00000000-0000-4000-8000-000000000001").parse().unwrap(),
        digest,
        source,
    };
    let held = |source, authored| Held { digest, source, authored };
    let tool = |source| offered("tool", source);
    assert!(tool(author).is_wanted(relay, &[]));
    assert!(
        tool(author).is_wanted(relay, &[Held { digest: [8; 32], ..held(author, true) }]),
        "another version"
    );
    assert!(!tool(author).is_wanted(relay, &[held(author, true)]));
    assert!(!tool(author).is_wanted(relay, &[held(other, false)]), "passed on: its bytes are here");
    assert!(tool(relay).is_wanted(relay, &[held(other, false)]), "its own word, beside another's");
    assert!(!tool(relay).is_wanted(relay, &[held(author, true)]), "its author's word is enough");
    assert!(!tool(relay).is_wanted(relay, &[held(relay, false)]));
    assert!(offered("marking-definition", author).is_wanted(relay, &[held(author, false)]));
    assert!(!offered("marking-definition", author).is_wanted(relay, &[held(relay, false)]));
    assert_eq!(Answer { wanted: vec![1, 9] }.of(3), [false, true, false]);
}
