//! Time to protection: how long it took from the publication of an alert until it was delivered, acknowledged and acted
//! on, by what readable receipts say. The instants are those of the nodes that told them.

use jiff::{SignedDuration, Timestamp};
use kizuna_access::MemberId;

use super::{Row, Wanted, Way};
use crate::AppError;
use crate::read::Reading;

/// Alerts over which a member's times are measured.
const ALERTS: usize = 500;

/// Seconds that half, and nine in ten, of those that got there took; nothing where none did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Spread {
    /// Of how many.
    pub of: usize,
    pub median: Option<i64>,
    pub p90: Option<i64>,
}

impl Spread {
    /// By nearest rank, so that each figure is one that occurred.
    pub fn of(mut seconds: Vec<i64>) -> Self {
        seconds.sort_unstable();
        let rank = |percent: usize| {
            let place = (seconds.len() * percent).div_ceil(100);
            seconds.get(place.saturating_sub(1)).copied()
        };
        Self { of: seconds.len(), median: rank(50), p90: rank(90) }
    }
}

/// The times of one alert over its addressees.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Protection {
    pub published: Timestamp,
    pub delivered: Spread,
    pub acknowledged: Spread,
    pub settled: Spread,
}

impl Protection {
    pub(super) fn of(published: Timestamp, rows: &[Row]) -> Self {
        let spread = |at: &dyn Fn(&Row) -> Option<Timestamp>| {
            Spread::of(rows.iter().filter_map(at).map(|at| seconds(published, at)).collect())
        };
        Self {
            published,
            delivered: spread(&|row| row.delivered),
            acknowledged: spread(&|row| row.acknowledged),
            settled: spread(&|row| row.settled),
        }
    }
}

/// The times of one member over the alerts that were sent to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MemberTimes {
    pub member: MemberId,
    pub name: String,
    /// Alerts addressed to it.
    pub alerts: usize,
    pub delivered: Spread,
    pub acknowledged: Spread,
    pub settled: Spread,
}

/// Whole seconds from the one to the other; clocks of two nodes may differ, so it is never less than none.
fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).max(SignedDuration::ZERO).as_secs()
}

#[derive(Default)]
struct Times {
    alerts: usize,
    delivered: Vec<i64>,
    acknowledged: Vec<i64>,
    settled: Vec<i64>,
}

impl Reading {
    /// Time to protection of each member, over the newest alerts that the viewer reads: of those that its own member
    /// sent all addressees, of others its own.
    pub fn protection(&self) -> Result<Vec<MemberTimes>, AppError> {
        let mut by_member: std::collections::BTreeMap<MemberId, Times> = std::collections::BTreeMap::new();
        for way in [Way::Sent, Way::Received] {
            let wanted = Wanted { way: Some(way), ..Wanted::default() };
            for listed in self.alerts(&wanted, None, ALERTS)?.items {
                let shown = self.alert(&listed.item.id)?;
                for row in &shown.rows {
                    if way == Way::Received && row.member != self.reader().principal().member() {
                        continue;
                    }
                    let times = by_member.entry(row.member).or_default();
                    times.alerts += 1;
                    let since = |at: Option<Timestamp>| at.map(|at| seconds(shown.protection.published, at));
                    times.delivered.extend(since(row.delivered));
                    times.acknowledged.extend(since(row.acknowledged));
                    times.settled.extend(since(row.settled));
                }
            }
        }
        let mut all: Vec<MemberTimes> = by_member
            .into_iter()
            .map(|(member, times)| MemberTimes {
                member,
                name: self.member_name(member),
                alerts: times.alerts,
                delivered: Spread::of(times.delivered),
                acknowledged: Spread::of(times.acknowledged),
                settled: Spread::of(times.settled),
            })
            .collect();
        all.sort_by(|one, other| (&one.name, one.member).cmp(&(&other.name, other.member)));
        Ok(all)
    }
}
