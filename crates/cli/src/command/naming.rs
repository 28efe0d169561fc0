//! From what a person types to what it names: members, communities, users, clearances, objects.

use std::collections::BTreeSet;

use kizuna_app::Node;
use kizuna_app::access::directory::{Community, Directory, Member, Person};
use kizuna_app::access::rights::{Clearance, Role, Sector};
use kizuna_app::access::{Principal, spec};
use kizuna_app::stix::Id;

use crate::args;
use crate::fail::Fail;

pub fn member<'a>(directory: &'a Directory, typed: &str) -> Result<&'a Member, Fail> {
    let by_id = || directory.member_of_identity(&typed.parse().ok()?);
    directory
        .member_named(typed)
        .or_else(by_id)
        .ok_or_else(|| Fail::work(format!("there is no member {typed:?} (kizuna member list)")))
}

pub fn community<'a>(directory: &'a Directory, typed: &str) -> Result<&'a Community, Fail> {
    let by_id = || directory.communities().find(|community| community.id.to_string() == typed);
    directory
        .community_named(typed)
        .or_else(by_id)
        .ok_or_else(|| Fail::work(format!("there is no community {typed:?} (kizuna community list)")))
}

/// By address, or by id where several members have an account with one address.
pub fn person<'a>(directory: &'a Directory, typed: &str) -> Result<&'a Person, Fail> {
    let by_id = directory.people().find(|person| person.id.to_string() == typed && person.removed.is_none());
    let named: Vec<&Person> = directory.people_by_email(typed).chain(by_id).collect();
    match named[..] {
        [person] => Ok(person),
        [] => Err(Fail::work(format!("nobody here has the address {typed:?} (kizuna user list)"))),
        _ => Err(Fail::work(format!(
            "several members have an account with the address {typed:?}: give its id (kizuna user list --json)"
        ))),
    }
}

/// The viewer of `--as`; every such reading is audited.
pub fn viewer(node: &Node, email: &str, doing: &str) -> Result<Principal, Fail> {
    Ok(node.stand_in(email, doing)?)
}

pub fn object(typed: &str) -> Result<Id, Fail> {
    typed.parse().map_err(|error| Fail::usage(format!("{error}")))
}

pub fn sector(kind: args::Sector) -> Sector {
    match kind {
        args::Sector::Public => Sector::Public,
        args::Sector::Private => Sector::Private,
        args::Sector::Academic => Sector::Academic,
        args::Sector::Military => Sector::Military,
        args::Sector::Civil => Sector::Civil,
    }
}

pub fn roles(typed: &[args::Role]) -> BTreeSet<Role> {
    typed
        .iter()
        .map(|role| match role {
            args::Role::Reader => Role::Reader,
            args::Role::Analyst => Role::Analyst,
            args::Role::Releaser => Role::Releaser,
            args::Role::Admin => Role::Admin,
            args::Role::Auditor => Role::Auditor,
            args::Role::Quarantine => Role::Quarantine,
        })
        .collect()
}

/// What is held under policies, such as `EXERCISE:SECRET`; each text one policy.
pub fn clearance(directory: &Directory, typed: &[String]) -> Result<Clearance, Fail> {
    spec::clearance(typed.iter().map(String::as_str), directory)
        .map_err(|error| Fail::usage(format!("--clear {}: {error}", typed.join(" "))))
}
