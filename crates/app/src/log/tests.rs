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
