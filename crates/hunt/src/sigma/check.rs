//! What one value of a field is asked.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::tz::TimeZone;
use regex::Regex;
use rsigma_parser::Modifier;

use super::text::{Part, Text};

/// Where in a value a literal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Anchor {
    Whole,
    Begin,
    End,
    Anywhere,
}

/// Order of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Compare {
    Less,
    AtMost,
    More,
    AtLeast,
    Same,
}

impl Compare {
    pub fn of(modifier: Modifier) -> Option<Self> {
        match modifier {
            Modifier::Lt => Some(Self::Less),
            Modifier::Lte => Some(Self::AtMost),
            Modifier::Gt => Some(Self::More),
            Modifier::Gte => Some(Self::AtLeast),
            _ => None,
        }
    }

    #[allow(clippy::float_cmp, reason = "a number in a log is the number in the rule or it is not")]
    pub fn holds(self, one: f64, other: f64) -> bool {
        match self {
            Self::Less => one < other,
            Self::AtMost => one <= other,
            Self::More => one > other,
            Self::AtLeast => one >= other,
            Self::Same => one == other,
        }
    }
}

/// A question about a value.
#[derive(Debug, Clone)]
pub(super) enum Check {
    /// Found by the search for all literals of a field at once; in small letters.
    Literal(Anchor, String),
    /// As a literal, with its letters as they are.
    Cased(Anchor, String),
    /// `*` and `?` between other characters; in small letters unless `cased`.
    Pattern {
        pattern: Text,
        cased: bool,
    },
    Regex(Regex),
    Network(IpNet),
    Number(Compare, f64),
    Part(Modifier, Compare, f64),
    /// Another field of the event has the same value, or a part of it.
    Field {
        other: u32,
        anchor: Anchor,
        cased: bool,
    },
    /// There is a value, also an empty one.
    Present,
    /// There is the field, also without a value.
    Named,
}

/// A value as it stands, and in small letters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub raw: &'a str,
    pub lower: &'a str,
}

impl Check {
    /// Whether a value answers the question. `others` are the values of the other field.
    pub fn holds<'a>(&self, value: Given<'_>, mut others: impl Iterator<Item = Given<'a>>) -> bool {
        match self {
            Self::Literal(anchor, text) => stands(*anchor, value.lower, text),
            Self::Cased(anchor, text) => stands(*anchor, value.raw, text),
            Self::Pattern { pattern, cased } => {
                matches(&pattern.0, if *cased { value.raw } else { value.lower })
            }
            Self::Regex(regex) => regex.is_match(value.raw),
            Self::Network(network) => {
                let address: Option<IpAddr> = value.raw.trim().trim_matches(['[', ']']).parse().ok();
                let address = address.map(|address| address.to_canonical());
                address.is_some_and(|address| network.contains(&address))
            }
            Self::Number(compare, number) => {
                value.raw.trim().parse().is_ok_and(|given: f64| compare.holds(given, *number))
            }
            Self::Part(part, compare, number) => {
                part_of(*part, value.raw).is_some_and(|given| compare.holds(given, *number))
            }
            Self::Field { anchor, cased, .. } => others.any(|other| {
                if *cased {
                    stands(*anchor, value.raw, other.raw)
                } else {
                    stands(*anchor, value.lower, other.lower)
                }
            }),
            Self::Present | Self::Named => true,
        }
    }
}

fn stands(anchor: Anchor, value: &str, text: &str) -> bool {
    match anchor {
        Anchor::Whole => value == text,
        Anchor::Begin => value.starts_with(text),
        Anchor::End => value.ends_with(text),
        Anchor::Anywhere => memchr::memmem::find(value.as_bytes(), text.as_bytes()).is_some(),
    }
}

/// A part of a time, in UTC.
fn part_of(part: Modifier, value: &str) -> Option<f64> {
    let time = crate::sweep::time_of(value)?.to_zoned(TimeZone::UTC);
    let number = match part {
        Modifier::Minute => i32::from(time.minute()),
        Modifier::Hour => i32::from(time.hour()),
        Modifier::Day => i32::from(time.day()),
        Modifier::Week => i32::from(time.date().iso_week_date().week()),
        Modifier::Month => i32::from(time.month()),
        Modifier::Year => i32::from(time.year()),
        _ => return None,
    };
    Some(f64::from(number))
}

/// Whether a pattern is the whole of a text. Takes at most as long as the text times the pattern.
pub(super) fn matches(pattern: &[Part], text: &str) -> bool {
    let mut place = 0;
    let mut at = 0;
    // The last `*`, and where behind it the text was taken up.
    let mut again: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(place) {
            None if at == text.len() => return true,
            None => None,
            Some(Part::Any) if place + 1 == pattern.len() => return true,
            Some(Part::Any) => {
                again = Some((place, at));
                place += 1;
                continue;
            }
            Some(Part::One) => text[at..].chars().next().map(char::len_utf8),
            Some(Part::Plain(plain)) => text[at..].starts_with(plain.as_str()).then_some(plain.len()),
        };
        if let Some(length) = step {
            at += length;
            place += 1;
            continue;
        }
        let Some((star, from)) = again else { return false };
        let Some(next) = text[from..].chars().next() else { return false };
        let mut from = from + next.len_utf8();
        // What follows `*` is looked for at once.
        if let Some(Part::Plain(plain)) = pattern.get(star + 1) {
            match memchr::memmem::find(&text.as_bytes()[from..], plain.as_bytes()) {
                Some(found) => from += found,
                None => return false,
            }
        }
        again = Some((star, from));
        at = from;
        place = star + 1;
    }
}
