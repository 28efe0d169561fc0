//! The registry of output paths: every way in which something can leave the node over HTTP, as plain data.
//!
//! A router can only be built from these entries ([`crate::Routes`]), and it carries each entry's access rule out
//! before a handler runs. So what is listed here is what can be asked: the API description is printed from it, and
//! the non-interference test makes its requests from it and fails on an entry that it has no request for.

pub mod federation;
pub mod log;
pub mod native;
pub mod node;
pub mod pages;
pub mod taxii;

/// One way in which something can leave the node: a method on a path.
#[derive(Debug, PartialEq, Eq)]
pub struct OutputPath {
    /// A name that tests and logs use, such as `taxii.objects`.
    pub name: &'static str,
    pub method: Method,
    /// With parameters in braces: `/api/v1/objects/{id}`.
    pub path: &'static str,
    pub face: Face,
    pub access: Access,
    pub reads: Reads,
    /// One line for the API description.
    pub summary: &'static str,
    pub params: &'static [Param],
    /// What may be sent.
    pub body: Option<Body>,
    /// What may be answered beside the failures that every path shares.
    pub answers: &'static [Answer],
}

/// The methods in use. `GET` includes `HEAD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether it asks without changing anything (RFC 9110 §9.2.1).
    pub fn is_safe(self) -> bool {
        self == Self::Get
    }
}

/// Which form answers and failures take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// TAXII 2.1: `application/taxii+json;version=2.1`, failures as TAXII error messages.
    Taxii,
    /// JSON, failures as problem details (RFC 9457).
    Native,
    /// Pages for people.
    Pages,
}

/// Who may ask at all. What he then gets is decided by his view, and what he may change by the use case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Anybody; nothing about content, people or members leaves here.
    Anyone,
    /// Anybody, answered differently where a viewer is known.
    Optional,
    /// Whoever is authenticated.
    Viewer,
    /// Whoever holds the node's watch token: those who run it, and no account.
    Watcher,
}

/// What leaves through a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reads {
    /// Nothing that is stored: fixed text, own session.
    Nothing,
    /// Objects, or anything computed from them.
    Content,
    /// Members, communities, people, collections.
    Directory,
    /// Input that was refused.
    Quarantine,
    /// The audit: every line, its objects only as readable.
    Audit,
    /// Releases: decisions about content, with who took them.
    Decisions,
    /// How the node does: counts and times that no view has part in.
    Vitals,
    /// The node's log: hashes that say nothing without their salts.
    Log,
    /// What the viewer itself did before: statuses, idempotent answers.
    Own,
}

/// A parameter.
#[derive(Debug, PartialEq, Eq)]
pub struct Param {
    pub name: &'static str,
    pub place: Place,
    pub kind: Kind,
    pub required: bool,
    pub summary: &'static str,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
}

/// What a parameter's text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Uuid,
    /// `type--uuid`.
    StixId,
    /// A number from 1.
    Limit,
    /// RFC 3339 in UTC.
    Timestamp,
    /// A sealed cursor that an earlier answer gave.
    Cursor,
    Boolean,
    /// A list, separated by commas.
    List,
}

/// A body.
#[derive(Debug, PartialEq, Eq)]
pub struct Body {
    pub media: &'static str,
    /// A name among the API description's schemas.
    pub schema: &'static str,
    pub required: bool,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub media: &'static str,
    /// A name among the API description's schemas; empty for no body.
    pub schema: &'static str,
    pub summary: &'static str,
}

impl Param {
    pub const fn path(name: &'static str, kind: Kind, summary: &'static str) -> Self {
        Self { name, place: Place::Path, kind, required: true, summary }
    }

    /// An optional query parameter.
    pub const fn query(name: &'static str, kind: Kind, summary: &'static str) -> Self {
        Self { name, place: Place::Query, kind, required: false, summary }
    }

    /// An optional header.
    pub const fn header(name: &'static str, kind: Kind, summary: &'static str) -> Self {
        Self { name, place: Place::Header, kind, required: false, summary }
    }

    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// Every output path of the program.
pub fn all() -> impl Iterator<Item = &'static OutputPath> {
    api().chain(pages::ALL.iter().copied())
}

/// Those that programs use.
pub fn api() -> impl Iterator<Item = &'static OutputPath> {
    node::ALL.iter().chain(federation::ALL).chain(log::ALL).chain(taxii::ALL).chain(native::ALL).copied()
}

#[cfg(test)]
mod tests;
