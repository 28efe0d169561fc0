//! Content as others see it: what a releaser looks at before and after a release.
//!
//! It is made from what the releaser itself may read, so that looking as somebody else opens nothing.

use jiff::Timestamp;
use kizuna_access::reader::Step;
use kizuna_access::{Label, MemberId, Party, Principal, Reader, leak, redact};
use kizuna_stix::{Id, canonical};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::explain::{self, Explanation};
use crate::forecast::Who;
use crate::read::{From, Listing, Reading};
use crate::{AppError, Item, Node, Selection};

/// Objects looked at for one step of a list, and for one answer at most.
const STEP: usize = 500;
const LOOKED_AT: usize = 20_000;

/// Whose eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Eyes {
    /// A person of the releaser's own member.
    Person(kizuna_access::PersonId),
    /// Whoever of a member sees most.
    Member(MemberId),
}

/// An object as somebody else sees it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Seen {
    pub who: Who,
    /// Nothing where it is hidden whole.
    pub object: Option<Map<String, Value>>,
    /// The fields that are hidden, as granular markings select them; all of them readable to who asks.
    pub hidden: Vec<String>,
    /// The label in words.
    pub label: String,
    /// The version that they get; of an object that is hidden from them, the newest that the releaser reads.
    pub version: Timestamp,
    /// Whether the releaser reads a newer one.
    pub earlier: bool,
}

/// What others get of an object.
struct Sight {
    item: Item,
    object: Option<Map<String, Value>>,
    hidden: Vec<String>,
}

impl Node {
    /// The newest version of an object that others read, as they get it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the object, or the viewer, is hidden from the caller or absent;
    /// [`AppError::Forbidden`] without the role releaser or admin.
    pub fn as_seen(&self, who: &Principal, id: &Id, eyes: Eyes) -> Result<Seen, AppError> {
        let company = self.company(who, eyes)?;
        let reading = self.read(who)?;
        let newest = reading.object(id)?;
        let readers = company.readers(reading.directory(), reading.now());
        let newest_version = newest.version;
        let Sight { item, object, hidden } = sight(&readers, newest, &reading)?;
        Ok(Seen {
            who: company.who,
            object,
            hidden,
            label: reading.label_text(&item.label),
            version: item.version,
            earlier: item.version < newest_version,
        })
    }

    /// Of the objects that the caller reads those that others read too, as they get them, in the caller's order of
    /// arrivals. `next` goes on where this ended, also where nothing was found.
    ///
    /// # Errors
    /// As [`Node::as_seen`].
    pub fn list_as_seen(
        &self,
        who: &Principal,
        eyes: Eyes,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<(Who, Listing), AppError> {
        let company = self.company(who, eyes)?;
        let reading = self.read(who)?;
        let readers = company.readers(reading.directory(), reading.now());
        let selection = Selection::default();
        let mut from = cursor.map_or(From::First, |cursor| From::Cursor(cursor.to_owned()));
        let (mut seen, mut looked_at) = (Vec::new(), 0);
        loop {
            let wanted = STEP.min(limit.saturating_sub(seen.len()).max(1));
            let page = reading.page(&selection, &from, wanted)?;
            looked_at += page.items.len();
            for item in page.items {
                let Sight { item, object, .. } = sight(&readers, item, &reading)?;
                seen.extend(object.map(|object| as_got(item, &object, &readers)));
            }
            let done = !page.more || seen.len() >= limit || looked_at >= LOOKED_AT;
            match page.next {
                Some(next) if !done => from = From::Cursor(next),
                next => {
                    return Ok((
                        company.who,
                        Listing { items: seen, next: next.filter(|_| page.more), more: page.more },
                    ));
                }
            }
        }
    }

    /// Why others can or cannot read what the caller reads of an object, rule by rule and field by field. Of several
    /// people of a member it tells of one who sees most.
    ///
    /// # Errors
    /// As [`Node::as_seen`].
    pub fn explain_as(&self, who: &Principal, id: &Id, eyes: Eyes) -> Result<Explanation, AppError> {
        let company = self.company(who, eyes)?;
        let reading = self.read(who)?;
        let claims = reading.claims(id)?;
        let readers = company.readers(reading.directory(), reading.now());
        let reads = |reader: &Reader| {
            let parts =
                |item: &Item| item.fields.iter().filter(|f| reader.can_read(&f.label, item.stored)).count();
            let whole = claims.iter().filter(|item| reader.can_read(&item.label, item.stored));
            whole.map(|item| 1 + parts(item)).sum::<usize>()
        };
        let best = readers.iter().max_by_key(|reader| reads(reader)).ok_or(AppError::NotFound)?;
        let knows = |party: &Party| reading.knows(party);
        let of = |claim: &Item| explain::of_item(best, reading.directory(), (claim, claim.stored), &knows);
        let mut contributions: Vec<_> = claims.iter().map(of).collect();
        if matches!(eyes, Eyes::Member(member) if member != who.member()) {
            let fields = |because: &mut explain::Because| std::mem::take(&mut because.fields);
            for because in &mut contributions {
                let mut of_fields = fields(because);
                let steps = of_fields.iter_mut().flat_map(|fields| &mut fields.steps);
                steps.chain(&mut because.steps).for_each(without_holding);
                because.fields = of_fields;
            }
        }
        let readable = contributions.iter().any(|because| because.readable);
        // Which releases lead where is told to who reads them, by asking for oneself.
        Ok(Explanation { id: id.clone(), readable, contributions, releases: Vec::new() })
    }
}

/// What somebody of another member is cleared for is not told, only whether it is enough.
fn without_holding(step: &mut Step) {
    if let Some((asked, _)) = step.text.split_once("; the viewer") {
        step.text = asked.to_owned();
    }
}

/// What these readers get of an object: of its versions, as the caller reads them, the newest that any of them reads,
/// and where they read none that wins for the caller, the newest contribution beside.
fn sight(readers: &[Reader], newest: Item, reading: &Reading) -> Result<Sight, AppError> {
    let (object, hidden) = form_for(readers, &newest);
    if object.is_some() || readers.is_empty() {
        return Ok(Sight { item: newest, object, hidden });
    }
    let mut others = reading.view().claims(&newest.id)?;
    others.sort_by_key(|item| item.version);
    others.extend(reading.view().versions(&newest.id)?);
    for item in others.into_iter().rev() {
        let (object, hidden) = form_for(readers, &item);
        if object.is_some() {
            return Ok(Sight { item, object, hidden });
        }
    }
    Ok(Sight { item: newest, object: None, hidden: Vec::new() })
}

/// The form that the best placed of some readers gets, and what is missing in it.
fn form_for(readers: &[Reader], item: &Item) -> (Option<Map<String, Value>>, Vec<String>) {
    let reads = |label: &Label| readers.iter().any(|reader| reader.can_read(label, item.stored));
    if !reads(&item.label) && !leak::is(74) {
        return (None, Vec::new());
    }
    let Ok(Value::Object(object)) = serde_json::from_slice(&item.bytes) else { return (None, Vec::new()) };
    let selectors: Vec<Vec<String>> = item.fields.iter().map(|fields| fields.selectors.clone()).collect();
    let is_open = |number: usize| reads(&item.fields[number].label);
    let hidden =
        (0..selectors.len()).filter(|number| !is_open(*number)).flat_map(|number| selectors[number].clone());
    let hidden = hidden.collect();
    (Some(redact::form(&object, &selectors, is_open).object), hidden)
}

/// An item with the form that others get in the place of its bytes.
fn as_got(item: Item, object: &Map<String, Value>, readers: &[Reader]) -> Item {
    let bytes = canonical::map_to_vec(object);
    let is_read = |label: &Label| readers.iter().any(|reader| reader.can_read(label, item.stored));
    let fields = item.fields.iter().filter(|fields| is_read(&fields.label)).cloned().collect();
    Item { digest: Sha256::digest(&bytes).into(), bytes: bytes.into(), fields, warnings: Vec::new(), ..item }
}

#[cfg(test)]
mod tests;
