//! Labels that stand beside the originator's own: the same information under another policy, and the label of the
//! metadata (STANAG 4774 §2). Here the originator's label counts; what stood beside it is kept as it was read and written
//! again, and a label under a policy with equivalences in force gets its alternatives.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::statement::Statement;
use super::{FormError, Headings, Source};
use crate::directory::Directory;
use crate::label::{Classification, Label};
use crate::loss::Loss;
use crate::policy::{ends_next, reaches};

/// A label beside the originator's. Nothing is asked of a reader by it here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    source: Source,
    #[serde(flatten)]
    statement: Statement,
}

impl Beside {
    pub(super) fn read(source: Source, statement: Statement) -> Self {
        Self { source, statement }
    }

    /// A label of the metadata, such as who bound what to which file.
    ///
    /// # Errors
    /// Where the form would be wider than the label.
    pub fn metadata(label: &Label, headings: &Headings, directory: &Directory) -> Result<Self, FormError> {
        let (statement, _) = Statement::of(label, headings, directory)?;
        Ok(Self { source: Source::Metadata, statement })
    }

    /// What it labels: the same information, or the metadata.
    pub fn source(&self) -> Source {
        self.source
    }

    pub(super) fn statement(&self) -> &Statement {
        &self.statement
    }

    /// That it asks nothing of a reader here.
    pub(super) fn loss(&self) -> Loss {
        match self.source {
            Source::Metadata => {
                Loss::displayed("metadata label", "kept; it labels the metadata, not the file")
            }
            _ => Loss::displayed("alternative label", "kept; the originator's own counts"),
        }
    }
}

/// The same label under each other policy with an equivalence in force for its level: who meets that one reads content
/// under this one. A label with further conditions (several policies, or categories, which have no equivalence) has none:
/// its alternative would ask for less. An alternative is to be reviewed when an equivalence between the two policies ends.
///
/// # Errors
/// Where the form would be wider than the label.
pub fn alternatives(
    label: &Label,
    headings: &Headings,
    directory: &Directory,
    now: Timestamp,
) -> Result<Vec<Beside>, FormError> {
    let mut classification = label.classification().iter();
    let (Some((id, asked)), None) = (classification.next(), classification.next()) else {
        return Ok(Vec::new());
    };
    let is_plain = asked.also.is_empty() && asked.restrictive.is_empty() && asked.permissive.is_empty();
    let known = directory.policy(id).filter(|_| is_plain);
    let Some((policy, rank)) = known.and_then(|policy| Some((policy, policy.rank(&asked.level)?))) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for other in directory.policies().into_iter().filter(|other| other.oid != policy.oid) {
        // The lowest level that counts as this one or a higher one.
        let meets = |held: &usize| reaches(other, *held, policy, now).is_some_and(|reached| reached >= rank);
        let Some(held) = (0..other.levels.len()).find(meets) else { continue };
        let Some(level) = other.levels.get(held) else { continue };
        let mut terms = label.terms();
        terms.classification.clear();
        let terms = terms.classified(&other.id, Classification::level(level.id.clone()));
        let review = headings.review.into_iter().chain(ends_next(other, policy, now)).min();
        let headings = Headings { review, ..headings.clone() };
        let (statement, _) = Statement::of(&terms.label(), &headings, directory)?;
        found.push(Beside { source: Source::Alternative, statement });
    }
    Ok(found)
}
