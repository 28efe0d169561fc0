//! How a node runs: a TOML file, every value with a default, every name checked.
//!
//! The file says what it changes and nothing else. `kizuna settings` prints all of them as they hold.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use kizuna_api::http::{Caps, Patience, Rate, Rates};
use kizuna_app::Limits;
use serde::{Deserialize, Serialize};

use crate::fail::Fail;

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub http: Http,
    pub peers: Peers,
    pub log: Log,
    pub rates: RateSettings,
    pub limits: LimitSettings,
    pub receipts: ReceiptSettings,
}

/// What the node tells others by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiptSettings {
    /// That an alert or a request that was sent to a member living here has arrived.
    pub delivered: bool,
}

impl Default for ReceiptSettings {
    fn default() -> Self {
        Self { delivered: true }
    }
}

/// How clients reach the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    pub listen: SocketAddr,
    /// Whether browsers reach it over TLS, which a proxy in front of it ends: session cookies then need TLS.
    pub behind_tls: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8480)), behind_tls: false, proxies: Vec::new() }
    }
}

/// How enrolled peers reach the node over mutual TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Peers {
    /// Nothing: no peer is served so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// `host:port`, as peers are told when they enrol; where nothing is said, `listen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What the node writes to standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// As `RUST_LOG`, which goes before it: `warn`, `info`, `kizuna_http=debug`.
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "warn".to_owned() }
    }
}

/// Requests a second. Zero is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateSettings {
    /// Of each API key, and of each person's sessions together.
    pub account_per_second: u32,
    pub account_burst: u32,
    /// Of each address that presents no credentials that hold.
    pub stranger_per_second: u32,
    pub stranger_burst: u32,
}

impl Default for RateSettings {
    fn default() -> Self {
        Self { account_per_second: 500, account_burst: 2_000, stranger_per_second: 20, stranger_burst: 200 }
    }
}

/// Caps on what clients may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// Of one request, as sent and after decompression.
    pub body_bytes: usize,
    /// Of all requests' bodies that are held at once.
    pub bodies_bytes: usize,
    /// Of one object.
    pub object_bytes: usize,
    /// Arrays and objects within each other in one object.
    pub object_depth: usize,
    /// In one envelope that comes in a request.
    pub envelope_objects: usize,
    /// In one page.
    pub page_objects: usize,
    /// From a request's head to the answer's head.
    pub request_seconds: u32,
    /// Of one read in the store.
    pub read_seconds: u32,
    /// For a request's head to come, and for a connection to be silent.
    pub head_seconds: u32,
    /// For a client to take in what was sent to it.
    pub stall_seconds: u32,
    pub connections: usize,
    /// Under way at once.
    pub requests: usize,
    /// 0: two for each processor, and four at least.
    pub reads: usize,
    pub writes: usize,
    pub streams: usize,
    /// For a place among the reads or writes, in a burst.
    pub wait_milliseconds: u32,
    /// The same, while more comes than can be done.
    pub wait_overloaded_milliseconds: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let (caps, limits) = (Caps::default(), Limits::default());
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let millis = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        Self {
            body_bytes: caps.body_bytes,
            bodies_bytes: caps.bodies_bytes,
            object_bytes: limits.object_bytes,
            object_depth: limits.depth,
            envelope_objects: caps.objects,
            page_objects: caps.page,
            request_seconds: seconds(caps.request_time),
            read_seconds: seconds(caps.read_time),
            head_seconds: seconds(caps.head_time),
            stall_seconds: seconds(caps.stall_time),
            connections: caps.connections,
            requests: caps.requests,
            reads: 0,
            writes: caps.writes,
            streams: caps.streams,
            wait_milliseconds: millis(caps.patience.burst),
            wait_overloaded_milliseconds: millis(caps.patience.standing),
        }
    }
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// A usage failure that names the file, line and setting.
    pub fn read(file: &Path) -> Result<Self, Fail> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Fail::usage(format!("{}: {error}", file.display())))?;
        let settings: Self =
            toml::from_str(&text).map_err(|error| Fail::usage(format!("{}: {error}", file.display())))?;
        settings.check().map_err(|fault| Fail::usage(format!("{}: {fault}", file.display())))?;
        Ok(settings)
    }

    /// What no type can say.
    fn check(&self) -> Result<(), String> {
        let limits = &self.limits;
        let needed = [
            ("limits.body_bytes", limits.body_bytes),
            ("limits.object_bytes", limits.object_bytes),
            ("limits.object_depth", limits.object_depth),
            ("limits.envelope_objects", limits.envelope_objects),
            ("limits.page_objects", limits.page_objects),
            ("limits.connections", limits.connections),
            ("limits.requests", limits.requests),
            ("limits.writes", limits.writes),
            ("limits.request_seconds", limits.request_seconds as usize),
            ("limits.read_seconds", limits.read_seconds as usize),
            ("limits.head_seconds", limits.head_seconds as usize),
            ("limits.stall_seconds", limits.stall_seconds as usize),
        ];
        if let Some((name, _)) = needed.into_iter().find(|(_, value)| *value == 0) {
            return Err(format!("{name} must be more than zero"));
        }
        if let Some(address) = &self.peers.address
            && kizuna_app::peers::reached_at(address).is_err()
        {
            return Err("peers.address must be of the form host:port".to_owned());
        }
        if limits.bodies_bytes < limits.body_bytes {
            return Err("limits.bodies_bytes must hold at least one body: limits.body_bytes".to_owned());
        }
        Ok(())
    }

    pub fn caps(&self) -> Caps {
        let limits = &self.limits;
        let seconds = |count: u32| Duration::from_secs(count.into());
        let millis = |count: u32| Duration::from_millis(count.into());
        Caps {
            body_bytes: limits.body_bytes,
            bodies_bytes: limits.bodies_bytes,
            request_time: seconds(limits.request_seconds),
            read_time: seconds(limits.read_seconds),
            connections: limits.connections,
            head_time: seconds(limits.head_seconds),
            stall_time: seconds(limits.stall_seconds),
            requests: limits.requests,
            reads: if limits.reads == 0 { Caps::default().reads } else { limits.reads },
            writes: limits.writes,
            streams: limits.streams,
            patience: Patience {
                burst: millis(limits.wait_milliseconds),
                standing: millis(limits.wait_overloaded_milliseconds),
            },
            page: limits.page_objects,
            objects: limits.envelope_objects,
            rates: Rates {
                account: rate(self.rates.account_per_second, self.rates.account_burst),
                stranger: rate(self.rates.stranger_per_second, self.rates.stranger_burst),
            },
            proxies: self.http.proxies.clone(),
        }
    }

    /// Caps on what is taken in, from whichever side.
    pub fn intake(&self) -> Limits {
        Limits {
            object_bytes: self.limits.object_bytes,
            depth: self.limits.object_depth,
            ..Limits::default()
        }
    }
}

fn rate(per_second: u32, burst: u32) -> Option<Rate> {
    let per_second = NonZeroU32::new(per_second)?;
    Some(Rate { per_second, burst: NonZeroU32::new(burst).unwrap_or(per_second) })
}

#[cfg(test)]
mod tests;
