//! Observables and their normal forms.
//!
//! One value has one spelling here, whoever wrote it: the store indexes it, search looks it up, the sweep
//! compares log fields with it, the MISP lens correlates by it. [`Observable::new`] makes the normal form,
//! [`of_object`] takes what an object states, [`guess`] reads what a person pastes.
//!
//! Every normal form is idempotent: normalising it again changes nothing.

mod address;
mod digest;
mod domain;
mod guess;
mod name;
mod stated;
#[cfg(test)]
mod tests;
mod url;
mod wallet;

use std::fmt;

use crate::Object;

pub use domain::registrable as registrable_domain;
pub use stated::state;

/// Longer values are not indexed, in bytes: such a value is a document, nobody looks it up.
pub const MAX_BYTES: usize = 8 * 1024;

/// What kind of value an observable is. The discriminants are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Kind {
    /// `example.org`: A-labels, lowercase, no trailing dot.
    Domain = 1,
    /// `192.0.2.1`.
    Ipv4 = 2,
    /// `2001:db8::1` (RFC 5952), without a zone. An object or a person that says `::ffff:192.0.2.1` means IPv4.
    Ipv6 = 3,
    /// `192.0.2.0/24`: host bits cleared. A network of one address is that address instead.
    Cidr = 4,
    /// `https://example.org/a?b`: an absolute URL with a host, normalised after RFC 3986 §6.2.
    Url = 5,
    /// `name@example.org`, wholly lowercase.
    Email = 6,
    Md5 = 7,
    Sha1 = 8,
    Sha256 = 9,
    Sha512 = 10,
    /// Any other file hash, written `algorithm:value`.
    Hash = 11,
    /// The last component of a path, NFC, lowercase.
    FileName = 12,
    /// `hkey_local_machine\software\…`, lowercase.
    RegistryKey = 13,
    /// `00:00:5e:00:53:01`; eight groups for an EUI-64.
    Mac = 14,
    /// `AS64496`.
    Asn = 15,
    /// As written, NFC: names of mutexes are case-sensitive.
    Mutex = 16,
    /// As written, NFC.
    UserAgent = 17,
    /// A hash of a certificate or its serial number: `sha256:…`, `sha1:…`, `md5:…`, `serial:…`.
    Certificate = 18,
    /// A login or a user's id, NFKC, lowercase.
    Account = 19,
    Ja3 = 20,
    Ja4 = 21,
    /// An address in a cryptocurrency.
    CryptoAddress = 22,
}

impl Kind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 22] = [
        Self::Domain,
        Self::Ipv4,
        Self::Ipv6,
        Self::Cidr,
        Self::Url,
        Self::Email,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Hash,
        Self::FileName,
        Self::RegistryKey,
        Self::Mac,
        Self::Asn,
        Self::Mutex,
        Self::UserAgent,
        Self::Certificate,
        Self::Account,
        Self::Ja3,
        Self::Ja4,
        Self::CryptoAddress,
    ];

    /// The number under which the kind is stored.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The kind stored under `code`.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name as serialised, such as `file-name`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Cidr => "cidr",
            Self::Url => "url",
            Self::Email => "email",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Hash => "hash",
            Self::FileName => "file-name",
            Self::RegistryKey => "registry-key",
            Self::Mac => "mac",
            Self::Asn => "asn",
            Self::Mutex => "mutex",
            Self::UserAgent => "user-agent",
            Self::Certificate => "certificate",
            Self::Account => "account",
            Self::Ja3 => "ja3",
            Self::Ja4 => "ja4",
            Self::CryptoAddress => "crypto-address",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A value in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Observable {
    pub kind: Kind,
    pub value: String,
}

impl Observable {
    /// The normal form of `text` read as a `kind`; `None` when it is no such thing.
    pub fn new(kind: Kind, text: &str) -> Option<Self> {
        let value = normal(kind, text)?;
        Some(Self { kind, value })
    }

    /// What this value states besides itself: a URL states its host.
    pub fn implied(&self) -> Option<Self> {
        if self.kind == Kind::Url { url::host(&self.value) } else { None }
    }
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

/// The normal form of `text` read as a `kind`; `None` when it is no such thing, is empty, or is longer than
/// [`MAX_BYTES`].
pub fn normal(kind: Kind, text: &str) -> Option<String> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text = text.trim();
    let value = match kind {
        Kind::Domain => domain::normal(text),
        Kind::Ipv4 => address::ipv4(text),
        Kind::Ipv6 => address::ipv6(text),
        Kind::Cidr => address::cidr(text),
        Kind::Url => url::normal(text),
        Kind::Email => name::email(text),
        Kind::Md5 | Kind::Ja3 => digest::hex_of_length(text, 32),
        Kind::Sha1 => digest::hex_of_length(text, 40),
        Kind::Sha256 => digest::hex_of_length(text, 64),
        Kind::Sha512 => digest::hex_of_length(text, 128),
        Kind::Hash => digest::named(text),
        Kind::FileName => name::file(text),
        Kind::RegistryKey => name::registry_key(text),
        Kind::Mac => address::mac(text),
        Kind::Asn => address::asn(text),
        Kind::Mutex | Kind::UserAgent => name::verbatim(text),
        Kind::Certificate => digest::certificate(text),
        Kind::Account => name::account(text),
        Kind::Ja4 => digest::ja4(text),
        Kind::CryptoAddress => wallet::normal(text),
    }?;
    (value.len() <= MAX_BYTES).then_some(value)
}

/// Every observable that an object states: the values of an SCO, the exact atoms of an indicator's pattern.
/// Sorted, each once.
pub fn of_object(object: &Object) -> Vec<Observable> {
    stated::by_object(object.value())
}

/// Reads one value as a person writes it (defanged too) and says what it can be, the likeliest first.
pub fn guess(text: &str) -> Vec<Observable> {
    guess::guess(text)
}
