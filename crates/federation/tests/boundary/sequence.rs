//! Loss, replay, reordering, gaps, clocks and who it is from, each by its name.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use kizuna_access::MemberId;
use kizuna_attest::SecretKey;
use kizuna_federation::guard::Stand;
use kizuna_federation::package::{Digest, Holds};
use uuid::Uuid;

use super::scene::{LOW, Scene, names, passed, tool};

#[test]
fn packages_pass_in_their_order_and_go_on_from_each_other() {
    let mut scene = Scene::new();
    let mut stand = Stand::default();
    for number in 1..=4 {
        assert_eq!(stand.expects(), u64::from(number));
        let octets = scene.export(&[tool(number), tool(100 + number)]);
        stand = passed(scene.guard(&octets, &stand), stand);
    }
    let empty = scene.export(&[]);
    passed(scene.guard(&empty, &stand), stand);
}

#[test]
fn what_is_lost_replayed_or_reordered_is_told_by_name() {
    let mut scene = Scene::new();
    let [one, two, three] = [1, 2, 3].map(|number| scene.export(&[tool(number)]));
    let nothing = Stand::default();
    assert_eq!(scene.found(&two, &nothing), ["gap"], "the first is lost");
    let first = passed(scene.guard(&one, &nothing), nothing);
    assert_eq!(scene.found(&one, &first), ["replayed"]);
    assert_eq!(scene.found(&three, &first), ["gap"], "reordered: the third before the second");
    let second = passed(scene.guard(&two, &first), first);
    let third = passed(scene.guard(&three, &second), second);
    for old in [&one, &two, &three] {
        assert_eq!(scene.found(old, &third), ["replayed"]);
    }
}

#[test]
fn a_complete_package_goes_over_a_gap_and_what_comes_late_is_reordered() {
    let mut scene = Scene::new();
    let one = scene.export(&[tool(1)]);
    let two = scene.export(&[tool(2)]);
    let all = scene.export_as(&[tool(1), tool(2), tool(3)], Holds::All, |_| {});
    let first = passed(scene.guard(&one, &Stand::default()), Stand::default());
    let over = passed(scene.guard(&all, &first), first);
    assert_eq!(over.skipped.iter().copied().collect::<Vec<_>>(), [2]);
    assert_eq!(scene.found(&two, &over), ["reordered"]);
    let four = scene.export(&[tool(4)]);
    passed(scene.guard(&four, &over), over.clone());
    let fresh = passed(scene.guard(&all, &Stand::default()), Stand::default());
    assert_eq!(fresh.skipped.iter().copied().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(scene.found(&two, &fresh), ["reordered"]);
}

#[test]
fn another_package_under_a_known_number_is_a_fork() {
    let mut scene = Scene::new();
    let one = scene.export(&[tool(1)]);
    let stand = passed(scene.guard(&one, &Stand::default()), Stand::default());
    let other = Scene::new().export(&[tool(9)]);
    assert_eq!(scene.found(&other, &stand), ["forked"]);
    let next = scene.export_as(&[tool(2)], Holds::Since, |manifest| {
        manifest.previous = Some(Digest::of(b"something else"));
    });
    assert_eq!(scene.found(&next, &stand), ["forked"]);
}

#[test]
fn a_log_with_another_history_is_told() {
    let mut scene = Scene::new();
    let one = scene.export(&[tool(1)]);
    let stand = passed(scene.guard(&one, &Stand::default()), Stand::default());
    scene.leaves[0] = kizuna_tlog::leaf_hash(b"rewritten");
    let two = scene.export(&[tool(2)]);
    assert_eq!(scene.found(&two, &stand), ["split-log"]);
}

#[test]
fn who_it_is_from_and_for_and_when_is_verified() {
    let nothing = Stand::default();
    let mut scene = Scene::new();
    let change = |change: fn(&mut kizuna_federation::package::Manifest)| {
        let mut scene = Scene::new();
        let octets = scene.export_as(&[tool(1)], Holds::Since, change);
        scene.found(&octets, &nothing)
    };
    assert_eq!(change(|manifest| manifest.channel = "north".to_owned()), ["other-channel"]);
    assert_eq!(change(|manifest| manifest.to = MemberId(Uuid::from_u128(5))), ["other-recipient"]);
    assert_eq!(change(|manifest| manifest.from = LOW), ["other-sender"]);
    assert_eq!(change(|manifest| manifest.made += SignedDuration::from_hours(1)), ["clock"]);
    assert_eq!(change(|manifest| manifest.made -= SignedDuration::from_hours(1)), Vec::<&str>::new());
    scene.secret = SecretKey::from_seed(&[8; 32]);
    let octets = scene.export(&[tool(1)]);
    assert_eq!(scene.found(&octets, &nothing), ["unknown-key"]);
    let mut scene = Scene::new();
    let one = scene.export(&[tool(1)]);
    let stand = passed(scene.guard(&one, &nothing), nothing.clone());
    let two =
        scene.export_as(&[tool(2)], Holds::Since, |manifest| manifest.made -= SignedDuration::from_hours(1));
    assert_eq!(scene.found(&two, &stand), ["clock"], "dated before the one before it");
    let mut expected = Scene::expected();
    expected.log = Some(kizuna_tlog::Signer::new("log.example/south".parse().unwrap(), &[1; 32]).verifier());
    let found = names(scene.guard_as(&expected, &one, &nothing, &std::collections::HashSet::new()));
    assert_eq!(found, ["other-log"]);
    let mut expected = Scene::expected();
    expected.witnesses =
        vec![kizuna_tlog::Signer::new("witness.example".parse().unwrap(), &[2; 32]).verifier()];
    let found = names(scene.guard_as(&expected, &one, &nothing, &std::collections::HashSet::new()));
    assert_eq!(found, ["unwitnessed"]);
}
