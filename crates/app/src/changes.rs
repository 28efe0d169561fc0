//! Streams of changes: what becomes readable, told to many viewers as it does.
//!
//! A round brings every stream that is due up to date. Viewers who stand alike ([`kizuna_store::Footing`]) read the same
//! bytes in the same order, so those of them who ask the same and have come as far are served by one reading, whose
//! text they share; the cursors are each viewer's own. Nobody is served by a reading in whose own transaction he was not
//! found to stand as its viewer does: so rights are judged anew for each event, as if each had read for himself.
//!
//! Owns whom a reading serves and how far each stream has come. Refuses to know connections: [`Changes::read`] finds what
//! there is to tell, and [`Changes::settle`] takes note of it once it is on its way.

mod round;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use kizuna_access::{Principal, Standing};
use kizuna_store::Footing;

use crate::read::page_question;
use crate::{AppError, From, Item, Node, Position, Selection, Start, Versions};

/// Names a stream.
pub type Number = u64;

/// Writes an item as its readers get it.
pub type Render = fn(&Item) -> Result<String, AppError>;

/// Who wants to be told, and of what.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub principal: Principal,
    /// The token of the session that it comes with: the stream ends with it.
    pub session: Option<String>,
    /// Types of objects; none is all.
    pub kinds: Vec<String>,
    /// Nothing is now: what becomes readable from the first reading on.
    pub from: Option<From>,
}

/// One change, as a viewer is told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Shared with all who are told the same.
    pub text: Bytes,
    /// Sealed for the viewer: where it goes on after this change.
    pub cursor: String,
}

/// What there is to tell on one stream.
#[derive(Debug)]
pub enum Told {
    /// Its changes, in order. There are none only when a stream is read for first, and nothing is readable yet.
    Changes {
        changes: Vec<Change>,
        /// Whether there is more to read for it right now.
        more: bool,
    },
    /// It can be told no more: it is not in the books any more once this is settled.
    Ended(AppError),
}

/// What a round found.
#[derive(Debug, Default)]
pub struct Round {
    pub told: Vec<(Number, Told)>,
    /// Where each stream goes on that was told something, and whether there is more for it there.
    places: Vec<(Number, Place, bool)>,
    /// Streams for which the reading failed, which may pass; sorted.
    pub failed: Vec<Number>,
    /// Whether some streams that are due were left for the next round.
    pub more: bool,
}

impl Round {
    /// A round that found nothing, because nothing could be read for these streams.
    pub fn failed(failed: Vec<Number>) -> Self {
        Self { failed, ..Self::default() }
    }
}

/// Where a stream goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// At the end of what is readable when it is first read for.
    Now,
    First,
    AddedAfter(jiff::Timestamp),
    /// Behind what it was told last, or, where it was told nothing yet, behind what there was when it began.
    After(Position),
}

impl Place {
    fn start(self) -> Option<Start> {
        match self {
            Self::Now => None,
            Self::First => Some(Start::First),
            Self::AddedAfter(instant) => Some(Start::AddedAfter(instant)),
            Self::After(position) => Some(Start::After(position)),
        }
    }
}

/// What is asked on a stream, and what its cursors are sealed for.
#[derive(Debug)]
struct Question {
    selection: Selection,
    sealed_for: String,
}

impl Question {
    fn new(kinds: &[String]) -> Self {
        let selection = Selection { kinds: kinds.to_vec(), versions: Versions::All, ..Selection::default() };
        Self { sealed_for: page_question(&selection), selection }
    }
}

#[derive(Debug)]
struct Stream {
    principal: Principal,
    session: Option<Arc<str>>,
    question: Arc<Question>,
    place: Place,
    /// Whether there may be more at its place than what comes from now on.
    is_behind: bool,
    /// As it was found last.
    footing: Option<Footing>,
    /// The round in which it was last read for; 0 before the first.
    read: u64,
}

/// Every stream of a process, and how far each has come.
pub struct Changes {
    render: Render,
    streams: BTreeMap<Number, Stream>,
    next: Number,
    rounds: u64,
    /// Those in use, so that who asks the same or stands alike is found by the place in memory.
    questions: HashMap<Vec<String>, Weak<Question>>,
    standings: HashSet<Arc<Standing>>,
}

impl Changes {
    pub fn new(render: Render) -> Self {
        Self {
            render,
            streams: BTreeMap::new(),
            next: 0,
            rounds: 0,
            questions: HashMap::new(),
            standings: HashSet::new(),
        }
    }

    /// Takes in a stream. It is read for in the next round.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a cursor that was not given to this viewer for this question.
    pub fn add(&mut self, node: &Node, wanted: Wanted) -> Result<Number, AppError> {
        let Wanted { principal, session, kinds, from } = wanted;
        let question = self.question(&kinds);
        let place = match from {
            None => Place::Now,
            Some(From::First) => Place::First,
            Some(From::AddedAfter(instant)) => Place::AddedAfter(instant),
            Some(From::Cursor(cursor)) => {
                Place::After(node.sealer.open(&principal, &question.sealed_for, &cursor)?)
            }
        };
        let session = session.map(Into::into);
        let number = self.next;
        self.next += 1;
        let is_behind = !matches!(place, Place::Now);
        let stream = Stream { principal, session, question, place, is_behind, footing: None, read: 0 };
        self.streams.insert(number, stream);
        Ok(number)
    }

    /// Forgets a stream whose client is gone.
    pub fn remove(&mut self, number: Number) {
        self.streams.remove(&number);
    }

    pub fn len(&self) -> usize {
        self.streams.len()
    }

    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Takes note of what a round found: from here on the streams stand behind it. What is read and not settled is read
    /// again.
    pub fn settle(&mut self, round: &mut Round) {
        for (number, place, is_behind) in round.places.drain(..) {
            if let Some(stream) = self.streams.get_mut(&number) {
                (stream.place, stream.is_behind) = (place, is_behind);
            }
        }
        for (number, told) in &round.told {
            if matches!(told, Told::Ended(_)) {
                self.streams.remove(number);
            }
        }
    }

    fn question(&mut self, kinds: &[String]) -> Arc<Question> {
        if let Some(known) = self.questions.get(kinds).and_then(Weak::upgrade) {
            return known;
        }
        self.questions.retain(|_, question| question.strong_count() > 0);
        let question = Arc::new(Question::new(kinds));
        self.questions.insert(kinds.to_vec(), Arc::downgrade(&question));
        question
    }

    /// The same footing, with the one copy of its standing.
    fn shared(&mut self, mut footing: Footing) -> Footing {
        match self.standings.get(&footing.standing) {
            Some(known) => footing.standing = Arc::clone(known),
            None => {
                self.standings.insert(Arc::clone(&footing.standing));
            }
        }
        footing
    }
}

#[cfg(test)]
mod tests;
