//! What passed, and the only way to its content.

use std::io::BufRead;

use kizuna_stix::Object;
use kizuna_tlog::{Hash, Verifier};

use super::finding::{Finding, Kind, Refused};
use super::object::Parsed;
use super::rules::Rules;
use super::sequence::{Last, Stand};
use super::{Sealed, Unopened, lines};
use crate::package::{Content, Digest, Manifest, Opened as Reader};

/// A package of which everything passed.
pub struct Passed {
    manifest: Manifest,
    digest: Digest,
    skipped: Vec<u64>,
    last: Last,
}

impl Passed {
    pub(super) fn new(
        manifest: Manifest,
        digest: Digest,
        skipped: Vec<u64>,
        log: &Verifier,
        (log_size, root): (u64, Hash),
    ) -> Self {
        let last = Last {
            sequence: manifest.sequence,
            digest,
            made: manifest.made,
            log: log.to_string(),
            log_size,
            log_root: Digest(root.0),
        };
        Self { manifest, digest, skipped, last }
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Numbers before it that never came.
    pub fn skipped(&self) -> &[u64] {
        &self.skipped
    }

    /// How the channel stands once its content is stored.
    pub fn stand_after(&self, before: Stand) -> Stand {
        before.after(self.last.clone(), &self.skipped)
    }

    /// Reads the same octets again for their content: they must still be the package that passed.
    pub fn contents<R, O: BufRead>(
        &self,
        octets: Sealed<R>,
        unseal: impl FnOnce(R) -> Result<O, Unopened>,
    ) -> Result<Contents<O>, Refused> {
        let reader = octets.open(unseal)?.reader;
        if reader.manifest().digest() != self.digest {
            return Err(changed());
        }
        Ok(Contents { reader })
    }
}

fn changed() -> Refused {
    Finding::new(Kind::Tampered, "package", "it is not the package that passed any more").into()
}

/// The content of a package that passed, part by part.
pub struct Contents<R> {
    reader: Reader<R>,
}

impl<R: BufRead> Contents<R> {
    /// The objects of the next part, made again from what they say; nothing when there is no more.
    pub fn objects(&mut self, rules: &Rules) -> Result<Option<Vec<Object>>, Refused> {
        while let Some(content) = self.reader.content()? {
            let Content::Objects { name, count, objects, .. } = content else { continue };
            let read = |line: &[u8]| Parsed::read(line, rules)?.regenerated(line, rules);
            let objects: Result<Vec<Object>, Finding> =
                lines(&name, count, &objects)?.into_iter().map(read).collect();
            return Ok(Some(objects?));
        }
        Ok(None)
    }
}
