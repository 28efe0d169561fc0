//! By which key, and by which part of its value, an entry is found.

use std::net::{Ipv4Addr, Ipv6Addr};

use kizuna_stix::observable::Kind;

use super::entry::What;
use super::key::{self, Seed};

/// Shortest run of letters and digits that is looked up as one.
pub const LONG: usize = 26;

/// How a text is led to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// By the name with dots that the value ends in, so many bytes long.
    Dotted(usize),
    Ipv4(u32),
    Ipv6(u128),
    /// First and last address.
    Network4(u32, u32),
    Network6(u128, u128),
    /// By a whole run of letters and digits: the last so many bytes of the value.
    Long(usize),
    Mail,
    Place,
    Ja4,
    Mac,
    Registry,
    /// By the longest word in the value: its start and length.
    Word(usize, usize),
}

impl Route {
    /// The way to a value in normal form; `None` where there is none.
    pub fn of(what: What, normal: &str) -> Option<Self> {
        let kind = match what {
            What::Nothing | What::Pattern => return None,
            What::Host => return host(normal),
            What::Value(kind) => kind,
        };
        let bytes = normal.as_bytes();
        match kind {
            Kind::Domain | Kind::FileName => dotted(bytes).or_else(|| word(bytes)),
            Kind::Ipv4 => normal.parse().ok().map(|address: Ipv4Addr| Self::Ipv4(address.into())),
            Kind::Ipv6 => normal.parse().ok().map(|address: Ipv6Addr| Self::Ipv6(address.into())),
            Kind::Cidr => network(normal),
            Kind::Url => Some(Self::Place),
            Kind::Email => Some(Self::Mail),
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 | Kind::Ja3 | Kind::CryptoAddress => {
                Some(Self::Long(bytes.len()))
            }
            Kind::Hash | Kind::Certificate => named(normal),
            Kind::Ja4 => Some(Self::Ja4),
            Kind::Mac if bytes.len() == 17 => Some(Self::Mac),
            Kind::RegistryKey => Some(Self::Registry),
            Kind::Mac | Kind::Asn | Kind::Mutex | Kind::UserAgent | Kind::Account => word(bytes),
        }
    }

    /// The key under which the table holds the value; `None` for networks, which are not in it.
    pub fn key(self, normal: &[u8]) -> Option<u64> {
        Some(match self {
            Self::Dotted(length) => key::of_ending(Seed::Dotted, normal, normal.len(), length),
            Self::Ipv4(address) => key::of_number(Seed::Ipv4, address.into()),
            Self::Ipv6(address) => key::of_number(Seed::Ipv6, address),
            Self::Network4(..) | Self::Network6(..) => return None,
            Self::Long(length) => key::of_ending(Seed::Long, normal, normal.len(), length),
            Self::Mail => key::of(Seed::Mail, normal),
            Self::Place => key::of(Seed::Place, place(normal)),
            Self::Ja4 => key::of(Seed::Ja4, normal),
            Self::Mac => key::of(Seed::Mac, normal),
            Self::Registry => key::of(Seed::Registry, normal),
            Self::Word(start, length) => key::of(Seed::Word, normal.get(start..start + length)?),
        })
    }
}

/// A URL in normal form without its scheme: how logs hold it that give host and path, and no scheme.
pub fn place(normal: &[u8]) -> &[u8] {
    let start = memchr::memmem::find(normal, b"://").map_or(0, |at| at + 3);
    &normal[start..]
}

/// The value of a named hash or certificate, without the name.
pub fn unnamed(normal: &[u8]) -> &[u8] {
    let start = memchr::memchr(b':', normal).map_or(0, |at| at + 1);
    &normal[start..]
}

fn host(normal: &str) -> Option<Route> {
    if let Ok(address) = normal.parse::<Ipv4Addr>() {
        return Some(Route::Ipv4(address.into()));
    }
    if let Ok(address) = normal.parse::<Ipv6Addr>() {
        return Some(Route::Ipv6(address.into()));
    }
    dotted(normal.as_bytes()).or_else(|| word(normal.as_bytes()))
}

fn network(normal: &str) -> Option<Route> {
    let (address, length) = normal.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    if let Ok(first) = address.parse::<Ipv4Addr>() {
        let first = u32::from(first);
        let rest = u32::MAX.checked_shr(length).unwrap_or(0);
        return Some(Route::Network4(first, first | rest));
    }
    let first = u128::from(address.parse::<Ipv6Addr>().ok()?);
    let rest = u128::MAX.checked_shr(length).unwrap_or(0);
    Some(Route::Network6(first, first | rest))
}

fn named(normal: &str) -> Option<Route> {
    let value = unnamed(normal.as_bytes());
    if value.len() >= LONG && value.iter().all(u8::is_ascii_alphanumeric) {
        return Some(Route::Long(value.len()));
    }
    word(value).map(|route| match route {
        Route::Word(start, length) => Route::Word(start + normal.len() - value.len(), length),
        other => other,
    })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// The name with dots at the end of a value, as the scanner will cut it out.
fn dotted(normal: &[u8]) -> Option<Route> {
    let run = normal.iter().rev().take_while(|byte| is_name(**byte)).count();
    let name = &normal[normal.len() - run..];
    // The scanner parts names at two dots.
    let parted = memchr::memmem::rfind(name, b"..").map_or(0, |at| at + 2);
    let name = &name[parted..];
    let lead = name.iter().take_while(|byte| matches!(byte, b'.' | b'-')).count();
    let name = &name[lead..];
    let mut labels = name.rsplit(|byte| *byte == b'.');
    let last = labels.next()?;
    let before = labels.next()?;
    let sound = !last.is_empty()
        && last.len() < 64
        && !last.ends_with(b"-")
        && !before.is_empty()
        // Tokens of digits and dots take the way of addresses.
        && name.iter().any(u8::is_ascii_alphabetic);
    sound.then_some(Route::Dotted(name.len()))
}

/// The longest word of letters and digits; of equals the first.
fn word(normal: &[u8]) -> Option<Route> {
    let mut best = (0, 0);
    let mut start = 0;
    for (position, byte) in normal.iter().chain(b" ").enumerate() {
        if byte.is_ascii_alphanumeric() {
            continue;
        }
        if position - start > best.1 {
            best = (start, position - start);
        }
        start = position + 1;
    }
    (best.1 > 0).then_some(Route::Word(best.0, best.1))
}
