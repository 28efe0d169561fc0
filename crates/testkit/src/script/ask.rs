//! What is asked, and what is answered.

use std::collections::{BTreeMap, BTreeSet};

use super::{Label, Name, Party, Second};

/// Which versions of each object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Versions {
    #[default]
    Latest,
    First,
    All,
    Any {
        latest: bool,
        first: bool,
        at: Vec<Second>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Holds {
    #[default]
    All,
    Naming(Party),
}

/// A filter. Empty lists filter nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Selection {
    pub holds: Holds,
    pub objects: Vec<u32>,
    pub kinds: Vec<String>,
    pub versions: Versions,
    /// Only what the viewer's member contributed.
    pub own: bool,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Start {
    First,
    /// After the last item that this walk of the viewer's has seen, by its position.
    Walk(u32),
    /// The same, by its date.
    Date(u32),
}

/// All parts must hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Search {
    /// Words, every one of which must occur.
    pub words: Vec<String>,
    /// The value of this object, where it is an observable or an indicator of one.
    pub value_of: Option<u32>,
    pub refers_to: Option<u32>,
    pub kinds: Vec<String>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Query {
    /// A page; a walk remembers where it got to.
    Page {
        selection: Selection,
        start: Start,
        limit: usize,
    },
    Object(u32),
    Versions(u32),
    Claims(u32),
    /// From the newest on, in pages of `limit`, to the end.
    Search {
        search: Search,
        limit: usize,
    },
    Count {
        search: Search,
        cap: u64,
    },
    Quarantine {
        limit: usize,
    },
    Audit {
        limit: usize,
    },
}

impl Query {
    /// The output path, for tables.
    pub fn path(&self) -> &'static str {
        match self {
            Self::Page { start: Start::First, selection, .. } => {
                match (&selection.versions, &selection.holds) {
                    _ if selection.own => "page own",
                    _ if !selection.objects.is_empty() => "page ids",
                    _ if !selection.kinds.is_empty() => "page kinds",
                    (_, Holds::Naming(_)) => "page naming",
                    (Versions::Latest, _) => "page latest",
                    (Versions::First, _) => "page first",
                    (Versions::All, _) => "page all",
                    (Versions::Any { .. }, _) => "page any",
                }
            }
            Self::Page { start: Start::Walk(_), .. } => "walk by cursor",
            Self::Page { start: Start::Date(_), .. } => "walk by date",
            Self::Object(_) => "object",
            Self::Versions(_) => "versions",
            Self::Claims(_) => "claims",
            Self::Search { search, .. } if search.refers_to.is_some() => "search refers to",
            Self::Search { search, .. } if search.value_of.is_some() => "search value",
            Self::Search { search, .. } if !search.words.is_empty() => "search text",
            Self::Search { .. } => "search kinds",
            Self::Count { .. } => "count",
            Self::Quarantine { .. } => "quarantine",
            Self::Audit { .. } => "audit",
        }
    }
}

/// Which version of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    At(Second),
    /// A type without `modified`; the variant of its bytes.
    Bytes(u32),
    /// Not the object, but what tells that its source took this version back; of objects without `modified`, that
    /// it took back some bytes.
    Recall(Option<Second>),
}

/// Where an object stands for a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    Stands,
    Revoked,
}

/// One item of an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    pub object: u32,
    pub version: Version,
    /// Nothing for a recall.
    pub variant: Option<u32>,
    pub source: Name,
    pub authored: bool,
    pub standing: Standing,
    pub disputed: bool,
    pub reliability: Option<char>,
    /// In normal form.
    pub label: Label,
    /// The marked fields that it has, by selector, and what each asks.
    pub fields: BTreeMap<String, Label>,
    /// The digest of the bytes; of a recall that of the bytes which it recalls.
    pub digest: Vec<u8>,
}

/// One entry of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Waste {
    pub source: Name,
    pub channel: String,
    pub text: String,
}

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Audited {
    pub action: String,
    /// The object, where the auditor can read it.
    pub object: Option<u32>,
    /// Whether it concerns an object that the auditor cannot read.
    pub masked: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Who asks is nobody (any more).
    NotAuthenticated,
    /// In order; and whether there was more.
    Items {
        items: Vec<Seen>,
        more: bool,
    },
    /// In order of the question.
    Found(Vec<Seen>),
    Counted {
        at_least: u64,
        capped: bool,
    },
    Quarantined(Vec<Waste>),
    Audited(Vec<Audited>),
}

impl Answer {
    /// Items seen, whatever the question.
    pub fn seen(&self) -> &[Seen] {
        match self {
            Self::Items { items, .. } | Self::Found(items) => items,
            _ => &[],
        }
    }

    /// The objects among the items.
    pub fn objects(&self) -> BTreeSet<u32> {
        self.seen().iter().map(|seen| seen.object).collect()
    }
}

/// A member's choice whose copy to follow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Follow {
    pub member: Name,
    /// The name in `created_by`.
    pub created_by: Name,
    pub source: Name,
}
