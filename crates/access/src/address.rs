//! Addressees: whom an alert or a request means, as its sender wrote it, and which members these are now.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_stix::Object;
use serde_json::{Map, Value, json};

use crate::Directory;
use crate::industry;
use crate::party::{MemberId, Party};

/// How many addressees one object names.
pub const MOST: usize = 500;

/// Whom something is addressed to. It gives nobody a right: who reads it is for its label to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addressees {
    /// Members, countries, communities, the clients of a member.
    pub to: BTreeSet<Party>,
    /// Sectors of the economy; their members are looked up when it is read.
    pub sectors: BTreeSet<String>,
}

impl Addressees {
    pub fn is_empty(&self) -> bool {
        self.to.is_empty() && self.sectors.is_empty()
    }

    /// Whether a member is meant, by what a directory knows now.
    pub fn means(&self, member: MemberId, directory: &Directory, now: Timestamp) -> bool {
        let works_in = directory.industries(member);
        let is_of_sector =
            self.sectors.iter().any(|meant| works_in.iter().any(|word| industry::is_within(word, meant)));
        is_of_sector || self.to.iter().any(|party| means(party, member, directory, now))
    }

    /// The members that are meant, as far as a directory knows them now.
    pub fn members(&self, directory: &Directory, now: Timestamp) -> BTreeSet<MemberId> {
        let named = self.to.iter().filter_map(|party| match party {
            Party::Member(member) => Some(*member),
            _ => None,
        });
        let meant = directory.members().map(|member| member.id);
        named.chain(meant.filter(|member| self.means(*member, directory, now))).collect()
    }

    /// Writes itself into an object's properties.
    pub fn write(&self, body: &mut Map<String, Value>) {
        // STIX has no empty lists.
        if !self.to.is_empty() {
            body.insert("addressed_to".to_owned(), json!(self.to));
        }
        if !self.sectors.is_empty() {
            body.insert("sectors".to_owned(), json!(self.sectors));
        }
    }

    /// Reads them from an object; nothing where they are malformed or more than [`MOST`].
    pub fn read(object: &Object) -> Option<Self> {
        let to: BTreeSet<Party> = match object.get("addressed_to") {
            Some(to) => serde_json::from_value(to.clone()).ok()?,
            None => BTreeSet::new(),
        };
        let sectors: BTreeSet<String> = match object.get("sectors") {
            Some(sectors) => serde_json::from_value(sectors.clone()).ok()?,
            None => BTreeSet::new(),
        };
        (to.len() + sectors.len() <= MOST).then_some(Self { to, sectors })
    }
}

fn means(party: &Party, member: MemberId, directory: &Directory, now: Timestamp) -> bool {
    match party {
        Party::World => true,
        Party::Member(named) => *named == member,
        Party::Country(country) => directory.member(member).is_some_and(|known| known.country == *country),
        Party::Community(community) => {
            directory.communities_of(member, now).iter().any(|known| known.id == *community)
        }
        Party::ClientsOf(of) => directory.client_of(member, now).contains(of),
        Party::Person(person) => directory.person(*person).is_some_and(|person| person.member == member),
    }
}

#[cfg(test)]
mod tests;
