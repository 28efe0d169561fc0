//! Communities: sharing groups, and who is in them. How a roster goes to another node is in `rosters`.

use jiff::Timestamp;
use kizuna_access::{CommunityId, Directory, MemberId, Rights};
use uuid::Uuid;

use super::{Community, People, Standing};
use crate::AppError;

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

    pub(super) fn community(&self, community: CommunityId) -> Result<Community, AppError> {
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
