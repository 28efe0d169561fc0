//! Members, users, keys, communities and collections, as a caller may see and change them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holds, Role, Sector};
use kizuna_access::{CommunityId, Country, KeyId, MemberId, PersonId, Principal};
use uuid::Uuid;

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

    /// The API roots that the caller may use, with their collections; the own member's first.
    pub fn roots(&self) -> Result<Vec<Root>, AppError> {
        let _ = (self.node, &self.caller);
        Ok(Vec::new())
    }

    /// The user that this caller is.
    pub fn me(&self) -> Result<User, AppError> {
        Err(AppError::NotFound)
    }

    pub fn members(&self) -> Result<Vec<Member>, AppError> {
        Ok(Vec::new())
    }

    pub fn add_member(
        &self,
        _name: &str,
        _country: &str,
        _sector: Sector,
        _identity: Option<MemberId>,
        _hosted: bool,
    ) -> Result<Member, AppError> {
        Err(AppError::Forbidden("not built yet".to_owned()))
    }

    pub fn users(&self) -> Result<Vec<User>, AppError> {
        Ok(Vec::new())
    }

    /// Adds a person and its first key.
    pub fn add_user(
        &self,
        _email: &str,
        _member: MemberId,
        _roles: BTreeSet<Role>,
    ) -> Result<(User, NewKey), AppError> {
        Err(AppError::Forbidden("not built yet".to_owned()))
    }

    pub fn keys(&self) -> Result<Vec<Key>, AppError> {
        Ok(Vec::new())
    }

    pub fn add_key(
        &self,
        _person: PersonId,
        _read_only: bool,
        _expires: Option<Timestamp>,
    ) -> Result<NewKey, AppError> {
        Err(AppError::Forbidden("not built yet".to_owned()))
    }

    pub fn revoke_key(&self, _key: KeyId) -> Result<(), AppError> {
        Err(AppError::NotFound)
    }

    pub fn communities(&self) -> Result<Vec<Community>, AppError> {
        Ok(Vec::new())
    }

    pub fn add_community(&self, _name: &str, _from_joining: bool) -> Result<Community, AppError> {
        Err(AppError::Forbidden("not built yet".to_owned()))
    }

    pub fn join(
        &self,
        _community: CommunityId,
        _member: MemberId,
        _from: Option<Timestamp>,
        _until: Option<Timestamp>,
    ) -> Result<(), AppError> {
        Err(AppError::NotFound)
    }

    pub fn leave(&self, _community: CommunityId, _member: MemberId) -> Result<(), AppError> {
        Err(AppError::NotFound)
    }
}
