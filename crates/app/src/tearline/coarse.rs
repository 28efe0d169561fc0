//! Coarser times and values.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kizuna_stix::{observable, time};
use serde_json::Value;

/// To what times are cut, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    Exact,
    Hour,
    #[default]
    Day,
    Month,
}

impl Precision {
    pub const ALL: [Self; 4] = [Self::Exact, Self::Hour, Self::Day, Self::Month];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|precision| precision.as_str() == word)
    }

    /// An instant cut to the beginning of its hour, day or month; never later than it was.
    pub(super) fn cut(self, instant: Timestamp) -> Timestamp {
        const HOUR: i64 = 3_600;
        const DAY: i64 = 24 * HOUR;
        let whole = |seconds: i64| {
            let cut = instant.as_second().div_euclid(seconds) * seconds;
            Timestamp::from_second(cut).unwrap_or(instant)
        };
        match self {
            Self::Exact => instant,
            Self::Hour => whole(HOUR),
            Self::Day => whole(DAY),
            Self::Month => {
                let first = instant.to_zoned(TimeZone::UTC).first_of_month();
                let midnight = first.and_then(|first| first.start_of_day());
                midnight.map_or_else(|_| whole(DAY), |midnight| midnight.timestamp())
            }
        }
    }
}

/// Bits of an address that remain: a provider's customer, not a machine.
const KEPT_IPV4: u8 = 24;
const KEPT_IPV6: u8 = 48;

/// A value made less exact; nothing where no coarser form of it is known.
pub(super) fn coarser(kind: &str, value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    if let Ok(instant) = time::parse(text) {
        return Some(Value::String(time::format(Precision::Day.cut(instant))));
    }
    let coarser = match kind {
        "ipv4-addr" | "ipv6-addr" => network(text)?,
        "domain-name" => observable::registrable_domain(text)?.to_owned(),
        "url" => {
            let parsed = url::Url::parse(text).ok()?;
            format!("{}://{}/", parsed.scheme(), parsed.host_str()?)
        }
        _ => return None,
    };
    Some(Value::String(coarser))
}

fn network(text: &str) -> Option<String> {
    let address: IpAddr = text.parse().ok()?;
    let kept = if address.is_ipv4() { KEPT_IPV4 } else { KEPT_IPV6 };
    let cut = match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX << (32 - u32::from(kept));
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX << (128 - u32::from(kept));
            IpAddr::V6((address.to_bits() & mask).into())
        }
    };
    Some(format!("{cut}/{kept}"))
}
