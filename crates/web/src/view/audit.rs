//! The audit, and changes that take two people.

use askama::Template;

use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::{Page, Value};

/// The form that proposes a clearance.
pub const PROPOSE: Shape = Shape { name: "propose", fields: &["whose", "clear", "reason"] };
/// The form that asks to erase.
pub const ERASE: Shape = Shape { name: "erase", fields: &["object", "reason", "basis"] };
/// Confirming and dropping: buttons alone.
pub const SETTLE: Shape = Shape { name: "settle", fields: &[] };

/// The object of a line.
#[derive(Debug, Clone)]
pub enum AuditedObject {
    None,
    Readable {
        href: String,
        id: Value,
    },
    /// The reader may not read it.
    Masked,
}

#[derive(Debug, Clone)]
pub struct AuditRow {
    pub at: Moment,
    pub actor: String,
    pub action: String,
    pub object: AuditedObject,
    /// As JSON, ids only as readable.
    pub detail: String,
}

/// What was asked for, to stand in the form again.
#[derive(Debug, Clone, Default)]
pub struct AuditAsked {
    pub action: String,
    pub actor: String,
    pub object: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    pub page: Page,
    /// Whether the reader has the role for it.
    pub may_read: bool,
    pub asked: AuditAsked,
    /// From which label on reads are recorded, in words; empty for none.
    pub above: String,
    pub rows: Vec<AuditRow>,
    pub next: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ProposalRow {
    pub action: String,
    pub whose: String,
    pub now: String,
    pub wanted: String,
    pub by: String,
    pub reason: String,
    pub made: Moment,
    pub state_class: &'static str,
    pub state_icon: &'static str,
    pub state: String,
    pub may_confirm: bool,
    pub may_drop: bool,
}

#[derive(Debug, Clone)]
pub struct ErasureRow {
    pub action: String,
    pub href: String,
    pub object: Value,
    pub by: String,
    pub reason: String,
    pub basis: String,
    pub made: Moment,
    /// Somebody else asked for it.
    pub may_confirm: bool,
}

/// What was typed to propose a clearance.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Proposed {
    pub whose: String,
    pub clear: String,
    pub reason: String,
}

/// What was typed to ask for an erasure.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct ToErase {
    pub object: String,
    pub reason: String,
    pub basis: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "proposals.html")]
pub struct ProposalsPage {
    pub page: Page,
    pub rows: Vec<ProposalRow>,
    /// Requests to erase what the reader's member gave.
    pub erasures: Vec<ErasureRow>,
    /// Whether the reader may ask to erase.
    pub may_erase: bool,
    /// Whether the reader may propose.
    pub may_propose: bool,
    /// What was typed to propose, with what was wrong about it.
    pub proposed: Proposed,
    pub propose_faults: Faults,
    /// What was typed to ask for an erasure, with what was wrong about it.
    pub erase: ToErase,
    pub erase_faults: Faults,
    /// Why something could not be confirmed or dropped.
    pub settle_faults: Faults,
}
