//! Scripts: what is done to a node and what is asked of it, as plain data that any engine, a server or the oracle
//! can be driven with.
//!
//! Everything is named by short texts (`jp-cert`, `quad`) or small numbers; an adapter maps them to identifiers.
//! Times are whole seconds after the start of the script.

mod ask;
mod label;
mod mark;
mod policy;
mod prune;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use ask::{
    Answer, Audited, Follow, Holds, Query, Search, Seen, Selection, Standing, Start, Version, Versions, Waste,
};
pub use label::{Asks, Handling, Label, Party, Tlp};
pub use mark::{Field, Gone, Mark};
pub use policy::{Applied, Equivalence, Policy};
pub use prune::without;

/// A short name of a party, person or key.
pub type Name = String;

/// Seconds after the start of the script.
pub type Second = i64;

/// What a person may do, beyond reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Reader,
    Analyst,
    Releaser,
    Admin,
    Auditor,
    Quarantine,
}

/// Policy → what is held under it.
pub type Clearance = BTreeMap<String, Held>;

/// What is held under one policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Held {
    pub level: String,
    pub categories: BTreeMap<String, BTreeSet<String>>,
}

/// Who holds a clearance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    Node,
    Member(Name),
    Person(Name),
    Key(Name),
}

/// What an object says. Which type it has follows from its number, see [`crate::stix::shape`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Content {
    /// Which object: equal numbers, equal ids.
    pub object: u32,
    /// `modified`, for types that have it.
    pub modified: Second,
    /// Different variants of one version differ in their bytes alone.
    pub variant: u32,
    /// The member whose identity stands in `created_by_ref`.
    pub created_by: Option<Name>,
    /// Objects it refers to.
    pub refs: Vec<u32>,
    /// Words of its description.
    pub words: Vec<String>,
    pub revoked: bool,
    /// Words, each an item of a list.
    pub tags: Vec<String>,
    /// Whether traffic does not say which host it asked for.
    pub hostless: bool,
    /// Fields that are marked by themselves.
    pub marks: Vec<Mark>,
}

/// A version as one source gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contribution {
    pub content: Content,
    pub source: Name,
    /// The person that brought it in.
    pub by: Option<Name>,
    pub channel: String,
    pub label: Label,
    /// Whether the source owns the identity in `created_by_ref`.
    pub authored: bool,
    pub reliability: Option<char>,
    /// Whether it has a marking that its source has not explained yet (see [`Op::Settle`]): that of its marked fields,
    /// where it has any.
    pub waits: bool,
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// The first one is the node's own member.
    AddMember {
        name: Name,
        country: String,
    },
    AddCommunity {
        name: Name,
        from_joining: bool,
    },
    Join {
        community: Name,
        member: Name,
        from: Option<Second>,
        until: Option<Second>,
    },
    Leave {
        community: Name,
        member: Name,
    },
    ClientOf {
        client: Name,
        of: Name,
    },
    NotClientOf {
        client: Name,
        of: Name,
    },
    AddPerson {
        name: Name,
        member: Name,
        roles: BTreeSet<Role>,
    },
    SetRoles {
        person: Name,
        roles: BTreeSet<Role>,
    },
    RemovePerson {
        person: Name,
    },
    SetClearance {
        holder: Holder,
        clearance: Clearance,
    },
    AddKey {
        name: Name,
        person: Name,
        read_only: bool,
        expires: Option<Second>,
    },
    RevokeKey {
        name: Name,
    },
    /// A member chooses whose copy it follows of what this identity (a number, no party here) created.
    Follow(Follow),
    /// A member follows nobody any more for what this identity created.
    Unfollow {
        member: Name,
        created_by: Name,
    },
    /// A policy, or a newer version of one, holds from here on.
    ImportPolicy(Policy),
    /// In one transaction, in this order.
    Contribute(Vec<Contribution>),
    /// The source explains the marking that its contributions waited for: this is what it means.
    Settle {
        source: Name,
        label: Label,
    },
    /// What cannot be accepted, as it came.
    Refuse {
        source: Name,
        by: Option<Name>,
        channel: String,
        text: String,
    },
    /// The source narrows its own contributions to an object to itself: all versions, or one.
    Narrow {
        source: Name,
        object: u32,
        version: Option<Second>,
    },
    /// What the source gave of an object is erased: all versions, or one.
    Erase {
        source: Name,
        object: u32,
        version: Option<Second>,
    },
    /// A line in the audit about an object.
    Audit {
        action: String,
        object: Option<u32>,
    },
    Advance {
        seconds: Second,
    },
}

/// What came of an operation, as far as its writer learns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Written {
    Stored,
    Duplicate,
}

/// Who asks: a person at the pages, or a key of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Viewer {
    pub person: Name,
    pub key: Option<Name>,
}

impl Viewer {
    pub fn person(name: &str) -> Self {
        Self { person: name.to_owned(), key: None }
    }

    pub fn key(person: &str, key: &str) -> Self {
        Self { person: person.to_owned(), key: Some(key.to_owned()) }
    }
}

impl fmt::Display for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{} with {key}", self.person),
            None => f.write_str(&self.person),
        }
    }
}

/// A step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Do(Op),
    Ask(Viewer, Query),
}

/// What a driver must be able to do with a script.
pub trait Driver {
    /// Does one thing; the outcomes of contributions, in order, nothing for other operations.
    ///
    /// # Panics
    /// Where the operation fails: a script does only what is allowed.
    fn act(&mut self, op: &Op) -> Vec<Written>;

    fn ask(&mut self, viewer: &Viewer, query: &Query) -> Answer;
}

/// What a step gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Written(Vec<Written>),
    Answered(Answer),
}

/// Runs a script, one outcome per step.
pub fn run(driver: &mut dyn Driver, steps: &[Step]) -> Vec<Outcome> {
    let mut one = |step: &Step| match step {
        Step::Do(op) => Outcome::Written(driver.act(op)),
        Step::Ask(viewer, query) => Outcome::Answered(driver.ask(viewer, query)),
    };
    steps.iter().map(&mut one).collect()
}
