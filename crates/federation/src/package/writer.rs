//! Making a package: its parts go into a draft first, because the manifest, which comes before them, commits to them.

use std::io::{self, Read, Write};

use kizuna_attest::Seal;

use super::manifest::{Digest, FORM, Manifest, Part, PartKind, part_name};
use super::proof::{Proofs, Shown};
use super::{FULL_PART, MOST_OBJECTS};

/// The parts with objects, as they are gathered. Holds one part in memory.
pub struct Draft<W> {
    out: W,
    open: Vec<u8>,
    proofs: Proofs,
    objects: usize,
    total: u64,
    pairs: usize,
    parts: Vec<Part>,
}

/// What a draft holds in the end.
pub struct Drafted<W> {
    /// Where it was written to, flushed.
    pub out: W,
    pub parts: Vec<Part>,
    pub objects: u64,
}

impl<W: Write> Draft<W> {
    pub fn new(out: W) -> Self {
        let (open, proofs) = (Vec::new(), Proofs::default());
        Self { out, open, proofs, objects: 0, total: 0, pairs: 0, parts: Vec::new() }
    }

    /// Adds an object, as canonical JSON, with how it stands in the log.
    pub fn add(&mut self, object: &[u8], shown: &Shown) -> io::Result<()> {
        self.open.extend_from_slice(object);
        self.open.push(b'\n');
        self.proofs.add(shown);
        self.objects += 1;
        self.total += 1;
        if self.open.len() >= FULL_PART || self.objects >= MOST_OBJECTS {
            return self.close();
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        if self.objects == 0 {
            return Ok(());
        }
        self.pairs += 1;
        let (objects, proofs) = (std::mem::take(&mut self.open), self.proofs.take());
        for (kind, octets) in [(PartKind::Objects, objects), (PartKind::Proofs, proofs)] {
            let part = frame(&mut self.out, kind, self.pairs, &octets)?;
            self.parts.push(Part { objects: self.objects as u64, ..part });
        }
        self.objects = 0;
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<Drafted<W>> {
        self.close()?;
        self.out.flush()?;
        Ok(Drafted { out: self.out, parts: self.parts, objects: self.total })
    }
}

fn frame(out: &mut impl Write, kind: PartKind, number: usize, octets: &[u8]) -> io::Result<Part> {
    writeln!(out, "part {} {}", part_name(kind, number), octets.len())?;
    out.write_all(octets)?;
    out.write_all(b"\n")?;
    Ok(Part { kind, objects: 0, octets: octets.len() as u64, sha256: Digest::of(octets) })
}

/// The parts of the log, as the manifest lists them before the drafted ones.
pub fn log_parts(checkpoint: &[u8], consistency: Option<&[u8]>) -> Vec<Part> {
    let part = |kind, octets: &[u8]| {
        let (count, sha256) = (octets.len() as u64, Digest::of(octets));
        Part { kind, objects: 0, octets: count, sha256 }
    };
    let mut parts = vec![part(PartKind::Checkpoint, checkpoint)];
    parts.extend(consistency.map(|octets| part(PartKind::Consistency, octets)));
    parts
}

/// Writes a package: the manifest with its seal, the log's parts, and the draft as it was written.
///
/// # Errors
/// Those of the output and of the draft.
pub fn write(
    out: &mut impl Write,
    (manifest, seal): (&Manifest, &Seal),
    checkpoint: &[u8],
    consistency: Option<&[u8]>,
    mut draft: impl Read,
) -> io::Result<()> {
    let octets = manifest.octets();
    writeln!(out, "kizuna-package {FORM}")?;
    writeln!(out, "manifest {}", octets.len())?;
    out.write_all(&octets)?;
    writeln!(out, "\nseal {} {}", seal.key, seal.signature)?;
    frame(out, PartKind::Checkpoint, 1, checkpoint)?;
    if let Some(consistency) = consistency {
        frame(out, PartKind::Consistency, 1, consistency)?;
    }
    io::copy(&mut draft, out)?;
    out.write_all(b"end\n")
}
