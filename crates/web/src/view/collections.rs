//! API roots and their collections.

use askama::Template;

use crate::view::{Page, Value};

#[derive(Debug, Clone)]
pub struct RootView {
    pub title: String,
    /// Its TAXII address.
    pub address: Value,
    pub collections: Vec<CollectionView>,
}

#[derive(Debug, Clone)]
pub struct CollectionView {
    pub title: String,
    pub description: String,
    pub address: Value,
    pub can_read: bool,
    pub can_write: bool,
}

#[derive(Debug, Clone, Template)]
#[template(path = "collections.html")]
pub struct CollectionsPage {
    pub page: Page,
    pub roots: Vec<RootView>,
}
