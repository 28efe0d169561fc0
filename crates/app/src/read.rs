//! Reading: a view, with cursors that may leave the node.

use std::sync::OnceLock;

use kizuna_access::{Directory, Label, MemberId, Party, Principal, Reader, receipt, spec};
use kizuna_stix::{Id, Object};
use kizuna_store::query::{Count, Item, Search, Selection, Start, Versions};
use kizuna_store::{Position, Quarantined, View};
use uuid::Uuid;

use crate::AppError;
use crate::cursor::Sealer;
use crate::ingest::Acquainted;
use crate::record::{Comparison, Recorder};

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum From {
    #[default]
    First,
    /// Where the listing before this one ended: its `next`.
    Cursor(String),
    /// What became readable after this instant (exclusive).
    AddedAfter(jiff::Timestamp),
}

/// Items, and where to go on.
#[derive(Debug, Clone)]
pub struct Listing<T = Item> {
    pub items: Vec<T>,
    /// A sealed cursor after the last item; `None` when nothing was read and there is no place to go on from.
    pub next: Option<String>,
    /// Whether there was more at the time of reading.
    pub more: bool,
}

/// The store as one viewer may read it.
pub struct Reading {
    view: View,
    sealer: Sealer,
    recorder: Recorder,
    /// Found when a label is put into words first.
    acquainted: OnceLock<Acquainted>,
}

impl Reading {
    pub(crate) fn new(view: View, sealer: Sealer, recorder: Recorder) -> Self {
        Self { view, sealer, recorder, acquainted: OnceLock::new() }
    }

    /// The view itself. What is read of it is not on record: for what serves no content.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    pub(crate) fn seal_cursor<T: serde::Serialize>(
        &self,
        question: &str,
        place: &T,
    ) -> Result<String, AppError> {
        self.sealer.seal(self.who(), question, place)
    }

    pub(crate) fn open_cursor<T: serde::de::DeserializeOwned>(
        &self,
        question: &str,
        cursor: &str,
    ) -> Result<T, AppError> {
        self.sealer.open(self.who(), question, cursor)
    }

    /// What is read until this is dropped is compared with something and not served.
    pub(crate) fn comparing(&self) -> Comparison<'_> {
        self.recorder.compares()
    }

    /// Tells that items of this reading are served to somebody who stands as its viewer does.
    pub(crate) fn serves_as_well(&self, who: &Principal, items: &[Item]) -> Result<(), AppError> {
        self.recorder.serves(who, self.directory(), items)
    }

    /// Passes on what is served, once it is on record where it must be.
    fn served<'a>(&self, items: impl IntoIterator<Item = &'a Item>) -> Result<(), AppError> {
        self.recorder.serves(self.who(), self.directory(), items)
    }

    /// The viewer's facts: labels are decided with it.
    pub fn reader(&self) -> &Reader {
        self.view.reader()
    }

    /// The directory at this reading's epoch.
    pub fn directory(&self) -> &Directory {
        self.view.directory()
    }

    /// The instant whose rights this reading applies.
    pub fn now(&self) -> jiff::Timestamp {
        self.view.now()
    }

    /// A label in words, with the names that this viewer may know: a reader of content does not learn to which other
    /// communities and persons it was given.
    pub fn label_text(&self, label: &Label) -> String {
        spec::display_to(label, self.directory(), &|party| self.knows(party))
    }

    /// Whether a party of a label may be named to this viewer.
    pub fn knows(&self, party: &Party) -> bool {
        let acquainted = || Acquainted::of(self.directory(), self.reader(), self.now());
        self.acquainted.get_or_init(acquainted).knows(party, self.directory())
    }

    /// Whether the viewer's member shares a community with another, or one serves the other.
    pub(crate) fn is_acquainted(&self, member: MemberId) -> bool {
        let acquainted = || Acquainted::of(self.directory(), self.reader(), self.now());
        self.acquainted.get_or_init(acquainted).has(member)
    }

    /// A member's name; its id where this node does not know it.
    pub fn member_name(&self, member: MemberId) -> String {
        let known = self.directory().member(member);
        known.map_or_else(|| member.to_string(), |known| known.name.clone())
    }

    /// An anonymous receipt is shown as that of its community's owner, also on the node where it was given.
    fn blind(&self, item: &mut Item) {
        if item.id.kind() != receipt::KIND || item.source == self.who().member() {
            return;
        }
        let object =
            serde_json::from_slice(&item.bytes).ok().and_then(|value| Object::from_value(value).ok());
        if let Some((_, owner)) = object.as_ref().and_then(receipt::anonymous_in) {
            item.source = owner;
        }
    }

    fn who(&self) -> &Principal {
        self.view.reader().principal()
    }

    /// Objects in the viewer's order of arrivals.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a cursor that was not given to this viewer for this selection.
    pub fn page(&self, selection: &Selection, from: &From, limit: usize) -> Result<Listing, AppError> {
        let question = page_question(selection);
        let start = match from {
            From::First => Start::First,
            From::AddedAfter(instant) => Start::AddedAfter(*instant),
            From::Cursor(cursor) => Start::After(self.sealer.open(self.who(), &question, cursor)?),
        };
        let page = self.view.page(selection, start, limit)?;
        let more = page.next.is_some();
        self.listing(&question, page.items, page.next, more)
    }

    /// Search hits, newest arrival first.
    pub fn search(&self, search: &Search, cursor: Option<&str>, limit: usize) -> Result<Listing, AppError> {
        let question = format!("search {search:?}");
        let before: Option<Position> =
            cursor.map(|cursor| self.sealer.open(self.who(), &question, cursor)).transpose()?;
        let page = self.view.search(search, before, limit)?;
        let more = page.next.is_some();
        self.listing(&question, page.items, page.next, more)
    }

    /// How many a search finds, counting no further than `cap`.
    pub fn count(&self, search: &Search, cap: u64) -> Result<Count, AppError> {
        Ok(self.view.count(search, cap)?)
    }

    /// The newest readable version.
    ///
    /// # Errors
    /// [`AppError::NotFound`], hidden and absent alike.
    pub fn object(&self, id: &Id) -> Result<Item, AppError> {
        let mut item = self.view.object(id)?.ok_or(AppError::NotFound)?;
        self.served([&item])?;
        self.blind(&mut item);
        Ok(item)
    }

    /// The winner of each readable version, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`], hidden and absent alike.
    pub fn versions(&self, id: &Id) -> Result<Vec<Item>, AppError> {
        let mut versions = some(self.view.versions(id)?)?;
        self.served(&versions)?;
        for item in &mut versions {
            self.blind(item);
        }
        Ok(versions)
    }

    /// Every readable contribution: what its sources claim.
    ///
    /// # Errors
    /// [`AppError::NotFound`], hidden and absent alike.
    pub fn claims(&self, id: &Id) -> Result<Vec<Item>, AppError> {
        let mut claims = some(self.view.claims(id)?)?;
        self.served(&claims)?;
        for item in &mut claims {
            self.blind(item);
        }
        Ok(claims)
    }

    /// Which versions of an object the viewer's own member gave, by their instants; serves no content.
    pub fn own_versions(&self, id: &Id, versions: Versions) -> Result<Vec<jiff::Timestamp>, AppError> {
        let selection = Selection { ids: vec![id.clone()], versions, own: true, ..Selection::default() };
        let page = self.view.page(&selection, Start::First, usize::from(u16::MAX))?;
        Ok(page.items.into_iter().map(|item| item.version).collect())
    }

    /// What readable objects refer to this one, newest arrival first.
    pub fn referring(&self, id: &Id, cursor: Option<&str>, limit: usize) -> Result<Listing, AppError> {
        let search = Search { refers_to: Some(id.clone()), ..Search::default() };
        self.search(&search, cursor, limit)
    }

    /// Quarantined input of the viewer's own member, or of all with the role `quarantine`; newest first.
    pub fn quarantine(&self, cursor: Option<&str>, limit: usize) -> Result<Listing<Quarantined>, AppError> {
        let question = "quarantine";
        let before: Option<u64> =
            cursor.map(|cursor| self.sealer.open(self.who(), question, cursor)).transpose()?;
        let found = self.view.quarantine(before, limit)?;
        let more = found.len() == limit;
        let last = found.last().map(|(number, _)| *number);
        let items = found.into_iter().map(|(_, quarantined)| quarantined).collect();
        let next = last.map(|number| self.sealer.seal(self.who(), question, &number)).transpose()?;
        Ok(Listing { items, next, more })
    }

    /// A name for each quarantined input of [`Reading::quarantine`], to come back to it; sealed for this viewer.
    pub fn quarantine_named(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Listing<(String, Quarantined)>, AppError> {
        let question = "quarantine";
        let before: Option<u64> =
            cursor.map(|cursor| self.sealer.open(self.who(), question, cursor)).transpose()?;
        let found = self.view.quarantine(before, limit)?;
        let more = found.len() == limit;
        let mut items = Vec::with_capacity(found.len());
        let mut next = None;
        for (number, input) in found {
            items.push((self.sealer.seal(self.who(), "quarantined", &number)?, input));
            next = Some(number);
        }
        let next = next.map(|number| self.sealer.seal(self.who(), question, &number)).transpose()?;
        Ok(Listing { items, next, more })
    }

    /// The quarantined input with this name.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a name that was not given to this viewer, or no longer leads anywhere it may read.
    pub fn quarantined(&self, name: &str) -> Result<Quarantined, AppError> {
        let opened = self.sealer.open(self.who(), "quarantined", name);
        let number: u64 = opened.map_err(|_| AppError::NotFound)?;
        let found = self.view.quarantine(Some(number.saturating_add(1)), 1)?.into_iter().next();
        let found = found.filter(|(other, _)| *other == number).ok_or(AppError::NotFound)?;
        Ok(found.1)
    }

    fn listing(
        &self,
        question: &str,
        mut items: Vec<Item>,
        next: Option<Position>,
        more: bool,
    ) -> Result<Listing, AppError> {
        self.served(&items)?;
        for item in &mut items {
            self.blind(item);
        }
        let place = next.or_else(|| items.last().map(|item| item.position));
        let next = place.map(|place| self.sealer.seal(self.who(), question, &place)).transpose()?;
        Ok(Listing { items, next, more })
    }
}

/// What the cursors of pages of a selection are sealed for.
pub(crate) fn page_question(selection: &Selection) -> String {
    format!("page {selection:?}")
}

fn some(items: Vec<Item>) -> Result<Vec<Item>, AppError> {
    if items.is_empty() {
        return Err(AppError::NotFound);
    }
    Ok(items)
}

/// A bundle's id says nothing (STIX 2.1 §8): a new one each time.
pub fn random_bundle_id() -> Id {
    Id::new("bundle", Uuid::new_v4())
}
