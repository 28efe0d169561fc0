//! The log of rights: every fact about who is who and may what, as events in the order they were recorded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

use crate::Label;
use crate::party::{CommunityId, Country, KeyId, MemberId, Party, PersonId};
use crate::policy::Policy;

/// What kind of organisation a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sector {
    Public,
    Private,
    Academic,
    Military,
    Civil,
}

impl Sector {
    pub const ALL: [Self; 5] = [Self::Public, Self::Private, Self::Academic, Self::Military, Self::Civil];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Academic => "academic",
            Self::Military => "military",
            Self::Civil => "civil",
        }
    }
}

/// What a person may do, beyond reading its member's view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Reader,
    Analyst,
    Releaser,
    Admin,
    Auditor,
    Quarantine,
}

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Reader, Self::Analyst, Self::Releaser, Self::Admin, Self::Auditor, Self::Quarantine];

    /// Those who write, and so read their own member's drafts.
    pub const DRAFTING: [Self; 3] = [Self::Analyst, Self::Releaser, Self::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Analyst => "analyst",
            Self::Releaser => "releaser",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Quarantine => "quarantine",
        }
    }
}
/// Policy id → the level held and the categories held.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Clearance(pub BTreeMap<String, Cleared>);

impl Clearance {
    /// Adds a level without categories.
    #[must_use]
    pub fn with(mut self, policy: &str, level: &str) -> Self {
        let cleared = Cleared { level: level.to_owned(), categories: BTreeMap::new() };
        self.0.insert(policy.to_owned(), cleared);
        self
    }
}

/// What is held under one policy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cleared {
    pub level: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<String, BTreeSet<String>>,
}

/// Who holds a clearance: effective is the meet of person, member, key and node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    Node,
    Member(MemberId),
    Person(PersonId),
    Key(KeyId),
}

/// What a collection holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Everything that the reader may read.
    All,
    /// What names this party in its audience.
    Naming(Party),
    /// Nothing: it is only written to.
    Nothing,
}

/// Who signs: a member attests what it publishes, a person (an approver) signs what it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signer {
    Member(MemberId),
    Person(PersonId),
}

/// Why a signing key is held to be its signer's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Introduction {
    /// Made on this node, which keeps the private half.
    Made,
    /// By hand: somebody here compared it with its signer.
    Pinned,
    /// The first one that came from the peer of this name, which was said to host the member. Nobody compared it.
    FirstSight { peer: String },
    /// The first one that came through an account of the member here.
    Account { person: PersonId },
    /// A person's: the member vouches for it with its own key.
    Vouched { by: MemberId },
}

/// A change that takes two people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proposed {
    /// To hold this clearance, or this ceiling, in place of the one held.
    Clearance { holder: Holder, clearance: Clearance },
    /// To have these roles, in place of those held.
    Roles { person: PersonId, roles: BTreeSet<Role> },
}

impl Proposed {
    /// The person that gains by it, where it is about one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Clearance { holder: Holder::Person(person), .. } | Self::Roles { person, .. } => {
                Some(*person)
            }
            Self::Clearance { .. } => None,
        }
    }
}

/// One change of rights. The whole directory is a fold over these.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Rights {
    /// The first one is the node's own member.
    MemberAdded {
        member: MemberId,
        name: String,
        country: Country,
        sector: Sector,
        hosted: bool,
    },
    CommunityAdded {
        community: CommunityId,
        name: String,
        owned: bool,
        from_joining: bool,
    },
    /// Effective from `from` (or the event) until `until`, both by the injected clock; `until` is exclusive.
    Joined {
        community: CommunityId,
        member: MemberId,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    },
    Left {
        community: CommunityId,
        member: MemberId,
    },
    ClientAdded {
        client: MemberId,
        of: MemberId,
    },
    ClientRemoved {
        client: MemberId,
        of: MemberId,
    },
    PersonAdded {
        person: PersonId,
        email: String,
        member: MemberId,
        roles: BTreeSet<Role>,
    },
    RolesSet {
        person: PersonId,
        roles: BTreeSet<Role>,
    },
    /// The account is closed; its keys and sessions with it.
    PersonRemoved {
        person: PersonId,
    },
    ClearanceSet {
        holder: Holder,
        clearance: Clearance,
    },
    /// `sha256` is of the key's 256 random bits, in lower-case hex. `read_only` keys never write.
    KeyAdded {
        key: KeyId,
        person: PersonId,
        sha256: String,
        read_only: bool,
        expires: Option<Timestamp>,
    },
    KeyRevoked {
        key: KeyId,
    },
    /// A collection beside the built-in ones. `default` labels what has no audience of its own.
    CollectionAdded {
        collection: Uuid,
        root: Option<CommunityId>,
        title: String,
        holds: Holds,
        writable: bool,
        default: Option<Label>,
    },
    /// A policy, or a newer version of one, holds from here on. `spif` is its file as it came, which says more than the
    /// policy that was read from it.
    PolicyImported {
        policy: Box<Policy>,
        spif: String,
    },
    /// A member follows this source's copy of objects whose author is no party here (by `created_by_ref`).
    FollowSet {
        member: MemberId,
        created_by: kizuna_stix::Id,
        source: MemberId,
    },
    /// A signing key is known for a signer from here on; `key` is the public half as text (`ed25519:…`). Signatures
    /// from before `from` do not count; without it any do. An earlier key of the signer ends here.
    SigningKeyIntroduced {
        signer: Signer,
        key: String,
        from: Option<Timestamp>,
        how: Introduction,
    },
    /// The key that a signer used until `from` (exclusive) has said that `key` follows it.
    SigningKeyRotated {
        signer: Signer,
        previous: String,
        key: String,
        from: Timestamp,
    },
    /// A key is no longer its signer's alone: what it signed at `from` or later does not count, nor does anything that
    /// arrives once this is recorded.
    SigningKeyRevoked {
        signer: Signer,
        key: String,
        from: Timestamp,
    },
    /// A change that takes two people: what one of them asks for.
    ChangeProposed {
        proposal: Uuid,
        change: Proposed,
        by: PersonId,
        reason: String,
    },
    /// Another person confirms a proposal, and the change is made; or it is dropped.
    ProposalSettled {
        proposal: Uuid,
        by: PersonId,
        confirmed: bool,
    },
    /// From which label on reads of content are recorded in the audit, from now on.
    ReadsAboveSet {
        threshold: crate::threshold::Threshold,
    },
    /// What releases take, from now on; nothing for the default.
    ReleaseRuleSet {
        on: crate::release::On,
        needs: Option<crate::release::Needs>,
    },
    /// What the system behind an account expresses and honours, from here on: the account reads nothing that asks more.
    /// Without it, whatever a label asks is left to whoever reads.
    HonoursSet {
        person: PersonId,
        honours: Option<crate::honours::Honours>,
    },
    /// A member follows nobody any more for this author: its own copy comes first again, then the first one given.
    FollowCleared {
        member: MemberId,
        created_by: kizuna_stix::Id,
    },
    /// The sectors of the economy that a member works in, from now on (see [`crate::industry`]).
    IndustriesSet {
        member: MemberId,
        industries: BTreeSet<String>,
    },
}

/// An event of the store's one order: `at` is strictly increasing over contributions and rights alike.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recorded {
    /// Number of this event in the log of rights, from 1. The policy epoch is the last one.
    pub epoch: u64,
    /// The store's clock when it was recorded: never before, and always after, any earlier event.
    pub at: Timestamp,
    pub rights: Rights,
}
