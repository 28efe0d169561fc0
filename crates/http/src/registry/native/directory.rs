//! Who everybody is: members, users, keys, communities, collections.

use super::{DONE, READ, json, sends};
use crate::registry::{Kind, Method, OutputPath, Param, Reads};

const PERSON: Param = Param::path("person", Kind::Uuid, "The user's id");
const COMMUNITY: Param = Param::path("community", Kind::Uuid, "The community's id");
const MEMBER: Param = Param::path("member", Kind::Uuid, "The member's id");

const LIST: OutputPath = OutputPath { reads: Reads::Directory, ..READ };
const ADD: OutputPath = OutputPath { method: Method::Post, ..LIST };

/// The viewer itself.
pub static ME: OutputPath = OutputPath {
    name: "native.me",
    path: "/api/v1/me",
    summary: "Who the viewer is",
    answers: &[json("User", "The user")],
    ..LIST
};

/// Members that the viewer may know of.
pub static MEMBERS: OutputPath = OutputPath {
    name: "native.members",
    path: "/api/v1/members",
    summary: "The members that the viewer may know of",
    answers: &[json("MemberList", "The members")],
    ..LIST
};

/// Says in which sectors a member works.
pub static SET_INDUSTRIES: OutputPath = OutputPath {
    name: "native.set-industries",
    method: Method::Put,
    path: "/api/v1/members/{member}/sectors",
    reads: Reads::Directory,
    summary: "Says in which sectors of the economy a member works, in place of what was said before",
    params: &[Param::path("member", Kind::Uuid, "The member's id")],
    body: Some(sends("Sectors")),
    answers: &[json("Member", "The member")],
    ..READ
};

/// Adds a member.
pub static ADD_MEMBER: OutputPath = OutputPath {
    name: "native.add-member",
    path: "/api/v1/members",
    summary: "Adds a member",
    body: Some(sends("NewMember")),
    answers: &[json("Member", "The member")],
    ..ADD
};

/// Users that the viewer may know of.
pub static USERS: OutputPath = OutputPath {
    name: "native.users",
    path: "/api/v1/users",
    summary: "The users that the viewer may know of",
    answers: &[json("UserList", "The users")],
    ..LIST
};

/// Adds a user.
pub static ADD_USER: OutputPath = OutputPath {
    name: "native.add-user",
    path: "/api/v1/users",
    summary: "Adds a user with a first API key, which is shown once",
    body: Some(sends("NewUser")),
    answers: &[json("AddedUser", "The user and its key")],
    ..ADD
};

/// Sets a user's roles.
pub static SET_ROLES: OutputPath = OutputPath {
    name: "native.set-roles",
    method: Method::Put,
    path: "/api/v1/users/{person}/roles",
    summary: "Sets a user's roles",
    params: &[PERSON],
    body: Some(sends("Roles")),
    answers: DONE,
    ..LIST
};

/// Closes an account.
pub static REMOVE_USER: OutputPath = OutputPath {
    name: "native.remove-user",
    method: Method::Delete,
    path: "/api/v1/users/{person}",
    summary: "Closes an account; its keys and sessions end with it",
    params: &[PERSON],
    answers: DONE,
    ..LIST
};

/// Keys that the viewer may know of.
pub static KEYS: OutputPath = OutputPath {
    name: "native.keys",
    path: "/api/v1/keys",
    summary: "The API keys that the viewer may know of, without their secrets",
    answers: &[json("KeyList", "The keys")],
    ..LIST
};

/// Adds a key.
pub static ADD_KEY: OutputPath = OutputPath {
    name: "native.add-key",
    path: "/api/v1/keys",
    summary: "Adds an API key, which is shown once",
    body: Some(sends("NewKey")),
    answers: &[json("AddedKey", "The key")],
    ..ADD
};

/// Revokes a key.
pub static REVOKE_KEY: OutputPath = OutputPath {
    name: "native.revoke-key",
    method: Method::Delete,
    path: "/api/v1/keys/{key}",
    summary: "Revokes an API key",
    params: &[Param::path("key", Kind::Uuid, "The key's id")],
    answers: DONE,
    ..LIST
};

/// Signing keys of the members that the viewer may know of.
pub static SIGNING_KEYS: OutputPath = OutputPath {
    name: "native.signing-keys",
    path: "/api/v1/signing-keys",
    summary: "The signing keys, with their history, of the members that the viewer may know of",
    answers: &[json("KeyHistoryList", "The keys")],
    ..LIST
};

/// Signing keys of one member.
pub static SIGNING_KEYS_OF: OutputPath = OutputPath {
    name: "native.signing-keys-of",
    path: "/api/v1/members/{member}/signing-keys",
    summary: "The signing keys of a member, newest first",
    params: &[MEMBER],
    answers: &[json("KeyHistory", "The keys")],
    ..LIST
};

/// Begins a new signing key.
pub static ROTATE_SIGNING_KEY: OutputPath = OutputPath {
    name: "native.rotate-signing-key",
    path: "/api/v1/members/{member}/signing-keys/rotate",
    summary: "Begins a new signing key of a member that lives here; the old one says that it follows",
    params: &[MEMBER],
    answers: &[json("KeyHistory", "The keys")],
    ..ADD
};

/// Revokes a signing key.
pub static REVOKE_SIGNING_KEY: OutputPath = OutputPath {
    name: "native.revoke-signing-key",
    path: "/api/v1/members/{member}/signing-keys/revoke",
    summary: "Says that a signing key is no longer its member's alone, from an instant on",
    params: &[MEMBER],
    body: Some(sends("SigningKeyRevocation")),
    answers: &[json("KeyHistory", "The keys")],
    ..ADD
};

/// Pins a signing key.
pub static PIN_SIGNING_KEY: OutputPath = OutputPath {
    name: "native.pin-signing-key",
    path: "/api/v1/members/{member}/signing-keys/pin",
    summary: "Holds a key to be the one of a member that lives elsewhere, because somebody compared it",
    params: &[MEMBER],
    body: Some(sends("SigningKeyPin")),
    answers: &[json("KeyHistory", "The keys")],
    ..ADD
};

/// Communities that the viewer may know of.
pub static COMMUNITIES: OutputPath = OutputPath {
    name: "native.communities",
    path: "/api/v1/communities",
    summary: "The communities that the viewer may know of, with their members now",
    answers: &[json("CommunityList", "The communities")],
    ..LIST
};

/// Adds a community.
pub static ADD_COMMUNITY: OutputPath = OutputPath {
    name: "native.add-community",
    path: "/api/v1/communities",
    summary: "Adds a community that this node owns",
    body: Some(sends("NewCommunity")),
    answers: &[json("Community", "The community")],
    ..ADD
};

/// Lets a member into a community.
pub static JOIN: OutputPath = OutputPath {
    name: "native.join",
    method: Method::Put,
    path: "/api/v1/communities/{community}/members/{member}",
    summary: "Lets a member into a community, from and until dates where they are given",
    params: &[COMMUNITY, MEMBER],
    body: Some(sends("Membership")),
    answers: DONE,
    ..LIST
};

/// Takes a member out of a community.
pub static LEAVE: OutputPath = OutputPath {
    name: "native.leave",
    method: Method::Delete,
    path: "/api/v1/communities/{community}/members/{member}",
    summary: "Takes a member out of a community",
    params: &[COMMUNITY, MEMBER],
    answers: DONE,
    ..LIST
};

/// Collections by API root.
pub static COLLECTIONS: OutputPath = OutputPath {
    name: "native.collections",
    path: "/api/v1/collections",
    summary: "The API roots that the viewer may use, with their collections",
    answers: &[json("RootList", "The API roots")],
    ..LIST
};

/// Adds a collection.
pub static ADD_COLLECTION: OutputPath = OutputPath {
    name: "native.add-collection",
    path: "/api/v1/collections",
    summary: "Adds a collection to an API root",
    body: Some(sends("NewCollection")),
    answers: &[json("AddedCollection", "Its id")],
    ..ADD
};
