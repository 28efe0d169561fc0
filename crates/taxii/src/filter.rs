//! What a client asks for: `added_after`, `limit`, `next` and `match[…]` (§3.4, §3.5).

use jiff::Timestamp;
use kizuna_stix::Id;
use kizuna_stix::id::is_kind;

use crate::instant;

/// Values in one list filter.
pub const VALUES: usize = 1000;

/// A filter, read from a query string.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Exclusive.
    pub added_after: Option<Timestamp>,
    /// At least 1; the server caps it further.
    pub limit: Option<usize>,
    pub next: Option<String>,
    /// Any of these; `None` asks for all.
    pub ids: Option<Vec<Id>>,
    pub kinds: Option<Vec<String>>,
    pub versions: Option<Versions>,
    /// Such as `2.1`.
    pub spec_versions: Option<Vec<String>>,
}

/// `match[version]`: any of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Versions {
    pub all: bool,
    pub first: bool,
    pub last: bool,
    pub at: Vec<Timestamp>,
}

/// The match fields that an endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Id,
    Type,
    Version,
    SpecVersion,
}

impl Match {
    /// Of objects and manifest (§5.3, §5.4).
    pub const OBJECTS: &'static [Self] = &[Self::Id, Self::Type, Self::Version, Self::SpecVersion];
    /// Of one object (§5.6, §5.7).
    pub const OBJECT: &'static [Self] = &[Self::Version, Self::SpecVersion];
    /// Of the versions of an object (§5.8).
    pub const VERSIONS: &'static [Self] = &[Self::SpecVersion];

    fn named(field: &str) -> Option<Self> {
        match field {
            "id" => Some(Self::Id),
            "type" => Some(Self::Type),
            "version" => Some(Self::Version),
            "spec_version" => Some(Self::SpecVersion),
            _ => None,
        }
    }
}

/// A filter that cannot be understood: better refused than answered with what was not asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{parameter}: {rule}")]
pub struct FilterError {
    /// The parameter's name, shortened where it is long.
    pub parameter: String,
    pub rule: String,
}

impl Filter {
    /// Reads a query string. Parameters that TAXII does not name are passed over; a match field that the endpoint
    /// does not know is refused.
    ///
    /// # Errors
    /// The first parameter that is given twice or has a value of the wrong form.
    pub fn parse(query: &str, known: &[Match]) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            filter
                .read(&name, &value, known)
                .map_err(|rule| FilterError { parameter: name.chars().take(40).collect(), rule })?;
        }
        Ok(filter)
    }

    /// The query string that asks for this, without `?`; empty where all is asked for.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(after) = self.added_after {
            query.append_pair("added_after", &instant::format(after));
        }
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        if let Some(next) = &self.next {
            query.append_pair("next", next);
        }
        if let Some(ids) = &self.ids {
            let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
            query.append_pair("match[id]", &ids.join(","));
        }
        if let Some(kinds) = &self.kinds {
            query.append_pair("match[type]", &kinds.join(","));
        }
        if let Some(versions) = &self.versions {
            query.append_pair("match[version]", &versions.text());
        }
        if let Some(spec_versions) = &self.spec_versions {
            query.append_pair("match[spec_version]", &spec_versions.join(","));
        }
        query.finish()
    }

    fn read(&mut self, name: &str, value: &str, known: &[Match]) -> Result<(), String> {
        match name {
            "added_after" => {
                once(&mut self.added_after, instant::parse(value).map_err(|bad| bad.to_string())?)
            }
            "limit" => once(&mut self.limit, limit(value)?),
            "next" if value.is_empty() => Err("is empty".to_owned()),
            "next" => once(&mut self.next, value.to_owned()),
            _ => match name.strip_prefix("match[").and_then(|rest| rest.strip_suffix(']')) {
                Some(field) => self.read_match(field, value, known),
                None if name == "match" || name.starts_with("match[") => Err("write match[field]".to_owned()),
                None => Ok(()),
            },
        }
    }

    fn read_match(&mut self, field: &str, value: &str, known: &[Match]) -> Result<(), String> {
        let field = Match::named(field).filter(|field| known.contains(field));
        let field = field.ok_or_else(|| "this endpoint has no such match field".to_owned())?;
        let values = list(value)?;
        match field {
            Match::Id => {
                let ids: Result<Vec<Id>, _> = values.iter().map(|text| text.parse()).collect();
                once(&mut self.ids, ids.map_err(|_| "each value is a STIX id (type--uuid)".to_owned())?)
            }
            Match::Type => {
                if !values.iter().all(|kind| is_kind(kind)) {
                    return Err("each value is a STIX type, such as indicator".to_owned());
                }
                once(&mut self.kinds, values.into_iter().map(str::to_owned).collect())
            }
            Match::Version => once(&mut self.versions, Versions::parse(&values)?),
            Match::SpecVersion => {
                if !values.iter().all(|version| is_spec_version(version)) {
                    return Err("each value is a STIX version, such as 2.1".to_owned());
                }
                once(&mut self.spec_versions, values.into_iter().map(str::to_owned).collect())
            }
        }
    }

    /// Whether objects of this STIX version are asked for.
    pub fn takes_spec_version(&self, version: &str) -> bool {
        let wanted = self.spec_versions.as_ref();
        wanted.is_none_or(|wanted| wanted.iter().any(|wanted| wanted == version))
    }
}

impl Versions {
    fn parse(values: &[&str]) -> Result<Self, String> {
        let mut versions = Self::default();
        for value in values {
            match *value {
                "all" => versions.all = true,
                "first" => versions.first = true,
                "last" => versions.last = true,
                text => {
                    let at = instant::parse(text);
                    versions.at.push(
                        at.map_err(|bad| format!("each value is all, first, last or a timestamp: {bad}"))?,
                    );
                }
            }
        }
        Ok(versions)
    }

    fn text(&self) -> String {
        let words = [(self.all, "all"), (self.first, "first"), (self.last, "last")];
        let words = words.into_iter().filter(|(given, _)| *given).map(|(_, word)| word.to_owned());
        words.chain(self.at.iter().copied().map(instant::format)).collect::<Vec<_>>().join(",")
    }
}

/// Each parameter stands once (§3.4: "each field MUST NOT occur more than once").
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), String> {
    if place.is_some() {
        return Err("is given twice; separate values by commas".to_owned());
    }
    *place = Some(value);
    Ok(())
}

fn limit(text: &str) -> Result<usize, String> {
    let rule = || "must be a whole number from 1".to_owned();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(rule());
    }
    // More digits than a number here holds is simply more than the server's own cap.
    match text.parse::<usize>().unwrap_or(usize::MAX) {
        0 => Err(rule()),
        limit => Ok(limit),
    }
}

fn list(value: &str) -> Result<Vec<&str>, String> {
    let values: Vec<&str> = value.split(',').map(str::trim).collect();
    if values.iter().any(|value| value.is_empty()) {
        return Err("has an empty value".to_owned());
    }
    if values.len() > VALUES {
        return Err(format!("has more than {VALUES} values"));
    }
    Ok(values)
}

fn is_spec_version(text: &str) -> bool {
    let is_number =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

#[cfg(test)]
mod tests;
