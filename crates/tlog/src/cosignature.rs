//! Co-signatures of version 1 (C2SP `tlog-cosignature`): what a witness says of a checkpoint, and when.

/// Octets of the time before the signature.
const TIME: usize = 8;
/// Octets of an Ed25519 signature.
const SIGNATURE: usize = 64;

/// A time and a signature, as they stand in one line of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosignature<'a> {
    /// Seconds since 1970.
    pub at: u64,
    pub signature: &'a [u8],
}

impl<'a> Cosignature<'a> {
    /// Takes the octets of a signature apart; nothing where they are none of a witness.
    pub fn split(octets: &'a [u8]) -> Option<Self> {
        let (at, signature) = octets.split_first_chunk::<TIME>()?;
        (signature.len() == SIGNATURE).then(|| Self { at: u64::from_be_bytes(*at), signature })
    }

    pub(crate) fn joined(self) -> Vec<u8> {
        [&self.at.to_be_bytes()[..], self.signature].concat()
    }
}

/// What a witness signs.
pub(crate) fn message(text: &str, at: u64) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

#[cfg(test)]
mod tests;
