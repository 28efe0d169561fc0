//! What is announced of the keys of those who live here, signed once and told under any markings.

use jiff::Timestamp;
use kizuna_access::{MemberId, PersonId};
use kizuna_attest::{Change, NewAnnouncement, PublicKey, SecretKey, Signer, under_markings, vouched};
use kizuna_stix::{Id, Object};
use serde_json::Value;

use crate::{AppError, Node};

/// Node state: the announcements of a signer, as a list of objects.
const STATEMENTS: &str = "signing.statements";

impl Node {
    /// The announcements about a signer's keys, oldest first, under these markings: whoever reads what it signed needs
    /// them.
    pub fn key_announcements(&self, signer: Signer, markings: &[Id]) -> Result<Vec<Object>, AppError> {
        let stated = self.statements(signer)?;
        let marked = stated.into_iter().map(|statement| {
            let plain = Object::from_value(statement)
                .map_err(|faults| AppError::unsound("an announcement", &faults))?;
            under_markings(&plain, markings).map_err(|faults| AppError::unsound("an announcement", &faults))
        });
        marked.collect()
    }

    /// The announcements about an approver's keys, with its member's word for them, under these markings.
    pub(crate) fn approver_announcements(
        &self,
        person: PersonId,
        member: MemberId,
        markings: &[Id],
    ) -> Result<Vec<Object>, AppError> {
        let (secret, dates) = self.current_secret(Signer::Member(member))?;
        let now = self.store.now()?.max(self.now());
        let at = dates.since.map_or(now, |since| since.max(now));
        let plain = self.key_announcements(Signer::Person(person), markings)?;
        let vouched = plain.iter().map(|one| vouched(one, &secret, at));
        vouched.collect::<Result<_, _>>().map_err(|faults| AppError::unsound("an announcement", &faults))
    }

    pub(super) fn state_introduced(
        &self,
        signer: Signer,
        key: &SecretKey,
        from: Timestamp,
    ) -> Result<(), AppError> {
        self.state_change(signer, key.public(), Change::Introduced, from, key)
    }

    /// Signs an announcement and keeps it.
    pub(super) fn state_change(
        &self,
        signer: Signer,
        key: PublicKey,
        change: Change,
        effective: Timestamp,
        with: &SecretKey,
    ) -> Result<(), AppError> {
        let (member, person) = match signer {
            Signer::Member(member) => (member, None),
            Signer::Person(person) => (self.member_of(person)?, Some(person)),
        };
        let new = NewAnnouncement { member, person, key, change, effective };
        let object = new.sign(with).map_err(|faults| AppError::unsound("an announcement", &faults))?;
        let mut statements = self.statements(signer)?;
        statements.push(Value::Object(object.into_value()));
        let bytes = serde_json::to_vec(&statements).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(self.store.writer().set_state(STATEMENTS, &place(signer), Some(bytes), None)?)
    }

    fn statements(&self, signer: Signer) -> Result<Vec<Value>, AppError> {
        let Some(bytes) = self.store.state(STATEMENTS, &place(signer))? else { return Ok(Vec::new()) };
        serde_json::from_slice(&bytes).map_err(|error| AppError::Internal(error.to_string()))
    }

    fn member_of(&self, person: kizuna_access::PersonId) -> Result<MemberId, AppError> {
        let directory = self.directory()?;
        directory.person(person).map(|person| person.member).ok_or(AppError::NotFound)
    }
}

fn place(signer: Signer) -> String {
    match signer {
        Signer::Member(member) => format!("member {member}"),
        Signer::Person(person) => format!("person {person}"),
    }
}
