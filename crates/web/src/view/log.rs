//! The node's log.

use askama::Template;

use crate::moment::Moment;
use crate::view::Page;
use crate::view::form::{Faults, Shape};

/// The form that adds a witness.
pub const WITNESS: Shape = Shape { name: "witness", fields: &["name", "url", "key", "credential"] };

/// Who co-signed, or is co-signed.
#[derive(Debug, Clone)]
pub struct Partner {
    pub name: String,
    /// Where it is asked, of a witness.
    pub url: String,
    pub size: u64,
    pub at: Option<Moment>,
    /// Why it did not co-sign the last time.
    pub error: Option<String>,
    /// Where the form that removes it is sent.
    pub removal: Option<String>,
}

/// With which a witness is added. Its API key is never shown.
#[derive(Debug, Clone, Default)]
pub struct WitnessForm {
    pub name: String,
    pub url: String,
    pub key: String,
    pub faults: Faults,
}

#[derive(Debug, Clone)]
pub struct CosignedView {
    pub name: String,
    pub at: Moment,
}

/// A log that showed two histories.
#[derive(Debug, Clone)]
pub struct SplitView {
    pub name: String,
    pub at: Moment,
    pub proven: bool,
    pub before: String,
    pub shown: String,
    pub proof: String,
}

/// For who runs the node.
#[derive(Debug, Clone)]
pub struct PartnersView {
    pub witnesses: Vec<Partner>,
    pub form: WitnessForm,
    pub followed: Vec<Partner>,
    pub splits: Vec<SplitView>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "log.html")]
pub struct LogPage {
    pub page: Page,
    pub origin: String,
    pub key: String,
    pub size: u64,
    pub root: String,
    pub last: Option<Moment>,
    pub cosigned: Vec<CosignedView>,
    pub partners: Option<PartnersView>,
}
