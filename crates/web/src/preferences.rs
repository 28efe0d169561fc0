//! What a reader chose for himself: language, time zone, light or dark. Kept in cookies, never on the node.

use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, COOKIE};
use jiff::tz::TimeZone;

use crate::language::Language;

pub const LANGUAGE_COOKIE: &str = "kizuna-language";
pub const ZONE_COOKIE: &str = "kizuna-zone";
pub const THEME_COOKIE: &str = "kizuna-theme";

/// Longer names are no time zones.
const ZONE_NAME_BYTES: usize = 64;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }
}

/// How one reader wants pages.
#[derive(Debug, Clone)]
pub struct Preferences {
    pub language: Language,
    pub zone: TimeZone,
    pub theme: Theme,
}

impl Preferences {
    /// Reads the cookies; the language falls back to `Accept-Language`, the zone to UTC.
    pub fn of_request(headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let language = cookie(headers, LANGUAGE_COOKIE).and_then(Language::of_tag);
        let zone = cookie(headers, ZONE_COOKIE).and_then(zone);
        Self {
            language: language.unwrap_or_else(|| Language::accepted(accepted)),
            zone: zone.unwrap_or(TimeZone::UTC),
            theme: cookie(headers, THEME_COOKIE).and_then(Theme::of_word).unwrap_or_default(),
        }
    }

    /// The name of the time zone, such as `Asia/Tokyo`.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}

/// The time zone with this name, such as `Asia/Tokyo`.
pub fn zone(name: &str) -> Option<TimeZone> {
    if name.len() > ZONE_NAME_BYTES {
        return None;
    }
    TimeZone::get(name).ok()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
