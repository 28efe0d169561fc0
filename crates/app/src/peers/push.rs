//! The outbox of a peer: what its members may read here and did not give us, in the order in which they came to read
//! it, what is urgent first.
//!
//! Nothing is copied into an outbox: it is the viewer's order after a kept cursor, one cursor a lane. So it is as
//! durable as the store, takes no room, and an answer that was lost costs a batch that the peer has already.

mod batch;
pub(super) mod gather;
mod outbox;

use std::collections::{BTreeSet, VecDeque};

use kizuna_access::Principal;
use kizuna_federation::lane::{Lane, URGENT_KINDS};
use kizuna_store::query::{Item, Start};
use kizuna_store::{Position, Selection, Versions};

use super::exchange::{Session, Turn, Went};
use super::locate::Place;
use super::{Peer, PeerStatus};
use crate::record::Recorder;
use crate::{AppError, Node};
use batch::Way;
use gather::Group;
pub use outbox::{Aside, Outbox};

/// Node state: where pushing for each account stands.
pub(super) const PUSHES: &str = "peer.push";
/// Objects read for one page.
const PAGE: usize = 500;
/// Urgent objects read for one page.
const URGENT_PAGE: usize = 50;
/// Octets of a POST where the server says more or nothing.
const POST_BYTES: u64 = 8 << 20;
/// Positions passed without anything to send until the cursor is kept all the same.
const UNKEPT: usize = 2_000;
/// What went ahead in the urgent lane is remembered up to so many; more is offered again.
const AHEAD: usize = 10_000;

/// Where pushing for one account stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Stand {
    bulk: Option<Position>,
    urgent: Option<Position>,
    /// Went ahead with something urgent, by number; the bulk lane has not come to it.
    #[serde(default)]
    ahead: BTreeSet<u64>,
    /// What the peer did not take as it was; tried again.
    #[serde(default)]
    aside: Vec<Aside>,
    /// Positions passed since it was kept.
    #[serde(skip)]
    unkept: usize,
}

/// As it is kept; earlier versions kept the position alone.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Kept {
    Position(Position),
    Stand(Stand),
}

impl Stand {
    fn of(kept: Option<Kept>) -> Self {
        match kept {
            None => Self::default(),
            Some(Kept::Stand(stand)) => stand,
            Some(Kept::Position(position)) => {
                Self { bulk: Some(position), urgent: Some(position), ..Self::default() }
            }
        }
    }

    fn start(&self, lane: Lane) -> Start {
        let after = match lane {
            Lane::Urgent => self.urgent,
            Lane::Bulk => self.bulk,
        };
        after.map_or(Start::First, Start::After)
    }

    /// What a group was sent for is passed.
    fn pass(&mut self, lane: Lane, position: Position) {
        self.unkept += 1;
        match lane {
            Lane::Urgent => self.urgent = Some(position),
            Lane::Bulk => {
                self.bulk = Some(position);
                self.ahead.remove(&position.seq);
            }
        }
    }
}

fn selection(lane: Lane) -> Selection {
    let kinds = match lane {
        Lane::Urgent => URGENT_KINDS.iter().map(|kind| (*kind).to_owned()).collect(),
        Lane::Bulk => Vec::new(),
    };
    Selection { kinds, versions: Versions::All, ..Selection::default() }
}

impl Node {
    /// Sends what one of the peer's accounts may read and has not been sent yet: all of it, or until somebody else has
    /// the turn. Where it comes to rest nothing is written.
    pub(super) fn push(
        &self,
        peer: &Peer,
        session: &mut Session,
        place: &Place,
        who: &Principal,
        status: &mut PeerStatus,
        turn: Turn<'_>,
    ) -> Result<Went, AppError> {
        let key = stand_key(peer, who, place);
        let stand = match session.stands.remove(&in_memory(who, &key)) {
            Some(stand) => stand,
            None => Stand::of(self.kept_json(PUSHES, &key)?),
        };
        session.pace.bound(place.max_content_length.clamp(1 << 10, POST_BYTES));
        let mut way = Way { node: self, peer, place, who, key, session, status, stand };
        if way.session.is_timed {
            way.try_aside_again()?;
        }
        let went = way.run(turn)?;
        way.rest()?;
        Ok(went)
    }
}

/// The name under which the stand of an account is kept.
fn stand_key(peer: &Peer, who: &Principal, place: &Place) -> String {
    format!("{} {} {}", peer.name, who.member(), place.objects)
}

/// The same for the session: an account that is closed takes its stand along.
fn in_memory(who: &Principal, key: &str) -> String {
    format!("{} {key}", who.person())
}

impl Way<'_> {
    fn run(&mut self, turn: Turn<'_>) -> Result<Went, AppError> {
        loop {
            self.send_urgent()?;
            let mut groups = self.next(Lane::Bulk, PAGE)?;
            if groups.is_empty() {
                return Ok(Went::Level);
            }
            let mut commits = self.node.commits();
            commits.borrow_and_update();
            while !groups.is_empty() {
                let (items, last) = self.cut(&mut groups);
                self.send(items)?;
                self.passed(Lane::Bulk, &last)?;
                if commits.has_changed().unwrap_or_default() {
                    commits.borrow_and_update();
                    self.send_urgent()?;
                }
                if turn() {
                    return Ok(Went::Yielded);
                }
            }
        }
    }

    /// Empties the urgent lane.
    fn send_urgent(&mut self) -> Result<(), AppError> {
        loop {
            let mut groups = self.next(Lane::Urgent, URGENT_PAGE)?;
            if groups.is_empty() {
                return Ok(());
            }
            while !groups.is_empty() {
                let (items, last) = self.cut(&mut groups);
                let bulk = self.stand.bulk;
                let is_ahead = |item: &&Item| bulk.is_none_or(|bulk| item.position > bulk);
                let ahead: Vec<u64> = items.iter().filter(is_ahead).map(|item| item.position.seq).collect();
                self.send(items)?;
                if self.stand.ahead.len() + ahead.len() <= AHEAD {
                    self.stand.ahead.extend(ahead);
                }
                self.passed(Lane::Urgent, &last)?;
            }
        }
    }

    /// What comes next in a lane, with what goes beside each; none where the lane is empty.
    fn next(&self, lane: Lane, limit: usize) -> Result<VecDeque<Group>, AppError> {
        // A view holds a read transaction: none is kept open while the peer thinks.
        let view = self.node.store.view(self.who)?;
        let page = view.page(&selection(lane), self.stand.start(lane), limit)?;
        let groups = match lane {
            Lane::Urgent => self.node.urgent_groups(self.peer, &view, &page.items)?,
            Lane::Bulk => {
                let mut groups = self.node.groups(self.peer, &view, &page.items)?;
                for group in &mut groups {
                    // The urgent lane has its own; and what went ahead with it is there.
                    if group.lane == Lane::Urgent {
                        group.items.clear();
                    }
                    group.items.retain(|item| !self.stand.ahead.contains(&item.position.seq));
                }
                groups
            }
        };
        let sent = groups.iter().flat_map(|group| &group.items);
        Recorder::of(&self.node.on_path("peer.push")).serves(self.who, view.directory(), sent)?;
        Ok(groups.into())
    }

    /// The next batch of whole groups: as much as goes at once, and at least one group.
    fn cut(&self, groups: &mut VecDeque<Group>) -> (Vec<Item>, Vec<Position>) {
        let limit = self.session.pace.limit();
        let (mut items, mut last) = (Vec::new(), Vec::new());
        let mut octets = 0;
        while let Some(group) = groups.front() {
            let more: u64 = group.items.iter().map(|item| item.bytes.len() as u64 + 1).sum();
            if !items.is_empty() && more > 0 && octets + more + 64 > limit {
                break;
            }
            octets += more;
            let Some(group) = groups.pop_front() else { break };
            last.push(group.position);
            items.extend(group.items);
        }
        (items, last)
    }

    fn passed(&mut self, lane: Lane, positions: &[Position]) -> Result<(), AppError> {
        for position in positions {
            self.stand.pass(lane, *position);
        }
        if self.stand.unkept > UNKEPT { self.keep() } else { Ok(()) }
    }

    /// Keeps where it stands.
    fn keep(&mut self) -> Result<(), AppError> {
        self.node.keep_json(PUSHES, &self.key, &self.stand)?;
        self.stand.unkept = 0;
        Ok(())
    }

    /// Keeps where it stands in the session; on disk only what would cost something to find again.
    fn rest(mut self) -> Result<(), AppError> {
        if self.session.is_timed && self.stand.unkept > 0 {
            self.keep()?;
        }
        self.session.stands.insert(in_memory(self.who, &self.key), self.stand);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
