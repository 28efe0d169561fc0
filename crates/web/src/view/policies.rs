//! Policies and agreements.

use askama::Template;

use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::{LabelView, Level, Page};

/// The form that imports a policy.
pub const FORM: Shape = Shape { name: "policy", fields: &["file", "text"] };

/// One way in which a level counts as one of another policy.
#[derive(Debug, Clone)]
pub struct Equal {
    /// The other policy's level, as the policy writes it.
    pub level: Level,
    /// `↔`, `→` or `←`.
    pub arrow: &'static str,
    /// Who reads what by it, in words.
    pub meaning: String,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    pub in_force: bool,
    /// The policy that states it.
    pub stated_by: String,
}

/// A level, and what it counts as under each of the other policies, in the order of the columns.
#[derive(Debug, Clone)]
pub struct LevelRow {
    pub level: Level,
    /// In English and Japanese, as the policy names it.
    pub names: Vec<(String, String)>,
    pub columns: Vec<Vec<Equal>>,
}

/// A set of categories.
#[derive(Debug, Clone)]
pub struct SetView {
    pub name: String,
    pub kind: String,
    pub categories: Vec<String>,
}

/// One policy.
#[derive(Debug, Clone)]
pub struct PolicyView {
    pub anchor: String,
    pub id: String,
    pub name: String,
    pub uri: String,
    pub version: u64,
    pub imported: Option<Moment>,
    /// Highest first, as a ladder stands.
    pub levels: Vec<LevelRow>,
    /// The other policies that it has equivalences with: heads of the matrix's columns.
    pub others: Vec<String>,
    pub sets: Vec<SetView>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "policies.html")]
pub struct PoliciesPage {
    pub page: Page,
    pub policies: Vec<PolicyView>,
    /// With which a policy is imported, for who runs the node.
    pub form: Option<PolicyForm>,
}

/// A policy's file, to be imported.
#[derive(Debug, Clone, Default)]
pub struct PolicyForm {
    /// The XML; also of a file that was wrong, to be mended here.
    pub text: String,
    /// The line that is wrong and those around it, with their numbers.
    pub lines: Vec<(usize, String, bool)>,
    pub faults: Faults,
}

/// One difference between what is known and what would be imported.
#[derive(Debug, Clone)]
pub struct ChangeView {
    pub part: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What an import would change.
#[derive(Debug, Clone, Template)]
#[template(path = "policy_check.html")]
pub struct PolicyCheckPage {
    pub page: Page,
    /// Names the bytes that wait on the node.
    pub token: String,
    pub id: String,
    pub version: u64,
    pub replaces: Option<u64>,
    pub changes: Vec<ChangeView>,
    /// What of the file is kept and not applied: part and reason.
    pub losses: Vec<(String, String)>,
    /// Who would gain and lose objects: the name, and how many.
    pub viewers: Vec<(String, u64, u64)>,
}

/// One agreement.
#[derive(Debug, Clone)]
pub struct AgreementView {
    pub href: String,
    pub title: String,
    pub scope: String,
    pub keeper: String,
    pub parties: String,
    pub allows: Vec<String>,
    /// Name and address.
    pub contacts: Vec<(String, String)>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    pub review: Option<Moment>,
    pub in_force: bool,
    /// Whether its review date has passed.
    pub overdue: bool,
    pub label: LabelView,
}

#[derive(Debug, Clone, Template)]
#[template(path = "agreements.html")]
pub struct AgreementsPage {
    pub page: Page,
    pub agreements: Vec<AgreementView>,
}
