//! Addresses and networks as `ISSUBSET` and `ISSUPERSET` compare them (STIX 2.1 §9.6).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network; an address is the network of itself alone. Bits behind the prefix are not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    /// IPv4 in the upper 32 bits, so that both families mask alike.
    bits: u128,
    prefix: u32,
    six: bool,
}

impl Network {
    /// Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`.
    pub fn read(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let (bits, most) = match address.parse().ok()? {
            IpAddr::V4(address) => (four(address), 32),
            IpAddr::V6(address) => (six(address), 128),
        };
        let prefix = match prefix {
            None => most,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
        };
        (prefix <= most).then_some(Self { bits, prefix, six: most == 128 })
    }

    /// Whether all of `other` lies in this network.
    pub fn holds(&self, other: &Self) -> bool {
        let differing = u128::BITS - self.prefix;
        let apart = (self.bits ^ other.bits).checked_shr(differing).unwrap_or(0);
        self.six == other.six && self.prefix <= other.prefix && apart == 0
    }
}

fn four(address: Ipv4Addr) -> u128 {
    u128::from(u32::from(address)) << 96
}

fn six(address: Ipv6Addr) -> u128 {
    u128::from(address)
}
