//! Channels across a domain boundary.

use askama::Template;

use crate::moment::Moment;
use crate::view::Page;
use crate::view::form::{Faults, Shape};

/// Writing a package: a button, and whether it is a complete one.
pub const WRITE: Shape = Shape { name: "write", fields: &[] };

/// What the guard found.
#[derive(Debug, Clone)]
pub struct FindingView {
    pub kind: &'static str,
    pub place: String,
    pub says: String,
}

#[derive(Debug, Clone)]
pub struct PackageView {
    pub number: String,
    pub at: Moment,
    pub objects: u64,
    /// `left`, `passed` or `refused`.
    pub outcome: &'static str,
    pub findings: Vec<FindingView>,
}

/// A package that was written just now.
#[derive(Debug, Clone)]
pub struct WrittenView {
    pub number: String,
    pub objects: u64,
    /// Where it is.
    pub href: String,
    /// Why objects that the channel may read stay here, with how many.
    pub left_out: Vec<(String, u64)>,
}

#[derive(Debug, Clone)]
pub struct ChannelView {
    pub name: String,
    pub is_incoming: bool,
    pub member: String,
    pub ceiling: String,
    pub recipients: Vec<String>,
    pub sequence: u64,
    /// Numbers that never came.
    pub missing: String,
    pub packages: Vec<PackageView>,
    pub written: Option<WrittenView>,
    /// Why the package could not be written.
    pub faults: Faults,
}

#[derive(Debug, Clone, Template)]
#[template(path = "channels.html")]
pub struct ChannelsPage {
    pub page: Page,
    /// For who runs the node.
    pub channels: Option<Vec<ChannelView>>,
}
