//! What alerts, requests and answers share: addressees in words, the label under which they go, and what they may refer
//! to.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::address::Addressees;
use kizuna_access::label::Handling;
use kizuna_access::{Decision, Directory, Label, MemberId, Party, Principal, industry, spec};
use kizuna_stix::{Id, Object};

use crate::betrayal::Draft;
use crate::ingest::{Known, terms, with_source};
use crate::people::Reached;
use crate::read::Reading;
use crate::receipts::rounded;
use crate::{AppError, ItemOutcome, Node, agreements};

/// Addressees as somebody typed them.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct To {
    /// Each a party as labels write it, such as `JPN` or `Harbour Circle`.
    #[serde(default)]
    pub parties: Vec<String>,
    /// Words of [`kizuna_access::industry`].
    #[serde(default)]
    pub sectors: Vec<String>,
}

/// Addressees as their reader sees them: those that it may know of.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Addressed {
    /// In words.
    pub parties: Vec<String>,
    pub sectors: Vec<String>,
    /// The members that these are now, by name.
    pub members: Vec<Addressee>,
    /// Whether the viewer's own member is one of them.
    pub is_me: bool,
}

/// A member that is addressed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Addressee {
    pub member: MemberId,
    pub name: String,
}

impl To {
    /// Whom this means, by what the viewer may name.
    pub(crate) fn resolve(&self, reading: &Reading) -> Result<Addressees, AppError> {
        let known = Known::of(reading.directory(), reading.reader(), reading.now());
        let to = agreements::parties(&known, &self.parties, "$.to.parties")?;
        let mut sectors = BTreeSet::new();
        for (place, word) in self.sectors.iter().enumerate() {
            let sector = industry::known(word.trim()).ok_or_else(|| {
                AppError::invalid(format!("$.to.sectors[{place}]"), "no such sector (kizuna member sectors)")
            })?;
            sectors.insert(sector.word.to_owned());
        }
        Ok(Addressees { to, sectors })
    }
}

impl Reading {
    /// Addressees as far as the viewer may know of them. Members of a community or a sector are named to those who
    /// share a community with them, as everywhere.
    pub(crate) fn addressed(&self, addressees: &Addressees, sender: MemberId) -> Addressed {
        let (directory, now) = (self.directory(), self.now());
        let me = self.reader().principal().member();
        let parties = addressees.to.iter().filter(|party| self.knows(party));
        let parties = parties.map(|party| spec::party_text(party, directory)).collect();
        let is_shown = |member: &MemberId| {
            let is_named = addressees.to.contains(&Party::Member(*member));
            *member != sender && (*member == me || me == sender || is_named || self.is_acquainted(*member))
        };
        let members = addressees.members(directory, now).into_iter().filter(is_shown);
        let mut members: Vec<Addressee> =
            members.map(|member| Addressee { member, name: self.member_name(member) }).collect();
        members.sort_by(|one, other| (&one.name, one.member).cmp(&(&other.name, other.member)));
        Addressed {
            parties,
            sectors: addressees.sectors.iter().cloned().collect(),
            members,
            is_me: addressees.means(me, directory, now),
        }
    }
}

/// The label of what goes to addressees where nobody says another: for them, and for who sends it. Whoever works in a
/// sector is named as of now.
pub(crate) fn default_label(
    addressees: &Addressees,
    by: MemberId,
    directory: &Directory,
    now: Timestamp,
) -> Label {
    let sectors = Addressees { to: BTreeSet::new(), sectors: addressees.sectors.clone() };
    let works_there = sectors.members(directory, now).into_iter().map(Party::Member);
    let named = addressees.to.iter().copied().chain(works_there).chain([Party::Member(by)]);
    Label::builder().rel(named).label()
}

/// A version later than the one before it, to the millisecond.
pub(crate) fn next(now: Timestamp, before: Option<Timestamp>) -> Timestamp {
    let after = before.and_then(|before| before.checked_add(SignedDuration::from_millis(1)).ok());
    after.map_or(rounded(now), |after| after.max(rounded(now)))
}

/// What somebody writes for others, before it is stored.
pub(crate) struct Written {
    pub object: Object,
    /// What it is about.
    pub refers_to: Vec<Id>,
    pub addressees: Addressees,
    /// Where its writer says no other.
    pub label: Label,
}

/// What would be sent: under which label, and whom it would reach.
#[derive(Debug, Clone)]
pub struct Preview {
    pub label: Label,
    /// The same in words.
    pub words: String,
    pub reached: Reached,
    /// Members that it is addressed to and that the label does not name, as far as the viewer may know of them.
    pub unreached: Vec<String>,
}

impl Node {
    /// Stores what a member sends, under a label in words or else its own, once it betrays nothing.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a label under which its writer could not read it, for what it refers to and not all
    /// its readers may read, for real content beside that of an exercise, and where its label takes a release.
    pub(crate) fn publish(
        &self,
        who: &Principal,
        written: &Written,
        words: Option<&str>,
    ) -> Result<(), AppError> {
        let label = permitted(&self.read(who)?, written, words)?;
        let report = self.contribute(who, std::slice::from_ref(&written.object), &label)?;
        let refused = report.items.into_iter().find(|item| item.outcome == ItemOutcome::Quarantined);
        refused.map_or(Ok(()), |refused| Err(AppError::Invalid { faults: refused.faults }))
    }

    /// Whom it would reach if it were published; nothing is stored.
    ///
    /// # Errors
    /// As for [`Node::publish`].
    pub(crate) fn preview(
        &self,
        who: &Principal,
        written: &Written,
        words: Option<&str>,
    ) -> Result<Preview, AppError> {
        let reading = self.read(who)?;
        let label = permitted(&reading, written, words)?;
        let reached = self.reached(&reading, &label)?;
        let reads = |addressee: &Addressee| reached.members.iter().any(|one| one.id == addressee.member);
        let addressed = reading.addressed(&written.addressees, who.member()).members;
        let left_out = addressed.into_iter().filter(|addressee| !reads(addressee));
        let unreached = left_out.map(|addressee| addressee.name).collect();
        Ok(Preview { words: reading.label_text(&label), label, reached, unreached })
    }
}

/// The label under which it may be sent, once it betrays nothing.
fn permitted(reading: &Reading, written: &Written, words: Option<&str>) -> Result<Label, AppError> {
    let Written { object, refers_to, label: default, .. } = written;
    if !reading.reader().may_write() {
        return Err(AppError::Forbidden(
            "writing takes the role analyst, releaser or admin, and a key that is not read-only".to_owned(),
        ));
    }
    let directory = reading.directory();
    let member = reading.reader().principal().member();
    let label = match words {
        Some(words) => {
            let asked = terms(&Known::of(directory, reading.reader(), reading.now()), words)?;
            with_source(&asked.or(default), member, directory, reading.now()).label()
        }
        None => default.clone(),
    };
    label.check_own().map_err(|fault| AppError::invalid("label", fault.to_string()))?;
    if reading.reader().decide(&label) == Decision::Hidden {
        return Err(AppError::invalid("label", "you could not read it yourself"));
    }
    is_of_one_world(reading, &label, refers_to)?;
    let draft =
        Draft { objects: std::slice::from_ref(object), label: &label, sources: refers_to, disclosed: &[] };
    let betrayals = reading.betrayals(&draft)?;
    let Some(first) = betrayals.first() else { return Ok(label) };
    let rule = format!(
        "not everybody whom the label names may know this ({}): {}. Narrow the label, or release it first",
        first.rule,
        first.betrays.as_ref().map_or_else(|| first.found.clone(), ToString::to_string)
    );
    Err(AppError::invalid(first.place.clone(), rule))
}

/// What belongs to an exercise refers to nothing real, and the other way round; what is referred to is readable.
fn is_of_one_world(reading: &Reading, label: &Label, refers_to: &[Id]) -> Result<(), AppError> {
    let is_exercise = |label: &Label| label.handling().contains(&Handling::Exercise);
    for (place, id) in refers_to.iter().enumerate() {
        let place = format!("$.objects[{place}]");
        let item = match reading.object(id) {
            Ok(item) => item,
            Err(AppError::NotFound) => return Err(AppError::invalid(place, "there is no such object")),
            Err(error) => return Err(error),
        };
        if is_exercise(&item.label) != is_exercise(label) {
            let rule = if is_exercise(label) {
                "it is real, and this would be of an exercise"
            } else {
                "it is of an exercise, and this would be real: say exercise in the label"
            };
            return Err(AppError::invalid(place, rule));
        }
    }
    Ok(())
}
