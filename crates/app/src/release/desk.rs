//! The record of a release in the store, and the few facts about open ones that the schedule needs.

use kizuna_access::channel::Channel;
use kizuna_access::label::Handling;
use kizuna_access::release::{High, RELEASE_KIND, Release, State};
use kizuna_access::{Label, MemberId, leak};
use kizuna_stix::{Id, Object};
use kizuna_store::writer::{Actor, AuditEntry};
use serde_json::json;

use super::deciding;
use crate::ingest::{Giver, Origin};
use crate::read::Reading;
use crate::{AppError, Delivery, Item, Node};

/// Node state: releases that time or a restart still changes, by id.
pub(super) const OPEN: &str = "release.open";
/// The way by which records are stored.
const RECORDS: &str = "release";

/// The label of a record in full: drafting people of the members that decide, who may read all that it is about.
pub fn drafting_label(release: &Release) -> Label {
    let highs: Vec<&High> = release.decided.objects.iter().filter_map(|item| item.high.as_ref()).collect();
    let together = highs.iter().map(|high| high.from.clone()).reduce(|one, other| one.and(&other));
    let together = together.unwrap_or_else(|| Label::own(release.by)).only_own(release.by);
    let others = deciding(release).into_iter().filter(|member| *member != release.by);
    let decided_by = others.fold(together, |label, member| label.including(member));
    // Its digests tell who reads less that there is more.
    let fields = highs.iter().flat_map(|high| &high.fields);
    let label = fields.fold(decided_by, |label, field| label.narrowed(&field.terms()));
    label.terms().handling(Handling::Draft).label()
}

impl Node {
    /// Keeps a release as it stands: in full for who decides and, once it was released, as recipients get it.
    pub(super) fn keep_release(&self, release: &Release, actor: Actor) -> Result<(), AppError> {
        // What time has to do with it is known before it is there: a note too many does no harm.
        let record =
            release.object().map_err(|faults| AppError::unsound("a record of a release", &faults))?;
        self.note_open(release, &record)?;
        let label = if leak::is(64) { release.decided.label.clone() } else { drafting_label(release) };
        self.store_record(release.by, &record, &label)?;
        if release.released_at().is_some() {
            let mut told = release.clone();
            let later = told.modified.as_millisecond().saturating_add(1);
            told.modified = jiff::Timestamp::from_millisecond(later).unwrap_or(told.modified);
            let record = if leak::is(65) { told.object() } else { told.told() };
            let record = record.map_err(|faults| AppError::unsound("a record of a release", &faults))?;
            self.tell_approvers(release)?;
            self.store_record(release.by, &record, &release.decided.label)?;
        }
        let act = release.steps.last().map_or("kept", |step| step.act.as_str());
        self.store.writer().audit(AuditEntry {
            actor,
            action: format!("release.{act}"),
            object: Some(release.id.clone()),
            detail: json!({
                "state": release.state.as_str(),
                "statement": hex::encode(release.digest()),
                "objects": release.decided.objects.len(),
                // Which one is content: the record says it, to its readers.
                "has_basis": release.decided.basis.agreement.is_some(),
            }),
        })?;
        Ok(())
    }

    fn store_record(&self, by: MemberId, record: &Object, label: &Label) -> Result<(), AppError> {
        let giver = Giver {
            source: by,
            by: None,
            channel: RECORDS.to_owned(),
            way: Channel::exactly(label),
            origin: Origin::Release,
            reliability: None,
            is_releaser: false,
        };
        let report = self.take_in(&giver, record.canonical(), &Delivery::default())?;
        if report.quarantined > 0 {
            return Err(AppError::Internal(format!("a release's record was refused: {:?}", report.reasons)));
        }
        Ok(())
    }

    fn note_open(&self, release: &Release, record: &Object) -> Result<(), AppError> {
        let matters = release.due().is_some() || release.state == State::Approved;
        let note = matters.then(|| record.canonical().to_vec());
        Ok(self.store.writer().set_state(OPEN, release.id.as_str(), note, None)?)
    }
}

/// The release of this id as it stands for a viewer: in full for who decides, else as recipients get it.
///
/// # Errors
/// [`AppError::NotFound`], hidden and absent alike.
pub fn load(reading: &Reading, id: &Id) -> Result<Release, AppError> {
    if id.kind() != RELEASE_KIND {
        return Err(AppError::NotFound);
    }
    newest(&reading.claims(id)?).ok_or(AppError::NotFound)
}

/// The newest record in full, else the newest. Only what its own member wrote counts.
pub fn newest(claims: &[Item]) -> Option<Release> {
    let mut records: Vec<Release> =
        claims.iter().filter(|claim| claim.authored).filter_map(read_item).collect();
    records.sort_by_key(|record| (record.is_full(), record.modified));
    records.pop()
}

fn read_item(item: &Item) -> Option<Release> {
    let value = serde_json::from_slice(&item.bytes).ok()?;
    let object = Object::from_value(value).ok()?;
    let release = Release::read(&object).ok()?;
    // A record speaks for who gave it.
    (release.by == item.source).then_some(release)
}
