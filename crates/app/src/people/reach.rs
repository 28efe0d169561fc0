//! Whom a label reaches, to be shown before something is released. It decides nothing: the gate does, at each reading.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::label::{Handling, Tlp};
use kizuna_access::{Directory, Label, MemberId, Party};

use super::{Caller, Member, People};
use crate::AppError;
use crate::ingest::{Known, terms};

/// A label, and whom it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// What the words say, for the caller's member where they name nobody; the caller's member always reads on.
    pub label: Label,
    /// Members that the caller may know of and that the audience names, the caller's own first. Clearances are
    /// persons' and are not counted.
    pub members: Vec<Member>,
}

impl People<'_> {
    /// Whom content of the caller's own member reaches under a label in words.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the column for words that are no label.
    pub fn reach(&self, words: &str) -> Result<Reach, AppError> {
        let directory = self.node.directory()?;
        let own = match &self.caller {
            Caller::Person(principal) => principal.member(),
            Caller::Operator => directory.own_member().map(|own| own.id).ok_or(AppError::NotFound)?,
        };
        let terms = match &self.caller {
            Caller::Operator => terms(&*directory, words)?,
            Caller::Person(who) => {
                let reader = directory.reader(who, self.node.now())?;
                terms(&Known::of(&directory, &reader, self.node.now()), words)?
            }
        };
        let label = terms.or(&Label::own(own)).label().including(own);
        let members = self.reached_by(&label)?;
        Ok(Reach { label, members })
    }

    /// The members that a label reaches and that the caller may know of, the caller's own first.
    pub fn reached_by(&self, label: &Label) -> Result<Vec<Member>, AppError> {
        let directory = self.node.directory()?;
        let own = match &self.caller {
            Caller::Person(principal) => Some(principal.member()),
            Caller::Operator => directory.own_member().map(|own| own.id),
        };
        let now = self.node.now();
        let mut members = self.members()?;
        members.retain(|member| is_reached(&directory, label, member.id, now));
        members.sort_by_key(|member| (Some(member.id) != own, member.name.clone()));
        Ok(members)
    }
}

fn is_reached(directory: &Directory, label: &Label, member: MemberId, now: Timestamp) -> bool {
    let mut reached_as = vec![member];
    let clients_read = matches!(label.tlp(), Some(Tlp::Clear | Tlp::Green | Tlp::Amber));
    if clients_read && !label.handling().contains(&Handling::Draft) {
        reached_as.extend(directory.client_of(member, now));
    }
    let names = |clause: &BTreeSet<Party>| {
        let is_named = |party: &Party| reached_as.iter().any(|who| is_in(directory, party, *who, now));
        clause.iter().any(is_named)
    };
    !label.audience().is_empty() && label.audience().iter().all(names)
}

fn is_in(directory: &Directory, party: &Party, member: MemberId, now: Timestamp) -> bool {
    match party {
        Party::World => true,
        Party::Country(country) => directory.member(member).is_some_and(|known| known.country == *country),
        Party::Community(community) => {
            directory.communities_of(member, now).iter().any(|known| known.id == *community)
        }
        Party::Member(named) => *named == member,
        Party::ClientsOf(of) => directory.client_of(member, now).contains(of),
        Party::Person(person) => directory.person(*person).is_some_and(|known| known.member == member),
    }
}
