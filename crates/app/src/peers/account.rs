//! The accounts through which a peer's members are viewers here.

use std::collections::BTreeSet;

use kizuna_access::rights::{Clearance, Holder, Role};
use kizuna_access::{MemberId, PersonId, Rights};
use uuid::Uuid;

use super::channel::ACCOUNTS;
use crate::people::Caller;
use crate::{AppError, Node};

impl Node {
    /// A reader's account without a key: nobody signs in with it.
    pub(crate) fn account(
        &self,
        caller: &Caller,
        peer: &str,
        member: MemberId,
        clearance: &Clearance,
    ) -> Result<PersonId, AppError> {
        let directory = self.directory()?;
        let known = directory
            .member(member)
            .ok_or_else(|| AppError::invalid("$.members", format!("there is no member {member}")))?;
        let number = directory.people().filter(|person| person.member == member).count() + 1;
        let address: String = peer.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
        let email = format!("peer-{address}-{number}@{}{ACCOUNTS}", known.country.as_str().to_lowercase());
        let person = PersonId(Uuid::new_v4());
        let people = self.people(caller.clone());
        people.record(Rights::PersonAdded {
            person,
            email,
            member,
            roles: BTreeSet::from([Role::Reader]),
        })?;
        if !clearance.0.is_empty() {
            people.clear(Holder::Person(person), clearance.clone())?;
        }
        Ok(person)
    }
}
