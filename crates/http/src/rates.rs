//! How often somebody may ask: a bucket for each account's key, and one for each address that presents none.
//!
//! A bucket holds `burst` requests and is refilled at `per_second` (the generic cell rate algorithm, ITU-T I.371).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use kizuna_access::{KeyId, PersonId, Principal};

use crate::Failure;

/// Requests in a second, and how many may come at once after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub per_second: NonZeroU32,
    pub burst: NonZeroU32,
}

/// Who is held to which rate. `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// Of each API key, and of each person's sessions together.
    pub account: Option<Rate>,
    /// Of each address that presents nothing, or nothing that holds.
    pub stranger: Option<Rate>,
}

/// Whose bucket a request is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    Key(KeyId),
    Person(PersonId),
    Stranger(Option<IpAddr>),
}

impl Asker {
    pub fn of(who: Option<&Principal>, address: Option<IpAddr>) -> Self {
        match who {
            None => Self::Stranger(address),
            Some(who) => who.key().map_or(Self::Person(who.person()), Self::Key),
        }
    }
}

/// After so many requests the buckets that are full again are forgotten.
const SWEEP: u32 = 8_192;

type Buckets = DefaultKeyedRateLimiter<Asker>;

/// The buckets of everybody.
pub(crate) struct Meter {
    accounts: Option<Buckets>,
    strangers: Option<Buckets>,
    asked: AtomicU32,
}

impl Meter {
    pub fn new(rates: Rates) -> Self {
        let buckets = |rate: Rate| {
            let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
            RateLimiter::dashmap(quota)
        };
        Self {
            accounts: rates.account.map(buckets),
            strangers: rates.stranger.map(buckets),
            asked: AtomicU32::new(0),
        }
    }

    /// Takes one request from a bucket.
    ///
    /// # Errors
    /// 429 with `Retry-After` (RFC 6585 §4) where the bucket is empty.
    pub fn take(&self, asker: Asker) -> Result<(), Failure> {
        let buckets = match asker {
            Asker::Stranger(_) => &self.strangers,
            Asker::Key(_) | Asker::Person(_) => &self.accounts,
        };
        let Some(buckets) = buckets else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            buckets.retain_recent();
        }
        buckets.check_key(&asker).map_err(|early| {
            let wait: Duration = early.wait_time_from(DefaultClock::default().now());
            Failure::too_many(wait)
        })
    }
}

#[cfg(test)]
mod tests;
