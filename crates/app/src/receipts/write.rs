//! Writing receipts.

use jiff::{SignedDuration, Timestamp, Unit};
use kizuna_access::label::Handling;
use kizuna_access::receipt::{self, By, Receipt};
use kizuna_access::spec::Names;
use kizuna_access::{Channel, Decision, Label, MemberId, PersonId, marking};
use kizuna_stix::Object;
use kizuna_store::query::Item;

use super::NewReceipt;
use crate::ingest::{Delivery, Giver, Known, Origin};
use crate::read::Reading;
use crate::{AppError, ItemOutcome, Node};

/// The name of the secret that makes the ids of anonymous receipts.
pub(super) const SECRET: &str = "receipts";

impl Node {
    /// Who tells where a member of a community does not give its name.
    pub(super) fn anonymous(&self, reading: &Reading, community: &str) -> Result<By, AppError> {
        let known = Known::of(reading.directory(), reading.reader(), reading.now());
        let place = "$.anonymous_in";
        let found = known.community(community);
        let found = found.ok_or_else(|| AppError::invalid(place, "no such community of your member's"))?;
        let member = reading.reader().principal().member();
        let is_in =
            reading.directory().communities_of(member, reading.now()).iter().any(|one| one.id == found);
        if !is_in {
            return Err(AppError::invalid(place, "no such community of your member's"));
        }
        let owner = self.owner_of(found)?;
        let rule =
            "its roster is not signed by its owner, so nobody can count its members: take in a signed one";
        let owner = owner.ok_or_else(|| AppError::invalid(place, rule))?;
        Ok(By::Anonymous { community: found, owner })
    }

    /// Writes a receipt of the viewer's member about an object that it reads, or a further version of it. What was said
    /// before in the same words is not written again.
    pub(super) fn receipt_of(
        &self,
        reading: &Reading,
        item: &Item,
        by: By,
        new: &NewReceipt,
    ) -> Result<(), AppError> {
        let member = reading.reader().principal().member();
        if item.label.handling().contains(&Handling::Draft) {
            return Err(AppError::invalid("$.object", "a draft has no recipients yet"));
        }
        let object = &item.id;
        let id = match by {
            By::Member(member) => receipt::id(member, object, new.state),
            By::Anonymous { community, .. } => {
                receipt::anonymous_id(&self.store.secret(SECRET)?, (member, community), object, new.state)
            }
        };
        let before = match reading.object(&id) {
            Ok(before) => super::object(&before.bytes).and_then(|object| Receipt::read(&object).ok()),
            Err(AppError::NotFound) => None,
            Err(error) => return Err(error),
        };
        let now = rounded(self.now());
        let after = |at: Timestamp| at.checked_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
        let mut told = Receipt::by_name(member, object.clone(), new.state, now);
        told.id = id;
        told.by = by;
        told.object_modified = Some(item.version).filter(|_| item.versioned);
        told.count = new.count;
        told.note = new.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
        told.check().map_err(|bad| AppError::invalid(format!("$.{}", bad.property), bad.rule))?;
        if let Some(before) = before {
            let is_same = before.count == told.count && before.note == told.note;
            if is_same && before.object_modified == told.object_modified {
                return Ok(());
            }
            told.created = before.created;
            told.modified = now.max(after(before.modified));
        }
        let label = receipt::label(by, item.source, &item.label);
        if reading.reader().decide(&label) == Decision::Hidden {
            let rule = "under the label of the object you could not read your own receipt";
            return Err(AppError::invalid("$.anonymous_in", rule));
        }
        // Its words are the member's own content; the rest is what every recipient may say to a producer.
        let (origin, person) = if told.is_plain() {
            (Origin::Release, Some(reading.reader().principal().person()))
        } else {
            (Origin::Here, Some(reading.reader().principal().person()))
        };
        self.write_receipt(member, &told, &label, (origin, person))
    }

    /// Writes a receipt for a member that lives here, under a label as it is.
    pub(super) fn write_receipt(
        &self,
        member: MemberId,
        told: &Receipt,
        label: &Label,
        (origin, by): (Origin, Option<PersonId>),
    ) -> Result<(), AppError> {
        let object = told.object().map_err(|faults| AppError::unsound("a receipt", &faults))?;
        let objects = match told.by {
            By::Member(_) => vec![object],
            // Nothing beside it may say whose it is: its markings stand in its bytes from the start.
            By::Anonymous { .. } => marked(object, label)?,
        };
        self.write_for(member, &objects, label, (origin, by))
    }

    /// Writes objects for a member that lives here, under a label as it is.
    pub(crate) fn write_for(
        &self,
        member: MemberId,
        objects: &[Object],
        label: &Label,
        (origin, by): (Origin, Option<PersonId>),
    ) -> Result<(), AppError> {
        let giver = Giver {
            source: member,
            by,
            channel: "own".to_owned(),
            way: Channel::default(),
            origin,
            reliability: None,
            is_releaser: false,
        };
        let way = Channel::exactly(label);
        let giver = self.on_way(giver, way)?;
        let texts: Vec<&str> =
            objects.iter().filter_map(|object| std::str::from_utf8(object.canonical()).ok()).collect();
        let bytes = format!("{{\"objects\":[{}]}}", texts.join(","));
        let report = self.take_in(&giver, bytes.as_bytes(), &Delivery::default())?;
        let refused = report.items.into_iter().find(|item| item.outcome == ItemOutcome::Quarantined);
        refused.map_or(Ok(()), |refused| Err(AppError::Invalid { faults: refused.faults }))
    }
}

/// An object with the markings of its label in it, after their definitions.
fn marked(object: Object, label: &Label) -> Result<Vec<Object>, AppError> {
    let unsound = |faults: Vec<kizuna_stix::Fault>| AppError::unsound("a receipt", &faults);
    let mut objects = marking::mint(label).map_err(unsound)?;
    let ids: Vec<String> = objects.iter().map(|marking| marking.id().to_string()).collect();
    objects.retain(|marking| marking::well_known(marking.id()).is_none());
    let mut value = object.into_value();
    value.insert("object_marking_refs".to_owned(), serde_json::json!(ids));
    objects.push(Object::from_value(serde_json::Value::Object(value)).map_err(unsound)?);
    Ok(objects)
}

/// To the millisecond, never after the instant itself: else what is told could seem to come from ahead.
pub(crate) fn rounded(now: Timestamp) -> Timestamp {
    let options = jiff::TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Trunc);
    now.round(options).unwrap_or(now)
}
