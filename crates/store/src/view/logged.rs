//! Where a version that the viewer reads stands in the log.

use kizuna_tlog::Hash;
use kizuna_tlog::second::{self, Kept, Opening};
use kizuna_tlog::tree::Tree;

use super::View;
use crate::StoreError;
use crate::backend::SecondOrder;
use crate::log::{Entries, Leaves, only, piece, signed};
use crate::query::Item;
use crate::store::unprovable;

/// The proof of a version, up to a root of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Which leaf.
    pub index: u64,
    /// How the version, as the viewer gets it, stands in that leaf's second.
    pub opening: Opening,
    /// From the leaf to the root of the size that was asked for.
    pub path: Vec<Hash>,
}

impl View {
    /// The size of the log, as of this view.
    pub fn log_size(&self) -> Result<u64, StoreError> {
        Ok(self.snapshot.log_head()?.size.unsigned_abs())
    }

    /// The proof of an item of this view in the tree of so many leaves; nothing where it is not in that tree: it is
    /// newer, or a draft.
    pub fn logged(&self, item: &Item, size: u64) -> Result<Option<Logged>, StoreError> {
        let seq = signed(item.position.seq);
        let snapshot = self.snapshot.as_ref();
        let Some(row) = snapshot.rows(&[seq])?.pop().filter(|row| self.arrival(row).is_some()) else {
            return Ok(None);
        };
        let Some(label) = Entries::new(snapshot, &self.catalog).label(&row)? else { return Ok(None) };
        let Some(second) = snapshot.log_seconds(SecondOrder::Seq, seq, 1)?.pop() else { return Ok(None) };
        let index = second.leaf.unsigned_abs();
        if index >= size {
            return Ok(None);
        }
        let Some(kept) = snapshot.kept(seq..seq + 1)?.pop() else { return Ok(None) };
        let salt = second::salt_of_form(&kept.salt, &item.digest);
        let label = second::label(&kept.salt, &label);
        let part = |number| {
            let found = snapshot.log_pieces(only(piece::part(second.leaf, number)), 1)?;
            Ok::<_, StoreError>(found.into_iter().next().map(|(_, octets)| octets))
        };
        let entries = usize::try_from(second.entries).unwrap_or_default();
        let kept = Kept { seed: &second.seed, entries, part: &part };
        let Some(found) = kept.find(&second::version(&salt, &item.digest, &label))? else { return Ok(None) };
        let leaves = Leaves(snapshot);
        let path = Tree::new(&leaves, size).inclusion(index).map_err(unprovable)?;
        let moment = Leaves(snapshot).second(index)?;
        let opening = Opening { second: moment, place: found.place, salt, label, path: found.path };
        Ok(Some(Logged { index, opening, path }))
    }
}
