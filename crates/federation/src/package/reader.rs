//! Reading a package part by part, in bounded memory.

use std::io::BufRead;

use kizuna_attest::Seal;

use super::framing::{BadPackage, decimal, line, octets};
use super::manifest::{Digest, Manifest, PartKind, Signed};
use super::{LARGEST_MANIFEST, LARGEST_PART};

/// A package that begins as one: its manifest can be read, and nothing of it is proven.
pub struct Opened<R> {
    input: R,
    signed: Signed,
    /// Of the manifest's parts, the next one.
    next: usize,
}

/// What is in one part, or in a pair of them. That its octets are those that the manifest states is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Checkpoint(Vec<u8>),
    Consistency(Vec<u8>),
    /// Objects and their proofs.
    Objects {
        /// `objects.3`
        name: String,
        count: usize,
        objects: Vec<u8>,
        proofs: Vec<u8>,
    },
}

impl<R: BufRead> Opened<R> {
    /// Reads the manifest and its seal.
    pub fn read(mut input: R) -> Result<Self, BadPackage> {
        let bad = |why: &str| BadPackage::malformed("frame", why);
        match line(&mut input)?.as_deref() {
            Some("kizuna-package 1") => {}
            Some(other) if other.starts_with("kizuna-package ") => {
                return Err(bad("a package of a version that this program does not know"));
            }
            _ => return Err(bad("no package: it does not begin with the line kizuna-package 1")),
        }
        let head = line(&mut input)?.unwrap_or_default();
        let length = head.strip_prefix("manifest ").and_then(decimal);
        let length = length.ok_or_else(|| bad("expected the length of the manifest"))?;
        if length > LARGEST_MANIFEST {
            return Err(BadPackage::TooLarge {
                what: "the manifest in octets".to_owned(),
                limit: LARGEST_MANIFEST,
            });
        }
        let manifest = Manifest::read(&octets(&mut input, length, "manifest")?)?;
        let seal = line(&mut input)?.as_deref().and_then(read_seal);
        let seal = seal.ok_or_else(|| bad("expected a seal under the manifest"))?;
        Ok(Self { input, signed: Signed { manifest, seal }, next: 0 })
    }

    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    pub fn manifest(&self) -> &Manifest {
        &self.signed.manifest
    }

    /// What comes next; nothing when all of the manifest's parts were read and nothing follows.
    pub fn content(&mut self) -> Result<Option<Content>, BadPackage> {
        let place = self.next;
        let Some(part) = self.signed.manifest.parts.get(place) else {
            return self.end().map(|()| None);
        };
        let (kind, count) = (part.kind, part.objects);
        let octets = self.part()?;
        Ok(Some(match kind {
            PartKind::Checkpoint => Content::Checkpoint(octets),
            PartKind::Consistency => Content::Consistency(octets),
            PartKind::Objects | PartKind::Proofs => {
                let name = self.signed.manifest.name(place);
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                Content::Objects { name, count, objects: octets, proofs: self.part()? }
            }
        }))
    }

    fn part(&mut self) -> Result<Vec<u8>, BadPackage> {
        let wanted = self.signed.manifest.name(self.next);
        let Some(part) = self.signed.manifest.parts.get(self.next) else {
            return Err(BadPackage::malformed("manifest", "it lists no more parts"));
        };
        let head = line(&mut self.input)?.unwrap_or_else(|| "end".to_owned());
        let found = head.strip_prefix("part ").unwrap_or("the end");
        let (name, length) = found.split_once(' ').unwrap_or((found, ""));
        if name != wanted {
            return Err(BadPackage::Misplaced { wanted, found: name.to_owned() });
        }
        if decimal(length) != Some(part.octets) || part.octets > LARGEST_PART {
            return Err(BadPackage::Altered { part: wanted });
        }
        let octets = octets(&mut self.input, part.octets, &wanted)?;
        if Digest::of(&octets) != part.sha256 {
            return Err(BadPackage::Altered { part: wanted });
        }
        self.next += 1;
        Ok(octets)
    }

    fn end(&mut self) -> Result<(), BadPackage> {
        match line(&mut self.input)?.as_deref() {
            Some("end") => {}
            None => {
                let (wanted, found) = ("the end's line".to_owned(), "the end".to_owned());
                return Err(BadPackage::Misplaced { wanted, found });
            }
            Some(_) => return Err(BadPackage::malformed("frame", "there is more than the manifest lists")),
        }
        let rest = self.input.fill_buf().map_err(BadPackage::of)?;
        if rest.is_empty() {
            return Ok(());
        }
        Err(BadPackage::malformed("frame", "something stands after the end"))
    }
}

fn read_seal(line: &str) -> Option<Seal> {
    let (key, signature) = line.strip_prefix("seal ")?.split_once(' ')?;
    let seal = Seal { key: key.parse().ok()?, signature: signature.parse().ok()? };
    // One form only: a fingerprint is read with white space and capitals too.
    (format!("seal {} {}", seal.key, seal.signature) == line).then_some(seal)
}
