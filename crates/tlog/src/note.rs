//! Signed notes (C2SP `signed-note`): a text, and who signed it.
//!
//! A note that is read keeps every signature as it stands, also of keys and kinds that nobody here knows.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::cosignature::{self, Cosignature};

/// Octets of a note at most.
pub const LARGEST_NOTE: usize = 64 << 10;
/// Signatures under a note at most.
pub const MOST_SIGNATURES: usize = 64;
/// Octets of a key's name at most.
const LONGEST_NAME: usize = 255;

/// Before each signature: an em dash and a space.
const DASH: &str = "— ";

/// The octets are no signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    #[error("a note of more than {LARGEST_NOTE} octets")]
    TooLarge,
    #[error("a note with more than {MOST_SIGNATURES} signatures")]
    TooMany,
    #[error("a note is UTF-8 without control characters but line ends")]
    NotText,
    #[error("a note ends in an empty line and signatures, each on a line")]
    NoSignatures,
    #[error("line {0} of the signatures is none")]
    Signature(usize),
}

/// The text is no key, or no name of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("a key's name is 1 to {LONGEST_NAME} octets without spaces, plus signs and control characters")]
    Name,
    #[error("not a key of the form NAME+ID+KEY (8 hexadecimal digits; base64)")]
    Form,
    #[error("a key of a kind that this program does not know: {0:#04x}")]
    UnknownKind(u8),
    #[error("the key is not the one that its id says")]
    Id,
    #[error("a key that proves nothing: not a point of the curve, or one of small order")]
    Weak,
}

/// The name of a key, such as `kizuna.example/log`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let is_refused = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
        if text.is_empty() || text.len() > LONGEST_NAME || text.chars().any(is_refused) {
            return Err(BadKey::Name);
        }
        Ok(Self(text.to_owned()))
    }
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// The text of a note: a log its checkpoints.
    Note = 0x01,
    /// That a witness saw a checkpoint, and when (C2SP `tlog-cosignature`).
    Cosignature = 0x04,
}

/// One signature under a note, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    pub name: KeyName,
    /// The head of a SHA-256 over name, kind and key.
    pub id: [u8; 4],
    pub signature: Vec<u8>,
}

/// One line, without its end.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = [&self.id[..], &self.signature[..]].concat();
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(octets))
    }
}

impl FromStr for NoteSignature {
    type Err = BadNote;

    fn from_str(line: &str) -> Result<Self, BadNote> {
        let bad = BadNote::Signature(1);
        let (name, octets) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or(bad)?;
        let name = name.parse().map_err(|_| bad)?;
        let octets = STANDARD.decode(octets).map_err(|_| bad)?;
        let (id, signature) = octets.split_first_chunk::<4>().ok_or(bad)?;
        if signature.is_empty() {
            return Err(bad);
        }
        Ok(Self { name, id: *id, signature: signature.to_vec() })
    }
}

/// A text and its signatures. None of them is verified until [`Note::signature_of`] has found it to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// What a note says of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// It has no signature of the key.
    Not,
    /// It has one that is not the key's.
    Forged,
    /// The key signed it; a witness says when (seconds since 1970).
    By { at: Option<u64> },
}

impl Note {
    /// A text that one or more have signed. The text ends in a line end.
    ///
    /// # Errors
    /// Where the text is none that can be signed.
    pub fn new(text: String, signatures: Vec<NoteSignature>) -> Result<Self, BadNote> {
        let is_refused = |octet: u8| octet < 0x20 && octet != b'\n';
        if !text.ends_with('\n') || text.bytes().any(is_refused) {
            return Err(BadNote::NotText);
        }
        if signatures.is_empty() {
            return Err(BadNote::NoSignatures);
        }
        if signatures.len() > MOST_SIGNATURES {
            return Err(BadNote::TooMany);
        }
        Ok(Self { text, signatures })
    }

    /// Reads a note.
    pub fn read(octets: &[u8]) -> Result<Self, BadNote> {
        if octets.len() > LARGEST_NOTE {
            return Err(BadNote::TooLarge);
        }
        let note = std::str::from_utf8(octets).map_err(|_| BadNote::NotText)?;
        // The last empty line ends the text.
        let end = note.rfind("\n\n").ok_or(BadNote::NoSignatures)?;
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(BadNote::NoSignatures)?;
        if lines.split('\n').count() > MOST_SIGNATURES {
            return Err(BadNote::TooMany);
        }
        let numbered = |(at, line): (usize, &str)| line.parse().map_err(|_| BadNote::Signature(at + 1));
        let signatures = lines.split('\n').enumerate().map(numbered).collect::<Result<_, _>>()?;
        Self::new(text.to_owned(), signatures)
    }

    /// What is signed, its last line end included.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature in the place of an earlier one by the same key.
    pub fn add(&mut self, signature: NoteSignature) {
        self.signatures.retain(|other| other.name != signature.name || other.id != signature.id);
        self.signatures.push(signature);
        self.signatures.truncate(MOST_SIGNATURES);
    }

    /// What it says of a key. Where it has several signatures of it, all must be good.
    pub fn signature_of(&self, key: &Verifier) -> Signed {
        let mut signed = Signed::Not;
        let id = key.id();
        for one in self.signatures.iter().filter(|one| one.name == key.name && one.id == id) {
            signed = key.judge(&self.text, &one.signature);
            if signed == Signed::Forged {
                return signed;
            }
        }
        signed
    }

    /// Whether this key signed it.
    pub fn is_signed_by(&self, key: &Verifier) -> bool {
        matches!(self.signature_of(key), Signed::By { .. })
    }
}

/// As it is sent.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// A public key with its name and use. As text it is a `vkey`: `NAME+ID+KEY`.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: KeyName,
    used_for: Use,
    key: VerifyingKey,
}

impl Verifier {
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    pub fn used_for(&self) -> Use {
        self.used_for
    }

    /// The same key for another use: a node signs its checkpoints and co-signs those of others with one key.
    #[must_use]
    pub fn for_use(&self, used_for: Use) -> Self {
        Self { used_for, ..self.clone() }
    }

    /// What stands before its signatures.
    pub fn id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(self.name.as_str())
            .chain_update([b'\n', self.used_for as u8])
            .chain_update(self.key.as_bytes())
            .finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// What a signature under a text is.
    fn judge(&self, text: &str, signature: &[u8]) -> Signed {
        let (at, signature, message) = match self.used_for {
            Use::Note => (None, signature, text.to_owned()),
            Use::Cosignature => {
                let Some(split) = Cosignature::split(signature) else { return Signed::Forged };
                (Some(split.at), split.signature, cosignature::message(text, split.at))
            }
        };
        let signature = ed25519_dalek::Signature::from_slice(signature);
        let is_its = |signature| self.key.verify_strict(message.as_bytes(), &signature).is_ok();
        if signature.is_ok_and(is_its) { Signed::By { at } } else { Signed::Forged }
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = vec![self.used_for as u8];
        octets.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(octets))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Verifier {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadKey::Form);
        };
        let name: KeyName = name.parse()?;
        let mut stated = [0; 4];
        hex::decode_to_slice(id, &mut stated).map_err(|_| BadKey::Form)?;
        let octets = STANDARD.decode(key).map_err(|_| BadKey::Form)?;
        let (kind, key) = octets.split_first().ok_or(BadKey::Form)?;
        let used_for = [Use::Note, Use::Cosignature].into_iter().find(|used| *used as u8 == *kind);
        let used_for = used_for.ok_or(BadKey::UnknownKind(*kind))?;
        let key: [u8; 32] = key.try_into().map_err(|_| BadKey::Form)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| BadKey::Weak)?;
        if key.is_weak() {
            return Err(BadKey::Weak);
        }
        let verifier = Self { name, used_for, key };
        if verifier.id() == stated { Ok(verifier) } else { Err(BadKey::Id) }
    }
}

/// A private key with its name: signs notes. What it is made of is zeroed when it is dropped.
pub struct Signer {
    name: KeyName,
    key: SigningKey,
}

impl Signer {
    /// The key of these 32 random octets.
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Self {
        Self { name, key: SigningKey::from_bytes(seed) }
    }

    /// What checks its signatures.
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), used_for: Use::Note, key: self.key.verifying_key() }
    }

    /// Signs a text, which ends in a line end.
    pub fn sign(&self, text: &str) -> NoteSignature {
        let signature = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        NoteSignature { name: self.name.clone(), id: self.verifier().id(), signature }
    }

    /// The same key as a witness's.
    pub fn cosigner(&self) -> Cosigner<'_> {
        Cosigner(self)
    }
}

/// A private key as a witness's.
pub struct Cosigner<'a>(&'a Signer);

impl Cosigner<'_> {
    pub fn verifier(&self) -> Verifier {
        self.0.verifier().for_use(Use::Cosignature)
    }

    /// Says that, at this time (seconds since 1970), the checkpoint of this text was the largest seen of its log.
    pub fn sign(&self, text: &str, at: u64) -> NoteSignature {
        let signature = self.0.key.sign(cosignature::message(text, at).as_bytes()).to_bytes();
        let signature = Cosignature { at, signature: &signature }.joined();
        NoteSignature { name: self.0.name.clone(), id: self.verifier().id(), signature }
    }
}

#[cfg(test)]
mod tests;
