//! Checking a package without a node: with an identity, and with keys that whoever checks trusts.

use std::io::BufRead;

use kizuna_attest::PublicKey;
use kizuna_federation::guard::Unopened;
use kizuna_federation::package::{BadPackage, Content, Digest, Opened, Proofs};
use kizuna_tlog::{Checkpoint, Note, Signed, Use, Verifier};
use serde::Serialize;

use super::seal;
use crate::AppError;
use crate::log::verify::Witnessed;

/// What must hold.
pub struct Trusted {
    /// The member's signing key.
    pub key: PublicKey,
    /// Its log's; without, the one that the manifest names under the member's signature.
    pub log: Option<Verifier>,
    pub witnesses: Vec<Verifier>,
    /// The digest of the package before it, where that is known.
    pub previous: Option<Digest>,
}

/// What a package shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shows {
    pub channel: String,
    pub sequence: u64,
    /// Of its manifest.
    pub digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    pub made: jiff::Timestamp,
    pub objects: u64,
    /// Objects of which the proof leads to the checkpoint: all of them.
    pub proven: u64,
    pub log: String,
    pub log_size: u64,
    pub witnesses: Vec<Witnessed>,
}

/// Why a package does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    #[error("{0}")]
    Package(#[from] BadPackage),
    #[error("{0}")]
    Says(String),
}

#[allow(clippy::needless_pass_by_value)] // Takes errors as `map_err` gives them.
fn says(why: impl ToString) -> Unsound {
    Unsound::Says(why.to_string())
}

/// Opens a package with an identity, as `age-keygen` writes it; what is inside, as a stream.
pub fn unsealed(input: impl BufRead + 'static, identity: &str) -> Result<Box<dyn BufRead>, AppError> {
    let identity = seal::identity(identity)?;
    let opened = seal::decrypt(input, &identity).map_err(|error| match error {
        Unopened::Io(error) => AppError::Unavailable(error.to_string()),
        Unopened::NotForUs(why) | Unopened::Broken(why) => AppError::Conflict(why),
    })?;
    Ok(Box::new(opened))
}

/// Checks the signature, every digest, and the proof of every object against the checkpoint and its co-signatures.
pub fn package(input: impl BufRead, trusted: &Trusted) -> Result<Shows, Unsound> {
    let mut package = Opened::read(input)?;
    let signed = package.signed().clone();
    let manifest = &signed.manifest;
    let is_signed =
        trusted.key.verifies(kizuna_attest::Purpose::Package, &manifest.octets(), &signed.seal.signature);
    if !is_signed || signed.seal.key != trusted.key.fingerprint() {
        return Err(says("the manifest is not signed with this key, or it is changed"));
    }
    if trusted.previous.is_some_and(|previous| manifest.previous != Some(previous)) {
        return Err(says("it does not follow the package that is given as the one before it"));
    }
    let log: Verifier = manifest.log.key.parse().map_err(|_| says("its manifest names no log"))?;
    if trusted.log.as_ref().is_some_and(|trusted| *trusted != log) {
        return Err(says("its proofs are of another log"));
    }
    let (mut end, mut proven, mut witnesses) = (None, 0_u64, Vec::new());
    while let Some(content) = package.content()? {
        match (content, &end) {
            (Content::Checkpoint(note), _) => {
                let (checkpoint, cosigned) = checkpoint(&note, &log, &trusted.witnesses)?;
                if checkpoint.head.size != manifest.log.size {
                    return Err(says("its checkpoint is not the one that the manifest names"));
                }
                (end, witnesses) = (Some(checkpoint), cosigned);
            }
            (Content::Objects { name, count, objects, proofs }, Some(checkpoint)) => {
                let shown = Proofs::read(&proofs, count).map_err(says)?;
                let lines = objects.split(|octet| *octet == b'\n').filter(|line| !line.is_empty());
                for (line, shown) in lines.zip(shown) {
                    let why = |why| says(format!("{name}: {why}"));
                    shown.check(&Digest::of(line).0, checkpoint).map_err(why)?;
                    proven += 1;
                }
            }
            _ => {}
        }
    }
    if proven != manifest.objects {
        return Err(says(format!("{proven} of its {} objects are proven", manifest.objects)));
    }
    Ok(Shows {
        channel: manifest.channel.clone(),
        sequence: manifest.sequence,
        digest: manifest.digest().to_string(),
        previous: manifest.previous.map(|previous| previous.to_string()),
        made: manifest.made,
        objects: manifest.objects,
        proven,
        log: log.name().to_string(),
        log_size: manifest.log.size,
        witnesses,
    })
}

fn checkpoint(
    note: &[u8],
    log: &Verifier,
    witnesses: &[Verifier],
) -> Result<(Checkpoint, Vec<Witnessed>), Unsound> {
    let note = Note::read(note).map_err(says)?;
    if !note.is_signed_by(log) {
        return Err(says("its checkpoint is not signed by the log"));
    }
    let checkpoint = Checkpoint::read(note.text()).map_err(says)?;
    if checkpoint.origin != log.name().as_str() {
        return Err(says("its checkpoint is one of another log"));
    }
    let mut cosigned = Vec::new();
    for witness in witnesses {
        let Signed::By { at } = note.signature_of(&witness.for_use(Use::Cosignature)) else {
            return Err(says(format!("its checkpoint is not co-signed by {}", witness.name())));
        };
        cosigned.push(Witnessed { name: witness.name().to_string(), at: at.unwrap_or_default() });
    }
    Ok((checkpoint, cosigned))
}
