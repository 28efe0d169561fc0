//! Alerts: sent as objects of the own member's, read through the view; who did what about them is what readable receipts
//! say (ADR 0024).

mod info;
pub mod protection;

use jiff::Timestamp;
use kizuna_access::alert::{self, Alert, Urgency};
use kizuna_access::receipt::State;
use kizuna_access::{Label, MemberId, Principal};
use kizuna_stix::Id;
use kizuna_store::query::{Item, Search};
use uuid::Uuid;

use crate::notices::{self, Addressed, Preview, To, Written};
use crate::read::Reading;
use crate::receipts::{self, Blinded, Receipts};
use crate::{AppError, Listing, Node};

pub use info::{AlertInfo, AlertLine};
pub use protection::Protection;

/// Alerts looked at by one request that wants some of them.
const LOOKED_AT: usize = 2_000;

/// An alert as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAlert {
    /// A further version of this one.
    #[serde(default)]
    pub id: Option<Id>,
    pub title: String,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub urgency: Urgency,
    #[serde(default)]
    pub actions: Vec<String>,
    #[serde(default)]
    pub respond_by: Option<Timestamp>,
    pub to: To,
    /// Indicators and whatever else it is about.
    #[serde(default)]
    pub objects: Vec<Id>,
}

/// Which alerts a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// At least so urgent.
    pub urgency: Option<Urgency>,
    /// Only those that the viewer's member sent, or that are addressed to it.
    pub way: Option<Way>,
    /// Only those about which its own member has neither done something nor said that it is not affected.
    pub open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    Sent,
    Received,
}

/// An alert in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub alert: Alert,
    pub item: Item,
    /// How far the viewer's own member is.
    pub state: Option<State>,
    pub addressed: Addressed,
    /// How many of the addressees that the viewer knows have told this or gone further, as far as it reads that.
    pub delivered: usize,
    pub settled: usize,
}

/// One addressee of an alert.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    pub member: MemberId,
    pub name: String,
    /// Nothing where the viewer reads no receipt of it.
    pub state: Option<State>,
    pub delivered: Option<Timestamp>,
    /// Read, or anything that follows from reading.
    pub acknowledged: Option<Timestamp>,
    /// Blocked, done, or found not to be affected.
    pub settled: Option<Timestamp>,
    pub blocked: Option<u64>,
    pub sighted: Option<u64>,
    pub note: Option<String>,
}

/// An alert with what its reader may know of its addressees.
#[derive(Debug, Clone)]
pub struct Shown {
    pub alert: Alert,
    pub item: Item,
    pub addressed: Addressed,
    pub rows: Vec<Row>,
    pub blinded: Vec<Blinded>,
    /// How far the viewer's own member is.
    pub state: Option<State>,
    pub protection: Protection,
}

/// States that acknowledge an alert.
pub(crate) const ACKNOWLEDGED: [State; 6] =
    [State::Read, State::Acting, State::Sighted, State::Blocked, State::Done, State::NotAffected];
/// States with which an alert is settled at a member.
pub(crate) const SETTLED: [State; 3] = [State::Blocked, State::Done, State::NotAffected];
const ARRIVED: [State; 7] = [
    State::Delivered,
    State::Read,
    State::Acting,
    State::Sighted,
    State::Blocked,
    State::Done,
    State::NotAffected,
];

impl Reading {
    /// Readable alerts, newest first. A page may hold fewer than `limit` though there is more: a request looks at a
    /// bounded number.
    pub fn alerts(
        &self,
        wanted: &Wanted,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Listed>, AppError> {
        let search = Search { kinds: vec![alert::KIND.to_owned()], ..Search::default() };
        let mut listing = Listing { items: Vec::new(), next: cursor.map(str::to_owned), more: true };
        let mut looked_at = 0;
        while listing.more && listing.items.len() < limit && looked_at < LOOKED_AT {
            let page = self.search(&search, listing.next.as_deref(), limit - listing.items.len())?;
            looked_at += page.items.len().max(1);
            for item in page.items {
                let Some(alert) = read(&item) else { continue };
                let listed = self.listed(alert, item)?;
                if self.is_wanted(&listed, wanted) {
                    listing.items.push(listed);
                }
            }
            (listing.next, listing.more) = (page.next, page.more);
        }
        Ok(listing)
    }

    fn is_wanted(&self, listed: &Listed, wanted: &Wanted) -> bool {
        let me = self.reader().principal().member();
        let is_way = match wanted.way {
            None => true,
            Some(Way::Sent) => listed.alert.by == me,
            Some(Way::Received) => listed.alert.by != me && listed.addressed.is_me,
        };
        let is_open = !listed.state.is_some_and(|state| SETTLED.contains(&state));
        is_way
            && (is_open || !wanted.open)
            && wanted.urgency.is_none_or(|least| listed.alert.urgency >= least)
    }

    fn listed(&self, alert: Alert, item: Item) -> Result<Listed, AppError> {
        let receipts = self.receipts(&item.id)?;
        let addressed = self.addressed(&alert.addressees, alert.by);
        let me = self.reader().principal().member();
        let said = |states: &[State]| {
            let told = addressed.members.iter().map(|addressee| receipts.of(addressee.member));
            told.filter(|told| told.first(states).is_some()).count()
        };
        let (delivered, settled) = (said(&ARRIVED), said(&SETTLED));
        Ok(Listed { state: receipts.of(me).state(), delivered, settled, alert, item, addressed })
    }

    /// One alert, with how far each addressee is, as far as the viewer may know.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is hidden, absent, or no alert of its author's.
    pub fn alert(&self, id: &Id) -> Result<Shown, AppError> {
        let item = self.object(id)?;
        let alert = read(&item).ok_or(AppError::NotFound)?;
        let receipts = self.receipts(id)?;
        let addressed = self.addressed(&alert.addressees, alert.by);
        let rows = self.rows(&addressed, &receipts);
        let me = self.reader().principal().member();
        let protection = Protection::of(self.published(&alert)?, &rows);
        Ok(Shown {
            state: receipts.of(me).state(),
            blinded: receipts.blinded.clone(),
            protection,
            rows,
            alert,
            item,
            addressed,
        })
    }

    /// The addressees that the viewer knows, and whoever else told something.
    fn rows(&self, addressed: &Addressed, receipts: &Receipts) -> Vec<Row> {
        let named = addressed.members.iter().map(|addressee| addressee.member);
        let mut members: Vec<MemberId> = named.collect();
        let others: Vec<MemberId> = receipts.tellers().filter(|member| !members.contains(member)).collect();
        members.extend(others);
        let row = |member: MemberId| {
            let told = receipts.of(member);
            let count = |state: State| told.0.get(&state).map(|reached| reached.count.unwrap_or(1));
            let noted = told.0.values().filter(|reached| reached.note.is_some());
            let note = noted.max_by_key(|reached| reached.last).and_then(|reached| reached.note.clone());
            Row {
                member,
                name: self.member_name(member),
                state: told.state(),
                delivered: told.first(&ARRIVED),
                acknowledged: told.first(&ACKNOWLEDGED),
                settled: told.first(&SETTLED),
                blocked: count(State::Blocked),
                sighted: count(State::Sighted),
                note,
            }
        };
        members.into_iter().map(row).collect()
    }

    /// When an alert was published: its oldest version that the viewer reads.
    fn published(&self, alert: &Alert) -> Result<Timestamp, AppError> {
        let oldest = self.versions(&alert.id)?.into_iter().map(|version| version.version).min();
        Ok(oldest.unwrap_or(alert.modified))
    }
}

/// The alert in an item, where its author wrote it.
pub(crate) fn read(item: &Item) -> Option<Alert> {
    if item.revoked || !item.authored {
        return None;
    }
    let alert = Alert::read(&receipts::object(&item.bytes)?).ok()?;
    (alert.by == item.source).then_some(alert)
}

impl Node {
    /// Sends an alert of the caller's member, or a further version of one, under a label in words; without one it is
    /// for its addressees.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the place that is wrong: among them what it refers to and not all its readers may
    /// read. [`AppError::NotFound`] for a further version of what is not the own member's.
    pub fn send_alert(&self, who: &Principal, new: &NewAlert, label: Option<&str>) -> Result<Id, AppError> {
        let (id, written) = self.written_alert(who, new)?;
        self.publish(who, &written, label)?;
        Ok(id)
    }

    /// Whom an alert would reach if it were sent; nothing is sent.
    ///
    /// # Errors
    /// As for [`Node::send_alert`].
    pub fn preview_alert(
        &self,
        who: &Principal,
        new: &NewAlert,
        label: Option<&str>,
    ) -> Result<Preview, AppError> {
        let (_, written) = self.written_alert(who, new)?;
        self.preview(who, &written, label)
    }

    fn written_alert(&self, who: &Principal, new: &NewAlert) -> Result<(Id, Written), AppError> {
        let reading = self.read(who)?;
        let before = new.id.as_ref().map(|id| own(&reading, id)).transpose()?;
        let addressees = new.to.resolve(&reading)?;
        let modified = notices::next(self.now(), before.as_ref().map(|before| before.0.modified));
        let text = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let actions = new.actions.iter().map(|action| action.trim().to_owned());
        let alert = Alert {
            id: new.id.clone().unwrap_or_else(|| Id::new(alert::KIND, Uuid::new_v4())),
            by: who.member(),
            created: before.as_ref().map_or(modified, |before| before.0.created),
            modified,
            title: new.title.trim().to_owned(),
            text: text(&new.text),
            urgency: new.urgency,
            actions: actions.filter(|action| !action.is_empty()).collect(),
            respond_by: new.respond_by,
            addressees,
            object_refs: new.objects.clone(),
        };
        alert.check().map_err(|bad| AppError::invalid(format!("$.{}", bad.property), bad.rule))?;
        let label = match before {
            Some((_, label)) => label,
            None => notices::default_label(&alert.addressees, alert.by, reading.directory(), reading.now()),
        };
        let object = alert.object().map_err(|faults| AppError::Invalid { faults })?;
        let Alert { id, addressees, object_refs: refers_to, .. } = alert;
        Ok((id, Written { object, refers_to, addressees, label }))
    }

    /// One alert, opened by somebody: its member has read it then, which its sender is told.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is hidden, absent, or no alert.
    pub fn open_alert(&self, who: &Principal, id: &Id) -> Result<Shown, AppError> {
        let shown = self.read(who)?.alert(id)?;
        if !shown.addressed.is_me || shown.alert.by == who.member() {
            return Ok(shown);
        }
        self.note_read(who, id)?;
        self.read(who)?.alert(id)
    }
}

/// An alert that the viewer's own member sent, with its label.
fn own(reading: &Reading, id: &Id) -> Result<(Alert, Label), AppError> {
    let item = reading.object(id)?;
    let alert = read(&item).filter(|alert| alert.by == reading.reader().principal().member());
    Ok((alert.ok_or(AppError::NotFound)?, (*item.label).clone()))
}

#[cfg(test)]
mod tests;
