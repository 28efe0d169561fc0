//! The text form of labels: `tlp:amber rel:JPN,EST rel:"Grid Company" class:EXERCISE/SECRET orcon`.
//!
//! Words in any order, separated by white space:
//!
//! | word | asks |
//! |---|---|
//! | `tlp:` `clear` `green` `amber` `amber+strict` `red` | this TLP |
//! | `pap:` `clear` `green` `amber` `red` | this PAP |
//! | `rel:A,B` | the reader to be in one of these parties; each further `rel:` is a further condition |
//! | `class:POLICY/LEVEL` | this level |
//! | `all:POLICY/SET=TAG,TAG` | every one of these restrictive tags |
//! | `any:POLICY/SET=TAG,TAG` | one of these permissive tags |
//! | `info:POLICY/SET=TAG,TAG` | nothing; for display |
//! | `orcon` `exercise` `draft` | this handling |
//!
//! A party is a country code, the name of a member or community, `clients:NAME`, `person:EMAIL`, `world` or `nobody`;
//! `country:`, `member:` and `community:` say which is meant where a name would be ambiguous. Names with white space,
//! commas or colons stand in quotation marks: `rel:"Grid Company"`, `rel:clients:"Grid Company"`.

mod parse;
mod print;

use crate::directory::Directory;
use crate::party::{CommunityId, MemberId, PersonId};
use crate::policy::Policy;

pub use parse::{clearance, parse};
pub(crate) use print::clause_text;
pub use print::{display, display_to, party_text};

/// Where names are looked up.
pub trait Names {
    /// By name in any case, or by id.
    fn member(&self, name: &str) -> Option<MemberId>;
    /// By name in any case, or by id.
    fn community(&self, name: &str) -> Option<CommunityId>;
    /// By e-mail address in any case, or by id.
    fn person(&self, email: &str) -> Option<PersonId>;
    /// The names of members and communities, to suggest one.
    fn names(&self) -> Vec<String>;
    /// The policies that labels may ask levels of.
    fn policies(&self) -> Vec<&Policy>;
}

impl Names for Directory {
    fn member(&self, name: &str) -> Option<MemberId> {
        let by_id = || self.member(MemberId(name.parse().ok()?));
        self.member_named(name).or_else(by_id).map(|found| found.id)
    }

    fn community(&self, name: &str) -> Option<CommunityId> {
        let by_id = || self.community(CommunityId(name.parse().ok()?));
        self.community_named(name).or_else(by_id).map(|found| found.id)
    }

    fn person(&self, email: &str) -> Option<PersonId> {
        let by_id = || self.person(PersonId(email.parse().ok()?));
        self.person_by_email(email).or_else(by_id).map(|found| found.id)
    }

    fn names(&self) -> Vec<String> {
        let members = self.members().map(|member| member.name.clone());
        members.chain(self.communities().map(|community| community.name.clone())).collect()
    }

    fn policies(&self) -> Vec<&Policy> {
        self.policies()
    }
}

/// What is wrong with a label's text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}{}", .suggestion.as_ref().map(|text| format!("; did you mean {text}?")).unwrap_or_default())]
pub struct SpecError {
    /// In characters, from 1.
    pub column: usize,
    pub message: String,
    pub suggestion: Option<String>,
}

#[cfg(test)]
mod tests;
