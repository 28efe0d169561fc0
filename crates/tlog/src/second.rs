//! The tree of one second, whose root is a leaf of the log.
//!
//! Every such tree has 65,536 places, however little happened: what is in it stands in places that a secret of the
//! second chooses, and every part of the tree without anything has a hash made from that secret. So a path through it
//! is always sixteen hashes, and neither a place nor a hash tells whether anything else is in it. The path is one of
//! RFC 6962. A second in which nothing happened has a random root.
//!
//! What is in it are commitments: to a version as a reader gets it ([`version`]) and to a line of the audit ([`line`]).
//! Each has a salt of its own, which whoever may know the content is given, and without which nothing can be guessed.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use crate::hash::{Hash, leaf_hash, node_hash};
use crate::proof::{self, BadProof};

/// Levels of the tree.
const DEPTH: u32 = 16;
/// Places in it.
const PLACES: u64 = 1 << DEPTH;
/// Entries that one second takes; what is more goes into the next.
pub const MOST: usize = 1 << (DEPTH - 1);
/// Entries of a part as it is kept, about.
const PART: usize = 64;

const VERSION: u8 = 0x01;
const LINE: u8 = 0x02;
/// The form of a leaf of the log.
const ENTRY: u8 = 0x01;
/// Octets of a leaf of the log.
pub const ENTRY_SIZE: usize = 41;
/// The form of an opening.
const OPENING: u8 = 0x01;
const OPENING_SIZE: usize = 1 + 8 + 2 + 32 + 32 + 32 * DEPTH as usize;

fn digest(what: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new_with_prefix(what);
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

/// The salt of one form of a contribution: from the contribution's own salt, so that it goes with it, and told without
/// that of other forms.
pub fn salt_of_form(salt: &[u8], bytes: &[u8; 32]) -> [u8; 32] {
    digest(b"kizuna.log.form.v1\0", &[salt, bytes])
}

/// The commitment to a label, by its digest: nobody can guess the label from it without the contribution's salt.
pub fn label(salt: &[u8], label: &[u8; 32]) -> [u8; 32] {
    digest(b"kizuna.log.label.v1\0", &[salt, label])
}

/// The entry of a version: `bytes` is the SHA-256 of its canonical JSON as a reader gets it, `salt` that of the form.
pub fn version(salt: &[u8; 32], bytes: &[u8; 32], label: &[u8; 32]) -> Hash {
    let mut entry = [VERSION; 97];
    entry[1..33].copy_from_slice(salt);
    entry[33..65].copy_from_slice(bytes);
    entry[65..].copy_from_slice(label);
    leaf_hash(&entry)
}

/// The entry of a line of the audit, by its digest in the chain; `salt` is the line's.
pub fn line(salt: &[u8], link: &[u8; 32]) -> Hash {
    let salt = digest(b"kizuna.log.line.v1\0", &[salt]);
    let mut entry = [LINE; 65];
    entry[1..33].copy_from_slice(&salt);
    entry[33..].copy_from_slice(link);
    leaf_hash(&entry)
}

/// The leaf of the log for a second since 1970, as it is hashed and served.
pub fn entry(second: u64, root: &Hash) -> [u8; ENTRY_SIZE] {
    let mut entry = [ENTRY; ENTRY_SIZE];
    entry[1..9].copy_from_slice(&second.to_be_bytes());
    entry[9..].copy_from_slice(&root.0);
    entry
}

/// The second and the root of a leaf of the log; nothing where it is none of a form known here.
pub fn read_entry(octets: &[u8]) -> Option<(u64, Hash)> {
    let (form, rest) = octets.split_first()?;
    let (second, root) = rest.split_first_chunk::<8>()?;
    let root = root.try_into().ok()?;
    (*form == ENTRY).then(|| (u64::from_be_bytes(*second), Hash(root)))
}

/// What is in a second, each in its place.
#[derive(Debug, Clone)]
pub struct Second {
    seed: [u8; 32],
    placed: BTreeMap<u64, Hash>,
}

/// A part of a second as it is kept: what is in a range of places, or what stands above such ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// 0 is the one above all others, where there are others.
    pub number: u32,
    /// Places, or ranges of them, and their hashes.
    pub octets: Vec<u8>,
}

impl Second {
    /// Puts entries into places that the seed chooses: 32 random octets, which stay secret.
    pub fn place(seed: [u8; 32], entries: &[Hash]) -> Self {
        let mut placed = BTreeMap::new();
        for entry in entries {
            let mut tries = places(&seed, entry).filter(|place| !placed.contains_key(place));
            if let Some(place) = tries.next() {
                placed.insert(place, *entry);
            }
        }
        Self { seed, placed }
    }

    pub fn len(&self) -> usize {
        self.placed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let entries: Vec<(u64, Hash)> = self.placed.iter().map(|(place, hash)| (*place, *hash)).collect();
        Branch { seed: &self.seed, base: 0 }.node(DEPTH, 0, &entries)
    }

    /// How it is kept.
    pub fn parts(&self) -> Vec<Part> {
        let entries: Vec<(u64, Hash)> = self.placed.iter().map(|(place, hash)| (*place, *hash)).collect();
        let bits = bits(entries.len());
        if bits == 0 {
            return vec![Part { number: 0, octets: written(&entries) }];
        }
        let base = DEPTH - bits;
        let mut parts = vec![Part { number: 0, octets: Vec::new() }];
        let mut tops = Vec::new();
        for range in entries.chunk_by(|one, next| one.0 >> base == next.0 >> base) {
            let number = range[0].0 >> base;
            tops.push((number, Branch { seed: &self.seed, base: 0 }.node(base, number, range)));
            parts.push(Part { number: part_number(number), octets: written(range) });
        }
        parts[0].octets = written(&tops);
        parts
    }
}

/// A second as it is kept: reads the parts that a path needs.
pub struct Kept<'a, E> {
    pub seed: &'a [u8; 32],
    /// How many entries there are.
    pub entries: usize,
    /// Reads a part's octets; nothing where there is none of this number.
    #[allow(clippy::type_complexity)]
    pub part: &'a dyn Fn(u32) -> Result<Option<Vec<u8>>, E>,
}

/// The place of an entry, and the path from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub place: u16,
    pub path: [Hash; DEPTH as usize],
}

impl<E> Kept<'_, E> {
    /// Finds an entry; nothing where it is not in this second.
    pub fn find(&self, entry: &Hash) -> Result<Option<Found>, E> {
        let base = DEPTH - bits(self.entries);
        let mut known: HashMap<u64, Vec<(u64, Hash)>> = HashMap::new();
        let mut tries = places(self.seed, entry);
        // In a tree that is half full a place is found at once or soon; no chain of taken places is longer.
        for place in tries.by_ref().take(MOST) {
            let range = place >> base;
            let placed = match known.entry(range) {
                Entry::Occupied(read) => read.into_mut(),
                Entry::Vacant(empty) => {
                    let number = if base == DEPTH { 0 } else { part_number(range) };
                    empty.insert(read(&(self.part)(number)?.unwrap_or_default()))
                }
            };
            match placed.binary_search_by_key(&place, |(at, _)| *at) {
                Ok(at) if placed[at].1 == *entry => return self.path(place, base, placed).map(Some),
                // Something else was there first.
                Ok(_) => {}
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }

    fn path(&self, place: u64, base: u32, placed: &[(u64, Hash)]) -> Result<Found, E> {
        let mut path = [Hash::default(); DEPTH as usize];
        let low = Branch { seed: self.seed, base: 0 };
        low.siblings(place, placed, 0..base, &mut path);
        if base < DEPTH {
            let tops = read(&(self.part)(0)?.unwrap_or_default());
            Branch { seed: self.seed, base }.siblings(place, &tops, base..DEPTH, &mut path);
        }
        Ok(Found { place: u16::try_from(place).unwrap_or(u16::MAX), path })
    }

    /// The root, worked out from all parts.
    pub fn root(&self) -> Result<Hash, E> {
        let base = DEPTH - bits(self.entries);
        let tops = read(&(self.part)(0)?.unwrap_or_default());
        if base == DEPTH {
            return Ok(Branch { seed: self.seed, base: 0 }.node(DEPTH, 0, &tops));
        }
        let mut found = Vec::with_capacity(tops.len());
        for (range, _) in tops {
            let entries = read(&(self.part)(part_number(range))?.unwrap_or_default());
            found.push((range, Branch { seed: self.seed, base: 0 }.node(base, range, &entries)));
        }
        Ok(Branch { seed: self.seed, base }.node(DEPTH, 0, &found))
    }

    /// Every entry, in order of its place.
    pub fn all(&self) -> Result<Vec<Hash>, E> {
        let tops = read(&(self.part)(0)?.unwrap_or_default());
        if bits(self.entries) == 0 {
            return Ok(tops.into_iter().map(|(_, hash)| hash).collect());
        }
        let mut all = Vec::with_capacity(self.entries);
        for (range, _) in tops {
            let entries = read(&(self.part)(part_number(range))?.unwrap_or_default());
            all.extend(entries.into_iter().map(|(_, hash)| hash));
        }
        Ok(all)
    }
}

/// Hashes of one level, from which those above follow.
struct Branch<'a> {
    seed: &'a [u8; 32],
    /// The level of the hashes that are known, from the places (0) up.
    base: u32,
}

impl Branch<'_> {
    /// The node of an index at a level, over those of `known` that stand under it (all of them do), in order.
    fn node(&self, level: u32, index: u64, known: &[(u64, Hash)]) -> Hash {
        let Some((_, first)) = known.first() else { return self.nothing(level, index) };
        if level == self.base {
            return *first;
        }
        let middle = (index * 2 + 1) << (level - 1 - self.base);
        let (left, right) = known.split_at(known.partition_point(|(at, _)| *at < middle));
        node_hash(&self.node(level - 1, index * 2, left), &self.node(level - 1, index * 2 + 1, right))
    }

    /// What stands for a part of the tree without anything in it.
    fn nothing(&self, level: u32, index: u64) -> Hash {
        Hash(digest(b"kizuna.log.nothing.v1\0", &[self.seed, &level.to_be_bytes(), &index.to_be_bytes()]))
    }

    /// The siblings on the way up from a place, on these levels.
    fn siblings(&self, place: u64, known: &[(u64, Hash)], levels: std::ops::Range<u32>, path: &mut [Hash]) {
        for level in levels {
            let sibling = (place >> level) ^ 1;
            let start = sibling << (level - self.base);
            let end = (sibling + 1) << (level - self.base);
            let from = known.partition_point(|(at, _)| *at < start);
            let until = known.partition_point(|(at, _)| *at < end);
            if let Some(slot) = path.get_mut(level as usize) {
                *slot = self.node(level, sibling, &known[from..until]);
            }
        }
    }
}

/// The places that an entry may stand in, in order.
fn places<'a>(seed: &'a [u8; 32], entry: &'a Hash) -> impl Iterator<Item = u64> + 'a {
    (0_u32..).map(move |attempt| {
        let chosen = digest(b"kizuna.log.place.v1\0", &[seed, &entry.0, &attempt.to_be_bytes()]);
        u64::from(u16::from_be_bytes([chosen[0], chosen[1]])) % PLACES
    })
}

/// How many bits of a place say in which part it is kept.
fn bits(entries: usize) -> u32 {
    let parts = entries.div_ceil(PART).max(1);
    parts.next_power_of_two().trailing_zeros().min(DEPTH - 1)
}

fn part_number(range: u64) -> u32 {
    u32::try_from(range).unwrap_or(u32::MAX - 1) + 1
}

fn written(entries: &[(u64, Hash)]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(entries.len() * 34);
    for (at, hash) in entries {
        octets.extend_from_slice(&u16::try_from(*at).unwrap_or(u16::MAX).to_be_bytes());
        octets.extend_from_slice(&hash.0);
    }
    octets
}

fn read(octets: &[u8]) -> Vec<(u64, Hash)> {
    let one = |chunk: &[u8]| {
        let (at, hash) = chunk.split_first_chunk::<2>()?;
        Some((u64::from(u16::from_be_bytes(*at)), Hash(hash.try_into().ok()?)))
    };
    octets.chunks_exact(34).filter_map(one).collect()
}

/// What a holder of a version is given beside the proof of the leaf: the extra data of a proof file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Since 1970: when the log took it in.
    pub second: u64,
    pub place: u16,
    /// That of the form that the holder has.
    pub salt: [u8; 32],
    /// The commitment to the label.
    pub label: [u8; 32],
    pub path: [Hash; DEPTH as usize],
}

/// The octets are no opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it does not say how a version stands in its second")]
pub struct BadOpening;

impl Opening {
    pub fn octets(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(OPENING_SIZE);
        octets.push(OPENING);
        octets.extend_from_slice(&self.second.to_be_bytes());
        octets.extend_from_slice(&self.place.to_be_bytes());
        octets.extend_from_slice(&self.salt);
        octets.extend_from_slice(&self.label);
        self.path.iter().for_each(|hash| octets.extend_from_slice(&hash.0));
        octets
    }

    pub fn read(octets: &[u8]) -> Result<Self, BadOpening> {
        if octets.len() != OPENING_SIZE || octets[0] != OPENING {
            return Err(BadOpening);
        }
        let thirty_two = |at: usize| -> [u8; 32] { std::array::from_fn(|octet| octets[at + octet]) };
        Ok(Self {
            second: u64::from_be_bytes(std::array::from_fn(|octet| octets[1 + octet])),
            place: u16::from_be_bytes([octets[9], octets[10]]),
            salt: thirty_two(11),
            label: thirty_two(43),
            path: std::array::from_fn(|level| Hash(thirty_two(75 + 32 * level))),
        })
    }

    /// The hash of the leaf of the log under which a version of these bytes (SHA-256 of the canonical JSON) is, if it
    /// is anywhere.
    pub fn leaf(&self, bytes: &[u8; 32]) -> Result<Hash, BadProof> {
        let version = version(&self.salt, bytes, &self.label);
        let root = proof::root_by_inclusion(&version, u64::from(self.place), PLACES, &self.path)?;
        Ok(leaf_hash(&entry(self.second, &root)))
    }
}

#[cfg(test)]
mod tests;
