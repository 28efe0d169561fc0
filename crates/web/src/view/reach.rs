//! Whom something reaches: members, peers and feeds.

/// What a reach shows.
#[derive(Debug, Clone, Default)]
pub struct ReachView {
    /// By name, the own one first.
    pub members: Vec<String>,
    pub peers: Vec<String>,
    pub feeds: Vec<FeedView>,
}

/// A way by which programs get it.
#[derive(Debug, Clone)]
pub struct FeedView {
    /// Whose it is, or a collection's title.
    pub name: String,
    /// What it is, in the reader's language.
    pub kind: String,
}
