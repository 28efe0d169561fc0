//! Whether enough people agree, as of now.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::{Approval, Item, Needs, Release};
use crate::Directory;
use crate::party::{MemberId, PersonId};
use crate::rights::Role;

/// Why an approval does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It was given for something else than what is decided now.
    OtherStatement,
    /// The rules or policies are others now.
    OtherPolicy,
    /// Its signature is not that of a key which is this person's now.
    NotSigned,
    /// The account is closed.
    Gone,
    /// Not a releaser, or no more.
    NoReleaser,
    Proposer,
    Author,
    /// May not read what would be released, or no more.
    CannotRead,
    /// Of a member that is neither the releasing one nor one whose consent is needed.
    OtherMember,
}

impl Why {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherStatement => "other-statement",
            Self::OtherPolicy => "other-policy",
            Self::NotSigned => "not-signed",
            Self::Gone => "gone",
            Self::NoReleaser => "no-releaser",
            Self::Proposer => "proposer",
            Self::Author => "author",
            Self::CannotRead => "cannot-read",
            Self::OtherMember => "other-member",
        }
    }
}

/// How a release stands: what it takes, and what it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// How many different releasers of the own member it takes.
    pub needs: u8,
    /// The members that have to agree, each by one of its releasers.
    pub consents: BTreeSet<MemberId>,
    /// Who agreed for the own member and counts.
    pub counted: BTreeSet<PersonId>,
    /// The members that have agreed.
    pub consented: BTreeSet<MemberId>,
    /// Who agreed and does not count.
    pub uncounted: Vec<(PersonId, Why)>,
    /// Whether the rules ask for an agreement, and none is cited.
    pub lacks_basis: bool,
    #[serde(skip)]
    of: [u8; 32],
}

/// Proof that enough people agree to one statement, as of when it was judged. Only [`Standing::cleared`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    of: [u8; 32],
}

impl Cleared {
    /// Whether it is for what this release says.
    pub fn is_for(&self, release: &Release) -> bool {
        self.of == release.digest()
    }
}

impl Standing {
    pub fn is_met(&self) -> bool {
        let are_enough = self.counted.len() >= usize::from(self.needs.max(1));
        are_enough && self.consents.is_subset(&self.consented) && !self.lacks_basis
    }

    /// Proof that enough people agree; nothing where they do not.
    pub fn cleared(&self) -> Option<Cleared> {
        self.is_met().then_some(Cleared { of: self.of })
    }
}

/// Judges a release. `verified` says whether an approval's signature is that of a key which is the person's now.
pub fn judge(
    release: &Release,
    directory: &Directory,
    verified: impl Fn(&Approval) -> bool,
    now: Timestamp,
) -> Standing {
    let needs = needs(release, directory);
    let mut standing = Standing {
        needs: needs.releasers,
        consents: consents(release, needs),
        counted: BTreeSet::new(),
        consented: BTreeSet::new(),
        uncounted: Vec::new(),
        lacks_basis: needs.basis && release.decided.basis.agreement.is_none(),
        of: release.digest(),
    };
    let statement = hex::encode(standing.of);
    let is_same_policy = directory.release_rules().version(labels(release)) == release.decided.policy;
    for approval in &release.approvals {
        let fault = if approval.statement != statement {
            Some(Why::OtherStatement)
        } else if !is_same_policy {
            Some(Why::OtherPolicy)
        } else if !verified(approval) {
            Some(Why::NotSigned)
        } else {
            unfit(release, directory, approval.person, &standing.consents, now)
        };
        if let Some(why) = fault {
            standing.uncounted.push((approval.person, why));
            continue;
        }
        let Some(member) = directory.person(approval.person).map(|person| person.member) else { continue };
        if member == release.by {
            standing.counted.insert(approval.person);
        }
        if standing.consents.contains(&member) {
            standing.consented.insert(member);
        }
    }
    standing
}

/// Why this person may not approve this release now; nothing where it may.
pub fn unfit(
    release: &Release,
    directory: &Directory,
    person: PersonId,
    consents: &BTreeSet<MemberId>,
    now: Timestamp,
) -> Option<Why> {
    let Ok(principal) = directory.authenticate_person(person, now) else { return Some(Why::Gone) };
    let Ok(reader) = directory.reader(&principal, now) else { return Some(Why::Gone) };
    if !reader.has(Role::Releaser) {
        return Some(Why::NoReleaser);
    }
    if person == release.proposer {
        return Some(Why::Proposer);
    }
    let is_author = |item: &Item| item.high.as_ref().is_some_and(|high| high.authors.contains(&person));
    if release.decided.objects.iter().any(is_author) {
        return Some(Why::Author);
    }
    // Arrivals are the store's to judge: who approves reads every version through a view of its own.
    let reads =
        |item: &Item| item.high.as_ref().is_some_and(|high| reader.can_read(&high.asks(), Timestamp::MAX));
    if !release.decided.objects.iter().all(reads) {
        return Some(Why::CannotRead);
    }
    let member = principal.member();
    let is_asked = member == release.by || consents.contains(&member);
    (!is_asked).then_some(Why::OtherMember)
}

/// The strictest of what the labels ask for: those that the content has, and the one that it is given.
pub fn needs(release: &Release, directory: &Directory) -> Needs {
    let rules = directory.release_rules();
    let given = rules.needs(&release.decided.label);
    labels(release).map(|label| rules.needs(label)).fold(given, Needs::and)
}

/// The members that have to agree beside the releasing one, or as the originator that the releasing one is.
pub fn consents(release: &Release, needs: Needs) -> BTreeSet<MemberId> {
    let highs = release.decided.objects.iter().filter_map(|item| item.high.as_ref());
    highs.filter(|high| high.consent || needs.originator).map(|high| high.originator).collect()
}

/// The labels that a release is about.
pub fn labels(release: &Release) -> impl Iterator<Item = &crate::Label> {
    let had = release.decided.objects.iter().filter_map(|item| item.high.as_ref()).map(|high| &high.from);
    had.chain([&release.decided.label])
}
