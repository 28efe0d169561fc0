//! API roots and their collections.

use kizuna_access::directory;
use kizuna_access::rights::Holds;
use kizuna_access::{CommunityId, Directory, Label, MemberId, Rights};
use uuid::Uuid;

use super::{Caller, Collection, People, Root};
use crate::AppError;

/// The path segment of the own member's root.
pub(crate) const OWN: &str = "own";

impl People<'_> {
    /// The API roots that the caller may use, with their collections; the own member's first. The operator sees the
    /// node's own member's and every community's.
    pub fn roots(&self) -> Result<Vec<Root>, AppError> {
        let directory = self.node.directory()?;
        let (member, may_write) = match &self.caller {
            Caller::Operator => (directory.own_member().map(|own| own.id), false),
            Caller::Person(who) => {
                let reader = directory.reader(who, self.node.now())?;
                (Some(who.member()), reader.may_write())
            }
        };
        let Some(member) = member else { return Ok(Vec::new()) };
        let communities: Vec<CommunityId> = match &self.caller {
            Caller::Operator => directory.communities().map(|community| community.id).collect(),
            Caller::Person(_) => {
                let now = self.node.now();
                directory.communities_of(member, now).iter().map(|community| community.id).collect()
            }
        };
        let roots = communities.into_iter().filter_map(|id| community_root(&directory, id, may_write));
        let mut roots: Vec<Root> = roots.collect();
        roots.sort_by(|one, other| one.title.cmp(&other.title));
        roots.insert(0, own_root(&directory, member, may_write));
        Ok(roots)
    }

    /// Adds a collection beside the built-in ones.
    pub fn add_collection(
        &self,
        root: Option<CommunityId>,
        title: &str,
        holds: Holds,
        writable: bool,
        default: Option<Label>,
    ) -> Result<Uuid, AppError> {
        self.needs_node_admin(&*self.node.directory()?)?;
        let collection = Uuid::new_v4();
        let title = title.to_owned();
        self.record(Rights::CollectionAdded { collection, root, title, holds, writable, default })?;
        Ok(collection)
    }
}

fn own_root(directory: &Directory, member: MemberId, may_write: bool) -> Root {
    let title = directory.member(member).map(|member| member.name.clone()).unwrap_or_default();
    let collections = directory.member_collections(member);
    Root {
        slug: OWN.to_owned(),
        title,
        community: None,
        collections: collections.iter().map(|collection| describe(collection, may_write)).collect(),
    }
}

fn community_root(directory: &Directory, id: CommunityId, may_write: bool) -> Option<Root> {
    let community = directory.community(id)?;
    let collections = directory.community_collections(id);
    Some(Root {
        slug: id.to_string(),
        title: community.name.clone(),
        community: Some(id),
        collections: collections.iter().map(|collection| describe(collection, may_write)).collect(),
    })
}

fn describe(collection: &directory::Collection, may_write: bool) -> Collection {
    let description = match (collection.alias, &collection.holds) {
        (Some("inbox"), _) => "What you put here is your own member's until its markings say more.",
        (Some("community"), _) => "What names this community. What you put here names it.",
        (Some("all"), _) | (_, Holds::All) => "Everything that you may read.",
        (_, Holds::Naming(_)) => "What names the party of this collection.",
        (_, Holds::Nothing) => "Only written to.",
    };
    Collection {
        id: collection.id,
        alias: collection.alias.map(str::to_owned),
        title: collection.title.clone(),
        description: description.to_owned(),
        holds: collection.holds.clone(),
        can_read: collection.readable(),
        can_write: collection.writable && may_write,
    }
}
