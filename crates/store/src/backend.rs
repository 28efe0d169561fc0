//! What an engine must do: rows and indexes, no gate.
//!
//! Plain verbs over rows. An engine decides nothing about who may read: whatever it returns is filtered above.
//! Sequence numbers are contiguous from 1 and rows are never removed, so an instant or a sequence number can be
//! looked up by bisection.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kizuna_access::Recorded;
use kizuna_stix::Fault;
use kizuna_stix::observable::Observable;
use tokio::sync::watch;

use crate::StoreError;
use crate::chain::Link;
use crate::contribution::Quarantined;
use crate::writer::{AuditEntry, Leaf};

/// The number of a stored contribution.
pub(crate) type Seq = i64;
/// Head of the SHA-256 of a STIX identifier.
pub(crate) type Key = [u8; 16];

/// Facts of a contribution that need no body to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags(pub i64);

impl Flags {
    /// The source owns the identity in `created_by_ref`.
    pub const AUTHORED: i64 = 1;
    /// The object says `revoked`.
    pub const REVOKED: i64 = 2;
    /// The source gave the object with parts taken out.
    pub const REDACTED: i64 = 4;
    /// The object has, or has had, something beside this one contribution: its state must be computed.
    pub const SHARED: i64 = 8;
    /// Warnings are kept with the body.
    pub const WARNED: i64 = 16;
    /// Some fields have labels of their own: who may not read all of them gets a form of the object.
    pub const GRANULAR: i64 = 32;

    /// Its bytes were erased: only the leaf is left.
    pub const ERASED: i64 = 64;

    pub fn has(self, flag: i64) -> bool {
        self.0 & flag != 0
    }

    #[must_use]
    pub fn with(self, flag: i64, on: bool) -> Self {
        if on { Self(self.0 | flag) } else { self }
    }

    #[must_use]
    pub fn without(self, flag: i64) -> Self {
        Self(self.0 & !flag)
    }
}

/// One contribution without its body.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub seq: Seq,
    pub key: Key,
    /// The UUID part of the identifier; the type is the stripe's.
    pub uuid: [u8; 16],
    pub stripe: i64,
    pub source: i64,
    pub channel: i64,
    pub by: Option<i64>,
    /// Nanoseconds, saturating; `None` for objects without versions.
    pub modified: Option<i64>,
    pub digest: [u8; 32],
    /// The store's clock, microseconds.
    pub at: i64,
    /// Running sum of random steps.
    pub tick: i64,
    pub flags: Flags,
    pub reliability: Option<char>,
    /// When the source narrowed it; readable to nobody since.
    pub dead_at: Option<i64>,
}

/// What a row leaves out.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub bytes: Bytes,
    pub warnings: Vec<Fault>,
    /// The selectors of each part, in the order of the labels in the composite one.
    pub parts: Vec<Vec<String>>,
}

/// Where a contribution lies on the store's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub seq: Seq,
    pub at: i64,
    pub tick: i64,
}

/// The ends of every append-only table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Heads {
    pub epoch: i64,
    pub term: i64,
    pub stripe: i64,
    pub seq: Seq,
    pub tick: i64,
    /// The newest instant of a contribution or an event of rights.
    pub at: i64,
    /// Whatever this snapshot does not hold is later than this instant too. Where one process alone writes, its own
    /// clock sees to that, and this is the end of time.
    pub closed: i64,
}

/// What a transaction begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Begun {
    /// Another process has written since this one last did: what is kept in memory is behind.
    pub is_behind: bool,
    /// Every event of the transaction is later than this instant (microseconds).
    pub after: i64,
}

/// Where commits are told: the newest sequence number, as a wake-up.
pub(crate) type Commits = Arc<watch::Sender<u64>>;

/// What kind of thing an interned text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Space {
    Label = 1,
    Kind = 2,
    Member = 3,
    Channel = 4,
    Person = 5,
    /// The labels of an object and of its parts together, see [`crate::catalog::Composite`].
    Composite = 6,
}

impl Space {
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Label, Self::Kind, Self::Member, Self::Channel, Self::Person, Self::Composite]
            .into_iter()
            .find(|space| *space as i64 == number)
    }
}

/// An interned text.
#[derive(Debug, Clone)]
pub(crate) struct TermRow {
    pub id: i64,
    pub space: Space,
    pub text: String,
}

/// All contributions of one label (or composite of labels) and one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StripeRow {
    pub id: i64,
    pub label: i64,
    pub kind: i64,
    /// Its first contribution.
    pub first: Seq,
    /// How many it had when this was read: for choosing a plan, never for an answer.
    pub rows: i64,
}

/// What a contribution keeps beside its row and body.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub seq: Seq,
    pub salt: Vec<u8>,
    /// Markings it waits for.
    pub dangling: Vec<Key>,
}

/// A piece of node state as a row.
#[derive(Debug, Clone)]
pub(crate) struct StateRow {
    pub kind: String,
    pub key: String,
    pub value: Vec<u8>,
    pub expires: Option<i64>,
}

/// A quarantined input as a row.
#[derive(Debug, Clone)]
pub(crate) struct QuarantineRow {
    pub number: i64,
    pub input: Quarantined,
}

/// A line of the audit as a row.
#[derive(Debug, Clone)]
pub(crate) struct AuditRow {
    pub number: i64,
    pub at: i64,
    pub salt: [u8; 16],
    pub entry: AuditEntry,
    /// Its digest in the chain, and that of the line before it; lines of before the chain have none.
    pub digest: Option<Link>,
    pub previous: Option<Link>,
}

/// Which lines of the audit are asked for.
#[derive(Debug, Clone)]
pub(crate) struct AuditAsk<'a> {
    pub numbers: Range<i64>,
    /// Instants, both ends exclusive.
    pub after: i64,
    pub before: i64,
    /// What the action begins with.
    pub prefix: &'a str,
    /// Texts that the stored entry holds.
    pub holding: &'a [String],
    pub order: Order,
}

/// Where the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct LogHead {
    /// Its leaves.
    pub size: i64,
    /// The second of the last one, since 1970.
    pub second: i64,
    /// The last contribution and the last line of the audit that are in it.
    pub seq: Seq,
    pub line: i64,
}

/// The second of a leaf in which something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SecondRow {
    pub leaf: i64,
    /// Secret: where things stand in it.
    pub seed: [u8; 32],
    pub entries: i64,
    /// The last contribution and the last line of the audit that are in it or in an earlier one.
    pub seq: Seq,
    pub line: i64,
}

/// By what seconds are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecondOrder {
    Leaf,
    /// The last contribution, then the leaf.
    Seq,
}

/// What is written for a leaf of the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewLeaf {
    pub head: Option<LogHead>,
    /// Numbered, see [`crate::log`].
    pub pieces: Vec<(i64, Vec<u8>)>,
    /// Numbers of pieces that are in others now.
    pub removed: Option<Range<i64>>,
    pub second: Option<SecondRow>,
}

/// An engine.
pub(crate) trait Backend: Send + Sync {
    /// A consistent view of the rows, as of now.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.snapshot_for(None)
    }

    /// The same, which answers [`StoreError::TooLong`] once it has been read for so long.
    fn snapshot_for(&self, time: Option<Duration>) -> Result<Box<dyn Snapshot>, StoreError>;

    /// What the engine says about durability, read back from it, in words.
    fn durability(&self) -> Result<String, StoreError>;

    /// Writes a consistent copy of everything to a file that does not exist yet.
    fn copy_to(&self, target: &std::path::Path) -> Result<(), StoreError>;

    /// Tells what other processes commit, where there can be any; asked for once. It ends when nobody listens.
    fn watch(&self, commits: Commits) -> Result<(), StoreError>;
}

/// How long a snapshot may be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub time: Option<Duration>,
    begun: Instant,
}

impl Limit {
    pub fn from_now(time: Option<Duration>) -> Self {
        Self { time, begun: Instant::now() }
    }

    pub fn is_over(&self) -> bool {
        self.time.is_some_and(|time| self.begun.elapsed() >= time)
    }

    /// # Errors
    /// [`StoreError::TooLong`] once it is over.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.is_over() { Err(StoreError::TooLong) } else { Ok(()) }
    }
}

/// Which end of a range to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Oldest,
    Newest,
}

/// One consistent view of the rows. Ends when dropped.
pub(crate) trait Snapshot: Send {
    fn heads(&self) -> Result<Heads, StoreError>;
    /// What the engine finds wrong with its own structures, in words.
    fn integrity(&self) -> Result<Vec<String>, StoreError>;
    /// From now on a read that fails leaves all others possible.
    fn tolerate(&self) -> Result<(), StoreError>;
    fn rights_after(&self, epoch: i64) -> Result<Vec<Recorded>, StoreError>;
    fn terms_after(&self, id: i64) -> Result<Vec<TermRow>, StoreError>;
    fn stripes_after(&self, id: i64) -> Result<Vec<StripeRow>, StoreError>;

    /// The first contribution at or after a number.
    fn moment(&self, seq: Seq) -> Result<Option<Moment>, StoreError>;
    /// Rows in a range, oldest first.
    fn rows_in(&self, range: Range<Seq>, limit: usize) -> Result<Vec<Row>, StoreError>;
    /// These rows, in the order asked for; those that do not exist are left out.
    fn rows(&self, seqs: &[Seq]) -> Result<Vec<Row>, StoreError>;
    /// Every contribution to an object, oldest first, dead ones included.
    fn rows_of(&self, key: &Key) -> Result<Vec<Row>, StoreError>;
    /// The bodies of these rows, in the order asked for.
    fn bodies(&self, seqs: &[Seq]) -> Result<Vec<Body>, StoreError>;
    /// Numbers of one stripe.
    fn stripe_seqs(
        &self,
        stripe: i64,
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError>;

    /// How many contributions of one stripe there are in a range, dead ones included.
    fn stripe_count(&self, stripe: i64, range: Range<Seq>) -> Result<u64, StoreError>;
    /// Numbers of one stripe that are [`Flags::SHARED`] or erased, ascending.
    fn shared_seqs(&self, stripe: i64, range: Range<Seq>, limit: usize) -> Result<Vec<Seq>, StoreError>;

    /// Numbers of contributions that hold every token.
    fn text_seqs(
        &self,
        tokens: &[String],
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError>;
    /// Numbers of contributions that state one of these values.
    fn observable_seqs(
        &self,
        values: &[Observable],
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError>;
    /// Numbers of contributions that refer to an object.
    fn reference_seqs(
        &self,
        target: &Key,
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError>;

    /// Contributions of this source that wait for a marking definition.
    fn waiting(&self, marking: &Key, source: i64) -> Result<Vec<Seq>, StoreError>;
    /// Contributions that wait for a marking definition which their source has given and not taken back, ascending.
    fn explained(&self) -> Result<Vec<Seq>, StoreError>;
    /// Quarantined inputs below a number, newest first; of one source where given.
    fn quarantine(
        &self,
        source: Option<i64>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<QuarantineRow>, StoreError>;
    /// Lines of the audit.
    fn audit(&self, ask: &AuditAsk<'_>, limit: usize) -> Result<Vec<AuditRow>, StoreError>;
    /// The first and the last number of the audit's lines after and before these instants (exclusive).
    fn audit_bounds(&self, after: i64, before: i64) -> Result<Option<(i64, i64)>, StoreError>;
    fn state(&self, kind: &str, key: &str, now: i64) -> Result<Option<Vec<u8>>, StoreError>;
    /// What the contributions of a range keep beside row and body, oldest first.
    fn kept(&self, range: Range<Seq>) -> Result<Vec<Kept>, StoreError>;
    /// All state there is, expired or not.
    fn all_states(&self) -> Result<Vec<StateRow>, StoreError>;
    fn states(&self, kind: &str, now: i64) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    fn log_head(&self) -> Result<LogHead, StoreError>;
    /// Pieces of the log with numbers in a range, ascending.
    fn log_pieces(&self, range: Range<i64>, limit: usize) -> Result<Vec<(i64, Vec<u8>)>, StoreError>;
    /// Seconds at or after a number, in order of it.
    fn log_seconds(&self, by: SecondOrder, from: i64, limit: usize) -> Result<Vec<SecondRow>, StoreError>;
}

/// A contribution as it is written.
pub(crate) struct NewRow<'a> {
    pub row: Row,
    pub salt: [u8; 16],
    pub body: &'a [u8],
    /// Warnings as JSON, where there are any.
    pub warnings: Option<&'a str>,
    /// The selectors of its parts as JSON, where there are any.
    pub parts: Option<&'a str>,
    pub references: &'a [Key],
    pub observables: &'a [Observable],
    /// Markings it waits for.
    pub dangling: &'a [Key],
}

/// The one writing end. Between `begin` and `commit` everything is one transaction, in which `mark` and `undo` set
/// aside what one request did.
pub(crate) trait Ledger: Send {
    /// Until the end of the transaction no other process writes.
    fn begin(&mut self) -> Result<Begun, StoreError>;
    /// Says which objects are asked for soon, so that they can be read at once.
    fn expect(&mut self, keys: &[Key]) -> Result<(), StoreError>;
    fn mark(&mut self) -> Result<(), StoreError>;
    /// Takes back everything since `mark`.
    fn undo(&mut self) -> Result<(), StoreError>;
    /// Keeps everything since `mark`.
    fn keep(&mut self) -> Result<(), StoreError>;
    /// Durable when this returns.
    fn commit(&mut self) -> Result<(), StoreError>;
    fn rollback(&mut self);

    fn heads(&mut self) -> Result<Heads, StoreError>;
    fn terms_after(&mut self, id: i64) -> Result<Vec<TermRow>, StoreError>;
    fn stripes_after(&mut self, id: i64) -> Result<Vec<StripeRow>, StoreError>;
    fn rights_after(&mut self, epoch: i64) -> Result<Vec<Recorded>, StoreError>;
    /// Node state, as it is in this transaction.
    fn state(&mut self, kind: &str, key: &str, now: i64) -> Result<Option<Vec<u8>>, StoreError>;
    /// Says that readers judge by this instant: whatever is committed after this transaction is later.
    fn close(&mut self, instant: i64) -> Result<(), StoreError>;
    fn rows_of(&mut self, key: &Key) -> Result<Vec<Row>, StoreError>;
    fn body(&mut self, seq: Seq) -> Result<Body, StoreError>;

    fn add_term(&mut self, term: &TermRow) -> Result<(), StoreError>;
    fn add_stripe(&mut self, stripe: &StripeRow) -> Result<(), StoreError>;
    fn grow_stripe(&mut self, stripe: i64, rows: i64) -> Result<(), StoreError>;
    fn add_row(&mut self, new: &NewRow<'_>) -> Result<(), StoreError>;
    /// Indexes the tokens of a row, joined by spaces.
    fn add_words(&mut self, seq: Seq, tokens: &str) -> Result<(), StoreError>;
    fn set_flags(&mut self, seq: Seq, flags: Flags) -> Result<(), StoreError>;
    fn kill(&mut self, seq: Seq, at: i64) -> Result<(), StoreError>;
    fn settle(&mut self, seq: Seq) -> Result<(), StoreError>;
    fn add_rights(&mut self, recorded: &Recorded) -> Result<(), StoreError>;
    fn add_quarantined(&mut self, source: i64, at: i64, input: &Quarantined) -> Result<(), StoreError>;
    /// The salt of a contribution.
    fn salt(&mut self, seq: Seq) -> Result<Vec<u8>, StoreError>;
    /// Takes the words of a row out of the index; they must be those that it was indexed by.
    fn remove_words(&mut self, seq: Seq, tokens: &str) -> Result<(), StoreError>;
    /// Destroys everything of a row but its leaf. Its words are removed before.
    fn erase(&mut self, leaf: &Leaf) -> Result<(), StoreError>;
    /// Destroys the quarantined inputs of a source under this id.
    fn erase_quarantined(&mut self, source: i64, id: &kizuna_stix::Id) -> Result<(), StoreError>;
    /// Says, in this transaction, that there is something to scrub after it.
    fn begin_scrub(&mut self) -> Result<(), StoreError>;
    /// Writes over what is left of erased content in free parts of the files; between transactions. Whether it is done
    /// (also where there was nothing to do), or readers kept it from being done.
    fn scrub(&mut self) -> Result<bool, StoreError>;

    /// The number of the last line of the audit (0 where there is none) and its digest, where it has one.
    fn audit_head(&mut self) -> Result<(i64, Option<Link>), StoreError>;
    fn add_audit(
        &mut self,
        number: i64,
        at: i64,
        salt: [u8; 16],
        entry: &AuditEntry,
        digest: Option<&Link>,
    ) -> Result<(), StoreError>;
    fn set_state(
        &mut self,
        kind: &str,
        key: &str,
        value: Option<&[u8]>,
        expires: Option<i64>,
    ) -> Result<(), StoreError>;
    /// Removes what expired at or before an instant.
    fn sweep_state(&mut self, now: i64) -> Result<(), StoreError>;

    fn log_head(&mut self) -> Result<LogHead, StoreError>;
    /// Pieces of the log that were stored before this transaction, as [`Snapshot::log_pieces`].
    fn log_pieces(&mut self, range: Range<i64>, limit: usize) -> Result<Vec<(i64, Vec<u8>)>, StoreError>;
    /// Writes a leaf.
    fn grow_log(&mut self, leaf: &NewLeaf) -> Result<(), StoreError>;
}
