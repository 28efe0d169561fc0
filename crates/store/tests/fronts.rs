//! Several front-ends on one database: what one of them stores, every other one serves, in one order and under one
//! state of rights.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kizuna_access::rights::Sector;
use kizuna_access::{CommunityId, KeyId, Label, MemberId, Party, PersonId, Principal, Rights, Role};
use kizuna_stix::Object;
use kizuna_store::query::Start;
use kizuna_store::writer::Actor;
use kizuna_store::{Clock, Contribution, Options, Position, Selection, Store, StoreError, SystemClock};
use kizuna_testkit::postgres::{Schema, schema};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const ALPHA: Uuid = Uuid::from_u128(0x1f0e_2d3c_4b5a_4690_8780_0102_0304_0506);
const BETA: Uuid = Uuid::from_u128(0x2f0e_2d3c_4b5a_4690_8780_0102_0304_0506);
const SECRET: [u8; 32] = [7; 32];

/// One front-end: a store of its own on the shared database.
struct Front {
    store: Store,
    _directory: tempfile::TempDir,
}

impl Front {
    fn open(schema: &Schema) -> Self {
        Self::with_clock(schema, Arc::new(SystemClock))
    }

    fn with_clock(schema: &Schema, clock: Arc<dyn Clock>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = Options {
            directory: directory.path().to_owned(),
            database: Some(schema.url().to_owned()),
            clock,
            readers: 2,
        };
        Self { store: Store::open(options).unwrap(), _directory: directory }
    }

    fn record(&self, rights: Rights) {
        self.store.writer().record(rights, Actor::Operator).unwrap();
    }

    /// Two members, and a person with a key at the first.
    fn begin(&self) {
        for (id, name) in [(ALPHA, "alpha"), (BETA, "beta")] {
            let (country, sector) = ("JPN".parse().unwrap(), Sector::Public);
            let (member, name) = (MemberId(id), name.to_owned());
            self.record(Rights::MemberAdded { member, name, country, sector, hosted: true });
        }
        self.record(Rights::PersonAdded {
            person: PersonId(ALPHA),
            email: "alpha@example.org".into(),
            member: MemberId(ALPHA),
            roles: BTreeSet::from([Role::Analyst]),
        });
        self.record(Rights::KeyAdded {
            key: KeyId(ALPHA),
            person: PersonId(ALPHA),
            sha256: hex::encode(Sha256::digest(SECRET)),
            read_only: false,
            expires: None,
        });
    }

    fn principal(&self) -> Principal {
        let now = self.store.now().unwrap();
        self.store.directory().unwrap().authenticate_key(&SECRET, now).unwrap()
    }

    fn give(&self, names: impl Iterator<Item = String>, label: &Label) {
        let contributions = names.map(|name| contribution(&name, label)).collect();
        self.store.writer().contribute(contributions, Vec::new()).unwrap();
    }

    /// The names of everything after a position, and the position of the last.
    fn read(&self, who: &Principal, after: Option<Position>) -> (Vec<String>, Option<Position>) {
        let view = self.store.view(who).unwrap();
        let start = after.map_or(Start::First, Start::After);
        let page = view.page(&Selection::default(), start, 10_000).unwrap();
        assert!(page.next.is_none());
        let reached = page.items.last().map(|item| item.position).or(after);
        let name = |bytes: &[u8]| {
            let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            value["name"].as_str().unwrap().to_owned()
        };
        (page.items.iter().map(|item| name(&item.bytes)).collect(), reached)
    }
}

fn everybody() -> Label {
    Label::builder().rel([Party::World]).label()
}

fn contribution(name: &str, label: &Label) -> Contribution {
    let id = Uuid::new_v5(&BETA, name.as_bytes());
    let object = Object::from_value(json!({
        "type": "malware",
        "spec_version": "2.1",
        "id": format!("malware--{id}"),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
        "name": name,
        "is_family": false,
    }));
    Contribution {
        object: object.unwrap(),
        source: MemberId(BETA),
        by: None,
        channel: "test".into(),
        label: label.clone(),
        parts: Vec::new(),
        authored: false,
        dangling: Vec::new(),
        reliability: None,
    }
}

/// Front-ends that write at once, and how often each does.
const WRITERS: usize = 3;
const ROUNDS: usize = 40;

#[test]
fn a_cursor_misses_nothing_that_any_front_end_stores() {
    let Some(schema) = schema() else { return };
    // With the feature `failpoints` every fifth commit takes long after all of it has been sent.
    let has_slow_commits = fail::cfg("flushed", "20%sleep(25)").is_ok();
    println!("slow commits: {has_slow_commits}");
    let reader = Front::open(&schema);
    reader.begin();
    let who = reader.principal();
    let ended = AtomicBool::new(false);
    let walked = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let front = Front::open(&schema);
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        // Some transactions are long, so that short ones of others would overtake them.
                        let size = if (round + writer) % 5 == 0 { 300 } else { 1 };
                        let names = (0..size).map(|number| format!("w{writer}-{round}-{number}"));
                        front.give(names, &everybody());
                    }
                })
            })
            .collect();
        let walk = scope.spawn(|| {
            let (mut walked, mut reached) = (Vec::new(), None);
            loop {
                let is_last = ended.load(Ordering::SeqCst);
                let (names, at) = reader.read(&who, reached);
                walked.extend(names);
                reached = at;
                if is_last {
                    return walked;
                }
            }
        });
        for writer in writers {
            writer.join().unwrap();
        }
        ended.store(true, Ordering::SeqCst);
        walk.join().unwrap()
    });
    fail::remove("flushed");
    let distinct: BTreeSet<&String> = walked.iter().collect();
    assert_eq!(distinct.len(), walked.len(), "nothing comes twice");
    let (all, _) = reader.read(&who, None);
    assert_eq!(all.len(), WRITERS * (ROUNDS / 5 * 300 + ROUNDS / 5 * 4));
    assert_eq!(walked, all, "a cursor that follows has read everything, in the order that everybody sees");
    let checked = reader.store.dangerous("test", Actor::Operator).unwrap().check(&|_, _| {}).unwrap();
    assert!(checked.faults.is_empty(), "{:?}", checked.faults);
}

#[test]
fn a_commit_that_takes_long_is_overtaken_by_nobody() {
    let Some(schema) = schema() else { return };
    let (front, reader) = (Front::open(&schema), Front::open(&schema));
    front.begin();
    let who = reader.principal();
    // A front-end that is in the middle of its commit, and takes its time.
    let mut slow = postgres::Client::connect(schema.url(), postgres::NoTls).unwrap();
    let mut commit = slow.transaction().unwrap();
    commit.query("SELECT seq FROM head WHERE one = 1 FOR UPDATE", &[]).unwrap();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            front.give(["later".to_owned()].into_iter(), &everybody());
            is_done.store(true, Ordering::SeqCst);
        });
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(10));
            assert!(reader.read(&who, None).0.is_empty() && !is_done.load(Ordering::SeqCst));
        }
        commit.commit().unwrap();
    });
    assert_eq!(reader.read(&who, None).0, ["later"]);
}

#[test]
fn a_right_that_is_lost_is_lost_on_every_front_end_with_the_next_request() {
    let Some(schema) = schema() else { return };
    let (here, there) = (Front::open(&schema), Front::open(&schema));
    here.begin();
    let quad = CommunityId(Uuid::from_u128(4));
    here.record(Rights::CommunityAdded {
        community: quad,
        name: "quad".into(),
        owned: true,
        from_joining: false,
    });
    let join = Rights::Joined { community: quad, member: MemberId(ALPHA), from: None, until: None };
    here.record(join);
    here.give(["secret".to_owned()].into_iter(), &Label::builder().rel([Party::Community(quad)]).label());
    let who = there.principal();
    assert_eq!(there.read(&who, None).0, ["secret"]);
    here.record(Rights::Left { community: quad, member: MemberId(ALPHA) });
    assert!(there.read(&who, None).0.is_empty(), "the membership has ended everywhere");
    here.record(Rights::KeyRevoked { key: KeyId(ALPHA) });
    assert!(matches!(there.store.view(&who), Err(StoreError::NotAuthenticated)));
    // What the other one writes is checked against the same rights.
    let again = Rights::KeyRevoked { key: KeyId(ALPHA) };
    assert!(there.store.writer().record(again, Actor::Operator).is_err());
}

#[test]
fn what_one_front_end_stores_wakes_the_listeners_of_the_others() {
    let Some(schema) = schema() else { return };
    let (here, there) = (Front::open(&schema), Front::open(&schema));
    here.begin();
    let mut commits = there.store.commits();
    std::thread::sleep(Duration::from_millis(700));
    commits.mark_unchanged();
    let begun = Instant::now();
    here.give(["news".to_owned()].into_iter(), &everybody());
    while !commits.has_changed().unwrap() {
        assert!(begun.elapsed() < Duration::from_secs(5), "nobody was told");
        std::thread::sleep(Duration::from_millis(2));
    }
    println!("told after {:?}", begun.elapsed());
}

/// A clock that is so many seconds ahead of a shared one.
struct Skewed(Arc<AtomicI64>, i64);

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst) + self.1).unwrap()
    }
}

#[test]
fn a_date_that_one_front_end_has_passed_is_passed_for_what_all_of_them_store() {
    let Some(schema) = schema() else { return };
    let time = Arc::new(AtomicI64::new(1_800_000_000));
    let late = Front::with_clock(&schema, Arc::new(Skewed(Arc::clone(&time), 0)));
    let ahead = Front::with_clock(&schema, Arc::new(Skewed(Arc::clone(&time), 100)));
    late.begin();
    let quad = CommunityId(Uuid::from_u128(4));
    late.record(Rights::CommunityAdded {
        community: quad,
        name: "quad".into(),
        owned: true,
        from_joining: false,
    });
    let from = Timestamp::from_second(1_800_000_050).unwrap();
    late.record(Rights::Joined { community: quad, member: MemberId(ALPHA), from: Some(from), until: None });
    let label = Label::builder().rel([Party::Community(quad)]).label();
    late.give(["before".to_owned()].into_iter(), &label);
    let who = late.principal();
    assert!(late.read(&who, None).0.is_empty(), "the membership has not begun here");
    // By the clock of the other one it has: what it opens is read, and the cursor stands behind it.
    let (opened, reached) = ahead.read(&who, None);
    assert_eq!(opened, ["before"]);
    // The first one's clock is still before that date; what it stores now comes after that cursor all the same.
    late.give(["after".to_owned()].into_iter(), &label);
    assert_eq!(ahead.read(&who, reached).0, ["after"]);
    assert_eq!(late.read(&who, reached).0, ["after"], "and the membership holds for everybody");
}

#[test]
fn a_piece_of_work_is_one_front_ends_until_it_dies() {
    let Some(schema) = schema() else { return };
    let time = Arc::new(AtomicI64::new(1_800_000_000));
    let front = |ahead| Front::with_clock(&schema, Arc::new(Skewed(Arc::clone(&time), ahead)));
    // The clocks of the two differ by a day; it makes no difference.
    let (one, other) = (front(0), front(86_400));
    let length = Duration::from_secs(15);
    assert!(one.store.lease("peers", "one", length).unwrap());
    assert!(!other.store.lease("peers", "other", length).unwrap());
    assert!(
        other.store.lease("releases", "other", length).unwrap(),
        "another piece of work is another matter"
    );
    for _ in 0..4 {
        time.fetch_add(10, Ordering::SeqCst);
        assert!(one.store.lease("peers", "one", length).unwrap(), "it is kept by asking again");
        assert!(!other.store.lease("peers", "other", length).unwrap());
    }
    drop(one);
    time.fetch_add(14, Ordering::SeqCst);
    assert!(!other.store.lease("peers", "other", length).unwrap(), "it may only be slow");
    time.fetch_add(1, Ordering::SeqCst);
    assert!(other.store.lease("peers", "other", length).unwrap(), "who is gone asks no more");
    let again = front(0);
    assert!(!again.store.lease("peers", "again", length).unwrap());
}

#[test]
fn of_many_that_ask_for_a_piece_of_work_at_once_one_gets_it() {
    let Some(schema) = schema() else { return };
    let fronts: Vec<Front> = (0..4).map(|_| Front::open(&schema)).collect();
    let got: Vec<bool> = std::thread::scope(|scope| {
        let ask = |(number, front): (usize, &Front)| {
            let (store, holder) = (front.store.clone(), format!("front-end {number}"));
            scope.spawn(move || store.lease("peers", &holder, Duration::from_secs(15)).unwrap())
        };
        let asked: Vec<_> = fronts.iter().enumerate().map(ask).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(got.iter().filter(|got| **got).count(), 1, "{got:?}");
}

#[test]
fn a_secret_is_the_same_on_every_front_end() {
    let Some(schema) = schema() else { return };
    let fronts: Vec<Front> = (0..4).map(|_| Front::open(&schema)).collect();
    let secrets: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let asked: Vec<_> =
            fronts.iter().map(|front| scope.spawn(|| front.store.secret("cursor").unwrap())).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(secrets.iter().all(|secret| *secret == secrets[0]), "made once, by whoever was first");
}
