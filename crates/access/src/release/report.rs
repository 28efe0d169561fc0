//! Where sharing gets stuck: how long releases take, and why they are refused.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Kind, Release, State};

/// A summary of some releases.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// By how far they are.
    pub states: BTreeMap<&'static str, usize>,
    /// Why something was not released, by kind; every kind, also those that never occurred.
    pub refusals: BTreeMap<&'static str, usize>,
    /// How many were released, whatever became of them later.
    pub released: usize,
    /// From proposal to release, in seconds: half took at most this long.
    pub median: Option<i64>,
    /// Nine of ten took at most this long.
    pub p90: Option<i64>,
    /// Of those that still wait: for how long the longest has, in seconds.
    pub longest_wait: Option<i64>,
    /// How many were released within which time; every word of [`WITHIN`].
    pub released_within: BTreeMap<&'static str, usize>,
    /// How many have waited for no longer than that, and wait still.
    pub waiting_within: BTreeMap<&'static str, usize>,
}

/// Spans of time, shortest first: the word, and the seconds that it ends with.
pub const WITHIN: [(&str, i64); 6] = [
    ("hour", 3_600),
    ("half-day", 43_200),
    ("day", 86_400),
    ("three-days", 259_200),
    ("week", 604_800),
    ("longer", i64::MAX),
];

fn within(seconds: i64) -> &'static str {
    WITHIN.iter().find(|(_, end)| seconds <= *end).map_or("longer", |(word, _)| word)
}

/// Sums up. Each release counts once, as it stands.
pub fn report<'a>(releases: impl IntoIterator<Item = &'a Release>, now: Timestamp) -> Report {
    let mut report = Report::default();
    report.refusals.extend(Kind::ALL.map(|kind| (kind.as_str(), 0)));
    report.states.extend(State::ALL.map(|state| (state.as_str(), 0)));
    report.released_within.extend(WITHIN.map(|(word, _)| (word, 0)));
    report.waiting_within.extend(WITHIN.map(|(word, _)| (word, 0)));
    let mut took: Vec<i64> = Vec::new();
    for release in releases {
        *report.states.entry(release.state.as_str()).or_default() += 1;
        if let Some(refusal) = &release.refusal {
            *report.refusals.entry(refusal.kind.as_str()).or_default() += 1;
        }
        let Some(proposed) = release.proposed_at() else { continue };
        if let Some(released) = release.released_at() {
            report.released += 1;
            let lasted = seconds(released.duration_since(proposed));
            *report.released_within.entry(within(lasted)).or_default() += 1;
            took.push(lasted);
        } else if release.state.is_open() {
            let waits = seconds(now.duration_since(proposed));
            *report.waiting_within.entry(within(waits)).or_default() += 1;
            report.longest_wait = report.longest_wait.max(Some(waits));
        }
    }
    took.sort_unstable();
    report.median = at_share(&took, 50);
    report.p90 = at_share(&took, 90);
    report
}

fn seconds(took: SignedDuration) -> i64 {
    took.as_secs().max(0)
}

/// The smallest value that at least so many in a hundred do not exceed (nearest rank).
fn at_share(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}
