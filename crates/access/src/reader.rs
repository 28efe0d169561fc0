//! One viewer's facts, and the decision.

use jiff::Timestamp;

use crate::Label;
use crate::party::{KeyId, MemberId, PersonId};

/// Somebody who has been authenticated. Only [`crate::Directory`] makes one; a `View` checks it again, in its own
/// read transaction, each time it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    pub(crate) person: PersonId,
    pub(crate) member: MemberId,
    pub(crate) key: Option<KeyId>,
}

impl Principal {
    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn member(&self) -> MemberId {
        self.member
    }

    pub fn key(&self) -> Option<KeyId> {
        self.key
    }
}

/// Since when, and from which content on, a label is readable.
///
/// Content that arrived at or after `floor` became readable at `gained`; [`Timestamp::MIN`] in either means from the
/// start. A label may have several grants: a later one with a lower floor opened older content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// When this grant began, by the store's clock.
    pub gained: Timestamp,
    /// Content that arrived before this instant stays hidden (`from-joining` communities).
    pub floor: Timestamp,
}

/// Whether a viewer may read what carries a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Hidden,
    /// Never empty; `gained` strictly increases, `floor` strictly decreases.
    Readable(Vec<Grant>),
}

/// One viewer's facts at one epoch and time.
#[derive(Debug, Clone)]
pub struct Reader {
    principal: Principal,
}

impl Reader {
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The one gate: whether this viewer may read what carries this label.
    pub fn decide(&self, _label: &Label) -> Decision {
        Decision::Hidden
    }

    /// The next instant at which a dated rule may change a decision.
    pub fn valid_until(&self) -> Option<Timestamp> {
        None
    }
}
