//! Warninglists: well-known values that make false hits, in MISP's layout.
//!
//! Applied when indicators are read; what is left out is counted by list and named, never silently.

mod list;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::IpAddr;

use aho_corasick::AhoCorasick;
use kizuna_stix::observable::{Kind, Observable, guess};
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use crate::index::network::{self, Range};
use list::List;

/// Bytes that one regular expression of a list may take, compiled.
const MAX_REGEX: usize = 1 << 20;

/// Why a file is no warninglist.
#[derive(Debug, thiserror::Error)]
pub enum WarningError {
    #[error("is no warninglist: {0}")]
    Json(#[from] serde_json::Error),
    #[error("is of type `{0}`, which is not applied")]
    Type(String),
    #[error("has patterns that cannot be used together: {0}")]
    Patterns(String),
    #[error("has the expression `{0}`, which cannot be used")]
    Expression(String),
}

/// All lists that apply, compiled by [`Warninglists::ready`].
#[derive(Debug, Default)]
pub struct Warninglists {
    names: Vec<String>,
    kinds: Vec<Kinds>,
    /// Values that are equal, by what they are and how they are written.
    exact: Values,
    /// Hosts: they and all below them.
    hosts: Values,
    networks4: Vec<Range>,
    networks6: Vec<Range>,
    section4: Vec<u8>,
    section6: Vec<u8>,
    parts: Vec<(String, u32)>,
    finder: Option<AhoCorasick>,
    expressions: Vec<(Regex, u32)>,
}

/// Values, each with the lists that hold it: one may stand in several, of which some do not speak of its kind.
#[derive(Debug, Default)]
struct Values {
    /// One more than the place of the last link.
    newest: HashMap<String, u32>,
    /// A list, and one more than the place of the link before.
    links: Vec<(u32, u32)>,
}

impl Values {
    fn add(&mut self, value: String, list: u32) {
        let newest = self.newest.entry(value).or_default();
        let before = std::mem::replace(newest, self.links.len() as u32 + 1);
        self.links.push((list, before));
    }

    /// The lists that hold a value.
    fn holding(&self, value: &str) -> impl Iterator<Item = u32> {
        let mut next = self.newest.get(value).copied().unwrap_or_default();
        std::iter::from_fn(move || {
            let (list, before) = *self.links.get(next.checked_sub(1)? as usize)?;
            next = before;
            Some(list)
        })
    }
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
    /// Adds the lists of a file: one in MISP's layout, or those that a node serves as objects. Gives how many.
    pub fn add(&mut self, json: &[u8]) -> Result<usize, WarningError> {
        let lists = list::read(json)?;
        lists.iter().try_for_each(|list| self.add_list(list))?;
        Ok(lists.len())
    }

    /// Adds the lists among objects of STIX. Gives how many.
    pub fn add_objects<'a>(
        &mut self,
        objects: impl Iterator<Item = &'a Map<String, Value>>,
    ) -> Result<usize, WarningError> {
        let lists = list::of_objects(objects);
        lists.iter().try_for_each(|list| self.add_list(list))?;
        Ok(lists.len())
    }

    fn add_list(&mut self, list: &List) -> Result<(), WarningError> {
        let number = self.names.len() as u32;
        let values = &list.values;
        match list.matching.as_str() {
            "string" => values.iter().for_each(|value| self.add_exact(value, number)),
            "hostname" => values.iter().for_each(|value| self.add_host(value, number)),
            "cidr" => values.iter().for_each(|value| self.add_network(value, number)),
            "substring" => self.parts.extend(values.iter().map(|part| (part.to_lowercase(), number))),
            "regex" => {
                let made: Result<Vec<_>, _> = values.iter().map(|value| expression(value)).collect();
                self.expressions.extend(made?.into_iter().map(|made| (made, number)));
            }
            other => return Err(WarningError::Type(other.to_owned())),
        }
        self.kinds.push(Kinds::of(&list.matching_attributes));
        self.names.push(list.name.clone());
        Ok(())
    }

    fn add_exact(&mut self, value: &str, number: u32) {
        let lower = value.to_lowercase();
        for observable in guess(value) {
            if observable.value != lower {
                self.exact.add(observable.value, number);
            }
        }
        self.exact.add(lower, number);
    }

    fn add_host(&mut self, value: &str, number: u32) {
        let host = value.trim_start_matches('.');
        let normal =
            Observable::new(Kind::Domain, host).map_or_else(|| host.to_lowercase(), |host| host.value);
        self.hosts.add(normal, number);
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

    /// A list that holds a value and speaks of its kind.
    pub fn holding(&self, observable: &Observable) -> Option<&str> {
        let kind = observable.kind;
        let value = observable.value.as_str();
        let speaks = |number: &u32| self.kinds.get(*number as usize).is_some_and(|kinds| kinds.hold(kind));
        let number = self
            .exact
            .holding(value)
            .find(speaks)
            .or_else(|| self.by_host(observable, speaks))
            .or_else(|| self.by_network(observable).into_iter().find(speaks))
            .or_else(|| self.by_part(value, speaks))
            .or_else(|| {
                let mut fitting = self.expressions.iter().filter(|(_, number)| speaks(number));
                fitting.find(|(expression, _)| expression.is_match(value)).map(|(_, number)| *number)
            })?;
        self.names.get(number as usize).map(String::as_str)
    }

    fn by_host(&self, observable: &Observable, speaks: impl Fn(&u32) -> bool) -> Option<u32> {
        let implied = observable.implied();
        let mut host = match observable.kind {
            Kind::Domain => observable.value.as_str(),
            Kind::Url => implied.as_ref()?.value.as_str(),
            _ => return None,
        };
        loop {
            if let Some(number) = self.hosts.holding(host).find(&speaks) {
                return Some(number);
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

/// An expression as MISP writes it: `/…/i`, or bare.
fn expression(text: &str) -> Result<Regex, WarningError> {
    let delimited = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    let (pattern, flags) = delimited.unwrap_or((text, ""));
    RegexBuilder::new(pattern)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .size_limit(MAX_REGEX)
        .build()
        .map_err(|_| WarningError::Expression(text.to_owned()))
}
