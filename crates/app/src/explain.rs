//! Why an object can or cannot be read, rule by rule and field by field.

use jiff::Timestamp;
use kizuna_access::reader::{Rule, Step};
use kizuna_access::release::{Basis, RELEASE_KIND, State};
use kizuna_access::{Directory, Label, MemberId, Party, Principal, Reader, spec};
use kizuna_stix::Id;
use kizuna_store::writer::Actor;

use crate::read::Reading;
use crate::release::load;
use crate::{AppError, Item, Node, Search};

/// Releases told of one object at most.
const RELEASES: usize = 50;

/// Why one contribution can or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Because {
    /// The name of the member that gave it.
    pub source: String,
    pub version: Option<Timestamp>,
    /// The label in words.
    pub label: String,
    pub readable: bool,
    /// Rule by rule; the last is the decision.
    pub steps: Vec<Step>,
    /// The fields that ask for more than the object; for the viewer itself only those it may read.
    pub fields: Vec<FieldBecause>,
}

/// Why some fields can or cannot be read. They ask for this beside what the object asks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldBecause {
    /// As granular markings select them, such as `external_references.[0].url`.
    pub selectors: Vec<String>,
    /// All that is asked of their readers, in words.
    pub label: String,
    pub readable: bool,
    /// Rule by rule; the last is the decision.
    pub steps: Vec<Step>,
}

/// Why an object can or cannot be read by one viewer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    pub id: Id,
    pub readable: bool,
    /// Per contribution; for the viewer itself only those it may read.
    pub contributions: Vec<Because>,
    /// The releases of it that the viewer may read, newest step first.
    pub releases: Vec<ReleasedBy>,
}

/// One release of an object, and on what it rests.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReleasedBy {
    pub id: Id,
    /// The name of the member that releases.
    pub by: String,
    pub state: State,
    /// The agreement; nothing where it rests on none.
    pub basis: Option<Id>,
    pub basis_note: Option<String>,
}

impl Node {
    /// Why the viewer may read what it reads of this object. What it may not read is not there: hidden and absent
    /// give the same answer.
    pub fn explain(&self, who: &Principal, id: &Id) -> Result<Explanation, AppError> {
        let reading = self.read(who)?;
        let claims = reading.view().claims(id)?;
        if claims.is_empty() {
            return Err(AppError::NotFound);
        }
        let knows = |party: &Party| reading.knows(party);
        let of = |claim: &Item| of_item(reading.reader(), reading.directory(), (claim, claim.added), &knows);
        let contributions = claims.iter().map(of).collect();
        let releases = reading.releases_of(id)?;
        Ok(Explanation { id: id.clone(), readable: true, contributions, releases })
    }

    /// The operator's explanation at the machine: looks past the gate, and is audited as dangerous.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where this node holds nothing under this id.
    pub fn explain_past_the_gate(&self, viewer: &Principal, id: &Id) -> Result<Explanation, AppError> {
        let reason = format!("explain {id}");
        let dangerous = self.store.dangerous(&reason, Actor::Operator)?;
        let directory = self.directory()?;
        let reader = directory.reader(viewer, self.store.now()?)?;
        let stored = dangerous.contributions(id)?;
        if stored.is_empty() {
            return Err(AppError::NotFound);
        }
        let contributions: Vec<Because> = stored
            .iter()
            .map(|one| {
                let (source, version, arrived) = (one.source, one.modified, one.stored);
                let about = About { source, version, label: &one.label, arrived };
                let told = because(&reader, &directory, &about, &|_| true);
                let fields = one.parts.iter().map(|part| {
                    let about = About { label: &part.label, ..about };
                    of_fields(&reader, &directory, &part.selectors, &about, &|_| true)
                });
                let told = Because { fields: fields.collect(), ..told };
                one.narrowed.map_or(told.clone(), |at| taken_back(told, at))
            })
            .collect();
        let readable = contributions.iter().any(|because| because.readable);
        let releases = self.read(viewer)?.releases_of(id)?;
        Ok(Explanation { id: id.clone(), readable, contributions, releases })
    }
}

impl Reading {
    /// The releases of an object that this viewer may read.
    fn releases_of(&self, id: &Id) -> Result<Vec<ReleasedBy>, AppError> {
        let kinds = vec![RELEASE_KIND.to_owned()];
        let search = Search { refers_to: Some(id.clone()), kinds, ..Search::default() };
        let mut releases: Vec<ReleasedBy> = Vec::new();
        for item in self.search(&search, None, RELEASES)?.items {
            let Ok(release) = load(self, &item.id) else { continue };
            if releases.iter().any(|known| known.id == release.id) {
                continue;
            }
            let Basis { agreement, note } = release.decided.basis;
            releases.push(ReleasedBy {
                by: self.member_name(release.by),
                id: release.id,
                state: release.state,
                basis: agreement.map(|cited| cited.id),
                basis_note: note,
            });
        }
        Ok(releases)
    }
}

/// Why a reader can or cannot read a contribution that arrived then, as far as who asks reads it.
pub(crate) fn of_item(
    reader: &Reader,
    directory: &Directory,
    (claim, arrived): (&Item, Timestamp),
    knows: &dyn Fn(&Party) -> bool,
) -> Because {
    let version = claim.versioned.then_some(claim.version);
    let about = About { source: claim.source, version, label: &claim.label, arrived };
    let told = because(reader, directory, &about, knows);
    let fields = claim.fields.iter().map(|fields| {
        let about = About { label: &fields.label, ..about };
        of_fields(reader, directory, &fields.selectors, &about, knows)
    });
    Because { fields: fields.collect(), ..told }
}

/// A contribution that its source narrowed is readable to nobody since; a further one took its place.
fn taken_back(because: Because, at: Timestamp) -> Because {
    let text = format!("hidden: its source took it back at {at}");
    let step = Step { rule: Rule::Decision, text, holds: false };
    Because { readable: false, steps: vec![step], fields: Vec::new(), ..because }
}

/// What is explained.
#[derive(Clone, Copy)]
struct About<'a> {
    source: MemberId,
    version: Option<Timestamp>,
    label: &'a Label,
    arrived: Timestamp,
}

fn because(
    reader: &Reader,
    directory: &Directory,
    about: &About<'_>,
    knows: &dyn Fn(&Party) -> bool,
) -> Because {
    let About { source, version, label, arrived } = *about;
    let steps = reader.explain(label, arrived, directory, knows);
    Because {
        source: directory.member(source).map_or_else(|| source.to_string(), |member| member.name.clone()),
        version,
        label: spec::display_to(label, directory, knows),
        readable: steps.last().is_some_and(|step| step.holds),
        steps,
        fields: Vec::new(),
    }
}

fn of_fields(
    reader: &Reader,
    directory: &Directory,
    selectors: &[String],
    about: &About<'_>,
    knows: &dyn Fn(&Party) -> bool,
) -> FieldBecause {
    let Because { label, readable, steps, .. } = because(reader, directory, about, knows);
    FieldBecause { selectors: selectors.to_vec(), label, readable, steps }
}
