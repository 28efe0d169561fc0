//! What a member that lives here publishes is attested in the same write: salted digests under its signature, in
//! objects that travel ahead of what they name and are read by exactly those who read it.
//!
//! One attestation names what one member gives under one label and the same markings. Once an object can be read in
//! several forms, each form is an object of its own label here: [`Attesting::add`] is called once for each.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_access::label::Handling;
use kizuna_access::{Directory, Label, MemberId, PersonId, marking};
use kizuna_attest::{ENTRIES, Entry, NewAttestation, Signer, label_digest};
use kizuna_stix::{Id, Object};
use rand::RngCore;
use sha2::{Digest, Sha256};

use super::own::MINTED;
use crate::{AppError, Node};

/// Node state: attestations that were made, by what they say. Giving the same again is not attested again.
const SAID: &str = "attest.said";
/// Node state: under which labels a member's keys were announced, and up to which key.
const TOLD: &str = "attest.told";

/// Node state: under which labels an approver's keys were announced, and how many.
const APPROVERS: &str = "attest.approvers";

/// Who attests what, gathered while the objects of one envelope pass.
#[derive(Default)]
pub struct Attesting {
    /// With the SHA-256 of each object, to know the same again.
    groups: BTreeMap<Group, Vec<(Entry, [u8; 32])>>,
}

/// What one attestation can name: of one member, under one label (by its number) and the same markings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Group {
    member: MemberId,
    label: u32,
    markings: Vec<Id>,
}

/// One object that goes ahead, under a label.
pub struct Ahead {
    pub object: Object,
    pub member: MemberId,
    pub label: Label,
}

/// What goes ahead, and what is to be remembered once it is stored.
#[derive(Default)]
pub struct Attested {
    pub ahead: Vec<Ahead>,
    pub said: Vec<Remembered>,
}

/// A piece of node state.
pub struct Remembered {
    pub kind: &'static str,
    pub key: String,
    pub value: Vec<u8>,
}

/// A label under which a member's keys were announced.
#[derive(serde::Serialize, serde::Deserialize)]
struct Told {
    member: MemberId,
    markings: Vec<Id>,
    label: Label,
    /// How many announcements were told.
    announcements: usize,
}

impl Attesting {
    /// Takes in one object in the form in which it is published, under the label with this number. `markings` are
    /// those by which other nodes know the label.
    pub fn add(
        &mut self,
        object: &Object,
        member: MemberId,
        (number, label): (u32, &Label),
        markings: &[Id],
    ) {
        if label.handling().contains(&Handling::Draft) {
            return;
        }
        let group = Group { member, label: number, markings: markings.to_vec() };
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        let digest = object.digest();
        self.groups.entry(group).or_default().push((Entry::of(object, &digest, salt), digest));
    }

    /// The announcements of keys that are new to those who read what is attested, and the attestations.
    pub fn sign(self, labels: &[Label], node: &Node) -> Result<Attested, AppError> {
        let mut attested = Attested::default();
        for (group, entries) in self.groups {
            let label = &labels[group.label as usize];
            for entries in entries.chunks(ENTRIES) {
                let key = said_key(&group, label, entries);
                if node.store.state(SAID, &key)?.is_some() {
                    continue;
                }
                attested.tell(&group, label, node)?;
                let entries = entries.iter().map(|(entry, _)| entry.clone()).collect();
                let object = node.attestation(group.member, &group.markings, label, entries)?;
                attested.ahead.push(Ahead { object, member: group.member, label: label.clone() });
                attested.said.push(Remembered { kind: SAID, key, value: Vec::new() });
            }
        }
        Ok(attested)
    }
}

impl Attested {
    /// Announces a member's keys to those who read what is under a label, as far as they were not told.
    fn tell(&mut self, group: &Group, label: &Label, node: &Node) -> Result<(), AppError> {
        node.ensure_member_key(group.member)?;
        let announcements = node.key_announcements(Signer::Member(group.member), &group.markings)?;
        let key = told_key(group.member, &group.markings, label);
        if self.said.iter().any(|said| said.kind == TOLD && said.key == key) {
            return Ok(());
        }
        let known: Option<Told> = node.kept_json(TOLD, &key)?;
        let before = known.map_or(0, |told| told.announcements);
        let count = announcements.len();
        if before >= count {
            return Ok(());
        }
        for object in announcements.into_iter().skip(before) {
            self.ahead.push(Ahead { object, member: group.member, label: label.clone() });
        }
        let told = Told {
            member: group.member,
            markings: group.markings.clone(),
            label: label.clone(),
            announcements: count,
        };
        let value = serde_json::to_vec(&told).map_err(|error| AppError::Internal(error.to_string()))?;
        self.said.push(Remembered { kind: TOLD, key, value });
        Ok(())
    }
}

impl Node {
    /// The members whose content is attested here.
    pub(super) fn attesters(&self, directory: &Directory) -> BTreeSet<MemberId> {
        let hosted = directory.members().filter(|member| member.hosted && self.attests);
        hosted.map(|member| member.id).collect()
    }

    fn attestation(
        &self,
        member: MemberId,
        markings: &[Id],
        label: &Label,
        entries: Vec<Entry>,
    ) -> Result<Object, AppError> {
        let (secret, dates) = self.current_secret(Signer::Member(member))?;
        let at = self.now();
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        let new = NewAttestation {
            by: member,
            at: dates.since.map_or(at, |since| since.max(at)),
            markings: markings.to_vec(),
            label: label_digest(label),
            salt,
            entries,
        };
        new.sign(&secret).map_err(|faults| AppError::unsound("an attestation", &faults))
    }

    /// Announces an approver's keys, with the word of its member that lives here, to those who read what is under a
    /// label, as far as they were not told.
    pub(crate) fn tell_approver(
        &self,
        person: PersonId,
        member: MemberId,
        label: &Label,
    ) -> Result<(), AppError> {
        if !self.attests {
            return Ok(());
        }
        let definitions = marking::mint(label).map_err(|faults| AppError::unsound("a marking", &faults))?;
        let markings: Vec<Id> = definitions.iter().map(|definition| definition.id().clone()).collect();
        self.ensure_member_key(member)?;
        let announcements = self.approver_announcements(person, member, &markings)?;
        let key = told_key(MemberId(person.0), &markings, label);
        let told: Option<usize> = self.kept_json(APPROVERS, &key)?;
        let (before, count) = (told.unwrap_or(0), announcements.len());
        if before >= count {
            return Ok(());
        }
        let new = announcements.into_iter().skip(before);
        let ahead = new.map(|object| Ahead { object, member, label: label.clone() }).collect();
        let value = serde_json::to_vec(&count).map_err(|error| AppError::Internal(error.to_string()))?;
        let said = vec![Remembered { kind: APPROVERS, key, value }];
        self.send_ahead(Attested { ahead, said })
    }

    /// Tells everybody who was told a member's keys what happened to them since.
    pub(crate) fn tell_keys(&self, member: MemberId) -> Result<(), AppError> {
        let mut attested = Attested::default();
        for (_, bytes) in self.store.states(TOLD)? {
            let told: Told =
                serde_json::from_slice(&bytes).map_err(|error| AppError::Internal(error.to_string()))?;
            if told.member == member {
                let group = Group { member, label: 0, markings: told.markings };
                attested.tell(&group, &told.label, self)?;
            }
        }
        self.send_ahead(attested)
    }

    /// Stores what goes ahead of content that is stored later.
    pub(super) fn send_ahead(&self, attested: Attested) -> Result<(), AppError> {
        if attested.ahead.is_empty() {
            return Ok(());
        }
        let ahead = attested.ahead.into_iter().map(|ahead| ahead.contribution(None, MINTED)).collect();
        self.store.writer().contribute(ahead, Vec::new())?;
        remember(&attested.said, &self.store.writer())
    }
}

impl Ahead {
    pub fn contribution(
        self,
        by: Option<kizuna_access::PersonId>,
        channel: &str,
    ) -> kizuna_store::Contribution {
        kizuna_store::Contribution {
            object: self.object,
            source: self.member,
            by,
            channel: channel.to_owned(),
            label: self.label,
            parts: Vec::new(),
            authored: true,
            dangling: Vec::new(),
            reliability: None,
        }
    }
}

/// Keeps what is to be remembered.
pub fn remember(said: &[Remembered], writer: &kizuna_store::Writer) -> Result<(), AppError> {
    for Remembered { kind, key, value } in said {
        writer.set_state(kind, key, Some(value.clone()), None)?;
    }
    Ok(())
}

fn said_key(group: &Group, label: &Label, entries: &[(Entry, [u8; 32])]) -> String {
    let mut digest = Sha256::new();
    digest.update(told_key(group.member, &group.markings, label));
    for (entry, bytes) in entries {
        digest.update(entry.object_ref.as_str());
        digest.update(bytes);
    }
    hex::encode(digest.finalize())
}

fn told_key(member: MemberId, markings: &[Id], label: &Label) -> String {
    let mut digest = Sha256::new();
    digest.update(member.0.as_bytes());
    for marking in markings {
        digest.update(marking.as_str());
    }
    digest.update(label_digest(label));
    hex::encode(digest.finalize())
}
