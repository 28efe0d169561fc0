//! Members: organisations.

use std::collections::BTreeSet;

use kizuna_access::rights::Sector;
use kizuna_access::{Country, Directory, MemberId, Rights, directory, industry};

use super::{Member, People, Standing};
use crate::AppError;

/// What is known of a member that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    pub name: String,
    pub country: Country,
    pub sector: Sector,
    /// Its STIX identity where it has one; else derived from country and name, the same on every node.
    pub identity: Option<MemberId>,
    /// Whether this node is its home.
    pub hosted: bool,
}

impl People<'_> {
    /// The members that the caller may know of: its own, those it shares a community with, those that serve it or
    /// that it serves. Who runs the node sees all.
    pub fn members(&self) -> Result<Vec<Member>, AppError> {
        let directory = self.node.directory()?;
        let known = self.known_members(&directory)?;
        let own = directory.own_member().map(|own| own.id);
        let shown = directory.members().filter(|member| known.contains(&member.id));
        let mut members: Vec<Member> = shown.map(|member| describe(member, &directory, own)).collect();
        members.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(members)
    }

    /// Adds a member. The first one becomes the node's own.
    pub fn add_member(&self, new: NewMember) -> Result<Member, AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let id = new.identity.unwrap_or_else(|| MemberId::of(new.country, &new.name));
        self.record(Rights::MemberAdded {
            member: id,
            name: new.name,
            country: new.country,
            sector: new.sector,
            hosted: new.hosted,
        })?;
        if new.hosted {
            self.node.ensure_member_key(id)?;
        }
        let directory = self.node.directory()?;
        let own = directory.own_member().map(|own| own.id);
        directory.member(id).map(|member| describe(member, &directory, own)).ok_or(AppError::NotFound)
    }

    /// Says in which sectors of the economy a member works, in place of what was said before.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a word that is none of [`kizuna_access::industry`]; [`AppError::Forbidden`] for
    /// everybody but who runs the node.
    pub fn set_industries(&self, member: MemberId, words: &[String]) -> Result<Member, AppError> {
        self.needs_node_admin(&*self.node.directory()?)?;
        let mut industries = BTreeSet::new();
        for (place, word) in words.iter().enumerate() {
            let known = industry::known(word.trim());
            let known = known.ok_or_else(|| {
                let rule = format!("there is no sector {word:?} (kizuna member sectors)");
                AppError::invalid(format!("$.sectors[{place}]"), rule)
            })?;
            industries.insert(known.word.to_owned());
        }
        self.record(Rights::IndustriesSet { member, industries })?;
        let directory = self.node.directory()?;
        let own = directory.own_member().map(|own| own.id);
        directory.member(member).map(|member| describe(member, &directory, own)).ok_or(AppError::NotFound)
    }

    /// Makes one member a client of another: it reads what names the other, under AMBER and below.
    pub fn add_client(&self, client: MemberId, of: MemberId) -> Result<(), AppError> {
        self.needs_node_admin(&*self.node.directory()?)?;
        self.record(Rights::ClientAdded { client, of })
    }

    pub(super) fn known_members(&self, directory: &Directory) -> Result<BTreeSet<MemberId>, AppError> {
        let now = self.node.now();
        let me = match self.standing(directory)? {
            Standing::Operator | Standing::NodeAdmin => {
                return Ok(directory.members().map(|member| member.id).collect());
            }
            Standing::MemberAdmin(member) | Standing::Plain(member) => member,
        };
        let mut known = BTreeSet::from([me]);
        known.extend(directory.client_of(me, now));
        known.extend(directory.clients_of(me, now));
        for community in directory.communities_of(me, now) {
            known.extend(directory.members_of(community.id, now).iter().map(|member| member.id));
        }
        Ok(known)
    }
}

fn describe(member: &directory::Member, directory: &Directory, own: Option<MemberId>) -> Member {
    Member {
        id: member.id,
        name: member.name.clone(),
        country: member.country,
        sector: member.sector,
        industries: directory.industries(member.id).clone(),
        hosted: member.hosted,
        own: own == Some(member.id),
    }
}
