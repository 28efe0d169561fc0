//! Encryption to recipients, as age does it (age-encryption.org/v1).

use std::io::{self, BufRead, BufReader, Write};
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use age::stream::StreamWriter;
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};
use kizuna_federation::guard::Unopened;
use zeroize::Zeroizing;

use crate::AppError;

/// Octets read at once.
const STEP: usize = 1 << 16;

/// To what a channel's sealed identity is bound.
pub fn binding(channel: &str) -> String {
    format!("kizuna channel identity\0{channel}")
}

/// A new identity as text, and the recipient that it opens for.
pub fn new_identity() -> (Zeroizing<String>, String) {
    let identity = Identity::generate();
    let recipient = identity.to_public().to_string();
    (Zeroizing::new(identity.to_string().expose_secret().to_owned()), recipient)
}

/// Reads a recipient.
pub fn recipient(text: &str) -> Result<Recipient, AppError> {
    Recipient::from_str(text.trim())
        .map_err(|why| AppError::invalid("recipient", format!("{text:?} is no recipient age1…: {why}")))
}

/// Reads an identity, as age-keygen writes it: lines that begin with # say something else.
pub fn identity(text: &str) -> Result<Identity, AppError> {
    let mut lines = text.lines().map(str::trim);
    let key = lines.rfind(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    Identity::from_str(key).map_err(|why| AppError::invalid("identity", format!("no age identity: {why}")))
}

/// Begins to encrypt to all of these.
pub fn encrypt<W: Write>(recipients: &[String], out: W) -> Result<StreamWriter<W>, AppError> {
    let recipients: Vec<Recipient> =
        recipients.iter().map(|text| recipient(text)).collect::<Result<_, _>>()?;
    let all = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let unusable = |why: String| AppError::Internal(format!("a package cannot be encrypted: {why}"));
    let encryptor = Encryptor::with_recipients(all).map_err(|error| unusable(error.to_string()))?;
    encryptor.wrap_output(out).map_err(|error| unusable(error.to_string()))
}

/// What an identity opens, as a stream; the guard knows what it means when it does not.
pub fn decrypt<R: BufRead>(input: R, identity: &Identity) -> Result<impl BufRead + use<R>, Unopened> {
    let decryptor = Decryptor::new_buffered(input).map_err(unopened)?;
    let keys = std::iter::once(identity as &dyn age::Identity);
    let stream = decryptor.decrypt(keys).map_err(unopened)?;
    Ok(BufReader::with_capacity(STEP, stream))
}

fn unopened(error: DecryptError) -> Unopened {
    match error {
        DecryptError::Io(error) => match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Unopened::Broken(error.to_string()),
            _ => Unopened::Io(error),
        },
        DecryptError::NoMatchingKeys => Unopened::NotForUs(
            "it does not open with the channel's identity: for another recipient, or its head is changed"
                .to_owned(),
        ),
        other => Unopened::Broken(other.to_string()),
    }
}
