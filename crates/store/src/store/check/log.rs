//! The whole store against its log.

use std::collections::HashSet;

use kizuna_tlog::second::{self, ENTRY_SIZE, Kept};
use kizuna_tlog::{Hash, Tile};

use super::{CHUNK, Check};
use crate::StoreError;
use crate::backend::{Flags, SecondOrder, SecondRow, Seq};
use crate::log::{Entries, Leaves, leaf_hashes, only, piece};
use crate::store::log::lines_after;

const BUNDLE: i64 = 256;

/// Where a walk through the log stands.
#[derive(Default)]
struct Walk {
    /// Of the leaf before.
    moment: u64,
    seq: Seq,
    line: i64,
    /// Hashes of full tiles that no full tile one level higher holds yet, from level 1 up.
    open: Vec<Vec<Hash>>,
}

impl Check<'_> {
    /// Checks the log; what is wrong is told.
    pub(super) fn log(&mut self) {
        if let Err(error) = self.walk() {
            self.checked.faults.push(format!("the log cannot be checked to its end: {error}"));
        }
    }

    fn walk(&mut self) -> Result<(), StoreError> {
        let head = self.snapshot.log_head()?;
        let mut walk = Walk::default();
        let bundles = head.size.saturating_add(BUNDLE - 1) / BUNDLE;
        for bundle in 0..bundles {
            let first = bundle * BUNDLE;
            let width = u16::try_from((head.size - first).min(BUNDLE)).unwrap_or_default();
            let entries = Leaves(self.snapshot).entries(bundle.unsigned_abs(), width)?;
            let seconds = self.snapshot.log_seconds(SecondOrder::Leaf, first, usize::from(width))?;
            let mut seconds = seconds.into_iter().peekable();
            for (leaf, entry) in (first..).zip(entries.chunks_exact(ENTRY_SIZE)) {
                let Some((moment, root)) = second::read_entry(entry) else {
                    self.fault(format!("leaf {leaf} of the log is of an unknown form"));
                    continue;
                };
                if moment <= walk.moment {
                    self.fault(format!("leaf {leaf} of the log is not later than the one before"));
                }
                walk.moment = moment;
                if let Some(row) = seconds.next_if(|row| row.leaf == leaf) {
                    self.second(&row, &root, &mut walk)?;
                }
                self.checked.leaves += 1;
            }
            if let Some(root) = Tile::root(&leaf_hashes(&entries)) {
                self.closed(1, bundle, root, &mut walk)?;
            }
        }
        if (walk.seq, walk.line) != (head.seq, head.line) {
            self.fault("the log does not hold all that it says to hold".to_owned());
        }
        Ok(())
    }

    /// Compares the kept hash over a full tile with what follows from its content, and those above it.
    fn closed(&mut self, level: u8, number: i64, root: Hash, walk: &mut Walk) -> Result<(), StoreError> {
        let kept = self.snapshot.log_pieces(only(piece::node(level, number)), 1)?;
        if kept.first().is_none_or(|(_, octets)| octets.as_slice() != root.0) {
            self.fault(format!("hash {number} of level {level} of the log is not that of its leaves"));
        }
        let at = usize::from(level) - 1;
        if walk.open.len() <= at {
            walk.open.push(Vec::new());
        }
        walk.open[at].push(root);
        let Some(above) = Tile::root(&walk.open[at]) else { return Ok(()) };
        walk.open[at].clear();
        self.closed(level + 1, number / BUNDLE, above, walk)
    }

    /// Compares a second with the contributions and the lines of the audit that are in it.
    fn second(&mut self, row: &SecondRow, root: &Hash, walk: &mut Walk) -> Result<(), StoreError> {
        let part = |number| {
            let found = self.snapshot.log_pieces(only(piece::part(row.leaf, number)), 1)?;
            Ok::<_, StoreError>(found.into_iter().next().map(|(_, octets)| octets))
        };
        let entries = usize::try_from(row.entries).unwrap_or_default();
        let kept = Kept { seed: &row.seed, entries, part: &part };
        let (led, all) = (kept.root()?, kept.all()?);
        let (mut unmatched, mut lost, mut erased) = (all.into_iter().collect::<HashSet<Hash>>(), 0_u64, 0);
        let mut made = Entries::new(self.snapshot, self.catalog);
        while walk.seq < row.seq {
            let end = row.seq.min(walk.seq + CHUNK) + 1;
            let rows = self.snapshot.rows_in(walk.seq + 1..end, usize::MAX >> 1)?;
            let kept = self.snapshot.kept(walk.seq + 1..end)?;
            for (row, kept) in rows.iter().zip(kept) {
                if row.flags.has(Flags::ERASED) {
                    erased += 1;
                } else {
                    lost += made.of(row, &kept.salt)?.iter().filter(|entry| !unmatched.remove(entry)).count()
                        as u64;
                }
            }
            walk.seq = end - 1;
        }
        while walk.line < row.line {
            let width = usize::try_from((row.line - walk.line).min(CHUNK)).unwrap_or_default();
            let lines = self.snapshot.audit(&lines_after(walk.line), width)?;
            let Some(newest) = lines.last() else { break };
            walk.line = newest.number;
            let chained = lines.iter().filter_map(|one| Some(second::line(&one.salt, &one.digest?)));
            lost += chained.filter(|entry| !unmatched.remove(entry)).count() as u64;
        }
        if led != *root {
            self.fault(format!("leaf {} of the log is not the root of what is kept under it", row.leaf));
        }
        if lost > 0 {
            let text = "entries of the store that stand under leaf";
            self.fault(format!("{lost} {text} {} of the log are not what was logged", row.leaf));
        }
        // What was erased leaves an entry that nothing can be compared with.
        if erased == 0 && !unmatched.is_empty() {
            self.fault(format!(
                "{} entries under leaf {} of the log are not in the store",
                unmatched.len(),
                row.leaf
            ));
        }
        Ok(())
    }

    fn fault(&mut self, what: String) {
        self.checked.faults.push(what);
    }
}
