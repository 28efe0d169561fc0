//! Members and communities.

use askama::Template;

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
}
