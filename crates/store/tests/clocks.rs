//! A machine's clock that is set back, by an hour or a year: order, rights and expiry stay as they were, time goes on,
//! and it is said.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::label::Handling;
use kizuna_access::{CommunityId, KeyId, Label, MemberId, Party, PersonId, Rights};
use kizuna_store::query::Start;
use kizuna_store::writer::Actor;
use kizuna_store::{Clock, Options, Selection, Store};
use kizuna_testkit::postgres::schema;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::durability::node::{Node, WHO};

const BEGIN: i64 = 1_800_000_000;
const HOUR: i64 = 3_600;
const YEAR: i64 = 365 * 24 * HOUR;
const SHORT_LIVED: [u8; 32] = [8; 32];

/// A clock that can be set, beside time that only passes; seconds.
struct Settable {
    wall: AtomicI64,
    steady: AtomicI64,
}

impl Settable {
    fn new() -> Arc<Self> {
        Arc::new(Self { wall: AtomicI64::new(BEGIN), steady: AtomicI64::new(0) })
    }

    fn pass(&self, seconds: i64) {
        self.wall.fetch_add(seconds, Ordering::SeqCst);
        self.steady.fetch_add(seconds, Ordering::SeqCst);
    }

    fn set_back(&self, seconds: i64) {
        self.wall.fetch_sub(seconds, Ordering::SeqCst);
    }
}

impl Clock for Settable {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.wall.load(Ordering::SeqCst)).unwrap()
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(self.steady.load(Ordering::SeqCst).unsigned_abs())
    }
}

fn second(after: i64) -> Timestamp {
    Timestamp::from_second(BEGIN + after).unwrap()
}

fn open(directory: &Path, database: Option<&str>, clock: &Arc<Settable>) -> Node {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let database = database.map(str::to_owned);
    Node {
        store: Store::open(Options { directory: directory.to_owned(), database, clock, readers: 2 }).unwrap(),
    }
}

/// Whether the key that ends after 100 seconds still opens anything.
fn is_short_lived_valid(node: &Node) -> bool {
    let now = node.store.now().unwrap();
    node.store.directory().unwrap().authenticate_key(&SHORT_LIVED, now).is_ok()
}

/// How much is read of what names the circle, in which the member is for 300 seconds.
fn reads_of_circle(node: &Node) -> usize {
    let view = node.store.view(&node.principal()).unwrap();
    let page = view.page(&Selection::default(), Start::First, 100).unwrap();
    page.items.iter().filter(|item| item.label.handling().contains(&Handling::Exercise)).count()
}

fn begin(node: &Node) {
    node.begin();
    let member = MemberId(WHO);
    let circle = CommunityId(Uuid::from_u128(4));
    let rights = [
        Rights::KeyAdded {
            key: KeyId(Uuid::from_u128(5)),
            person: PersonId(WHO),
            sha256: hex::encode(Sha256::digest(SHORT_LIVED)),
            read_only: false,
            expires: Some(second(100)),
        },
        Rights::CommunityAdded { community: circle, name: "circle".into(), owned: true, from_joining: false },
        Rights::Joined { community: circle, member, from: None, until: Some(second(300)) },
    ];
    for rights in rights {
        node.store.writer().record(rights, Actor::Operator).unwrap();
    }
    let label = Label::builder().rel([Party::Community(circle)]).handling(Handling::Exercise).label();
    node.give_under("circle", 1, &label).unwrap();
    let session = Some(b"somebody".to_vec());
    node.store.writer().set_state("session", "one", session, Some(second(120))).unwrap();
}

fn story(database: Option<&str>, back: i64) {
    let place = tempfile::tempdir().unwrap();
    let clock = Settable::new();
    let node = open(place.path(), database, &clock);
    begin(&node);
    node.give("before", 3).unwrap();
    let (_, reached) = node.read(None);
    assert!(is_short_lived_valid(&node) && node.store.state("session", "one").unwrap().is_some());
    clock.pass(150);
    assert!(!is_short_lived_valid(&node) && node.store.state("session", "one").unwrap().is_none());
    assert_eq!(node.store.vitals().clock_behind, Duration::ZERO);
    let before = (node.store.now().unwrap(), node.store.wall());

    clock.set_back(back);
    assert!(!is_short_lived_valid(&node), "what has expired has expired");
    assert!(node.store.state("session", "one").unwrap().is_none(), "and so have sessions");
    assert!(node.store.now().unwrap() >= before.0 && node.store.wall() >= before.1, "time does not go back");
    let behind = node.store.vitals().clock_behind;
    assert!(behind >= Duration::from_secs(back.unsigned_abs() - 1), "it is said: {behind:?}");
    node.give("after", 3).unwrap();
    let (items, reached) = node.read(reached);
    assert_eq!(items.len(), 3, "a cursor of before reads what came after, once");
    assert_eq!(reads_of_circle(&node), 1, "the membership goes on to its end");

    drop(node);
    let node = open(place.path(), database, &clock);
    assert!(!is_short_lived_valid(&node), "also after opening again");
    node.give("opened again", 2).unwrap();
    let (items, reached) = node.read(reached);
    assert_eq!(items.len(), 2);
    clock.pass(400);
    assert_eq!(reads_of_circle(&node), 0, "time goes on meanwhile: the membership has ended");
    node.assert_sound();

    clock.pass(back + 400);
    assert_eq!(node.store.vitals().clock_behind, Duration::ZERO, "the clock has caught up");
    assert_eq!(node.store.wall(), clock.now());
    node.give("caught up", 1).unwrap();
    assert_eq!(node.read(reached).0.len(), 1);
    node.assert_sound();
}

#[test]
fn a_clock_set_back_by_an_hour_or_a_year_changes_no_order_no_right_and_no_end() {
    for back in [HOUR, YEAR] {
        story(None, back);
        if let Some(schema) = schema() {
            story(Some(schema.url()), back);
        }
    }
}

#[test]
fn work_moves_from_a_dead_front_end_whatever_the_clock_says() {
    let Some(schema) = schema() else { return };
    let places = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let clock = Settable::new();
    let length = Duration::from_secs(15);
    let one = open(places[0].path(), Some(schema.url()), &clock);
    let other = open(places[1].path(), Some(schema.url()), &clock);
    assert!(one.store.lease("peers", "one", length).unwrap());
    assert!(!other.store.lease("peers", "other", length).unwrap());
    drop(one);
    clock.set_back(YEAR);
    clock.pass(15);
    assert!(other.store.lease("peers", "other", length).unwrap());
}
