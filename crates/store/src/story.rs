//! Test support: a store told as a story.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::rights::Sector;
use kizuna_access::{CommunityId, KeyId, Label, MemberId, Party, PersonId, Principal, Rights, Role};
use kizuna_stix::Object;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use crate::query::{Item, Selection, Start};
use crate::writer::Actor;
use crate::{Contribution, Options, Outcome, Store, SystemClock, View};

/// A store in a directory of its own.
pub(crate) struct Story {
    pub store: Store,
    directory: TempDir,
}

pub(crate) fn member(name: &str) -> MemberId {
    MemberId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
}

fn person(name: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
}

fn community(name: &str) -> CommunityId {
    CommunityId(Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()))
}

fn secret(name: &str) -> [u8; 32] {
    Sha256::digest(name).into()
}

pub(crate) fn to_all() -> Label {
    Label::builder().rel([Party::World]).label()
}

pub(crate) fn to_own(name: &str) -> Label {
    Label::own(member(name))
}

/// An indicator; `day` makes its version.
pub(crate) fn indicator(by: &str, number: u64, day: u8, name: &str) -> Object {
    let modified = format!("2024-01-{day:02}T00:00:00.000Z");
    Object::from_value(json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": format!("indicator--00000000-0000-4000-8000-{number:012}"),
        "created_by_ref": member(by).identity().as_str(),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": modified,
        "name": name,
        "pattern": "[domain-name:value = 'evil.example']",
        "pattern_type": "stix",
        "valid_from": "2024-01-01T00:00:00Z",
    }))
    .unwrap()
}

pub(crate) fn name(item: &Item) -> String {
    let value: serde_json::Value = serde_json::from_slice(&item.bytes).unwrap();
    value["name"].as_str().unwrap_or("?").to_owned()
}

impl Story {
    /// Two members of two countries, each with one analyst of the same name.
    pub fn cast() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = Options {
            directory: directory.path().to_owned(),
            database: None,
            clock: Arc::new(SystemClock),
            readers: 4,
        };
        let story = Self { store: Store::open(options).unwrap(), directory };
        for (name, country) in [("alpha", "JPN"), ("bravo", "EST")] {
            story.tell(Rights::MemberAdded {
                member: member(name),
                name: name.into(),
                country: country.parse().unwrap(),
                sector: Sector::Public,
                hosted: true,
            });
            story.tell(Rights::PersonAdded {
                person: person(name),
                email: format!("{name}@example.org"),
                member: member(name),
                roles: BTreeSet::from([Role::Analyst]),
            });
            story.tell(Rights::KeyAdded {
                key: KeyId(Uuid::new_v5(&Uuid::NAMESPACE_X500, name.as_bytes())),
                person: person(name),
                sha256: hex::encode(Sha256::digest(secret(name))),
                read_only: false,
                expires: None,
            });
        }
        story
    }

    pub fn directory(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// Closes the store and opens it again.
    pub fn reopened(self) -> Self {
        let Self { store, directory } = self;
        drop(store);
        let options = Options {
            directory: directory.path().to_owned(),
            database: None,
            clock: Arc::new(SystemClock),
            readers: 4,
        };
        Self { store: Store::open(options).unwrap(), directory }
    }

    pub fn roles(&self, who: &str, roles: &[Role]) {
        let roles = roles.iter().copied().collect();
        self.tell(Rights::RolesSet { person: person(who), roles });
    }

    pub fn tell(&self, rights: Rights) {
        self.store.writer().record(rights, Actor::Operator).unwrap();
    }

    pub fn community(&self, name: &str) {
        self.tell(Rights::CommunityAdded {
            community: community(name),
            name: name.into(),
            owned: true,
            from_joining: false,
        });
    }

    pub fn to_community(name: &str) -> Label {
        Label::builder().rel([Party::Community(community(name))]).label()
    }

    pub fn join(&self, circle: &str, who: &str) {
        self.join_from(circle, who, None);
    }

    pub fn join_from(&self, circle: &str, who: &str, from: Option<Timestamp>) {
        self.tell(Rights::Joined { community: community(circle), member: member(who), from, until: None });
    }

    pub fn contribution(by: &str, object: Object, label: Label) -> Contribution {
        let authored = object.created_by() == Some(member(by).identity());
        Contribution {
            object,
            source: member(by),
            by: Some(person(by)),
            channel: "command".into(),
            label,
            parts: Vec::new(),
            authored,
            dangling: Vec::new(),
            reliability: Some('B'),
        }
    }

    pub fn give(&self, by: &str, object: Object, label: Label) -> Outcome {
        let given = vec![Self::contribution(by, object, label)];
        self.store.writer().contribute(given, Vec::new()).unwrap()[0]
    }

    pub fn principal(&self, name: &str) -> Principal {
        let now = self.store.now().unwrap();
        self.store.directory().unwrap().authenticate_key(&secret(name), now).unwrap()
    }

    pub fn view(&self, name: &str) -> View {
        self.store.view(&self.principal(name)).unwrap()
    }

    /// The names of the newest versions that somebody reads.
    pub fn names(&self, who: &str) -> Vec<String> {
        let page = self.view(who).page(&Selection::default(), Start::First, 1000).unwrap();
        page.items.iter().map(name).collect()
    }
}
