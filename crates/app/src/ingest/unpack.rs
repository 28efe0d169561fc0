//! Envelopes that arrive compressed.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use kizuna_stix::read::Limits;

use crate::AppError;

/// How gzip begins (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The envelope itself. What unpacks to more than the cap is refused once the cap is reached, whatever its size says.
pub fn unpack<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>, AppError> {
    let too_large = || AppError::TooLarge { what: "the input in bytes", limit: limits.envelope_bytes };
    if bytes.len() > limits.envelope_bytes {
        return Err(too_large());
    }
    if !bytes.starts_with(&GZIP) {
        return Ok(Cow::Borrowed(bytes));
    }
    let cap = limits.envelope_bytes as u64 + 1;
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(cap).read_to_end(&mut unpacked);
    read.map_err(|error| AppError::invalid("$", format!("not sound gzip: {error}")))?;
    if unpacked.len() > limits.envelope_bytes {
        return Err(too_large());
    }
    Ok(Cow::Owned(unpacked))
}
