//! A store with one member that reads everything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use kizuna_access::rights::Sector;
use kizuna_access::{KeyId, Label, MemberId, Party, PersonId, Principal, Rights, Role};
use kizuna_stix::Object;
use kizuna_store::query::{Item, Start};
use kizuna_store::writer::Actor;
use kizuna_store::{Contribution, Options, Outcome, Position, Selection, Store, StoreError, SystemClock};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Its member, and that member's person and key.
pub const WHO: Uuid = Uuid::from_u128(0x1f0e_2d3c_4b5a_4690_8780_0102_0304_0506);
const SECRET: [u8; 32] = [7; 32];

/// A batch by its name → the numbers of its objects that were found, and how many it should have.
pub type Batches = BTreeMap<String, (BTreeSet<usize>, usize)>;

pub struct Node {
    pub store: Store,
}

/// The file in a store's directory that says in which database it is, where it is not in the directory.
pub const DATABASE: &str = "database";

pub fn try_open(path: &Path) -> Result<Store, StoreError> {
    let database = std::fs::read_to_string(path.join(DATABASE)).ok();
    Store::open(Options { directory: path.to_owned(), database, clock: Arc::new(SystemClock), readers: 2 })
}

impl Node {
    /// Opens a store, with its one member when it is new, or was killed before it had it.
    pub fn open(path: &Path) -> Self {
        let node = Self { store: try_open(path).unwrap() };
        let now = node.store.now().unwrap();
        if node.store.directory().unwrap().authenticate_key(&SECRET, now).is_err() {
            node.begin();
        }
        node
    }

    /// Makes its one member and that member's person and key.
    pub fn begin(&self) {
        let member = MemberId(WHO);
        let rights = [
            Rights::MemberAdded {
                member,
                name: "alpha".into(),
                country: "JPN".parse().unwrap(),
                sector: Sector::Public,
                hosted: true,
            },
            Rights::PersonAdded {
                person: PersonId(WHO),
                email: "alpha@example.org".into(),
                member,
                roles: BTreeSet::from([Role::Analyst]),
            },
            Rights::KeyAdded {
                key: KeyId(WHO),
                person: PersonId(WHO),
                sha256: hex::encode(Sha256::digest(SECRET)),
                read_only: false,
                expires: None,
            },
        ];
        for rights in rights {
            match self.store.writer().record(rights, Actor::Operator) {
                // Also where it was recorded before a kill.
                Ok(_) | Err(StoreError::Rights(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Contributes a batch: all of it or nothing.
    pub fn give(&self, batch: &str, size: usize) -> Result<Vec<Outcome>, StoreError> {
        self.give_under(batch, size, &Label::builder().rel([Party::World]).label())
    }

    /// The identifier of the object of this name, which is `BATCH/NUMBER/SIZE`.
    pub fn id(name: &str) -> String {
        format!("malware--{}", Uuid::new_v5(&WHO, name.as_bytes()))
    }

    /// The same, under a label.
    pub fn give_under(&self, batch: &str, size: usize, label: &Label) -> Result<Vec<Outcome>, StoreError> {
        self.store.writer().contribute(contributions(batch, size, label), Vec::new())
    }

    pub fn principal(&self) -> Principal {
        let now = self.store.now().unwrap();
        self.store.directory().unwrap().authenticate_key(&SECRET, now).unwrap()
    }

    /// Everything after a position, and the position of the last.
    pub fn read(&self, after: Option<Position>) -> (Vec<Item>, Option<Position>) {
        let view = self.store.view(&self.principal()).unwrap();
        let mut items = Vec::new();
        let mut reached = after;
        loop {
            let start = reached.map_or(Start::First, Start::After);
            let page = view.page(&Selection::default(), start, 500).unwrap();
            reached = page.items.last().map(|item| item.position).or(reached);
            items.extend(page.items);
            if page.next.is_none() {
                return (items, reached);
            }
        }
    }

    /// What is stored, batch by batch.
    pub fn batches(&self) -> Batches {
        batches(&self.read(None).0)
    }

    /// Checks the whole store and that no batch is half there.
    pub fn assert_sound(&self) -> Batches {
        // The log goes on from where it was, unless the disk is full.
        let _ = self.store.seal();
        let checked =
            self.store.dangerous("durability test", Actor::Operator).unwrap().check(&|_, _| {}).unwrap();
        assert!(checked.is_sound(), "{checked:?}");
        let batches = self.batches();
        for (name, (found, size)) in &batches {
            assert_eq!(found.len(), *size, "batch {name} is half there");
        }
        batches
    }
}

/// Sorts items into batches.
pub fn batches(items: &[Item]) -> Batches {
    let mut batches = Batches::new();
    for item in items {
        let value: serde_json::Value = serde_json::from_slice(&item.bytes).unwrap();
        let name = value["name"].as_str().unwrap();
        let parts: Vec<&str> = name.split('/').collect();
        let [batch, number, size] = parts[..] else { panic!("{name}") };
        let entry = batches.entry(batch.to_owned()).or_insert((BTreeSet::new(), size.parse().unwrap()));
        assert!(entry.0.insert(number.parse().unwrap()), "{name} is there twice");
    }
    batches
}

fn contributions(batch: &str, size: usize, label: &Label) -> Vec<Contribution> {
    let one = |number: usize| Contribution {
        object: object(&format!("{batch}/{number}/{size}")),
        source: MemberId(WHO),
        by: None,
        channel: "test".into(),
        label: label.clone(),
        parts: Vec::new(),
        authored: false,
        dangling: Vec::new(),
        reliability: None,
    };
    (0..size).map(one).collect()
}

fn object(name: &str) -> Object {
    Object::from_value(json!({
        "type": "malware",
        "spec_version": "2.1",
        "id": Node::id(name),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
        "name": name,
        "is_family": false,
        "description": "x".repeat(name.len() * 7 % 900),
    }))
    .unwrap()
}
