//! One round: who stands alike, one reading for each of those, and everybody's own cursors.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use kizuna_access::{Principal, leak};
use kizuna_store::{Footing, Spot};

use super::{Change, Changes, Number, Place, Question, Render, Round, Told};
use crate::{AppError, Item, Node, Position, Reading, Start};

/// Changes of one stream in one round at most, …
const CHANGES: usize = 64;
/// … and bytes of them, unless the first alone is longer: it bounds what waits for a slow reader.
const BYTES: usize = 64 << 10;
/// Readings for streams that are behind, in one round: those that are not do not wait long.
const BEHIND: usize = 64;

/// Streams that one reading serves: they ask the same, and either have come as far or wait for what comes.
struct Audience {
    question: Arc<Question>,
    members: Vec<(Number, Place)>,
    is_behind: bool,
    /// The round in which the first of them was read for last.
    read: u64,
}

/// One change that a reading found.
struct Found {
    text: Bytes,
    position: Position,
    spot: Spot,
}

impl Changes {
    /// Finds what there is to tell on these streams. What it serves is on record, where it must be, when the work
    /// around it is ([`Node::traced`]); nothing of it is taken for told before [`Changes::settle`].
    pub fn read(&mut self, node: &Node, due: &[Number]) -> Round {
        self.rounds += 1;
        let mut round = Round::default();
        let mut due: Vec<Number> = due.iter().copied().filter(|due| self.streams.contains_key(due)).collect();
        if let Err(error) = self.end_sessions(node, &mut due, &mut round) {
            put_off(&mut round, &due, &error);
            return round;
        }
        let groups = match self.sorted(node, &due, &mut round) {
            Ok(groups) => groups,
            Err(error) => {
                put_off(&mut round, &due, &error);
                return round;
            }
        };
        let mut behind = BEHIND;
        for members in groups.into_values() {
            if let Err(error) = self.read_for(node, &members, &mut behind, &mut round) {
                put_off(&mut round, &members, &error);
            }
        }
        round
    }

    /// Ends the streams of sessions that have ended.
    fn end_sessions(&self, node: &Node, due: &mut Vec<Number>, round: &mut Round) -> Result<(), AppError> {
        let session = |number: &Number| self.streams.get(number).and_then(|stream| stream.session.as_deref());
        if due.iter().all(|number| session(number).is_none()) {
            return Ok(());
        }
        let standing = node.standing_sessions(due.iter().filter_map(session))?;
        due.retain(|number| {
            let stands = session(number).is_none_or(|token| standing.contains(token));
            if !stands {
                round.told.push((*number, Told::Ended(AppError::NotAuthenticated)));
            }
            stands
        });
        Ok(())
    }

    /// The streams by how their viewers stand. Those whose account or key is no longer valid end.
    fn sorted(
        &mut self,
        node: &Node,
        due: &[Number],
        round: &mut Round,
    ) -> Result<BTreeMap<usize, Vec<Number>>, AppError> {
        let roll = node.store.roll()?;
        let mut groups: BTreeMap<usize, Vec<Number>> = BTreeMap::new();
        let mut is_changed = false;
        for number in due {
            let Some(stream) = self.streams.get(number) else { continue };
            let known = stream.footing.as_ref().filter(|footing| roll.upholds(footing));
            let standing = match known {
                Some(footing) => place_of(footing),
                None => match roll.footing(&stream.principal) {
                    Ok(footing) => {
                        is_changed = true;
                        self.stands(*number, footing)
                    }
                    Err(error) => {
                        round.told.push((*number, Told::Ended(error.into())));
                        continue;
                    }
                },
            };
            groups.entry(standing).or_default().push(*number);
        }
        if is_changed {
            self.standings.retain(|standing| Arc::strong_count(standing) > 1);
        }
        Ok(groups)
    }

    /// Takes note of how a viewer stands; the place in memory by which those are found who stand alike.
    fn stands(&mut self, number: Number, footing: Footing) -> usize {
        let footing = self.shared(footing);
        let standing = place_of(&footing);
        if let Some(stream) = self.streams.get_mut(&number) {
            stream.footing = Some(footing);
        }
        standing
    }

    /// Reads for viewers that stand alike, in one view of the first of them.
    fn read_for(
        &mut self,
        node: &Node,
        members: &[Number],
        behind: &mut usize,
        round: &mut Round,
    ) -> Result<(), AppError> {
        let Some(first) = members.first().and_then(|first| self.streams.get(first)) else { return Ok(()) };
        let principal = first.principal.clone();
        let reading = match node.read(&principal) {
            Ok(reading) => reading,
            // Its rights ended between the roll and this view. The next round sorts anew.
            Err(AppError::NotAuthenticated) => {
                round.more = true;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let members = self.confirmed(&reading, &principal, members, round)?;
        for audience in self.audiences(&members) {
            if audience.is_behind {
                if *behind == 0 {
                    round.more = true;
                    continue;
                }
                *behind -= 1;
            }
            self.serve(node, &reading, audience, round)?;
        }
        Ok(())
    }

    /// Those of the members who stand in this very view as its viewer does. The others are left for the next round.
    fn confirmed(
        &mut self,
        reading: &Reading,
        principal: &Principal,
        members: &[Number],
        round: &mut Round,
    ) -> Result<Vec<Number>, AppError> {
        let roll = reading.view().roll();
        let own = self.shared(roll.footing(principal)?);
        let mut confirmed = Vec::with_capacity(members.len());
        for number in members {
            let Some(stream) = self.streams.get(number) else { continue };
            let known = stream.footing.as_ref().filter(|footing| roll.upholds(footing));
            let standing = if let Some(footing) = known {
                Some(place_of(footing))
            } else {
                let footing = roll.footing(&stream.principal).ok();
                footing.map(|footing| self.stands(*number, footing))
            };
            if standing == Some(place_of(&own)) {
                confirmed.push(*number);
            } else {
                round.more = true;
            }
        }
        Ok(confirmed)
    }

    /// The members by what they ask and how far they have come: first those who wait for what comes, then whoever was
    /// read for longest ago.
    fn audiences(&self, members: &[Number]) -> Vec<Audience> {
        let mut found: HashMap<(usize, Option<Place>), Audience> = HashMap::new();
        for number in members {
            let Some(stream) = self.streams.get(number) else { continue };
            // Dates of arrival are no places yet: there is something to be found first.
            let is_apart = stream.is_behind || matches!(stream.place, Place::AddedAfter(_));
            let key = (Arc::as_ptr(&stream.question) as usize, is_apart.then_some(stream.place));
            let audience = found.entry(key).or_insert_with(|| Audience {
                question: Arc::clone(&stream.question),
                members: Vec::new(),
                is_behind: stream.is_behind,
                read: stream.read,
            });
            audience.members.push((*number, stream.place));
            audience.read = audience.read.min(stream.read);
        }
        let mut audiences: Vec<Audience> = found.into_values().collect();
        let first = |audience: &Audience| audience.members.first().map(|(number, _)| *number);
        audiences.sort_by_key(|audience| (audience.is_behind, audience.read, first(audience)));
        audiences
    }

    /// Reads once, from the earliest place of the audience, and tells each member what comes behind its own.
    fn serve(
        &mut self,
        node: &Node,
        reading: &Reading,
        audience: Audience,
        round: &mut Round,
    ) -> Result<(), AppError> {
        let Audience { question, members, .. } = audience;
        let mut waiting: Vec<(Spot, Start, Number)> = Vec::with_capacity(members.len());
        let mut spots: HashMap<Place, (Spot, Start)> = HashMap::new();
        let end = reading.view().end();
        for (number, place) in members {
            let Some(start) = place.start() else {
                round.told.push((number, Told::Changes { changes: Vec::new(), more: false }));
                round.places.push((number, Place::After(end), false));
                self.is_read(number);
                continue;
            };
            let (spot, start) = match spots.get(&place) {
                Some(known) => *known,
                None => *spots.entry(place).or_insert((reading.view().spot(start)?, start)),
            };
            waiting.push((spot, start, number));
        }
        let Some((_, start, _)) = waiting.iter().min_by_key(|(spot, ..)| *spot).copied() else {
            return Ok(());
        };
        let (items, more) = Self::page(self.render, reading, &question, start)?;
        let mut found = Vec::with_capacity(items.len());
        for (text, item) in &items {
            let spot = reading.view().spot_of(item)?;
            found.push(Found { text: text.clone(), position: item.position, spot });
        }
        let items: Vec<Item> = items.into_iter().map(|(_, item)| item).collect();
        for (spot, _, number) in waiting {
            let from = found.partition_point(|found| found.spot < spot && !leak::is(81));
            self.tell(node, (&question, number), &found[from..], more, round)?;
            if let Some(stream) = self.streams.get(&number) {
                reading.serves_as_well(&stream.principal, &items[from..])?;
            }
        }
        Ok(())
    }

    /// What comes from a place on, as text, within bounds; whether there is more.
    fn page(
        render: Render,
        reading: &Reading,
        question: &Question,
        start: Start,
    ) -> Result<(Vec<(Bytes, Item)>, bool), AppError> {
        let page = reading.view().page(&question.selection, start, CHANGES)?;
        let read = page.items.len();
        let mut found = Vec::with_capacity(read);
        let mut bytes = 0;
        for item in page.items {
            let text = render(&item)?;
            bytes += text.len();
            if bytes > BYTES && !found.is_empty() {
                break;
            }
            found.push((Bytes::from(text), item));
        }
        let more = page.next.is_some() || found.len() < read;
        Ok((found, more))
    }

    /// One stream's own account of what was found behind its place.
    fn tell(
        &mut self,
        node: &Node,
        (question, number): (&Question, Number),
        found: &[Found],
        more: bool,
        round: &mut Round,
    ) -> Result<(), AppError> {
        let Some(stream) = self.streams.get(&number) else { return Ok(()) };
        let is_first = stream.read == 0;
        let mut changes = Vec::with_capacity(found.len());
        for Found { text, position, .. } in found {
            let cursor = node.sealer.seal(&stream.principal, &question.sealed_for, position)?;
            changes.push(Change { text: text.clone(), cursor });
        }
        match found.last() {
            Some(last) => {
                round.places.push((number, Place::After(last.position), more));
                round.told.push((number, Told::Changes { changes, more }));
            }
            // What was found ended before its place.
            None if more => {
                round.more = true;
                return Ok(());
            }
            None => {
                round.places.push((number, stream.place, false));
                if is_first {
                    round.told.push((number, Told::Changes { changes, more }));
                }
            }
        }
        self.is_read(number);
        Ok(())
    }

    fn is_read(&mut self, number: Number) {
        if let Some(stream) = self.streams.get_mut(&number) {
            stream.read = self.rounds;
        }
    }
}

/// Where the one copy of a standing is in memory: alike is who has the same.
fn place_of(footing: &Footing) -> usize {
    Arc::as_ptr(&footing.standing) as usize
}

/// Leaves streams for later whose reading failed.
fn put_off(round: &mut Round, members: &[Number], error: &AppError) {
    tracing::warn!(%error, streams = members.len(), "streams of changes could not be read for");
    let told: BTreeSet<Number> = round.told.iter().map(|(number, _)| *number).collect();
    round.failed.extend(members.iter().filter(|number| !told.contains(number)));
    round.failed.sort_unstable();
}
