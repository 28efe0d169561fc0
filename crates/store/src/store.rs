//! Opening a store, and the way to its views and its writer.

mod check;
mod dangerous;
mod log;
mod sources;

use std::collections::HashMap;
use std::fs::{File, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::{Directory, MemberId, Principal, Reader, leak};
use kizuna_stix::{Id, Object};
use parking_lot::Mutex;
use rand::{Rng, RngCore};
use tokio::sync::watch;

use crate::backend::{Backend, Commits, Heads, Ledger, Snapshot};
use crate::catalog::Catalog;
use crate::clock::{StoreClock, instant};
use crate::mask::{Ground, Mask};
use crate::postgres::Postgres;
use crate::roll::Roll;
use crate::sqlite::Sqlite;
use crate::view::Parts;
use crate::vitals::Vitals;
use crate::writer::{Actor, AuditEntry, Books, Writer};
use crate::{Clock, View};

pub use check::{Checked, Lost};
pub use dangerous::{Dangerous, Stored};
pub(crate) use log::unprovable;
pub use log::{Log, Sealed};

/// Masks kept; beyond that the oldest epochs go first, which costs their viewers one compilation.
const MASKS: usize = 4096;
/// How often a view is begun again because the directory in memory was newer than its snapshot.
const ATTEMPTS: usize = 100;

/// Node state: who does a piece of work, by its name.
const LEASE: &str = "lease";

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The principal's account or key is no longer valid.
    #[error("no such key, or it is no longer valid")]
    NotAuthenticated,
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Rights(#[from] kizuna_access::directory::RightsError),
    #[error("{}: another process owns this data directory", .0.display())]
    Locked(PathBuf),
    /// `what` is the database, or the backup.
    #[error("the {what} is of format {found}, newer than the {known} this program knows: use a newer kizuna")]
    TooNew { what: &'static str, found: i64, known: i64 },
    /// The disk is full or may not be written: nothing was acknowledged, nothing is lost.
    #[error("the disk {0}: nothing was stored, free it and try again")]
    Disk(String),
    /// Whether a write that was under way has been stored is not known; it was not acknowledged.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// A read took longer than it may.
    #[error("that takes longer than a read may take: ask for less at once")]
    TooLong,
    #[error("the store failed: {0}")]
    Engine(String),
}

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    /// Of this process alone, whatever the engine.
    pub directory: PathBuf,
    /// The address of a PostgreSQL database (`postgres://…`), for a node of any number of processes. Without one the
    /// data is in the directory.
    pub database: Option<String>,
    pub clock: Arc<dyn Clock>,
    /// Read connections kept open.
    pub readers: usize,
}

/// One node's store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// How long a read may take.
    read_time: Option<Duration>,
}

struct Inner {
    backend: Box<dyn Backend>,
    clock: Arc<StoreClock>,
    writer: Writer,
    commits: watch::Receiver<u64>,
    /// Where the commits of other processes are told; taken when somebody first listens.
    elsewhere: Mutex<Option<Commits>>,
    /// At the newest epoch that a snapshot has shown.
    directory: Mutex<Arc<Directory>>,
    catalog: Mutex<Arc<Catalog>>,
    masks: Mutex<HashMap<Principal, Compiled>>,
    /// By the name of the work.
    leases: Mutex<HashMap<String, Seen>>,
}

/// A lease as it stands in the state, and when that was first seen, in steady time.
struct Seen {
    value: Vec<u8>,
    since: Duration,
}

/// A mask and how long it stands.
#[derive(Clone)]
struct Compiled {
    epoch: u64,
    valid_until: Option<Timestamp>,
    mask: Arc<Mask>,
}

impl Store {
    /// Opens the data directory, creating it when it is new, and takes its lock.
    pub fn open(options: Options) -> Result<Self, StoreError> {
        let Options { directory, database, clock, readers } = options;
        let lock = take_lock(&directory)?;
        let (backend, mut ledger) = open_engine(&directory, database.as_deref(), readers)?;
        let books = Books::load(ledger.as_mut())?;
        if backend.snapshot()?.state(crate::archive::MARKER, "", i64::MIN)?.is_some() {
            let text = "a restore into it did not come to its end: remove it, and restore anew";
            return Err(StoreError::Engine(text.to_owned()));
        }
        // The log goes on after its last second, too.
        let sealed = ledger.log_head()?.second.saturating_mul(1_000_000);
        let clock = Arc::new(StoreClock::new(clock, books.heads().at.max(sealed)));
        let (commit, commits) = watch::channel(books.heads().seq.unsigned_abs());
        let commit = Arc::new(commit);
        let told = Arc::clone(&commit);
        let link = crate::writer::start(ledger, books, Arc::clone(&clock), told, lock)?;
        let inner = Inner {
            backend,
            clock,
            writer: Writer::new(link),
            commits,
            elsewhere: Mutex::new(Some(commit)),
            directory: Mutex::default(),
            catalog: Mutex::default(),
            masks: Mutex::default(),
            leases: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner), read_time: None })
    }

    /// The same store, whose reads may take so long each; then they answer [`StoreError::TooLong`].
    #[must_use]
    pub fn within(&self, time: Duration) -> Self {
        Self { read_time: Some(time), ..self.clone() }
    }

    /// The only way to read: a view for this principal, checked against the rights as they are now. Holds a read
    /// transaction until dropped; call from a blocking thread.
    pub fn view(&self, who: &Principal) -> Result<View, StoreError> {
        let (Standpoint { snapshot, heads, now, directory }, reader, since) = self.settled(who)?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let (head, ahead) = (heads.seq, snapshot.as_ref());
        let ground = Ground { snapshot: ahead, catalog: &catalog, reader: &reader, head, now: since };
        let mask = self.mask(who, directory.epoch(), &ground)?;
        Ok(View::new(Parts { snapshot, heads, now, reader, directory, catalog, mask }))
    }

    /// Who stands alike now, for whoever has many viewers to sort before he reads.
    pub fn roll(&self) -> Result<Roll, StoreError> {
        let Standpoint { snapshot, heads, now, directory } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        Ok(Roll { directory, catalog, now: instant(now) })
    }

    /// A standpoint with its reader, and an instant by which the reader's rights are the same as now and which lies
    /// before everything that the snapshot does not hold.
    ///
    /// In a node of one process its clock sees to that. Where several write, an event may be on its way elsewhere with
    /// an instant before the one that is *now* here. Only where a date in the rules lies in between does that matter:
    /// then this instant is written down first, and whatever is committed after it is later.
    fn settled(&self, who: &Principal) -> Result<(Standpoint, Reader, i64), StoreError> {
        for _ in 0..ATTEMPTS {
            let standpoint = self.standpoint()?;
            let Standpoint { heads, now, directory, .. } = &standpoint;
            let read = |at: i64| directory.reader(who, instant(at));
            let reader = read(*now).map_err(|_| StoreError::NotAuthenticated)?;
            let closed = heads.closed.max(heads.at);
            if *now <= closed {
                let now = *now;
                return Ok((standpoint, reader, now));
            }
            let stands = |before: Reader| before.valid_until().is_none_or(|until| instant(*now) < until);
            if read(closed).is_ok_and(stands) {
                return Ok((standpoint, reader, closed));
            }
            let now = *now;
            drop(standpoint);
            self.inner.writer.close(now)?;
        }
        Err(StoreError::Engine("the rules keep changing".into()))
    }

    pub fn writer(&self) -> Writer {
        self.inner.writer.clone()
    }

    /// The directory at the newest epoch.
    pub fn directory(&self) -> Result<Arc<Directory>, StoreError> {
        Ok(self.standpoint()?.directory)
    }

    /// The instant by which rights are judged now: never before any event of the store.
    pub fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(instant(self.standpoint()?.now))
    }

    /// Time for what the store does not order: the machine's clock. Where that was set back, time goes on from the newest
    /// instant that is known, so that nothing that expired is valid again.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        self.inner.clock.wall()
    }

    /// Time that passes whatever the clock is set to: only the difference of two readings means something.
    #[must_use]
    pub fn steady(&self) -> Duration {
        self.inner.clock.steady()
    }

    /// Marking definitions that this source itself has given: only these may explain its markings.
    pub fn definitions(&self, source: MemberId, ids: &[Id]) -> Result<Vec<Object>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let Some(source) = catalog.member_number(source) else { return Ok(Vec::new()) };
        let mut definitions = Vec::new();
        for id in ids.iter().filter(|id| id.kind() == "marking-definition") {
            let mut rows = snapshot.rows_of(&id.key())?;
            rows.retain(|row| (row.source == source || leak::is(39)) && row.dead_at.is_none());
            let Some(newest) = rows.last() else { continue };
            for body in snapshot.bodies(&[newest.seq])? {
                definitions.push(stored_object(&body.bytes)?);
            }
        }
        Ok(definitions)
    }

    /// Node state kept with [`Writer::set_state`].
    pub fn state(&self, kind: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let now = self.inner.clock.wall().as_microsecond();
        self.snapshot()?.state(kind, key, now)
    }

    /// Every key and value of one kind of node state.
    pub fn states(&self, kind: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let now = self.inner.clock.wall().as_microsecond();
        self.snapshot()?.states(kind, now)
    }

    /// A wake-up per commit. Only a hint: what is new is found by reading on from a position.
    pub fn commits(&self) -> watch::Receiver<u64> {
        if let Some(commits) = self.inner.elsewhere.lock().take()
            && let Err(error) = self.inner.backend.watch(commits)
        {
            tracing::error!(error = %error, "what other front-ends commit is not told here");
        }
        self.inner.commits.clone()
    }

    /// How the writer does: for who runs the node, for nobody's view.
    pub fn vitals(&self) -> Vitals {
        let seq = *self.inner.commits.borrow();
        Vitals { clock_behind: self.inner.clock.behind(), ..self.inner.writer.pulse().read(seq) }
    }

    /// Takes or keeps a piece of work that one process of the node does at a time; whether `holder` has it now. A
    /// holder keeps it by asking. Another takes it where it has seen it not kept for `length`: clocks do not matter.
    pub fn lease(&self, work: &str, holder: &str, length: Duration) -> Result<bool, StoreError> {
        let now = self.inner.clock.steady();
        let held = self.state(LEASE, work)?;
        let is_ours = held.as_ref().is_some_and(|held| held.starts_with(holder.as_bytes()));
        if let Some(held) = &held {
            let mut leases = self.inner.leases.lock();
            let fresh = || Seen { value: held.clone(), since: now };
            let seen = leases.entry(work.to_owned()).or_insert_with(fresh);
            if seen.value != *held {
                *seen = fresh();
            }
            let stood = now.saturating_sub(seen.since);
            if is_ours && stood < length / 3 {
                return Ok(true);
            }
            if !is_ours && stood < length {
                return Ok(false);
            }
        }
        let turn: u64 = rand::rng().random();
        let value = format!("{holder} {turn:016x}").into_bytes();
        self.inner.writer.swap_state(LEASE, work, held, Some(value), None)
    }

    /// A secret of this node, made once and kept (`cursor` seals cursors, `session` signs sessions).
    pub fn secret(&self, name: &str) -> Result<[u8; 32], StoreError> {
        loop {
            if let Some(kept) = self.state("secret", name)? {
                return kept
                    .try_into()
                    .map_err(|_| StoreError::Engine(format!("the secret {name} is not of 32 bytes")));
            }
            let mut secret = [0; 32];
            rand::rng().fill_bytes(&mut secret);
            // Another process may make it at the same time: the first one's stands.
            self.inner.writer.swap_state("secret", name, None, Some(secret.to_vec()), None)?;
        }
    }

    /// Makes this secret anew: what the old one sealed or opened is void.
    pub fn renew_secret(&self, name: &str) -> Result<[u8; 32], StoreError> {
        let mut secret = [0; 32];
        rand::rng().fill_bytes(&mut secret);
        self.inner.writer.set_state("secret", name, Some(secret.to_vec()), None)?;
        Ok(secret)
    }

    /// What the engine says about durability, read back from it: to be printed at the start.
    pub fn durability(&self) -> Result<String, StoreError> {
        self.inner.backend.durability()
    }

    /// Reads past the gate; audited with its reason before anything is read.
    pub fn dangerous(&self, reason: &str, actor: Actor) -> Result<Dangerous, StoreError> {
        let detail = serde_json::json!({ "reason": reason });
        self.inner.writer.audit(AuditEntry {
            actor,
            action: "dangerous.read".into(),
            object: None,
            detail,
        })?;
        Ok(Dangerous::new(self.clone()))
    }

    /// The rows as of now, for as long as a read may take: every read of a store begins here.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.inner.backend.snapshot_for(self.read_time)
    }

    /// A snapshot, and the directory and instant by which it is judged.
    fn standpoint(&self) -> Result<Standpoint, StoreError> {
        for _ in 0..ATTEMPTS {
            // The instant comes first: whatever this snapshot does not hold is later than it.
            let observed = self.inner.clock.observe();
            let snapshot = self.snapshot()?;
            let heads = snapshot.heads()?;
            let Some(directory) = self.directory_at(snapshot.as_ref(), heads.epoch)? else { continue };
            let closed = if heads.closed == i64::MAX { 0 } else { heads.closed };
            let now = observed.max(heads.at).max(closed);
            return Ok(Standpoint { snapshot, heads, now, directory });
        }
        Err(StoreError::Engine("the directory keeps changing".into()))
    }

    /// The directory at the epoch of a snapshot, or nothing where memory is ahead of the snapshot: rights newer than
    /// the content would open a gain before content that was stored ahead of it.
    fn directory_at(
        &self,
        snapshot: &dyn Snapshot,
        epoch: i64,
    ) -> Result<Option<Arc<Directory>>, StoreError> {
        let mut directory = self.inner.directory.lock();
        let known = i64::try_from(directory.epoch()).unwrap_or(i64::MAX);
        if known > epoch {
            return Ok(None);
        }
        if known < epoch {
            let newer = Arc::make_mut(&mut directory);
            for recorded in snapshot.rights_after(known)? {
                newer.apply(&recorded);
            }
        }
        Ok(Some(Arc::clone(&directory)))
    }

    fn catalog(&self, snapshot: &dyn Snapshot, heads: &Heads) -> Result<Arc<Catalog>, StoreError> {
        let mut catalog = self.inner.catalog.lock();
        if catalog.is_behind(heads) {
            Arc::make_mut(&mut catalog).extend(snapshot, heads)?;
        }
        Ok(Arc::clone(&catalog))
    }

    /// The mask of a viewer: compiled once per epoch, and again when a dated rule may have changed it.
    fn mask(&self, who: &Principal, epoch: u64, ground: &Ground<'_>) -> Result<Arc<Mask>, StoreError> {
        let now = instant(ground.now);
        let stands = |compiled: &Compiled| {
            let current = compiled.epoch == epoch && compiled.valid_until.is_none_or(|until| now < until);
            current || leak::is(21)
        };
        let kept = {
            let masks = self.inner.masks.lock();
            let colleague = || {
                let same = |(other, _): &(&Principal, &Compiled)| other.member() == who.member();
                masks.iter().find(same).map(|(_, compiled)| compiled).filter(|_| leak::is(37))
            };
            colleague().or_else(|| masks.get(who)).filter(|compiled| stands(compiled)).cloned()
        };
        let (mask, valid_until) = match kept {
            Some(compiled) if !compiled.mask.is_behind(ground.catalog) => return Ok(compiled.mask),
            Some(compiled) => {
                let mut mask = Mask::clone(&compiled.mask);
                mask.extend(ground)?;
                (mask, compiled.valid_until)
            }
            None => (Mask::compile(ground)?, ground.reader.valid_until()),
        };
        let mask = Arc::new(mask);
        let mut masks = self.inner.masks.lock();
        if masks.len() >= MASKS {
            masks.retain(|_, compiled| compiled.epoch == epoch);
        }
        if masks.len() >= MASKS {
            masks.clear();
        }
        masks.insert(who.clone(), Compiled { epoch, valid_until, mask: Arc::clone(&mask) });
        Ok(mask)
    }
}

/// An engine's reading and its writing end.
type Engine = (Box<dyn Backend>, Box<dyn Ledger>);

/// The engine that is asked for.
fn open_engine(directory: &Path, database: Option<&str>, readers: usize) -> Result<Engine, StoreError> {
    if let Some(url) = database {
        let (backend, ledger) = Postgres::open(url, readers)?;
        return Ok((Box::new(backend), Box::new(ledger)));
    }
    let file = directory.join("kizuna.db");
    make_private(&file)?;
    let (backend, ledger) = Sqlite::open(&file, readers)?;
    sync_directory(directory)?;
    Ok((Box::new(backend), Box::new(ledger)))
}

/// The lock of a data directory, and the engine's two halves.
type Alone = (File, Box<dyn Backend>, Box<dyn Ledger>);

/// The engine without a store around it, for as long as the lock is held.
pub(crate) fn engine_alone(options: &Options) -> Result<Alone, StoreError> {
    let lock = take_lock(&options.directory)?;
    let (backend, ledger) = open_engine(&options.directory, options.database.as_deref(), options.readers)?;
    Ok((lock, backend, ledger))
}

/// What every read begins with.
struct Standpoint {
    snapshot: Box<dyn Snapshot>,
    heads: Heads,
    /// Microseconds.
    now: i64,
    directory: Arc<Directory>,
}

/// Makes the file readable by its owner alone, whatever directory it was put into: it holds all content, and the node's
/// secrets. `SQLite` gives its companions the same mode.
fn make_private(file: &Path) -> Result<(), StoreError> {
    const OWNER_ONLY: u32 = 0o600;
    let unusable = |e: std::io::Error| StoreError::Disk(format!("{}: {e}", file.display()));
    let opened = File::options().create(true).append(true).mode(OWNER_ONLY).open(file).map_err(unusable)?;
    let found = opened.metadata().map_err(unusable)?.permissions().mode();
    let is_open_to_others = found & !OWNER_ONLY & 0o777 != 0;
    if is_open_to_others {
        opened.set_permissions(Permissions::from_mode(OWNER_ONLY)).map_err(unusable)?;
    }
    Ok(())
}

/// Takes the lock of a data directory, so that one process owns it.
fn take_lock(directory: &Path) -> Result<File, StoreError> {
    let unusable =
        |error: std::io::Error| StoreError::Disk(format!("refuses {}: {error}", directory.display()));
    std::fs::create_dir_all(directory).map_err(unusable)?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join("lock"))
        .map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked(directory.to_owned())),
        Err(std::fs::TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// Makes the names of new files durable: a synced file that has no name after a crash is lost all the same. SQLite does
/// it for the logs it makes later.
fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    let parent = directory.canonicalize().ok().and_then(|path| path.parent().map(Path::to_owned));
    for directory in [Some(directory.to_owned()), parent].into_iter().flatten() {
        File::open(&directory)
            .and_then(|file| file.sync_all())
            .map_err(|error| StoreError::Disk(format!("does not sync {}: {error}", directory.display())))?;
    }
    Ok(())
}

/// An object from bytes that were canonical when they were stored.
pub(crate) fn stored_object(bytes: &[u8]) -> Result<Object, StoreError> {
    let value = serde_json::from_slice(bytes)
        .map_err(|e| StoreError::Engine(format!("a stored object is not JSON: {e}")))?;
    Object::from_value(value).map_err(|faults| {
        let first = faults.first().map_or_else(String::new, ToString::to_string);
        StoreError::Engine(format!("a stored object is no longer valid: {first}"))
    })
}

#[cfg(test)]
mod tests;
