//! Collections: what a root offers to read, and where one writes (design, semantic 22).

use uuid::Uuid;

use super::Directory;
use crate::channel::Channel;
use crate::label::Label;
use crate::party::{CommunityId, MemberId, Party, derived};
use crate::rights::Holds;

/// Under which root a collection is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Root {
    Member(MemberId),
    Community(CommunityId),
    /// An added collection that stands under the root of each member of this node.
    EveryMember,
}

/// One collection, built in or added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    pub id: Uuid,
    pub root: Root,
    /// The short name of a built-in one: `all`, `inbox` or `community`.
    pub alias: Option<&'static str>,
    pub title: String,
    pub holds: Holds,
    pub writable: bool,
    /// Labels what arrives without an audience of its own; nothing for the writer's own member.
    pub default: Option<Label>,
}

impl Collection {
    /// Whether there is anything to read, ever.
    pub fn readable(&self) -> bool {
        self.holds != Holds::Nothing
    }

    /// Whether what carries this label belongs in here. That a viewer may read it is for the gate alone to say.
    pub fn holds_label(&self, label: &Label) -> bool {
        match &self.holds {
            Holds::All => true,
            Holds::Naming(party) => label.names(party),
            Holds::Nothing => false,
        }
    }

    /// What writing here adds to markings: a community's collection names it.
    pub fn channel(&self) -> Channel {
        let Some(Root::Community(community)) = self.alias.map(|_| self.root) else {
            return Channel { default: self.default.clone(), ..Channel::default() };
        };
        let named = Label::builder().rel([Party::Community(community)]);
        Channel { default: Some(named.label()), always: named, is_hop: false }
    }
}

impl Directory {
    /// What stands under one member's own root: `all`, `inbox`, and what was added for every member.
    pub fn member_collections(&self, member: MemberId) -> Vec<Collection> {
        let mut found = vec![all_of(member), inbox_of(member)];
        found
            .extend(self.added_collections.values().filter(|known| known.root == Root::EveryMember).cloned());
        found
    }

    /// What stands under a community's root: one to read and write, and what was added. Empty for an unknown one.
    pub fn community_collections(&self, community: CommunityId) -> Vec<Collection> {
        let Some(known) = self.communities.get(&community) else { return Vec::new() };
        let root = Root::Community(community);
        let mut found = vec![Collection {
            id: derived("collection", &format!("community/{community}")),
            root,
            alias: Some("community"),
            title: known.name.clone(),
            holds: Holds::Naming(Party::Community(community)),
            writable: true,
            default: None,
        }];
        found.extend(self.added_collections.values().filter(|known| known.root == root).cloned());
        found
    }

    /// The collections that were added, under whatever root.
    pub fn added_collections(&self) -> impl Iterator<Item = &Collection> {
        self.added_collections.values()
    }
}

fn all_of(member: MemberId) -> Collection {
    Collection {
        id: derived("collection", &format!("all/{member}")),
        root: Root::Member(member),
        alias: Some("all"),
        title: "All that you may read".to_owned(),
        holds: Holds::All,
        writable: false,
        default: None,
    }
}

fn inbox_of(member: MemberId) -> Collection {
    Collection {
        id: derived("collection", &format!("inbox/{member}")),
        root: Root::Member(member),
        alias: Some("inbox"),
        title: "Inbox".to_owned(),
        holds: Holds::Nothing,
        writable: true,
        default: None,
    }
}
