//! Whether a release rests on the agreement that it cites: looked up in the view of whoever proposes or approves it.

use std::collections::BTreeSet;

use kizuna_access::agreement::{Agreement, KIND, Refusal};
use kizuna_access::release::{Basis, Cited};
use kizuna_access::{Label, MemberId};
use kizuna_stix::Id;

use super::Finding;
use crate::read::Reading;
use crate::{AppError, Item};

/// Where findings about the basis stand.
const PLACE: &str = "basis";

/// What a release is to rest on, as it is asked for.
pub(super) struct Asked<'a> {
    pub basis: &'a Basis,
    /// The label given.
    pub label: &'a Label,
    /// The member that releases.
    pub by: MemberId,
    /// The members that gave the content.
    pub originators: BTreeSet<MemberId>,
    /// Whether the rules ask for an agreement.
    pub is_needed: bool,
}

/// The agreement of this id as it stands now, to be cited.
///
/// # Errors
/// [`AppError::Invalid`] for words that are no agreement's id, and alike for an agreement that is hidden or absent.
pub(super) fn cite(reading: &Reading, words: &str) -> Result<Cited, AppError> {
    let id = words.parse::<Id>().ok().filter(|id| id.kind() == KIND);
    let id = id.ok_or_else(|| {
        AppError::invalid("$.basis", format!("the id of a {KIND}; words stand in basis_note"))
    })?;
    let unseen = || AppError::invalid("$.basis", format!("there is no {id} that you may read"));
    match found(reading, &id)? {
        Some((_, agreement)) => Ok(Cited { id, version: agreement.modified }),
        None => Err(unseen()),
    }
}

/// What speaks against a basis, and what is to be looked at, as this viewer may know.
pub(super) fn findings(reading: &Reading, asked: &Asked<'_>) -> Result<Vec<Finding>, AppError> {
    let Some(cited) = &asked.basis.agreement else {
        let rule = "it rests on no agreement";
        let way_out = "cite the agreement that covers it";
        return Ok(vec![if asked.is_needed {
            Finding::new(&PLACE, "it rests on no agreement, and the rules ask for one", way_out)
        } else {
            Finding::warning(&PLACE, rule, way_out)
        }]);
    };
    let Some((item, agreement)) = found(reading, &cited.id)? else {
        let rule = format!("there is no {} that you may read", cited.id);
        // Another member's people agree for their content, not to what the releasing member rests it on.
        let is_own = reading.reader().principal().member() == asked.by;
        let blocks = Finding::new(&PLACE, rule, "ask who keeps it to let you read it, or cite another");
        return Ok(vec![Finding { blocks: is_own, ..blocks }]);
    };
    let mut findings = Vec::new();
    if agreement.modified != cited.version {
        let rule = format!("{} has changed since it was cited", agreement.title);
        findings.push(Finding::new(&PLACE, rule, "withdraw this release, and propose it anew"));
    }
    let now = reading.now();
    let refusals = agreement.refusals(asked.label, asked.by, &asked.originators, reading.directory(), now);
    for refusal in refusals {
        let rule = format!("{}: {refusal}", agreement.title);
        findings.push(Finding::new(&PLACE, rule, way_out(refusal)));
    }
    if agreement.is_review_due(now) {
        let rule = format!("{}: its parties were to review it by now", agreement.title);
        findings.push(Finding::warning(
            &PLACE,
            rule,
            "ask its parties to review it, and add its new version",
        ));
    }
    if !reading.directory().covers(&item.label, &named(asked.label), now) {
        let rule = format!("not all recipients may read {}, which the release names", agreement.title);
        findings.push(Finding::new(&PLACE, rule, "give the agreement to them too, or cite another"));
    }
    Ok(findings)
}

/// An agreement that the viewer reads, as its keeper gave it and still holds to it.
fn found(reading: &Reading, id: &Id) -> Result<Option<(Item, Agreement)>, AppError> {
    let item = match reading.object(id) {
        Ok(item) => item,
        Err(AppError::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let agreement = crate::agreements::read(&item.bytes);
    let is_kept = |agreement: &Agreement| item.authored && !item.revoked && agreement.by == item.source;
    Ok(agreement.filter(is_kept).map(|agreement| (item, agreement)))
}

/// Whom a label names. Clients, whom its TLP may let in beside them, are not asked to know the agreement.
fn named(label: &Label) -> Label {
    label.terms().without_tlp().label()
}

fn way_out(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotYet | Refusal::Over => "cite an agreement that is in force",
        Refusal::NoParty => "cite an agreement to which the own member is a party",
        Refusal::Recipients => "name its parties alone, or cite an agreement that covers the others",
        Refusal::Label => "give a label that it allows",
    }
}
