//! Observables and their normal forms.

use crate::Object;

/// What kind of value an observable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Kind {
    Domain = 1,
    Ipv4 = 2,
    Ipv6 = 3,
    Cidr = 4,
    Url = 5,
    Email = 6,
    Md5 = 7,
    Sha1 = 8,
    Sha256 = 9,
    Sha512 = 10,
    /// Any other file hash, written `algorithm:value`.
    Hash = 11,
    FileName = 12,
    RegistryKey = 13,
    Mac = 14,
    Asn = 15,
    Mutex = 16,
    UserAgent = 17,
    Certificate = 18,
    Account = 19,
    Ja3 = 20,
    Ja4 = 21,
    CryptoAddress = 22,
}

/// A value in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Observable {
    pub kind: Kind,
    pub value: String,
}

/// Every observable that an object states: the values of an SCO, the exact atoms of an indicator's pattern.
/// Sorted, each once.
pub fn of_object(_object: &Object) -> Vec<Observable> {
    Vec::new()
}

/// Reads one value as a person writes it (defanged too) and says what it can be.
pub fn guess(_text: &str) -> Vec<Observable> {
    Vec::new()
}
