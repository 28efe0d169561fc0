//! Members, users, keys, communities and collections, as a caller may see and change them.

mod collections;
mod communities;
mod follows;
mod labels;
mod members;
pub(crate) mod policies;
mod proposals;
mod reach;
mod rosters;
mod users;

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holds, Role, Sector};
use kizuna_access::{CommunityId, Country, Directory, KeyId, MemberId, PersonId, Principal, Rights};
use kizuna_store::writer::Actor;
use uuid::Uuid;

pub use follows::Follow;
pub use labels::ReadLabel;
pub use members::NewMember;
pub use policies::{EquivalenceInfo, LevelInfo, PolicyImport, PolicyInfo};
pub use proposals::{Proposal, ProposalState, clearance_text, threshold_text};
pub use reach::{Feed, FeedKind, Reach, Reached};
pub use rosters::{Roster, RosterEntry, RosterSeal};

use crate::{AppError, Node};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The person at the machine's command line.
    Operator,
    Person(Principal),
}

/// An organisation, as pages and programs show it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Member {
    pub id: MemberId,
    pub name: String,
    pub country: Country,
    pub sector: Sector,
    /// The sectors of the economy that it works in.
    pub industries: BTreeSet<String>,
    /// Whether this node hosts it.
    pub hosted: bool,
    /// Whether it is the node's own member.
    pub own: bool,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct User {
    pub id: PersonId,
    pub email: String,
    pub member: MemberId,
    pub roles: BTreeSet<Role>,
    pub clearance: Clearance,
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Key {
    pub id: KeyId,
    pub person: PersonId,
    pub read_only: bool,
    pub expires: Option<Timestamp>,
}

/// A new API key. The secret is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    pub id: KeyId,
    /// 256 random bits, base64url.
    pub secret: String,
}

/// A community and its members now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Community {
    pub id: CommunityId,
    pub name: String,
    pub owned: bool,
    pub from_joining: bool,
    pub members: Vec<MemberId>,
}

/// An API root: the caller's own member's, or a community's it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Root {
    /// The path segment: `own`, or the community's UUID.
    pub slug: String,
    pub title: String,
    pub community: Option<CommunityId>,
    pub collections: Vec<Collection>,
}

/// A collection as this caller may use it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Collection {
    pub id: Uuid,
    /// A short name for paths, such as `all`, `inbox`.
    pub alias: Option<String>,
    pub title: String,
    pub description: String,
    pub holds: Holds,
    pub can_read: bool,
    pub can_write: bool,
}

/// Members, users, keys, communities and collections, for one caller.
pub struct People<'a> {
    node: &'a Node,
    caller: Caller,
}

impl<'a> People<'a> {
    pub(crate) fn new(node: &'a Node, caller: Caller) -> Self {
        Self { node, caller }
    }

    pub(crate) fn node(&self) -> &'a Node {
        self.node
    }

    pub(crate) fn actor(&self) -> Actor {
        match &self.caller {
            Caller::Operator => Actor::Operator,
            Caller::Person(who) => Actor::Person(who.person()),
        }
    }

    /// The facts of the caller as of now, whatever it held when it signed in.
    fn standing(&self, directory: &Directory) -> Result<Standing, AppError> {
        let Caller::Person(who) = &self.caller else { return Ok(Standing::Operator) };
        let reader = directory.reader(who, self.node.now())?;
        let own = directory.own_member().is_some_and(|own| own.id == who.member());
        let admin = reader.has(Role::Admin) && reader.may_write();
        Ok(match (admin, own) {
            (true, true) => Standing::NodeAdmin,
            (true, false) => Standing::MemberAdmin(who.member()),
            (false, _) => Standing::Plain(who.member()),
        })
    }

    /// Only who runs the node: the operator, and an admin of the node's own member.
    fn needs_node_admin(&self, directory: &Directory) -> Result<(), AppError> {
        match self.standing(directory)? {
            Standing::Operator | Standing::NodeAdmin => Ok(()),
            Standing::MemberAdmin(_) | Standing::Plain(_) => Err(only_admins()),
        }
    }

    /// Only who administers this member.
    fn needs_admin_of(&self, directory: &Directory, member: MemberId) -> Result<(), AppError> {
        match self.standing(directory)? {
            Standing::Operator | Standing::NodeAdmin => Ok(()),
            Standing::MemberAdmin(own) if own == member => Ok(()),
            Standing::MemberAdmin(_) | Standing::Plain(_) => Err(only_admins()),
        }
    }

    /// Only who administers this member. One that the caller may not know of is not there.
    pub(crate) fn needs_to_administer(&self, member: MemberId) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        if !self.known_members(&directory)?.contains(&member) {
            return Err(AppError::NotFound);
        }
        self.needs_admin_of(&directory, member)
    }

    /// Only who runs the node.
    pub(crate) fn needs_to_run_node(&self) -> Result<(), AppError> {
        self.needs_node_admin(&*self.node.directory()?)
    }

    pub(crate) fn record(&self, rights: Rights) -> Result<(), AppError> {
        self.node.store.writer().record(rights, self.actor())?;
        Ok(())
    }
}

/// What a caller is on this node now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Operator,
    /// An admin of the node's own member runs the node.
    NodeAdmin,
    /// An admin of another member that lives here manages that member's people.
    MemberAdmin(MemberId),
    Plain(MemberId),
}

fn only_admins() -> AppError {
    AppError::Forbidden("this takes the role admin".to_owned())
}
