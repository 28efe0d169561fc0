//! Pages in the viewer's order of arrivals.

use std::collections::HashMap;

use jiff::Timestamp;
use kizuna_access::leak;

use super::View;
use super::candidates::Candidates;
use super::item::{Admit, Served, Standing};
use crate::StoreError;
use crate::arrival::Place;
use crate::backend::{Flags, Key, Order, Row, Seq};
use crate::query::{Item, Page, Position, Selection, Start, Versions};

/// A page ends after the objects with which it reaches this length, in bytes as its viewer gets them.
pub const PAGE_BYTES: usize = 32 << 20;

/// Bodies that are read at once: so many at first, then twice as many each time. What is read beyond the page's length
/// is thrown away.
const FIRST_CHUNK: usize = 4;

/// A place in the order of one view: a segment, and a number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot(usize, Seq);

impl View {
    /// Objects in the viewer's order of arrivals.
    pub fn page(&self, selection: &Selection, start: Start, limit: usize) -> Result<Page, StoreError> {
        if limit == 0 {
            return Ok(Page::default());
        }
        let admit = Admit::selection(self, selection)?;
        let place = self.start(start)?;
        if !selection.ids.is_empty() {
            return self.page_of_ids(selection, &admit, place, limit);
        }
        let path = if selection.kinds.is_empty() { 0 } else { 36 };
        let mut judge = Judge::new(self, &admit, &selection.versions, path);
        let mut served: Vec<Served> = Vec::new();
        for segment in place.segment..self.timeline().segments() {
            let from = if segment == place.segment { place.after } else { 0 };
            let mut rows = Candidates::new(self, &admit, segment, from..Seq::MAX, Order::Oldest, &[], path);
            loop {
                let chunk = rows.next_rows(limit + 1 - served.len())?;
                if chunk.is_empty() {
                    break;
                }
                if leak::is(40) && self.snapshot.rows_in(from..Seq::MAX, limit)?.len() == limit {
                    return self.cut_short(chunk, from, limit);
                }
                for row in chunk {
                    served.extend(judge.serves(row)?);
                    if served.len() > limit {
                        return self.finish(served, limit);
                    }
                }
            }
        }
        self.finish(served, limit)
    }

    /// Seeded leak 40: the limit counts what is hidden too.
    fn cut_short(&self, rows: Vec<Row>, from: Seq, limit: usize) -> Result<Page, StoreError> {
        let end = from.max(1).saturating_add(i64::try_from(limit).unwrap_or(i64::MAX));
        let shown = rows.into_iter().filter(|row| row.seq < end).filter_map(|row| {
            let arrival = self.arrival(&row)?;
            Some(Served { row, arrival, revoked: false, disputed: false })
        });
        self.finish(shown.collect(), limit)
    }

    /// A page of a few named objects: found by name, then put in order.
    fn page_of_ids(
        &self,
        selection: &Selection,
        admit: &Admit,
        place: Place,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let mut served = Vec::new();
        let mut keys: Vec<Key> = selection.ids.iter().map(kizuna_stix::Id::key).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let Some(standing) = self.standing(&key, admit)? else { continue };
            served.extend(self.chosen(&standing, &selection.versions));
        }
        let order = |served: &Served| self.timeline().order(served.arrival, served.row.seq);
        served.sort_by_key(order);
        served.retain(|served| order(served) >= (place.segment, place.after));
        self.finish(served, limit)
    }

    /// Makes a page of what is served. It ends early where its bytes would be too many.
    pub(super) fn finish(&self, mut served: Vec<Served>, limit: usize) -> Result<Page, StoreError> {
        let mut more = served.len() > limit;
        served.truncate(limit);
        let mut items = Vec::with_capacity(served.len());
        let (mut bytes, mut chunk) = (0, FIRST_CHUNK);
        let mut served = served.into_iter();
        while served.len() > 0 {
            let read = self.items(served.by_ref().take(chunk).collect())?;
            bytes += read.iter().map(|item| item.bytes.len()).sum::<usize>();
            items.extend(read);
            chunk *= 2;
            if bytes > PAGE_BYTES {
                more |= served.len() > 0;
                break;
            }
        }
        let next: Option<Position> = items.last().filter(|_| more).map(|item| item.position);
        Ok(Page { items, next })
    }

    /// Where a page that begins so begins in this view's order: before each item whose [`View::spot_of`] is not less.
    pub fn spot(&self, start: Start) -> Result<Spot, StoreError> {
        let place = self.start(start)?;
        Ok(Spot(place.segment, place.after))
    }

    /// Where an item that this view served is in its order.
    pub fn spot_of(&self, item: &Item) -> Result<Spot, StoreError> {
        let place = self.start(Start::After(item.position))?;
        Ok(Spot(place.segment, place.before))
    }

    fn start(&self, start: Start) -> Result<Place, StoreError> {
        let (timeline, snapshot, head) = (self.timeline(), self.snapshot.as_ref(), self.heads.seq);
        match start {
            Start::First => Ok(Place { segment: 0, before: 0, after: 0 }),
            Start::After(position) => timeline.place(snapshot, head, position),
            Start::AddedAfter(instant) => {
                // Dates of arrival are whole microseconds; a finer instant lies after the one it begins with.
                let micros = instant.as_nanosecond().div_euclid(1000);
                timeline.place_added_after(snapshot, head, i64::try_from(micros).unwrap_or(i64::MAX))
            }
        }
    }

    /// The versions of an object that are asked for.
    pub(super) fn chosen(&self, standing: &Standing, versions: &Versions) -> Vec<Served> {
        let last = standing.versions.len() - 1;
        let mut chosen = Vec::new();
        for (index, version) in standing.versions.iter().enumerate() {
            let Some(served) = standing.served(version) else { continue };
            let wanted = match versions {
                Versions::All => true,
                Versions::Latest => index == last,
                Versions::First => index == 0,
                Versions::Any { latest, first, at } => {
                    (*latest && index == last) || (*first && index == 0) || self.is_version_at(&served, at)
                }
            };
            if wanted {
                chosen.push(served);
            }
        }
        chosen
    }

    /// Whether the version of a contribution (`modified`, or its arrival) is one of these instants.
    fn is_version_at(&self, served: &Served, at: &[Timestamp]) -> bool {
        if at.is_empty() {
            return false;
        }
        let nanos = match served.row.modified {
            Some(nanos) => i128::from(nanos),
            None => i128::from(self.added(&served.row, served.arrival)) * 1000,
        };
        at.iter().any(|instant| instant.as_nanosecond() == nanos)
    }
}

/// Decides row by row whether it is what is served.
pub(super) struct Judge<'a> {
    view: &'a View,
    admit: &'a Admit,
    versions: &'a Versions,
    /// The seeded leak that opens this path.
    path: u32,
    /// What is served of objects with several contributions, as computed in this call.
    known: HashMap<Key, Vec<Served>>,
}

impl<'a> Judge<'a> {
    pub fn new(view: &'a View, admit: &'a Admit, versions: &'a Versions, path: u32) -> Self {
        Self { view, admit, versions, path, known: HashMap::new() }
    }

    /// The row as it is served, or nothing where another contribution is served in its place.
    pub fn serves(&mut self, row: Row) -> Result<Option<Served>, StoreError> {
        let Some(arrival) = self.view.arrival_on(self.path, &row) else { return Ok(None) };
        if !row.flags.has(Flags::SHARED) {
            // The only contribution to its object: first, latest and undisputed.
            let revoked = row.flags.has(Flags::REVOKED);
            let served = Served { row, arrival, revoked, disputed: false };
            let wanted = match self.versions {
                Versions::Any { latest: false, first: false, at } => self.view.is_version_at(&served, at),
                _ => true,
            };
            return Ok(wanted.then_some(served));
        }
        if let Some(served) = self.known.get(&row.key) {
            return Ok(served.iter().find(|served| served.row.seq == row.seq).cloned());
        }
        let standing = self.view.standing(&row.key, self.admit)?;
        let served = standing.map_or(Vec::new(), |standing| self.view.chosen(&standing, self.versions));
        let found = served.iter().find(|served| served.row.seq == row.seq).cloned();
        self.known.insert(row.key, served);
        Ok(found)
    }
}
