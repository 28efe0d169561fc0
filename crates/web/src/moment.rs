//! Instants as pages show them: in the reader's zone, with UTC on hover.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// An instant, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// `2026-11-22 14:05 JST`.
    pub local: String,
    /// `2026-11-22 05:05:09 UTC`.
    pub utc: String,
    /// RFC 3339, for machines.
    pub iso: String,
}

impl Moment {
    pub fn new(instant: Timestamp, zone: &TimeZone) -> Self {
        let local = instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
        let utc = instant.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        Self { local, utc, iso: instant.to_string() }
    }
}

#[cfg(test)]
mod tests;
