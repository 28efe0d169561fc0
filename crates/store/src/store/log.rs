//! Making leaves of the log, and reading it: the same for everybody who may ask.

use kizuna_tlog::second::{self, MOST, Second};
use kizuna_tlog::tree::{Tree, Unprovable};
use kizuna_tlog::{Hash, Head, Tile};
use rand::RngCore;

use super::{Standpoint, Store};
use crate::StoreError;
use crate::backend::{AuditAsk, LogHead, Order, Snapshot};
use crate::log::{Entries, Leaves, Sealing};

/// Rows read at once.
const CHUNK: usize = 1_000;

/// What [`Store::seal`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// The log has a leaf more; whether everything that was committed before is in it, or more than one leaf takes.
    Leaf { size: u64, all: bool },
    /// This second has its leaf, or another process makes it.
    NotNow,
}

/// The log as it stands in one snapshot.
pub struct Log {
    snapshot: Box<dyn Snapshot>,
    head: LogHead,
}

impl Store {
    /// Makes the leaf of this second, of everything that was committed since the leaf before. A second has one leaf,
    /// whether anything happened or not.
    pub fn seal(&self) -> Result<Sealed, StoreError> {
        let now = self.wall().as_second();
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let head = snapshot.log_head()?;
        if now <= head.second {
            return Ok(Sealed::NotNow);
        }
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let mut made = Entries::new(snapshot.as_ref(), &catalog);
        let mut entries = Vec::new();
        let (mut seq, mut line) = (head.seq, head.line);
        'rows: while seq < heads.seq {
            let rows = snapshot.rows_in(seq + 1..heads.seq + 1, CHUNK)?;
            let Some(last) = rows.last().map(|row| row.seq) else { break };
            let kept = snapshot.kept(seq + 1..last + 1)?;
            for (row, kept) in rows.iter().zip(kept) {
                let of_row = made.of(row, &kept.salt)?;
                if entries.len() + of_row.len() > MOST {
                    break 'rows;
                }
                entries.extend(of_row);
                seq = row.seq;
            }
        }
        let mut all = seq == heads.seq;
        while all && entries.len() < MOST {
            let lines = snapshot.audit(&lines_after(line), CHUNK.min(MOST - entries.len()))?;
            let Some(last) = lines.last() else { break };
            line = last.number;
            let chained = lines.iter().filter_map(|one| Some((one, one.digest?)));
            entries.extend(chained.map(|(one, digest)| second::line(&one.salt, &digest)));
        }
        all &= entries.len() < MOST;
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        let placed = Second::place(seed, &entries);
        // Nobody can tell a random root from that of a tree.
        let root = if placed.is_empty() { Hash(seed) } else { placed.root() };
        let kept = (!placed.is_empty()).then_some((seed, placed));
        let is_sealed = self.inner.writer.seal(Sealing { size: head.size, seq, line, root, kept })?;
        Ok(if is_sealed { Sealed::Leaf { size: head.size.unsigned_abs() + 1, all } } else { Sealed::NotNow })
    }

    /// The log as of now.
    pub fn log(&self) -> Result<Log, StoreError> {
        let snapshot = self.snapshot()?;
        let head = snapshot.log_head()?;
        Ok(Log { snapshot, head })
    }
}

/// Lines of the audit after a number, in order.
pub(super) fn lines_after(line: i64) -> AuditAsk<'static> {
    AuditAsk {
        numbers: line.saturating_add(1)..i64::MAX,
        after: i64::MIN,
        before: i64::MAX,
        prefix: "",
        holding: &[],
        order: Order::Oldest,
    }
}

/// A proof that cannot be made, as the store's error.
pub(crate) fn unprovable(error: Unprovable<StoreError>) -> StoreError {
    match error {
        Unprovable::Tiles(error) => error,
        other => StoreError::Engine(format!("the log cannot prove it: {other}")),
    }
}

impl Log {
    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.head.size.unsigned_abs()
    }

    /// The second of the last leaf, since 1970; nothing where there is none.
    pub fn last_second(&self) -> Option<i64> {
        (self.head.size > 0).then_some(self.head.second)
    }

    /// The root at a size.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a size that the log has not reached.
    pub fn head_at(&self, size: u64) -> Result<Head, StoreError> {
        if size > self.size() {
            return Err(StoreError::NotFound);
        }
        let leaves = Leaves(self.snapshot.as_ref());
        Ok(Head { size, root: Tree::new(&leaves, size).root().map_err(unprovable)? })
    }

    /// The hashes of a tile; nothing where the log has not as many there.
    pub fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StoreError> {
        use kizuna_tlog::tree::Tiles as _;
        if !tile.is_within(self.size()) {
            return Ok(None);
        }
        let hashes = Leaves(self.snapshot.as_ref()).hashes(tile)?;
        Ok(Some(hashes.iter().flat_map(|hash| hash.0).collect()))
    }

    /// The leaves of a tile of level 0, each after its length in two octets; nothing where the log has not as many.
    pub fn entries(&self, tile: Tile) -> Result<Option<Vec<u8>>, StoreError> {
        if tile.level != 0 || !tile.is_within(self.size()) {
            return Ok(None);
        }
        let entries = Leaves(self.snapshot.as_ref()).entries(tile.index, tile.width)?;
        let length = u16::try_from(second::ENTRY_SIZE).unwrap_or(u16::MAX).to_be_bytes();
        let bundle = entries.chunks_exact(second::ENTRY_SIZE).flat_map(|entry| [&length[..], entry].concat());
        Ok(Some(bundle.collect()))
    }

    /// That the tree of `old` leaves begins the one of `size`.
    pub fn consistency(&self, old: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
        if size > self.size() || old > size {
            return Err(StoreError::NotFound);
        }
        let leaves = Leaves(self.snapshot.as_ref());
        Tree::new(&leaves, size).consistency(old).map_err(unprovable)
    }
}
