//! Overlays: what members add for themselves to objects. Written as objects of the member's own, read through the
//! view like any other; who writes one for an id that it cannot see learns nothing of it.

use std::collections::BTreeSet;

use jiff::{Timestamp, Unit};
use kizuna_access::overlay::{self, BadJudgement, Judgement, Overlay};
use kizuna_access::{Decision, Label, MemberId, PersonId, Principal, leak};
use kizuna_stix::{Id, Object};
use kizuna_store::query::{Item, Search};

use crate::ingest::{Known, terms, with_source};
use crate::read::{Listing, Reading};
use crate::{AppError, Node};

/// Overlays over one object that an answer holds.
const MOST: usize = 200;
/// Overlays that one request looks at when it looks for tags.
const LOOKED_AT: usize = 2_000;

/// An overlay, with the version in which it is read.
#[derive(Debug, Clone)]
pub struct Judged {
    pub overlay: Overlay,
    pub item: Item,
}

/// The overlays over one object.
#[derive(Debug, Clone, Default)]
pub struct Overlays {
    /// The viewer's own member's.
    pub own: Option<Judged>,
    /// Other members', as far as they shared them; newest first.
    pub others: Vec<Judged>,
}

/// Which overlays a list holds. Nothing set: all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// With this tag, in whatever case.
    pub tag: Option<String>,
    pub state: Option<String>,
    pub assignee: Option<PersonId>,
    /// Only those of the viewer's own member.
    pub own: bool,
}

impl Wanted {
    fn admits(&self, judged: &Judged, member: MemberId) -> bool {
        let said = &judged.overlay.judgement;
        self.tag.as_deref().is_none_or(|tag| said.has_tag(tag))
            && (self.state.is_none() || said.state == self.state)
            && (self.assignee.is_none() || said.assignee == self.assignee)
            && (!self.own || judged.overlay.by == member)
    }

    /// Words that every overlay of the list has.
    fn words(&self) -> Option<String> {
        let assignee = self.assignee.map(|person| person.to_string());
        let parts: Vec<&str> =
            [self.tag.as_deref(), self.state.as_deref(), assignee.as_deref()].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

impl Reading {
    /// The readable overlays over an object, whether the object itself is readable or not.
    pub fn overlays(&self, object: &Id) -> Result<Overlays, AppError> {
        let search = Search {
            refers_to: Some(object.clone()),
            kinds: vec![overlay::KIND.to_owned()],
            ..Search::default()
        };
        let member = self.reader().principal().member();
        let found = self.search(&search, None, MOST)?.items.into_iter().filter_map(judged);
        let mut overlays = Overlays::default();
        for judged in found.filter(|judged| judged.overlay.object_ref == *object) {
            if judged.overlay.by == member {
                overlays.own = Some(judged);
            } else {
                overlays.others.push(judged);
            }
        }
        if overlays.own.is_none() {
            overlays.own = self.own_overlay(object)?;
        }
        Ok(overlays)
    }

    /// The same, for who asks after the object: nothing readable about it is [`AppError::NotFound`], hidden and absent
    /// alike.
    pub fn overlays_of(&self, object: &Id) -> Result<Overlays, AppError> {
        let overlays = self.overlays(object)?;
        if overlays.own.is_none() && overlays.others.is_empty() {
            self.object(object)?;
        }
        Ok(overlays)
    }

    /// What the viewer's member said about an object, as far as the viewer may read it.
    pub fn own_overlay(&self, object: &Id) -> Result<Option<Judged>, AppError> {
        match self.object(&overlay::id(self.reader().principal().member(), object)) {
            Ok(item) => Ok(judged(item)),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Readable overlays, newest first. A page may hold fewer than `limit` though there is more: a request looks at a
    /// bounded number.
    pub fn judged(
        &self,
        wanted: &Wanted,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Judged>, AppError> {
        let search =
            Search { text: wanted.words(), kinds: vec![overlay::KIND.to_owned()], ..Search::default() };
        let member = self.reader().principal().member();
        let mut listing = Listing { items: Vec::new(), next: cursor.map(str::to_owned), more: true };
        let mut looked_at = 0;
        while listing.more && listing.items.len() < limit && looked_at < LOOKED_AT {
            // One page never overfills the list: its cursor stands where it ends.
            let page = self.search(&search, listing.next.as_deref(), limit - listing.items.len())?;
            looked_at += page.items.len().max(1);
            let found = page.items.into_iter().filter_map(judged);
            listing.items.extend(found.filter(|judged| wanted.admits(judged, member)));
            (listing.next, listing.more) = (page.next, page.more);
        }
        Ok(listing)
    }
}

/// An overlay by the member that is its author. What somebody claims in another's name is an object like any other.
fn judged(item: Item) -> Option<Judged> {
    if (!item.authored && !leak::is(76)) || item.revoked {
        return None;
    }
    let value = serde_json::from_slice(&item.bytes).ok()?;
    let overlay = Overlay::read(&Object::from_value(value).ok()?).ok()?;
    (overlay.by == item.source || leak::is(76)).then_some(Judged { overlay, item })
}

impl Node {
    /// Changes what the caller's member says about an object, whether anybody here can see that object or not, and
    /// gives it as it now stands. Without a label it keeps the one it has, at first the own member's. It never reaches
    /// anybody whom the object, as its writer reads it, does not reach: else it would betray it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for what no judgement may say, and for a label under which its writer could not read it.
    pub fn judge(
        &self,
        who: &Principal,
        object: &Id,
        label: Option<&str>,
        change: impl FnOnce(&mut Judgement),
    ) -> Result<Judged, AppError> {
        let directory = self.directory()?;
        let reader = directory.reader(who, self.now())?;
        if !reader.may_write() {
            return Err(AppError::Forbidden(
                "judging takes the role analyst, releaser or admin, and a key that is not read-only"
                    .to_owned(),
            ));
        }
        if object.kind() == overlay::KIND {
            return Err(AppError::invalid("$.object", "an overlay is over an object, not over an overlay"));
        }
        let _one_at_a_time = self.judging.lock();
        let (before, over) = self.stands(who, object)?;
        let mut judgement =
            before.as_ref().map(|judged| judged.overlay.judgement.clone()).unwrap_or_default();
        let assigned = judgement.assignee;
        change(&mut judgement);
        tidy(&mut judgement);
        judgement
            .check()
            .map_err(|BadJudgement { property, rule }| AppError::invalid(format!("$.{property}"), rule))?;
        if let Some(person) = judgement.assignee.filter(|_| judgement.assignee != assigned) {
            let of = directory.person(person).map(|person| person.member);
            let is_here =
                of == Some(who.member()) && directory.authenticate_person(person, self.now()).is_ok();
            if !is_here {
                return Err(AppError::invalid("$.assignee", "nobody of your member has this id"));
            }
        }
        let own = Label::own(who.member());
        let asked = match (label, &before) {
            (Some(words), _) => {
                let asked = terms(&Known::of(&directory, &reader, self.now()), words)?.or(&own);
                with_source(&asked, who.member(), &directory, self.now())
            }
            (None, Some(before)) => before.item.label.terms(),
            (None, None) => own.terms(),
        };
        let over = over.filter(|_| !leak::is(75));
        let label = over.map_or_else(|| asked.clone(), |over| asked.and(&over.terms())).label();
        if reader.decide(&label) == Decision::Hidden {
            return Err(AppError::invalid("label", "you could not read it yourself"));
        }
        if let Some(before) = before
            .clone()
            .filter(|before| before.overlay.judgement == judgement && *before.item.label == label)
        {
            return Ok(before);
        }
        let overlay = self.version(who.member(), object, judgement, before.as_ref());
        self.write(who, &overlay, &label)
    }

    /// What was said before, and the label of the object as the caller reads it.
    fn stands(&self, who: &Principal, object: &Id) -> Result<(Option<Judged>, Option<Label>), AppError> {
        let reading = self.read(who)?;
        let over = match reading.object(object) {
            Ok(item) => Some((*item.label).clone()),
            Err(AppError::NotFound) => None,
            Err(error) => return Err(error),
        };
        Ok((reading.own_overlay(object)?, over))
    }

    /// The next version: later than the one before it, to the millisecond.
    fn version(&self, by: MemberId, object: &Id, judgement: Judgement, before: Option<&Judged>) -> Overlay {
        let now = self.now();
        let now = now.round(Unit::Millisecond).unwrap_or(now);
        let after = |before: &Judged| {
            let next = before.overlay.modified.checked_add(jiff::SignedDuration::from_millis(1));
            next.unwrap_or(Timestamp::MAX)
        };
        let modified = before.map_or(now, |before| now.max(after(before)));
        let created = before.map_or(modified, |before| before.overlay.created);
        Overlay { by, object_ref: object.clone(), created, modified, judgement }
    }

    fn write(&self, who: &Principal, overlay: &Overlay, label: &Label) -> Result<Judged, AppError> {
        let written = overlay.object().map_err(|faults| AppError::Invalid { faults })?;
        let report = self.contribute(who, &[written], label)?;
        if let Some(refused) =
            report.items.into_iter().find(|item| item.outcome == crate::ItemOutcome::Quarantined)
        {
            return Err(AppError::Invalid { faults: refused.faults });
        }
        let stands = self.read(who)?.own_overlay(&overlay.object_ref)?;
        stands.ok_or_else(|| AppError::Internal("an overlay that was written is not there".to_owned()))
    }
}

/// Texts without white space around them; what is then empty is not said.
fn tidy(judgement: &mut Judgement) {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tags = judgement.tags.iter().map(|tag| line(tag)).filter(|tag| !tag.is_empty());
    judgement.tags = tags.collect::<BTreeSet<_>>();
    let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    judgement.state = judgement.state.take().and_then(given);
    judgement.note = judgement.note.take().and_then(given);
}

#[cfg(test)]
mod tests;
