//! Comparison expressions (STIX 2.1 §9.6), compiled.

use std::cmp::Ordering;

use fancy_regex::Regex;
use kizuna_stix::observable::{Kind, Observable, state};
use kizuna_stix::pattern::{Constant, Operator};
use serde_json::Value;

use super::like::{Case, Like};
use super::network::Network;
use super::path::{Observation, Origin, Path};
use super::value::Found;

/// A comparison expression. One object has to satisfy all of it.
#[derive(Debug)]
pub(super) enum Comparison {
    All(Vec<Self>),
    Any(Vec<Self>),
    One(Proposition),
}

/// One test of one path.
#[derive(Debug)]
pub(super) struct Proposition {
    /// The number of the type at which the path begins.
    pub kind: u16,
    /// The number of the path.
    pub path: u32,
    pub negated: bool,
    pub asked: Asked,
}

/// What a proposition asks of a value.
#[derive(Debug)]
pub(super) enum Asked {
    Compare(Operator, Wanted),
    In(Vec<Wanted>),
    Like(Like),
    Matches(Box<Regex>),
    Subset(Network),
    Superset(Network),
    Exists,
}

/// A constant, and its normal form where the path states an observable.
#[derive(Debug)]
pub(super) struct Wanted {
    pub constant: Constant,
    pub normal: Option<Observable>,
}

/// Expressions that were given up because they went back and forth too long.
pub(super) type GivenUp = u64;

impl Comparison {
    /// Whether an object, of the type with that number, satisfies the expression.
    pub fn holds(
        &self,
        paths: &[Path],
        kinds: &[String],
        (kind, object): (u16, &Value),
        observation: &Observation<'_>,
        given_up: &mut GivenUp,
    ) -> bool {
        match self {
            Self::All(all) => {
                all.iter().all(|inner| inner.holds(paths, kinds, (kind, object), observation, given_up))
            }
            Self::Any(any) => {
                any.iter().any(|inner| inner.holds(paths, kinds, (kind, object), observation, given_up))
            }
            Self::One(proposition) => {
                let Some(path) = paths.get(proposition.path as usize) else { return false };
                let name = kinds.get(usize::from(kind)).map_or("", String::as_str);
                proposition.kind == kind && proposition.holds((name, path), object, observation, given_up)
            }
        }
    }
}

impl Proposition {
    fn holds(
        &self,
        (kind, path): (&str, &Path),
        object: &Value,
        observation: &Observation<'_>,
        given_up: &mut GivenUp,
    ) -> bool {
        if matches!(self.asked, Asked::Exists) {
            return path.any(object, observation.pool, &mut |_| true) != self.negated;
        }
        let place = Place { kind, path, origin: observation.origin };
        path.any(object, observation.pool, &mut |found| self.accepts(found, &place, given_up))
    }

    fn accepts(&self, found: &Found<'_>, place: &Place<'_>, given_up: &mut GivenUp) -> bool {
        let truth = match &self.asked {
            Asked::Compare(Operator::Equal, wanted) => place.equal(found, wanted),
            Asked::Compare(Operator::NotEqual, wanted) => !place.equal(found, wanted),
            Asked::Compare(operator, wanted) => match found.compare(&wanted.constant) {
                Some(order) => stands(*operator, order),
                // What has no order is not in the order asked for, nor in the opposite one.
                None => return false,
            },
            Asked::In(set) => set.iter().any(|wanted| place.equal(found, wanted)),
            Asked::Like(like) => found.text().is_some_and(|text| like.matches(&text, place.case())),
            Asked::Matches(expression) => found.text().is_some_and(|text| {
                expression.is_match(&text).unwrap_or_else(|_| {
                    *given_up += 1;
                    false
                })
            }),
            Asked::Subset(network) => {
                found.plain().and_then(Network::read).is_some_and(|inner| network.holds(&inner))
            }
            Asked::Superset(network) => {
                found.plain().and_then(Network::read).is_some_and(|outer| outer.holds(network))
            }
            Asked::Exists => true,
        };
        truth != self.negated
    }
}

fn stands(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
    }
}

/// Where a value was found.
struct Place<'a> {
    kind: &'a str,
    path: &'a Path,
    origin: Origin,
}

impl Place<'_> {
    fn equal(&self, found: &Found<'_>, wanted: &Wanted) -> bool {
        if found.compare(&wanted.constant) == Some(Ordering::Equal) {
            return true;
        }
        let (Origin::Log, Some(normal)) = (self.origin, &wanted.normal) else { return false };
        found.plain().and_then(|text| stated(self.kind, &self.path.keys, text)).as_ref() == Some(normal)
    }

    /// Names of domains, files and registry keys have no case; who writes a pattern cannot know the case of a log.
    fn case(&self) -> Case {
        let last = self.path.keys.last().map_or("", String::as_str);
        let caseless = matches!(
            (self.kind, last),
            ("domain-name" | "email-addr", "value")
                | ("file" | "directory", "name" | "path")
                | ("windows-registry-key", "key")
                | ("process", "name" | "cwd")
        );
        if caseless && self.origin == Origin::Log { Case::Ignored } else { Case::Told }
    }
}

/// The observable that a text states at a place, not what it implies besides.
pub(super) fn stated(kind: &str, keys: &[String], text: &str) -> Option<Observable> {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    state(kind, &keys, text, &mut found);
    found.pop()
}

/// Kinds of values that a scan finds in a line in every form in which a log can write them, so that a line without one
/// need not be looked at.
pub fn is_found_by_scan(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Domain
            | Kind::Ipv4
            | Kind::Ipv6
            | Kind::Cidr
            | Kind::Url
            | Kind::Email
            | Kind::Md5
            | Kind::Sha1
            | Kind::Sha256
            | Kind::Sha512
            | Kind::FileName
            | Kind::RegistryKey
    )
}
