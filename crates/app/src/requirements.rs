//! Standing requirements, and what of what came in matches them: judged in the viewer's own view when it is read, kept
//! nowhere, told to nobody else.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::address::Addressees;
use kizuna_access::label::Handling;
use kizuna_access::requirement::{self, Requirement, Wanted};
use kizuna_access::{Label, MemberId, Principal, industry};
use kizuna_stix::Id;
use kizuna_store::query::{Item, Search};
use uuid::Uuid;

use crate::notices::{self, Preview, Written};
use crate::read::Reading;
use crate::receipts;
use crate::{AppError, Listing, Node};

/// Objects that one request looks at.
const LOOKED_AT: usize = 5_000;
/// Requirements of a member.
const MOST: usize = 200;

/// A requirement as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRequirement {
    /// A further version of this one.
    #[serde(default)]
    pub id: Option<Id>,
    pub title: String,
    #[serde(default = "usual")]
    pub priority: u8,
    #[serde(default)]
    pub kinds: Vec<String>,
    #[serde(default)]
    pub words: Option<String>,
    #[serde(default)]
    pub sectors: Vec<String>,
    #[serde(default)]
    pub labels: Vec<String>,
    #[serde(default)]
    pub pattern: Option<String>,
}

fn usual() -> u8 {
    3
}

/// A requirement as its reader sees it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub requirement: Requirement,
    pub item: Item,
}

/// A requirement as programs show it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RequirementInfo {
    pub id: Id,
    pub by: MemberId,
    pub from: String,
    pub title: String,
    pub priority: u8,
    pub kinds: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    pub sectors: BTreeSet<String>,
    pub labels: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    pub created: Timestamp,
    pub modified: Timestamp,
    /// In words.
    pub label: String,
}

impl Shown {
    pub fn info(&self, reading: &Reading) -> RequirementInfo {
        let Requirement { id, by, created, modified, title, priority, wanted } = self.requirement.clone();
        let Wanted { kinds, words, sectors, labels, pattern } = wanted;
        let (from, label) = (reading.member_name(by), reading.label_text(&self.item.label));
        RequirementInfo {
            id,
            by,
            from,
            title,
            priority,
            kinds,
            words,
            sectors,
            labels,
            pattern,
            created,
            modified,
            label,
        }
    }
}

impl Reading {
    /// The readable requirements, the most important first: those of the viewer's member, and what others shared.
    pub fn requirements(&self) -> Result<Vec<Shown>, AppError> {
        let search = Search { kinds: vec![requirement::KIND.to_owned()], ..Search::default() };
        let found = self.search(&search, None, MOST)?.items;
        let mut shown: Vec<Shown> = found.into_iter().filter_map(shown).collect();
        shown.sort_by(|one, other| {
            let key = |shown: &Shown| (shown.requirement.priority, shown.requirement.title.clone());
            key(one).cmp(&key(other))
        });
        Ok(shown)
    }

    /// One requirement.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is hidden, absent, or none.
    pub fn requirement(&self, id: &Id) -> Result<Shown, AppError> {
        shown(self.object(id)?).ok_or(AppError::NotFound)
    }

    /// What others gave that matches a requirement and came since it was stated, newest first. A page may hold fewer
    /// than `limit` though there is more: a request looks at a bounded number.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the requirement is hidden, absent, or none.
    pub fn hits(&self, id: &Id, cursor: Option<&str>, limit: usize) -> Result<Listing, AppError> {
        let Requirement { wanted, created, .. } = self.requirement(id)?.requirement;
        let me = self.reader().principal().member();
        let search = Search {
            text: wanted.words.clone(),
            observables: wanted.values(),
            kinds: wanted.kinds.iter().cloned().collect(),
            refers_to: None,
        };
        let mut listing = Listing { items: Vec::new(), next: cursor.map(str::to_owned), more: true };
        let mut looked_at = 0;
        while listing.more && listing.items.len() < limit && looked_at < LOOKED_AT {
            let page = self.search(&search, listing.next.as_deref(), limit - listing.items.len())?;
            looked_at += page.items.len().max(1);
            let is_old = page.items.last().is_some_and(|item| item.added < created);
            let hits = page.items.into_iter().filter(|item| item.source != me && item.added >= created);
            listing.items.extend(hits.filter(|item| is_hit(item, &wanted, created)));
            (listing.next, listing.more) = (page.next, page.more && !is_old);
        }
        Ok(listing)
    }
}

fn is_hit(item: &Item, wanted: &Wanted, created: Timestamp) -> bool {
    // What goes beside content is not what anybody waits for.
    let is_machinery = crate::forecast::MACHINERY.contains(&item.id.kind());
    let is_open = !is_machinery && !item.revoked && item.added >= created;
    is_open && receipts::object(&item.bytes).is_some_and(|object| wanted.admits(&object))
}

fn shown(item: Item) -> Option<Shown> {
    if item.revoked || !item.authored || item.label.handling().contains(&Handling::Draft) {
        return None;
    }
    let requirement = Requirement::read(&receipts::object(&item.bytes)?).ok()?;
    (requirement.by == item.source).then_some(Shown { requirement, item })
}

impl Node {
    /// States what the caller's member wants to know, or a further version of it; without a label in words for the own
    /// member alone.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the place that is wrong; [`AppError::NotFound`] for a further version of what is not
    /// the own member's.
    pub fn require(
        &self,
        who: &Principal,
        new: &NewRequirement,
        label: Option<&str>,
    ) -> Result<Id, AppError> {
        let (id, written) = self.written_requirement(who, new)?;
        self.publish(who, &written, label)?;
        Ok(id)
    }

    /// Whom a requirement would reach if it were stated; nothing is stored.
    ///
    /// # Errors
    /// As for [`Node::require`].
    pub fn preview_requirement(
        &self,
        who: &Principal,
        new: &NewRequirement,
        label: Option<&str>,
    ) -> Result<Preview, AppError> {
        let (_, written) = self.written_requirement(who, new)?;
        self.preview(who, &written, label)
    }

    fn written_requirement(&self, who: &Principal, new: &NewRequirement) -> Result<(Id, Written), AppError> {
        let reading = self.read(who)?;
        let before = match &new.id {
            Some(id) => {
                let before = reading.requirement(id)?;
                let is_own = before.requirement.by == who.member();
                Some(if is_own { before } else { return Err(AppError::NotFound) })
            }
            None => None,
        };
        for (place, word) in new.sectors.iter().enumerate() {
            if industry::known(word).is_none() {
                let rule = "no such sector (kizuna member sectors)";
                return Err(AppError::invalid(format!("$.sectors[{place}]"), rule));
            }
        }
        let modified = notices::next(self.now(), before.as_ref().map(|before| before.requirement.modified));
        let requirement = Requirement {
            id: new.id.clone().unwrap_or_else(|| Id::new(requirement::KIND, Uuid::new_v4())),
            by: who.member(),
            created: before.as_ref().map_or(modified, |before| before.requirement.created),
            modified,
            title: new.title.trim().to_owned(),
            priority: new.priority,
            wanted: Wanted {
                kinds: new.kinds.iter().cloned().collect(),
                words: new.words.clone(),
                sectors: new.sectors.iter().cloned().collect(),
                labels: new.labels.iter().cloned().collect(),
                pattern: new.pattern.clone(),
            },
        };
        requirement.check().map_err(|bad| AppError::invalid(format!("$.{}", bad.property), bad.rule))?;
        let label = before.map_or_else(|| Label::own(who.member()), |before| (*before.item.label).clone());
        let object = requirement.object().map_err(|faults| AppError::Invalid { faults })?;
        let (refers_to, addressees) = (Vec::new(), Addressees::default());
        Ok((requirement.id, Written { object, refers_to, addressees, label }))
    }
}

#[cfg(test)]
mod tests;
