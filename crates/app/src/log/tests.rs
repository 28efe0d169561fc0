#![allow(clippy::unwrap_used, clippy::expect_used)]

//! Two nodes that witness each other, and one that has two histories.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kizuna_store::{Clock, Sealed};
use kizuna_tlog::{AddCheckpoint, Head, Note, Signed, Use};
use parking_lot::Mutex;

use crate::{Caller, Config, Node};

/// A clock that is moved by hand.
#[derive(Clone)]
struct Hand(Arc<Mutex<Timestamp>>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

impl Hand {
    fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-11-02T08:00:00Z".parse().unwrap())))
    }

    fn node(&self, directory: &Path) -> Node {
        Node::open(Config { clock: Arc::new(self.clone()), ..Config::new(directory) }).unwrap()
    }

    /// Makes so many leaves.
    fn grow(&self, node: &Node, leaves: usize) {
        for _ in 0..leaves {
            *self.0.lock() += Duration::from_secs(1);
            assert!(matches!(node.store.seal().unwrap(), Sealed::Leaf { .. }));
        }
    }
}

fn signed_head(node: &Node) -> (Note, Head) {
    node.signed(&node.log_key().unwrap(), None).unwrap()
}

fn request(node: &Node, old: u64) -> AddCheckpoint {
    let (checkpoint, head) = signed_head(node);
    let proof = node.store.log().unwrap().consistency(old, head.size).unwrap();
    AddCheckpoint { old, proof, note: checkpoint }
}

fn submit(to: &Node, request: &AddCheckpoint) -> (u16, String) {
    let answered = to.add_checkpoint(request.to_string().as_bytes()).unwrap();
    (answered.status, answered.body)
}

/// What was written is on disk, and can be copied once the node has ended.
fn copy(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

#[test]
fn the_key_stays_over_a_restart_and_goes_when_it_is_renewed() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Hand::new();
    let node = clock.node(directory.path());
    let key = node.log_verifier().unwrap();
    drop(node);
    let node = clock.node(directory.path());
    assert_eq!(node.log_verifier().unwrap(), key);
    let operator = node.people(Caller::Operator);
    let renewed = operator.renew_log(Some("kizuna.example/log")).unwrap();
    assert_eq!(renewed.name().as_str(), "kizuna.example/log");
    assert_eq!(node.log_verifier().unwrap(), renewed);
    assert!(operator.renew_log(Some("a b")).is_err());
}

#[test]
fn a_partner_cosigns_what_goes_on() {
    let (at_home, abroad) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let clock = Hand::new();
    let (log, witness) = (clock.node(at_home.path()), clock.node(abroad.path()));
    clock.grow(&log, 3);
    assert_eq!(submit(&witness, &request(&log, 0)).0, 404, "it is not asked to witness it yet");
    let operator = witness.people(Caller::Operator);
    operator.follow_log("north", &log.log_verifier().unwrap().to_string()).unwrap();
    assert!(operator.follow_log("again", &log.log_verifier().unwrap().to_string()).is_err());

    let first = request(&log, 0);
    let (status, line) = submit(&witness, &first);
    assert_eq!(status, 200, "{line}");
    let mut note = first.note.clone();
    note.add(line.trim_end().parse().unwrap());
    let key = witness.log_verifier().unwrap().for_use(Use::Cosignature);
    assert!(matches!(note.signature_of(&key), Signed::By { at: Some(_) }));

    clock.grow(&log, 300);
    assert_eq!(submit(&witness, &request(&log, 0)), (409, "3\n".to_owned()));
    assert_eq!(submit(&witness, &request(&log, 3)).0, 200);
    assert_eq!(witness.log_followed().unwrap()[0].size, 303);
    assert!(witness.log_splits().unwrap().is_empty());
}

#[test]
fn a_node_with_two_histories_is_caught_and_named() {
    let places: Vec<tempfile::TempDir> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let clock = Hand::new();
    let liar = clock.node(places[0].path());
    clock.grow(&liar, 5);
    let key = liar.log_verifier().unwrap().to_string();
    drop(liar);
    // The same node twice, each of which goes on for itself.
    copy(places[0].path(), places[1].path());
    let (one, other) = (clock.node(places[0].path()), clock.node(places[1].path()));
    clock.grow(&one, 2);
    clock.grow(&other, 6);
    let partner = clock.node(places[2].path());
    partner.people(Caller::Operator).follow_log("north", &key).unwrap();

    assert_eq!(submit(&partner, &request(&one, 0)).0, 200);
    let second = request(&other, 7);
    let (status, why) = submit(&partner, &second);
    assert_eq!(status, 422, "{why}");
    let splits = partner.log_splits().unwrap();
    assert_eq!(splits.len(), 1);
    let split = &splits[0];
    assert!(split.proven);
    assert_eq!(split.name, "north");
    // The evidence convinces whoever has the log's key and nothing else.
    let verifier: kizuna_tlog::Verifier = key.parse().unwrap();
    let (before, after) = (split.before.as_bytes(), split.shown.as_bytes());
    let path: String = split.proof.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let judged = super::verify::checkpoints(before, after, &path, &verifier);
    assert!(judged.is_err_and(|why| why.to_string().contains("another tree than the old one")));
    assert!(Note::read(before).unwrap().is_signed_by(&verifier));
    assert!(Note::read(after).unwrap().is_signed_by(&verifier));

    // Once for each checkpoint; and what was co-signed stays.
    assert_eq!(submit(&partner, &second).0, 422);
    assert_eq!(partner.log_splits().unwrap().len(), 1);
    assert_eq!(partner.log_followed().unwrap()[0].size, 7);
    clock.grow(&one, 1);
    assert_eq!(submit(&partner, &request(&one, 7)).0, 200, "the history that was witnessed goes on");
}

/// A node with two histories, each of so many leaves, and two partners, each of which co-signs one of them; the key.
fn two_faced(
    clock: &Hand,
    places: &[tempfile::TempDir],
    leaves: [usize; 2],
) -> ([Node; 2], [Node; 2], String) {
    let liar = clock.node(places[0].path());
    clock.grow(&liar, 5);
    let key = liar.log_verifier().unwrap().to_string();
    drop(liar);
    copy(places[0].path(), places[1].path());
    let faces = [clock.node(places[0].path()), clock.node(places[1].path())];
    let partners = [clock.node(places[2].path()), clock.node(places[3].path())];
    for ((face, partner), leaves) in faces.iter().zip(&partners).zip(leaves) {
        clock.grow(face, leaves);
        partner.people(Caller::Operator).follow_log("north", &key).unwrap();
        assert_eq!(submit(partner, &request(face, 0)).0, 200);
    }
    (faces, partners, key)
}

#[test]
fn partners_who_were_shown_different_histories_find_out_when_they_meet() {
    let places: Vec<tempfile::TempDir> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let clock = Hand::new();
    let (_, [one, other], key) = two_faced(&clock, &places, [2, 2]);
    one.compare_checkpoints("other", &other.seen_checkpoints().unwrap()).unwrap();
    let splits = one.log_splits().unwrap();
    assert_eq!(splits.len(), 1);
    assert!(splits[0].proven, "two roots for one size");
    let verifier: kizuna_tlog::Verifier = key.parse().unwrap();
    for signed in [&splits[0].before, &splits[0].shown] {
        assert!(Note::read(signed.as_bytes()).unwrap().is_signed_by(&verifier));
    }
    // Again, or what somebody else signed, or nothing that reads: no more.
    one.compare_checkpoints("other", &other.seen_checkpoints().unwrap()).unwrap();
    let forged = signed_head(&other).0.to_string();
    one.compare_checkpoints("other", &[forged, "no note".to_owned()]).unwrap();
    assert_eq!(one.log_splits().unwrap().len(), 1);
}

#[test]
fn what_partners_were_shown_at_different_sizes_must_be_proven_to_be_one_history() {
    let places: Vec<tempfile::TempDir> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let clock = Hand::new();
    let (faces, [one, other], _) = two_faced(&clock, &places, [2, 6]);
    let shown = other.seen_checkpoints().unwrap();
    one.compare_checkpoints("other", &shown).unwrap();
    assert!(one.log_splits().unwrap().is_empty(), "sizes alone say nothing");
    assert_eq!(one.store.states("log.shown").unwrap().len(), 1, "it is kept until it is proven");
    // Nothing that the log can say proves it.
    let origin = faces[1].log_verifier().unwrap().name().to_string();
    one.have_history_proven("another", true, |_, _| panic!("not its log")).unwrap();
    one.have_history_proven(&origin, true, |old, size| {
        assert_eq!((old, size), (7, 11));
        faces[1].log_consistency(old, size).map(Some)
    })
    .unwrap();
    assert_eq!(one.log_splits().unwrap().len(), 1);
    assert!(one.store.states("log.shown").unwrap().is_empty());
}

#[test]
fn an_honest_log_proves_to_every_partner_that_it_has_one_history() {
    let places: Vec<tempfile::TempDir> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
    let clock = Hand::new();
    let (log, partner) = (clock.node(places[0].path()), clock.node(places[1].path()));
    clock.grow(&log, 7);
    let key = log.log_verifier().unwrap();
    partner.people(Caller::Operator).follow_log("south", &key.to_string()).unwrap();
    assert_eq!(submit(&partner, &request(&log, 0)).0, 200);
    clock.grow(&log, 4);
    let later = signed_head(&log).0.to_string();
    let origin = key.name().as_str();
    let meet = || partner.compare_checkpoints("other", std::slice::from_ref(&later)).unwrap();
    meet();
    let unreachable =
        partner.have_history_proven(origin, true, |_, _| Err(crate::AppError::Unavailable(String::new())));
    assert!(unreachable.is_err());
    let proves = |old, size| log.log_consistency(old, size).map(Some);
    partner.have_history_proven(origin, false, proves).unwrap();
    assert!(partner.store.states("log.shown").unwrap().is_empty(), "a proof is one whoever gives it");
    assert!(partner.log_splits().unwrap().is_empty());
    meet();
    partner.have_history_proven(origin, false, |_, _| Ok(None)).unwrap();
    assert!(partner.log_splits().unwrap().is_empty(), "anybody can refuse what is not his");
    partner.have_history_proven(origin, true, |_, _| Ok(None)).unwrap();
    assert_eq!(partner.log_splits().unwrap().len(), 1, "who refuses the proof has none");
    assert!(!partner.log_splits().unwrap()[0].proven);
}

#[test]
fn a_log_that_goes_on_while_it_proves_is_judged_by_what_was_asked() {
    let places: Vec<tempfile::TempDir> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
    let clock = Hand::new();
    let (log, partner) = (clock.node(places[0].path()), clock.node(places[1].path()));
    clock.grow(&log, 7);
    let key = log.log_verifier().unwrap();
    partner.people(Caller::Operator).follow_log("south", &key.to_string()).unwrap();
    assert_eq!(submit(&partner, &request(&log, 0)).0, 200);
    clock.grow(&log, 4);
    let shown = signed_head(&log).0.to_string();
    partner.compare_checkpoints("other", &[shown]).unwrap();
    partner
        .have_history_proven(key.name().as_str(), true, |old, size| {
            assert_eq!((old, size), (7, 11));
            clock.grow(&log, 2);
            assert_eq!(submit(&partner, &request(&log, 7)).0, 200);
            log.log_consistency(old, size).map(Some)
        })
        .unwrap();
    assert_eq!(partner.log_followed().unwrap()[0].size, 13);
    assert_eq!(partner.log_splits().unwrap(), []);
    assert!(partner.store.states("log.shown").unwrap().is_empty());
}

#[test]
fn what_is_proven_later_takes_the_place_of_what_was_not() {
    let places: Vec<tempfile::TempDir> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let clock = Hand::new();
    let (_, [one, other], _) = two_faced(&clock, &places, [2, 2]);
    let log = &one.log_followed().unwrap()[0];
    let note = Note::read(other.seen_checkpoints().unwrap()[0].as_bytes()).unwrap();
    let shown = AddCheckpoint { old: 7, proof: Vec::new(), note };
    for (proven, expected) in [(false, false), (true, true), (false, true)] {
        one.tell_split(&shown, log, proven).unwrap();
        let splits = one.log_splits().unwrap();
        assert_eq!((splits.len(), splits[0].proven), (1, expected));
    }
}

#[test]
fn an_origin_is_that_of_the_peer_that_said_so_first() {
    let place = tempfile::tempdir().unwrap();
    let clock = Hand::new();
    let node = clock.node(place.path());
    let enrol = |name: &str, since: &str| {
        let peer = serde_json::json!({
            "name": name, "url": "https://peer.example/", "members": [], "user": null, "collections": [],
            "pull": true, "push": true, "every": 60, "label": null, "accounts": [],
            "channel": { "pins": [], "under": "", "since": since, "ours": [] },
        });
        node.store.writer().set_state("peer", name, Some(peer.to_string().into_bytes()), None).unwrap();
        node.peer(name).unwrap().unwrap()
    };
    let north = enrol("north", "2026-11-01T00:00:00Z");
    let south = enrol("south", "2026-11-01T00:00:00Z");
    assert!(!node.claims_log(&north, "log.north").unwrap(), "only from the next meeting on");
    assert!(node.claims_log(&north, "log.north").unwrap());
    assert!(!node.claims_log(&south, "log.north").unwrap());
    assert!(!node.claims_log(&south, "log.north").unwrap(), "it is that of another");
    assert!(!node.claims_log(&north, "log.other").unwrap());
    assert!(!node.claims_log(&north, "log.other").unwrap(), "a peer has one");
    assert!(!node.claims_log(&south, "log.south").unwrap());
    assert!(node.claims_log(&south, "log.south").unwrap());
    // Whoever is enrolled under the name later is another.
    let later = enrol("north", "2026-11-02T00:00:00Z");
    assert!(!node.claims_log(&later, "log.new").unwrap());
    assert!(node.claims_log(&later, "log.new").unwrap());
    assert!(!node.claims_log(&south, "log.north").unwrap(), "south has its own");
}
