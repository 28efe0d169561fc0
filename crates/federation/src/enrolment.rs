//! Enrolment: two nodes that have never met come to know each other's certificates and signing keys by a code that
//! one person reads to another over the phone.
//!
//! The code is the password of a SPAKE2 exchange (RFC 9382's balanced PAKE, as the crate `spake2` has it): who listens
//! or stands between learns nothing by which codes could be tried anywhere but here, where [`TRIES`] wrong ones burn
//! the invitation. What both sides then prove to each other covers both certificates as each side saw them and all that
//! each says of itself, so that somebody in the middle with certificates of his own proves nothing.
//!
//! ```text
//! joiner                                     inviter
//!   Begin { place, message }        ──────→    which invitation?  draws its own message
//!                                   ←──────    Reply { message }
//!   Proof { offer, mac }            ──────→    wrong? one try less.  right: the invitation is used up
//!   wrong? nothing is taken         ←──────    Proof { offer, mac }
//! ```
//!
//! The joiner proves itself first: who does not know the code is told nothing about the node.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, Mac as _};
use jiff::{SignedDuration, Timestamp};
use kizuna_access::rights::Sector;
use kizuna_access::{Country, MemberId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use zeroize::Zeroizing;

use crate::transport::{Binding, Pin};

/// What is said here, as one number: another is another protocol.
pub const PROTOCOL: u32 = 1;
/// How long an invitation can be used.
pub const VALID: SignedDuration = SignedDuration::from_mins(10);
/// So many wrong codes burn an invitation.
pub const TRIES: u8 = 3;
/// Octets that an exchange draws at random.
pub const RANDOM: usize = 64;
/// Digits of a code.
const DIGITS: u32 = 9;
/// Those that follow the place.
const SECRET: u32 = 10_000_000;

/// What is read over the phone: nine digits. The first two say which invitation is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(u32);

/// The text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has nine digits, such as 482 913 077")]
pub struct BadCode;

impl Code {
    /// The code of random octets.
    pub fn of(random: u64) -> Self {
        // The bias of the remainder is below one in 10^10.
        Self(u32::try_from(random % u64::from(10_u32.pow(DIGITS))).unwrap_or_default())
    }

    /// Which of the invitations that are open: 0–99.
    pub fn place(&self) -> u32 {
        self.0 / SECRET
    }

    fn digits(self) -> String {
        format!("{:09}", self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        write!(f, "{} {} {}", &digits[..3], &digits[3..6], &digits[6..])
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl FromStr for Code {
    type Err = BadCode;

    /// Digits of either width; white space and hyphens between them do not count.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let mut code = 0;
        let mut digits = 0;
        for c in text.chars().filter(|c| !c.is_whitespace() && !['-', '‐', '－', 'ー'].contains(c)) {
            let wide = u32::from(c).checked_sub(u32::from('０')).filter(|digit| *digit < 10);
            code = c.to_digit(10).or(wide).map(|digit| code * 10_u64 + u64::from(digit)).ok_or(BadCode)?;
            digits += 1;
            if digits > DIGITS {
                return Err(BadCode);
            }
        }
        let code = u32::try_from(code).map_err(|_| BadCode)?;
        if digits == DIGITS { Ok(Self(code)) } else { Err(BadCode) }
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digits())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why an enrolment did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Never opened, used, burned or too old: from outside these are one.
    #[error("no invitation is open under this code: ask for a new one")]
    NoInvitation,
    #[error("the code is wrong, or somebody stands between the two nodes")]
    Wrong,
    #[error("what the other side says is not this protocol")]
    Malformed,
}

/// What one member says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    pub id: MemberId,
    pub name: String,
    pub country: Country,
    pub sector: Sector,
    /// Its signing key, `ed25519:…`.
    pub key: String,
    /// Its word that the transport key is its node's.
    pub binding: Binding,
}

/// What one side says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub protocol: u32,
    /// The principal one first.
    pub members: Vec<Enrolled>,
    /// Where its peers reach it, `host:port`; nothing where they do not.
    #[serde(default)]
    pub address: Option<String>,
}

impl Offer {
    /// Reads an offer that came over a connection with this certificate. Every member must vouch for that.
    pub fn read(text: &str, pin: &Pin) -> Result<Self, Refused> {
        let offer: Self = serde_json::from_str(text).map_err(|_| Refused::Malformed)?;
        if offer.protocol != PROTOCOL || offer.members.is_empty() {
            return Err(Refused::Malformed);
        }
        let vouches = |member: &Enrolled| {
            let binding = &member.binding;
            let is_meant = binding.member == member.id && binding.pin.is_among([pin]);
            is_meant && binding.is_signed_by(&member.key) == Ok(true)
        };
        if offer.members.iter().all(vouches) { Ok(offer) } else { Err(Refused::Wrong) }
    }
}

/// The two certificates of a connection, as one side sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pins {
    pub inviter: Pin,
    pub joiner: Pin,
}

/// The first message: which invitation, and the joiner's half of the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    pub place: u32,
    message: String,
}

/// The second: the inviter's half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    message: String,
}

/// The third and fourth: what a side says of itself, and that it knows the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    offer: String,
    mac: String,
}

/// An invitation, as it is kept until it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub code: Code,
    /// Exclusive.
    pub until: Timestamp,
    /// Tries that were wrong.
    wrong: u8,
}

impl Invitation {
    pub fn open(code: Code, now: Timestamp) -> Self {
        Self { code, until: now.checked_add(VALID).unwrap_or(now), wrong: 0 }
    }

    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.until && self.wrong < TRIES
    }

    /// One wrong try more. Counted before a proof is looked at, and taken back by using the invitation up.
    #[must_use]
    pub fn tried(&self) -> Self {
        Self { wrong: self.wrong.saturating_add(1), ..self.clone() }
    }

    /// Answers a joiner.
    ///
    /// # Errors
    /// [`Refused::NoInvitation`] where it is not open; [`Refused::Malformed`].
    pub fn answer(
        &self,
        begin: &Begin,
        pins: Pins,
        random: &[u8; RANDOM],
        now: Timestamp,
    ) -> Result<(Session, Reply), Refused> {
        if begin.place != self.code.place() || !self.is_open(now) {
            return Err(Refused::NoInvitation);
        }
        let theirs = octets(&begin.message)?;
        let (exchange, ours) = Spake2::<Ed25519Group>::start_b_with_rng(
            &password(self.code),
            &joiner(),
            &inviter(),
            Drawn(random),
        );
        let key = exchange.finish(&theirs).map_err(|_| Refused::Malformed)?;
        let transcript = transcript(begin.place, pins, &theirs, &ours);
        let session = Session { key: Zeroizing::new(key), transcript };
        Ok((session, Reply { message: hex::encode(ours) }))
    }
}

/// The inviter's side of an exchange under way. It is used once, right or wrong.
pub struct Session {
    key: Zeroizing<Vec<u8>>,
    transcript: [u8; 32],
}

impl Session {
    /// Judges the joiner's proof, and proves this side.
    ///
    /// # Errors
    /// [`Refused::Wrong`]: the code was another, or the certificates that the joiner saw were.
    pub fn accept(self, proof: &Proof, offer: &str) -> Result<(String, Proof), Refused> {
        let said = [proof.offer.as_bytes()];
        check(&self.key, &self.transcript, JOINER, &said, &proof.mac)?;
        let said = [proof.offer.as_bytes(), offer.as_bytes()];
        let mac = hex::encode(mac(&self.key, &self.transcript, INVITER, &said)?.finalize().into_bytes());
        Ok((proof.offer.clone(), Proof { offer: offer.to_owned(), mac }))
    }
}

/// The joiner's side, before the inviter has answered.
pub struct Joining {
    exchange: Spake2<Ed25519Group>,
    place: u32,
    ours: Vec<u8>,
}

/// The joiner's side, once it has proven itself.
pub struct Awaiting {
    key: Zeroizing<Vec<u8>>,
    transcript: [u8; 32],
    offer: String,
}

impl Joining {
    pub fn begin(code: Code, random: &[u8; RANDOM]) -> (Self, Begin) {
        let (exchange, ours) =
            Spake2::<Ed25519Group>::start_a_with_rng(&password(code), &joiner(), &inviter(), Drawn(random));
        let begin = Begin { place: code.place(), message: hex::encode(&ours) };
        (Self { exchange, place: code.place(), ours }, begin)
    }

    /// Proves this side. `pins` are the certificates of the connection on which the answer came.
    ///
    /// # Errors
    /// [`Refused::Malformed`].
    pub fn prove(self, reply: &Reply, pins: Pins, offer: &str) -> Result<(Awaiting, Proof), Refused> {
        let theirs = octets(&reply.message)?;
        let transcript = transcript(self.place, pins, &self.ours, &theirs);
        let key = Zeroizing::new(self.exchange.finish(&theirs).map_err(|_| Refused::Malformed)?);
        let said = [offer.as_bytes()];
        let mac = hex::encode(mac(&key, &transcript, JOINER, &said)?.finalize().into_bytes());
        let proof = Proof { offer: offer.to_owned(), mac };
        Ok((Awaiting { key, transcript, offer: offer.to_owned() }, proof))
    }
}

impl Awaiting {
    /// Judges the inviter's proof: what it says of itself, where it knows the code.
    ///
    /// # Errors
    /// [`Refused::Wrong`].
    pub fn finish(self, proof: &Proof) -> Result<String, Refused> {
        let said = [self.offer.as_bytes(), proof.offer.as_bytes()];
        check(&self.key, &self.transcript, INVITER, &said, &proof.mac)?;
        Ok(proof.offer.clone())
    }
}

const JOINER: &[u8] = b"kizuna enrolment v1 joiner";
const INVITER: &[u8] = b"kizuna enrolment v1 inviter";

fn joiner() -> Identity {
    Identity::new(JOINER)
}

fn inviter() -> Identity {
    Identity::new(INVITER)
}

fn password(code: Code) -> Password {
    Password::new(code.digits())
}

fn octets(text: &str) -> Result<Vec<u8>, Refused> {
    hex::decode(text).map_err(|_| Refused::Malformed)
}

fn transcript(place: u32, pins: Pins, joiner: &[u8], inviter: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(b"kizuna enrolment v1\0");
    digest.update(place.to_be_bytes());
    digest.update(pins.joiner.octets());
    digest.update(pins.inviter.octets());
    for message in [joiner, inviter] {
        digest.update((message.len() as u64).to_be_bytes());
        digest.update(message);
    }
    digest.finalize().into()
}

fn mac(key: &[u8], transcript: &[u8; 32], side: &[u8], said: &[&[u8]]) -> Result<Hmac<Sha256>, Refused> {
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(key).map_err(|_| Refused::Malformed)?;
    mac.update(side);
    mac.update(transcript);
    for part in said {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Ok(mac)
}

/// In a time that tells nothing of how much was right.
fn check(key: &[u8], transcript: &[u8; 32], side: &[u8], said: &[&[u8]], given: &str) -> Result<(), Refused> {
    let given = octets(given)?;
    mac(key, transcript, side, said)?.verify_slice(&given).map_err(|_| Refused::Wrong)
}

/// Random octets that were drawn elsewhere, for a library that draws its own.
struct Drawn<'a>(&'a [u8; RANDOM]);

impl rand_core::CryptoRng for Drawn<'_> {}

impl rand_core::RngCore for Drawn<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut octets = [0; 4];
        self.fill_bytes(&mut octets);
        u32::from_le_bytes(octets)
    }

    fn next_u64(&mut self) -> u64 {
        let mut octets = [0; 8];
        self.fill_bytes(&mut octets);
        u64::from_le_bytes(octets)
    }

    /// One scalar is drawn, of 64 octets. More would repeat them, so they are spread by a digest.
    fn fill_bytes(&mut self, into: &mut [u8]) {
        for (number, chunk) in (0_u64..).zip(into.chunks_mut(32)) {
            let mut digest = Sha256::new();
            digest.update(self.0);
            digest.update(number.to_be_bytes());
            chunk.copy_from_slice(&digest.finalize()[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(into);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
