//! Test support: a directory told as a story, event by event.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::directory::Directory;
use crate::party::{CommunityId, Country, KeyId, MemberId, Party, PersonId};
use crate::reader::{Principal, Reader};
use crate::rights::{Clearance, Holder, Recorded, Rights, Role, Sector};

/// A directory, the clock of its log, and short names for who is in it.
pub(crate) struct Story {
    pub(crate) directory: Directory,
    /// Each event is recorded one second after the one before.
    pub(crate) now: Timestamp,
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + seconds).unwrap()
}

pub(crate) fn country(code: &str) -> Country {
    code.parse().unwrap()
}

pub(crate) fn member(name: &str) -> MemberId {
    MemberId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
}

pub(crate) fn community(name: &str) -> CommunityId {
    CommunityId(Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()))
}

pub(crate) fn person(name: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
}

pub(crate) fn key(name: &str) -> KeyId {
    KeyId(Uuid::new_v5(&Uuid::NAMESPACE_X500, name.as_bytes()))
}

/// The secret of the key of this name.
pub(crate) fn secret(name: &str) -> [u8; 32] {
    Sha256::digest(format!("secret of {name}")).into()
}

pub(crate) fn rel(code: &str) -> Party {
    Party::Country(country(code))
}

pub(crate) fn cleared(level: &str) -> Clearance {
    Clearance::default().with("EXERCISE", level)
}

impl Story {
    /// A log that begins at second 0.
    pub(crate) fn new() -> Self {
        Self { directory: Directory::default(), now: at(-1) }
    }

    /// Three members in two countries and a client: `alpha` (JPN, the node's own), `bravo` (JPN), `echo` (EST),
    /// and `grid` (FRA), a client of `alpha`. Each has an analyst of the same name.
    pub(crate) fn cast() -> Self {
        let mut story = Self::new();
        for (name, code) in [("alpha", "JPN"), ("bravo", "JPN"), ("echo", "EST"), ("grid", "FRA")] {
            story.member(name, code);
            story.person(name, name, &[Role::Analyst]);
        }
        story.tell(Rights::ClientAdded { client: member("grid"), of: member("alpha") });
        story.community("circle", false);
        story.community("late", true);
        story
    }

    /// Records an event that must be allowed, one second on; returns when.
    pub(crate) fn tell(&mut self, rights: Rights) -> Timestamp {
        self.directory.allows(&rights, self.now).unwrap();
        self.record(rights)
    }

    pub(crate) fn record(&mut self, rights: Rights) -> Timestamp {
        self.now += SignedDuration::from_secs(1);
        let epoch = self.directory.epoch() + 1;
        self.directory.apply(&Recorded { epoch, at: self.now, rights });
        self.now
    }

    pub(crate) fn member(&mut self, name: &str, code: &str) -> Timestamp {
        self.tell(Rights::MemberAdded {
            member: member(name),
            name: name.to_owned(),
            country: country(code),
            sector: Sector::Public,
            hosted: true,
        })
    }

    pub(crate) fn community(&mut self, name: &str, from_joining: bool) -> Timestamp {
        let (community, name) = (community(name), name.to_owned());
        self.tell(Rights::CommunityAdded { community, name, owned: true, from_joining })
    }

    pub(crate) fn person(&mut self, name: &str, of: &str, roles: &[Role]) -> Timestamp {
        let (person, email, member) = (person(name), format!("{name}@example.org"), member(of));
        let roles: BTreeSet<Role> = roles.iter().copied().collect();
        self.tell(Rights::PersonAdded { person, email, member, roles })
    }

    pub(crate) fn clear(&mut self, holder: Holder, clearance: Clearance) -> Timestamp {
        self.tell(Rights::ClearanceSet { holder, clearance })
    }

    /// Imports a policy from the text of its file.
    pub(crate) fn import(&mut self, spif: &str) -> Timestamp {
        let policy = Box::new(crate::policy::spif::read(spif).unwrap().policy);
        self.tell(Rights::PolicyImported { policy, spif: spif.to_owned() })
    }

    pub(crate) fn key(&mut self, name: &str, of: &str, expires: Option<Timestamp>) -> Timestamp {
        let sha256 = hex::encode(Sha256::digest(secret(name)));
        let (key, person) = (key(name), person(of));
        self.tell(Rights::KeyAdded { key, person, sha256, read_only: false, expires })
    }

    pub(crate) fn join(&mut self, name: &str, of: &str) -> Timestamp {
        self.join_dated(name, of, None, None)
    }

    pub(crate) fn join_dated(
        &mut self,
        name: &str,
        of: &str,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Timestamp {
        self.tell(Rights::Joined { community: community(of), member: member(name), from, until })
    }

    pub(crate) fn leave(&mut self, name: &str, of: &str) -> Timestamp {
        self.tell(Rights::Left { community: community(of), member: member(name) })
    }

    pub(crate) fn principal(&self, name: &str) -> Principal {
        self.directory.authenticate_person(person(name), self.now).unwrap()
    }

    /// This person's facts right after the last event.
    pub(crate) fn reader(&self, name: &str) -> Reader {
        self.reader_at(name, self.now)
    }

    pub(crate) fn reader_at(&self, name: &str, now: Timestamp) -> Reader {
        self.directory.reader(&self.principal(name), now).unwrap()
    }
}
