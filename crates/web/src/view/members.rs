//! Members and communities.

use askama::Template;

use crate::moment::Moment;
use crate::view::Page;

#[derive(Debug, Clone)]
pub struct MemberView {
    pub name: String,
    pub country: String,
    pub sector: String,
    pub hosted: bool,
    pub own: bool,
    /// Names of the communities it is in.
    pub communities: Vec<String>,
    /// What it contributed, as a search.
    pub href: Option<String>,
}

/// A signing key of a member.
#[derive(Debug, Clone)]
pub struct KeyView {
    pub member: String,
    /// The fingerprint, in groups of four.
    pub words: String,
    pub current: bool,
    /// Why it is held to be the member's, in the reader's language.
    pub origin: String,
    /// Nobody compared it.
    pub by_first_sight: bool,
    pub since: Option<Moment>,
    pub until: Option<Moment>,
    pub revoked: Option<Moment>,
}

#[derive(Debug, Clone)]
pub struct CommunityView {
    /// For links within the page.
    pub anchor: String,
    pub name: String,
    pub owned: bool,
    pub from_joining: bool,
    pub members: Vec<String>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "members.html")]
pub struct MembersPage {
    pub page: Page,
    pub members: Vec<MemberView>,
    pub communities: Vec<CommunityView>,
    /// Of the members above, those that no longer count included.
    pub keys: Vec<KeyView>,
}
