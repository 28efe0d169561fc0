//! Communities: sharing groups, their rosters, and how a roster goes to another node.

use jiff::Timestamp;
use kizuna_access::rights::Sector;
use kizuna_access::{CommunityId, Country, Directory, MemberId, Rights};
use uuid::Uuid;

use super::{Community, People, Standing};
use crate::AppError;

/// A community's roster, as one node exports it and another takes it in, pinned by hand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Roster {
    pub community: CommunityId,
    pub name: String,
    pub from_joining: bool,
    pub members: Vec<RosterEntry>,
}

/// One member of a roster, with enough to know it on a node that has never heard of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RosterEntry {
    pub member: MemberId,
    pub name: String,
    pub country: Country,
    pub kind: Sector,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl People<'_> {
    /// The communities that the caller's member is in; who runs the node sees all.
    pub fn communities(&self) -> Result<Vec<Community>, AppError> {
        let directory = self.node.directory()?;
        let now = self.node.now();
        let seen: Vec<&kizuna_access::directory::Community> = match self.standing(&directory)? {
            Standing::Operator | Standing::NodeAdmin => directory.communities().collect(),
            Standing::MemberAdmin(member) | Standing::Plain(member) => directory.communities_of(member, now),
        };
        let mut communities: Vec<Community> =
            seen.into_iter().map(|community| describe(community, &directory, now)).collect();
        communities.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(communities)
    }

    /// Adds a community that this node owns.
    pub fn add_community(&self, name: &str, from_joining: bool) -> Result<Community, AppError> {
        self.needs_node_admin(&*self.node.directory()?)?;
        let community = CommunityId(Uuid::new_v4());
        self.record(Rights::CommunityAdded { community, name: name.to_owned(), owned: true, from_joining })?;
        self.community(community)
    }

    /// Lets a member in.
    pub fn join(
        &self,
        community: CommunityId,
        member: MemberId,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        needs_owned(&directory, community)?;
        self.record(Rights::Joined { community, member, from, until })
    }

    /// Ends a membership now.
    pub fn leave(&self, community: CommunityId, member: MemberId) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        needs_owned(&directory, community)?;
        self.record(Rights::Left { community, member })
    }

    /// A community's roster, for another node.
    pub fn export_roster(&self, community: CommunityId) -> Result<Roster, AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let known = directory.community(community).ok_or(AppError::NotFound)?;
        let entry = |(member, membership): (
            &kizuna_access::directory::Member,
            &kizuna_access::directory::Membership,
        )| RosterEntry {
            member: member.id,
            name: member.name.clone(),
            country: member.country,
            kind: member.sector,
            from: Some(membership.from),
            until: membership.until,
        };
        let members = directory.roster(community).into_iter().map(entry).collect();
        Ok(Roster { community, name: known.name.clone(), from_joining: known.from_joining, members })
    }

    /// Takes in a roster that another node owns: members and community are added as far as they are new, and those
    /// who are no longer on it leave.
    ///
    /// # Errors
    /// [`AppError::Conflict`] for a community that this node owns itself.
    pub fn import_roster(&self, roster: &Roster) -> Result<Community, AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let community = roster.community;
        match directory.community(community) {
            Some(known) if known.owned => {
                let reason = format!("{} is this node's own community: change it here", known.name);
                return Err(AppError::Conflict(reason));
            }
            Some(_) => {}
            None => self.record(Rights::CommunityAdded {
                community,
                name: roster.name.clone(),
                owned: false,
                from_joining: roster.from_joining,
            })?,
        }
        for entry in &roster.members {
            self.take_in(&directory, community, entry)?;
        }
        for (member, _) in directory.roster(community) {
            if !roster.members.iter().any(|entry| entry.member == member.id) {
                self.record(Rights::Left { community, member: member.id })?;
            }
        }
        self.community(community)
    }

    fn take_in(
        &self,
        directory: &Directory,
        community: CommunityId,
        entry: &RosterEntry,
    ) -> Result<(), AppError> {
        let member = entry.member;
        if directory.member(member).is_none() {
            self.record(Rights::MemberAdded {
                member,
                name: entry.name.clone(),
                country: entry.country,
                sector: entry.kind,
                hosted: false,
            })?;
        }
        let standing = directory.roster(community).into_iter().find(|(known, _)| known.id == member);
        if let Some((_, membership)) = standing {
            if membership.until == entry.until && entry.from.is_none_or(|from| from == membership.from) {
                return Ok(());
            }
            self.record(Rights::Left { community, member })?;
        }
        if entry.until.is_some_and(|until| until <= self.node.now()) {
            return Ok(());
        }
        self.record(Rights::Joined { community, member, from: entry.from, until: entry.until })
    }

    fn community(&self, community: CommunityId) -> Result<Community, AppError> {
        let directory = self.node.directory()?;
        let known = directory.community(community).ok_or(AppError::NotFound)?;
        Ok(describe(known, &directory, self.node.now()))
    }
}

fn needs_owned(directory: &Directory, community: CommunityId) -> Result<(), AppError> {
    let known = directory.community(community).ok_or(AppError::NotFound)?;
    if known.owned {
        return Ok(());
    }
    let reason = format!("{} is another node's: only its owner changes its roster", known.name);
    Err(AppError::Forbidden(reason))
}

fn describe(
    community: &kizuna_access::directory::Community,
    directory: &Directory,
    now: Timestamp,
) -> Community {
    Community {
        id: community.id,
        name: community.name.clone(),
        owned: community.owned,
        from_joining: community.from_joining,
        members: directory.members_of(community.id, now).iter().map(|member| member.id).collect(),
    }
}
