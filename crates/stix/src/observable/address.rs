//! IP addresses and networks, MAC addresses, numbers of autonomous systems.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Kind, Observable};

/// Dotted decimal with four parts and no leading zeros; the other spellings that C libraries accept mean
/// different addresses to different readers.
pub(super) fn ipv4(text: &str) -> Option<String> {
    let address: Ipv4Addr = text.strip_suffix("/32").unwrap_or(text).parse().ok()?;
    Some(address.to_string())
}

/// RFC 5952. A zone (`%eth0`) means something on one machine only and is dropped.
pub(super) fn ipv6(text: &str) -> Option<String> {
    let text = text.strip_suffix("/128").unwrap_or(text);
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    let address: Ipv6Addr = address.parse().ok()?;
    Some(address.to_string())
}

/// A network of more than one address, its host bits cleared.
pub(super) fn cidr(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/')?;
    if length.is_empty() || length.len() > 3 || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let address: IpAddr = address.parse().ok()?;
    let network = IpNet::new(address, length.parse().ok()?).ok()?;
    (network.prefix_len() < network.max_prefix_len()).then(|| network.trunc().to_string())
}

/// An address or a network of either family, under the kind that it is. An IPv4 address mapped into IPv6
/// (`::ffff:192.0.2.1`, as sockets of both families log it) is that IPv4 address.
pub(super) fn any(text: &str) -> Option<Observable> {
    let found =
        [Kind::Ipv4, Kind::Ipv6, Kind::Cidr].into_iter().find_map(|kind| Observable::new(kind, text))?;
    if found.kind != Kind::Ipv6 {
        return Some(found);
    }
    found.value.parse().ok().map(of_ipv6)
}

/// The observable of an IPv6 address, or of the IPv4 address mapped into it.
pub(super) fn of_ipv6(address: Ipv6Addr) -> Observable {
    match address.to_ipv4_mapped() {
        Some(v4) => Observable { kind: Kind::Ipv4, value: v4.to_string() },
        None => Observable { kind: Kind::Ipv6, value: address.to_string() },
    }
}

/// Lowercase with colons, from colons, hyphens, dots (`0000.5e00.5301`) or plain hex; EUI-48 or EUI-64.
pub(super) fn mac(text: &str) -> Option<String> {
    let separator = text.bytes().find(|byte| !byte.is_ascii_hexdigit());
    let group = match separator {
        Some(b':' | b'-') => 2,
        Some(b'.') => 4,
        None => text.len().max(1),
        Some(_) => return None,
    };
    let mut digits = String::with_capacity(16);
    let separator = separator.map_or('\0', char::from);
    for part in text.split(separator) {
        if part.len() != group || !part.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        digits.push_str(part);
    }
    if digits.len() != 12 && digits.len() != 16 {
        return None;
    }
    digits.make_ascii_lowercase();
    let mut address = String::with_capacity(23);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && position % 2 == 0 {
            address.push(':');
        }
        address.push(digit);
    }
    Some(address)
}

/// `AS64496`, from the number alone, with the prefix, or in asdot notation (RFC 5396).
pub(super) fn asn(text: &str) -> Option<String> {
    let digits = match text.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case("as") => text.get(2..)?.trim_start(),
        _ => text,
    };
    let decimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = match digits.split_once('.') {
        Some((high, low)) if decimal(high) && decimal(low) => {
            let high: u16 = high.parse().ok()?;
            let low: u16 = low.parse().ok()?;
            (u32::from(high) << 16) | u32::from(low)
        }
        None if decimal(digits) => digits.parse().ok()?,
        _ => return None,
    };
    let mut value = String::from("AS");
    write!(value, "{number}").ok()?;
    Some(value)
}
