//! Warninglists: well-known values that make false hits, in MISP's layout.
//!
//! Applied when indicators are read; what is left out is counted by list and named, never silently.

use std::collections::HashMap;
use std::net::IpAddr;

use aho_corasick::AhoCorasick;
use kizuna_stix::observable::{Kind, Observable, guess};
use serde::Deserialize;

use crate::index::network::{self, Range};

#[cfg(test)]
mod tests;

/// Why a file is no warninglist.
#[derive(Debug, thiserror::Error)]
pub enum WarningError {
    #[error("is no warninglist: {0}")]
    Json(#[from] serde_json::Error),
    #[error("is of type `{0}`, which is not applied")]
    Type(String),
    #[error("has patterns that cannot be used together: {0}")]
    Patterns(String),
}

#[derive(Deserialize)]
struct File {
    name: String,
    #[serde(rename = "type")]
    matching: String,
    list: Vec<String>,
    #[serde(default)]
    matching_attributes: Vec<String>,
}

/// All lists that apply, compiled by [`Warninglists::ready`].
#[derive(Debug, Default)]
pub struct Warninglists {
    names: Vec<String>,
    kinds: Vec<Kinds>,
    /// Values that are equal, by what they are and how they are written.
    exact: HashMap<String, u32>,
    /// Hosts: they and all below them.
    hosts: HashMap<String, u32>,
    networks4: Vec<Range>,
    networks6: Vec<Range>,
    section4: Vec<u8>,
    section6: Vec<u8>,
    parts: Vec<(String, u32)>,
    finder: Option<AhoCorasick>,
}

/// The kinds that a list speaks of, a bit for each code.
#[derive(Debug, Clone, Copy)]
struct Kinds(u32);

impl Kinds {
    fn of(attributes: &[String]) -> Self {
        let mut kinds = 0;
        for attribute in attributes {
            for part in attribute.split('|') {
                let found: &[Kind] = match part {
                    "domain" | "hostname" => &[Kind::Domain],
                    "url" | "uri" | "link" => &[Kind::Url],
                    "ip-src" | "ip-dst" | "ip" => &[Kind::Ipv4, Kind::Ipv6, Kind::Cidr],
                    "md5" => &[Kind::Md5],
                    "sha1" => &[Kind::Sha1],
                    "sha256" => &[Kind::Sha256],
                    "sha512" => &[Kind::Sha512],
                    "sha224" | "sha384" | "ssdeep" | "imphash" | "tlsh" => &[Kind::Hash],
                    "filename" => &[Kind::FileName],
                    "regkey" => &[Kind::RegistryKey],
                    "AS" => &[Kind::Asn],
                    "btc" | "xmr" | "dash" => &[Kind::CryptoAddress],
                    "x509-fingerprint-sha1" | "x509-fingerprint-sha256" | "x509-fingerprint-md5" => {
                        &[Kind::Certificate]
                    }
                    part if part.contains("email") => &[Kind::Email],
                    _ => &[],
                };
                for kind in found {
                    kinds |= 1 << kind.code();
                }
            }
        }
        // A list that names no attribute speaks of all.
        Self(if attributes.is_empty() { u32::MAX } else { kinds })
    }

    fn hold(self, kind: Kind) -> bool {
        self.0 & (1 << kind.code()) != 0
    }
}

impl Warninglists {
    /// Adds one list; gives its name and how many values it has.
    pub fn add(&mut self, json: &[u8]) -> Result<(String, usize), WarningError> {
        let file: File = serde_json::from_slice(json)?;
        let number = self.names.len() as u32;
        match file.matching.as_str() {
            "string" => file.list.iter().for_each(|value| self.add_exact(value, number)),
            "hostname" => file.list.iter().for_each(|value| self.add_host(value, number)),
            "cidr" => file.list.iter().for_each(|value| self.add_network(value, number)),
            "substring" => {
                self.parts.extend(file.list.iter().map(|part| (part.to_lowercase(), number)));
            }
            other => return Err(WarningError::Type(other.to_owned())),
        }
        self.kinds.push(Kinds::of(&file.matching_attributes));
        self.names.push(file.name.clone());
        Ok((file.name, file.list.len()))
    }

    fn add_exact(&mut self, value: &str, number: u32) {
        self.exact.entry(value.to_lowercase()).or_insert(number);
        for observable in guess(value) {
            self.exact.entry(observable.value).or_insert(number);
        }
    }

    fn add_host(&mut self, value: &str, number: u32) {
        let host = value.trim_start_matches('.');
        let normal =
            Observable::new(Kind::Domain, host).map_or_else(|| host.to_lowercase(), |host| host.value);
        self.hosts.entry(normal).or_insert(number);
    }

    fn add_network(&mut self, value: &str, number: u32) {
        let (address, length) = value.split_once('/').unwrap_or((value, ""));
        match (address.parse(), length.parse::<u32>()) {
            (Ok(IpAddr::V4(first)), length) => {
                let rest = u32::MAX.checked_shr(length.unwrap_or(32)).unwrap_or(0);
                let first = u32::from(first) & !rest;
                self.networks4.push(Range {
                    first: first.into(),
                    last: (first | rest).into(),
                    entry: number,
                });
            }
            (Ok(IpAddr::V6(first)), length) => {
                let rest = u128::MAX.checked_shr(length.unwrap_or(128)).unwrap_or(0);
                let first = u128::from(first) & !rest;
                self.networks6.push(Range { first, last: first | rest, entry: number });
            }
            (Err(_), _) => self.add_exact(value, number),
        }
    }

    /// Compiles what was added.
    pub fn ready(mut self) -> Result<Self, WarningError> {
        self.section4 = network::section(std::mem::take(&mut self.networks4));
        self.section6 = network::section(std::mem::take(&mut self.networks6));
        if !self.parts.is_empty() {
            let parts = self.parts.iter().map(|(part, _)| part);
            let finder =
                AhoCorasick::new(parts).map_err(|error| WarningError::Patterns(error.to_string()))?;
            self.finder = Some(finder);
        }
        Ok(self)
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The first list that holds a value.
    pub fn holding(&self, observable: &Observable) -> Option<&str> {
        let kind = observable.kind;
        let value = observable.value.as_str();
        let speaks = |number: &u32| self.kinds.get(*number as usize).is_some_and(|kinds| kinds.hold(kind));
        let number = self
            .exact
            .get(value)
            .copied()
            .filter(speaks)
            .or_else(|| self.by_host(observable).filter(speaks))
            .or_else(|| self.by_network(observable).into_iter().find(|number| speaks(number)))
            .or_else(|| self.by_part(value, speaks))?;
        self.names.get(number as usize).map(String::as_str)
    }

    fn by_host(&self, observable: &Observable) -> Option<u32> {
        let implied = observable.implied();
        let mut host = match observable.kind {
            Kind::Domain => observable.value.as_str(),
            Kind::Url => implied.as_ref()?.value.as_str(),
            _ => return None,
        };
        loop {
            if let Some(number) = self.hosts.get(host) {
                return Some(*number);
            }
            host = host.split_once('.')?.1;
        }
    }

    fn by_network(&self, observable: &Observable) -> Vec<u32> {
        let mut found = Vec::new();
        let (first, length) = observable.value.split_once('/').unwrap_or((&observable.value, ""));
        let address: Option<IpAddr> = match observable.kind {
            Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr => first.parse().ok(),
            _ => None,
        };
        let section = match address {
            Some(IpAddr::V4(_)) => &self.section4,
            Some(IpAddr::V6(_)) => &self.section6,
            None => return found,
        };
        let (number, rest) = match address {
            Some(IpAddr::V4(v4)) => {
                let rest = u32::MAX.checked_shr(length.parse().unwrap_or(32)).unwrap_or(0);
                (u128::from(u32::from(v4)), u128::from(rest))
            }
            Some(IpAddr::V6(v6)) => {
                (u128::from(v6), u128::MAX.checked_shr(length.parse().unwrap_or(128)).unwrap_or(0))
            }
            None => return found,
        };
        network::holding(section, number, &mut found);
        if rest > 0 {
            // The whole network lies within the list's, not only its first address.
            let mut last = Vec::new();
            network::holding(section, number | rest, &mut last);
            found.retain(|list| last.contains(list));
        }
        found
    }

    fn by_part(&self, value: &str, speaks: impl Fn(&u32) -> bool) -> Option<u32> {
        let finder = self.finder.as_ref()?;
        let value = value.to_lowercase();
        finder
            .find_overlapping_iter(&value)
            .filter_map(|found| self.parts.get(found.pattern().as_usize()).map(|(_, number)| *number))
            .find(|number| speaks(number))
    }
}
