//! What the guard found, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::package::BadPackage;

/// What is wrong with a package, or with one object of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It does not open: for another recipient, or its head is changed.
    Unopened,
    /// Octets are not those that were written: changed, or cut off.
    Tampered,
    /// A part is dropped, cut off, or stands in the place of another.
    Misplaced,
    /// It is not written as packages are.
    Malformed,
    TooLarge,
    /// The manifest is not what its signer signed.
    Forged,
    /// No key of the sender is known, or another, older or revoked one signed.
    UnknownKey,
    OtherChannel,
    OtherSender,
    OtherRecipient,
    /// Dated ahead of this node's clock, or before the package before it.
    Clock,
    /// A package with this number passed before, with the same content.
    Replayed,
    /// A package with this number passed before, with other content; or what it says came before did not.
    Forked,
    /// A later package passed before it.
    Reordered,
    /// Packages before it are missing.
    Gap,
    /// Not I-JSON, or no sound STIX object.
    Unsound,
    /// Not the canonical bytes of what it says.
    NotCanonical,
    /// Not in Unicode normal form C, or with characters that deceive.
    NotNormal,
    /// Deeper, longer or more than the channel lets in.
    OverLimit,
    /// A type, property or extension that the channel does not let in.
    NotAllowed,
    /// The strict schema refuses what the allow-list let in.
    SchemaDisagrees,
    /// It refers to something that is neither in the package nor here.
    Unresolved,
    /// A marking that is not in the package, or not understood.
    UnknownMarking,
    /// Its label is above the channel's ceiling, or this node's.
    AboveCeiling,
    /// No proof that it is in the sender's log.
    Unproven,
    /// Another log than the one of the packages before, or a checkpoint that it did not sign.
    OtherLog,
    /// The log does not go on from what it showed before: it has two histories.
    SplitLog,
    /// A witness that the channel asks for did not co-sign.
    Unwitnessed,
}

impl Kind {
    pub const ALL: [Self; 28] = [
        Self::Unopened,
        Self::Tampered,
        Self::Misplaced,
        Self::Malformed,
        Self::TooLarge,
        Self::Forged,
        Self::UnknownKey,
        Self::OtherChannel,
        Self::OtherSender,
        Self::OtherRecipient,
        Self::Clock,
        Self::Replayed,
        Self::Forked,
        Self::Reordered,
        Self::Gap,
        Self::Unsound,
        Self::NotCanonical,
        Self::NotNormal,
        Self::OverLimit,
        Self::NotAllowed,
        Self::SchemaDisagrees,
        Self::Unresolved,
        Self::UnknownMarking,
        Self::AboveCeiling,
        Self::Unproven,
        Self::OtherLog,
        Self::SplitLog,
        Self::Unwitnessed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unopened => "unopened",
            Self::Tampered => "tampered",
            Self::Misplaced => "misplaced",
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::Forged => "forged",
            Self::UnknownKey => "unknown-key",
            Self::OtherChannel => "other-channel",
            Self::OtherSender => "other-sender",
            Self::OtherRecipient => "other-recipient",
            Self::Clock => "clock",
            Self::Replayed => "replayed",
            Self::Forked => "forked",
            Self::Reordered => "reordered",
            Self::Gap => "gap",
            Self::Unsound => "unsound",
            Self::NotCanonical => "not-canonical",
            Self::NotNormal => "not-normal",
            Self::OverLimit => "over-limit",
            Self::NotAllowed => "not-allowed",
            Self::SchemaDisagrees => "schema-disagrees",
            Self::Unresolved => "unresolved",
            Self::UnknownMarking => "unknown-marking",
            Self::AboveCeiling => "above-ceiling",
            Self::Unproven => "unproven",
            Self::OtherLog => "other-log",
            Self::SplitLog => "split-log",
            Self::Unwitnessed => "unwitnessed",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that the guard found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: Kind,
    /// `manifest`, or a part and a line of it such as `objects.3:17`.
    pub place: String,
    /// The object, where one could be told and may be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What is wrong, for a person. Never content of what is above a ceiling.
    pub says: String,
}

impl Finding {
    pub fn new(kind: Kind, place: impl Into<String>, says: impl Into<String>) -> Self {
        Self { kind, place: place.into(), object: None, says: says.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.kind, self.place, self.says)
    }
}

/// An object that did not pass, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    pub octets: Vec<u8>,
    pub finding: Finding,
}

/// Why a package does not pass: nothing of it does.
#[derive(Debug)]
pub enum Refused {
    /// The disk or the pipe failed: to be tried again.
    Io(std::io::Error),
    /// At least one finding.
    Found { findings: Vec<Finding>, failed: Vec<Failed> },
}

impl Refused {
    pub(crate) fn one(kind: Kind, place: impl Into<String>, says: impl Into<String>) -> Self {
        Finding::new(kind, place, says).into()
    }
}

impl From<Finding> for Refused {
    fn from(finding: Finding) -> Self {
        Self::Found { findings: vec![finding], failed: Vec::new() }
    }
}

impl From<BadPackage> for Refused {
    fn from(bad: BadPackage) -> Self {
        let kind = match &bad {
            BadPackage::Io(_) => None,
            BadPackage::Broken(_) | BadPackage::Altered { .. } => Some(Kind::Tampered),
            BadPackage::Malformed { .. } => Some(Kind::Malformed),
            BadPackage::TooLarge { .. } => Some(Kind::TooLarge),
            BadPackage::Misplaced { .. } => Some(Kind::Misplaced),
        };
        match (kind, bad) {
            (None, BadPackage::Io(error)) => Self::Io(error),
            (kind, bad) => Self::one(kind.unwrap_or(Kind::Malformed), "package", bad.to_string()),
        }
    }
}
