//! The log in the store: leaves, the hashes over them, and what is in each second.
//!
//! A leaf is made once a second while a node serves ([`crate::Store::seal`]), of everything that was committed since the
//! leaf before: delivery never waits for it, and what is committed is in exactly one leaf, whatever crashes, because a
//! leaf takes the numbers from where the one before ended. Drafts are in none.
//!
//! An engine keeps numbered pieces and knows nothing of trees. A piece is a leaf of the open end, 256 closed leaves, a
//! hash over 256 hashes one level below, or a part of a second ([`kizuna_tlog::second`]).

use std::collections::HashMap;
use std::ops::Range;

use kizuna_access::label::Handling;
use kizuna_access::redact::Part as Field;
use kizuna_tlog::second::{self, ENTRY_SIZE, Second};
use kizuna_tlog::tree::Tiles;
use kizuna_tlog::{Hash, TILE, Tile, leaf_hash};

use crate::StoreError;
use crate::backend::{Flags, Ledger, LogHead, NewLeaf, Row, SecondRow, Snapshot};
use crate::catalog::Catalog;
use crate::store::stored_object;
use crate::writer::forms;

/// Leaves that are closed together.
const BUNDLE: i64 = 256;

/// The number of a piece: what it is, then its place.
pub(crate) mod piece {
    const KIND: u32 = 59;
    const LEVEL: u32 = 52;
    const PART: u32 = 16;

    /// A leaf that is not closed yet.
    pub fn open(leaf: i64) -> i64 {
        (1 << KIND) | leaf
    }

    /// 256 leaves.
    pub fn bundle(number: i64) -> i64 {
        (2 << KIND) | number
    }

    /// The hash over a full tile of the level below; levels count from 1.
    pub fn node(level: u8, number: i64) -> i64 {
        (3 << KIND) | (i64::from(level) << LEVEL) | number
    }

    /// A part of the second of a leaf.
    pub fn part(leaf: i64, number: u32) -> i64 {
        (4 << KIND) | (leaf << PART) | i64::from(number)
    }
}

/// A leaf as it was made outside of the writer.
pub(crate) struct Sealing {
    /// The size of the log without it.
    pub size: i64,
    /// Up to which contribution and which line of the audit it goes.
    pub seq: i64,
    pub line: i64,
    pub root: Hash,
    /// Where there is anything in it: its secret, and how it is kept.
    pub kept: Option<([u8; 32], Second)>,
}

/// What the ledger is to write for a leaf of this second.
pub(crate) fn grown(ledger: &mut dyn Ledger, sealing: &Sealing, moment: i64) -> Result<NewLeaf, StoreError> {
    let leaf = sealing.size;
    let entry = second::entry(moment.unsigned_abs(), &sealing.root);
    let mut new = NewLeaf {
        head: Some(LogHead { size: leaf + 1, second: moment, seq: sealing.seq, line: sealing.line }),
        ..NewLeaf::default()
    };
    if let Some((seed, second)) = &sealing.kept {
        let entries = i64::try_from(second.len()).unwrap_or(i64::MAX);
        new.second = Some(SecondRow { leaf, seed: *seed, entries, seq: sealing.seq, line: sealing.line });
        let parts = second.parts().into_iter();
        new.pieces.extend(parts.map(|part| (piece::part(leaf, part.number), part.octets)));
    }
    if (leaf + 1) % BUNDLE != 0 {
        new.pieces.push((piece::open(leaf), entry.to_vec()));
        return Ok(new);
    }
    let open = piece::open(leaf + 1 - BUNDLE)..piece::open(leaf);
    let mut entries = joined(ledger.log_pieces(open.clone(), usize::MAX)?);
    entries.extend_from_slice(&entry);
    let mut root =
        Tile::root(&leaf_hashes(&entries)).ok_or_else(|| broken("its open leaves are not all there"))?;
    let mut number = leaf / BUNDLE;
    new.pieces.push((piece::bundle(number), entries));
    new.removed = Some(open);
    for level in 1_u8.. {
        new.pieces.push((piece::node(level, number), root.0.to_vec()));
        if (number + 1) % BUNDLE != 0 {
            return Ok(new);
        }
        let below = piece::node(level, number + 1 - BUNDLE)..piece::node(level, number);
        let mut hashes = hashes(&joined(ledger.log_pieces(below, usize::MAX)?));
        hashes.push(root);
        root = Tile::root(&hashes).ok_or_else(|| broken("a level of it is not all there"))?;
        number /= BUNDLE;
    }
    Ok(new)
}

fn joined(pieces: Vec<(i64, Vec<u8>)>) -> Vec<u8> {
    pieces.into_iter().flat_map(|(_, octets)| octets).collect()
}

fn hashes(octets: &[u8]) -> Vec<Hash> {
    octets.chunks_exact(Hash::SIZE).filter_map(|octets| octets.try_into().ok().map(Hash)).collect()
}

/// The hashes of leaves that stand one after another.
pub(crate) fn leaf_hashes(entries: &[u8]) -> Vec<Hash> {
    entries.chunks_exact(ENTRY_SIZE).map(leaf_hash).collect()
}

/// The leaves and hashes of one snapshot.
pub(crate) struct Leaves<'a>(pub &'a dyn Snapshot);

impl Leaves<'_> {
    /// The first leaves of a bundle, one after another.
    pub fn entries(&self, bundle: u64, width: u16) -> Result<Vec<u8>, StoreError> {
        let number = signed(bundle);
        let octets = usize::from(width) * ENTRY_SIZE;
        let closed = self.0.log_pieces(only(piece::bundle(number)), 1)?;
        let mut entries = if let Some((_, entries)) = closed.into_iter().next() {
            entries
        } else {
            let first = number.saturating_mul(BUNDLE);
            let open = piece::open(first)..piece::open(first.saturating_add(i64::from(width)));
            joined(self.0.log_pieces(open, usize::MAX)?)
        };
        if entries.len() < octets {
            return Err(broken("a leaf is missing"));
        }
        entries.truncate(octets);
        Ok(entries)
    }

    /// The second of a leaf, since 1970.
    pub fn second(&self, leaf: u64) -> Result<u64, StoreError> {
        let width = u16::try_from(leaf % TILE + 1).unwrap_or(u16::MAX);
        let entries = self.entries(leaf / TILE, width)?;
        let last = entries.rchunks_exact(ENTRY_SIZE).next().and_then(second::read_entry);
        last.map(|(second, _)| second).ok_or_else(|| broken("a leaf is of an unknown form"))
    }
}

impl Tiles for Leaves<'_> {
    type Error = StoreError;

    fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, StoreError> {
        if tile.level == 0 {
            return Ok(leaf_hashes(&self.entries(tile.index, tile.width)?));
        }
        let first = signed(tile.index.saturating_mul(TILE));
        let range = piece::node(tile.level, first)..piece::node(tile.level, first + i64::from(tile.width));
        let found = hashes(&joined(self.0.log_pieces(range, usize::MAX)?));
        if found.len() == usize::from(tile.width) { Ok(found) } else { Err(broken("a hash is missing")) }
    }
}

/// The range of one piece.
pub(crate) fn only(piece: i64) -> Range<i64> {
    piece..piece + 1
}

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX >> 8)
}

fn broken(what: &str) -> StoreError {
    StoreError::Engine(format!("the log cannot be read: {what}"))
}

/// Makes the entries of rows; remembers the digests of their labels.
pub(crate) struct Entries<'a> {
    pub snapshot: &'a dyn Snapshot,
    pub catalog: &'a Catalog,
    /// By stripe; nothing for drafts.
    labels: HashMap<i64, Option<[u8; 32]>>,
}

impl<'a> Entries<'a> {
    pub fn new(snapshot: &'a dyn Snapshot, catalog: &'a Catalog) -> Self {
        Self { snapshot, catalog, labels: HashMap::new() }
    }

    /// The digest of a row's label; nothing for a draft, which has no leaf.
    pub fn label(&mut self, row: &Row) -> Result<Option<[u8; 32]>, StoreError> {
        if let Some(known) = self.labels.get(&row.stripe) {
            return Ok(*known);
        }
        let label = self.catalog.label_of(row)?;
        let is_draft = label.handling().contains(&Handling::Draft);
        let digest = (!is_draft).then(|| kizuna_attest::label_digest(label));
        self.labels.insert(row.stripe, digest);
        Ok(digest)
    }

    /// What stands in the log for a row: one entry for each form that a reader may get.
    pub fn of(&mut self, row: &Row, salt: &[u8]) -> Result<Vec<Hash>, StoreError> {
        let Some(label) = self.label(row)? else { return Ok(Vec::new()) };
        if row.flags.has(Flags::ERASED) {
            // Erased before the second had ended: what the row keeps stands for it.
            return Ok(vec![leaf_hash(&row.digest)]);
        }
        let commitment = second::label(salt, &label);
        let entry =
            |digest: [u8; 32]| second::version(&second::salt_of_form(salt, &digest), &digest, &commitment);
        if !row.flags.has(Flags::GRANULAR) {
            return Ok(vec![entry(row.digest)]);
        }
        let mut digests = self.digests_of_forms(row)?;
        if !digests.contains(&row.digest) {
            digests.push(row.digest);
        }
        Ok(digests.into_iter().map(entry).collect())
    }

    fn digests_of_forms(&self, row: &Row) -> Result<Vec<[u8; 32]>, StoreError> {
        let missing = || StoreError::Engine(format!("contribution {} has no content", row.seq));
        let body = self.snapshot.bodies(&[row.seq])?.pop().ok_or_else(missing)?;
        let meaning = self.catalog.meaning_of(row)?;
        let labels = meaning.parts.iter().map(|label| kizuna_access::Label::clone(label));
        let fields: Vec<Field> =
            labels.zip(body.parts).map(|(label, selectors)| Field { label, selectors }).collect();
        let forms = forms(&stored_object(&body.bytes)?, &meaning.label, &fields)?;
        Ok(forms.iter().map(|form| form.object.digest()).collect())
    }
}
