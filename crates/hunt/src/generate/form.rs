//! Values, the forms in which logs write them, and what only looks like them.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use kizuna_stix::observable::{Kind, Observable};

use super::Style;
use super::event::Fields;
use super::random::Random;

/// How a planted value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    AsGiven,
    UpperCase,
    Subdomain,
    TrailingDot,
    /// `\/` or `\u002e` in JSON.
    JsonEscape,
    PercentEncoded,
    FullWidth,
    /// A member of the network.
    Member,
    /// `::ffff:192.0.2.1`
    Mapped,
    /// All groups of an IPv6 address, or all digits of an IPv4 one.
    Full,
    WithPort,
    DefaultPort,
    WithoutScheme,
    /// Host and path in fields of their own.
    Split,
    /// In a path, a command or behind the name of an algorithm.
    Within,
    ShortHive,
}

impl Form {
    /// The forms that a kind has in logs of a style.
    pub fn of(kind: Kind, style: Style) -> Vec<Self> {
        let mut forms = vec![Self::AsGiven];
        forms.extend_from_slice(match kind {
            Kind::Domain => &[Self::UpperCase, Self::Subdomain, Self::TrailingDot, Self::PercentEncoded],
            Kind::Ipv4 => &[Self::Mapped, Self::Full, Self::WithPort],
            Kind::Ipv6 => &[Self::UpperCase, Self::Full, Self::WithPort],
            Kind::Cidr => &[Self::Member, Self::Mapped],
            Kind::Url => {
                &[Self::UpperCase, Self::DefaultPort, Self::WithoutScheme, Self::Split, Self::PercentEncoded]
            }
            Kind::Email => &[Self::UpperCase, Self::Within],
            Kind::FileName | Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 => {
                &[Self::UpperCase, Self::Within]
            }
            Kind::RegistryKey => &[Self::UpperCase, Self::ShortHive, Self::Within],
            _ => &[],
        });
        let widens = matches!(kind, Kind::Domain | Kind::Ipv4 | Kind::Md5 | Kind::Sha256);
        if widens && style != Style::Tsv {
            forms.push(Self::FullWidth);
        }
        if style == Style::Json && matches!(kind, Kind::Domain | Kind::Url | Kind::Ipv4) {
            forms.push(Self::JsonEscape);
        }
        forms
    }

    pub fn write(self, kind: Kind, value: &str, random: &mut Random) -> Fields {
        let (name, text) = (field(kind), value.to_owned());
        match self {
            Self::AsGiven if kind == Kind::Cidr => Self::Member.write(kind, value, random),
            Self::AsGiven => Fields::escaped(name, text.replace('\\', "\\\\"), text),
            Self::UpperCase if kind == Kind::Url => Fields::plain(name, upper_host(value)),
            Self::UpperCase => {
                let text = text.to_ascii_uppercase();
                Fields::escaped(name, text.replace('\\', "\\\\"), text)
            }
            Self::Subdomain => Fields::plain(name, format!("{}.{value}", random.word(2))),
            Self::TrailingDot => Fields::plain(name, format!("{value}.")),
            Self::JsonEscape => {
                let escaped =
                    if kind == Kind::Url { value.replace('/', "\\/") } else { value.replace('.', "\\u002e") };
                Fields::escaped(name, escaped, text)
            }
            Self::PercentEncoded if kind == Kind::Domain => {
                let url = format!("/go?u=https%3A%2F%2F{}%2Fx", value.replace('.', "%2E"));
                Fields::plain("uri", url)
            }
            Self::PercentEncoded => Fields::plain(name, encode_path(value)),
            Self::FullWidth => Fields::plain(name, wide(value)),
            Self::Member => Fields::plain(name, member(value, random)),
            Self::Mapped => {
                let address = if kind == Kind::Cidr { member(value, random) } else { text };
                Fields::plain(name, format!("::ffff:{address}"))
            }
            Self::Full if kind == Kind::Ipv4 => {
                let parts: Vec<String> = value.split('.').map(|part| format!("{part:0>3}")).collect();
                Fields::plain(name, parts.join("."))
            }
            Self::Full => {
                let address: Ipv6Addr = value.parse().unwrap_or(Ipv6Addr::UNSPECIFIED);
                let groups: Vec<String> =
                    address.segments().iter().map(|group| format!("{group:04x}")).collect();
                Fields::plain(name, groups.join(":"))
            }
            Self::WithPort if kind == Kind::Ipv6 => Fields::plain(name, format!("[{value}]:443")),
            Self::WithPort => Fields::plain(name, format!("{value}:443")),
            Self::DefaultPort => {
                let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
                let port = if scheme == "https" { 443 } else { 80 };
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                Fields::plain(name, format!("{scheme}://{host}:{port}/{path}"))
            }
            Self::WithoutScheme => {
                let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
                Fields::plain(name, rest.to_owned())
            }
            Self::Split => split(value),
            Self::Within => within(kind, value),
            Self::ShortHive => {
                let text = value.replacen("hkey_local_machine", "HKLM", 1);
                Fields::escaped(name, text.replace('\\', "\\\\"), text)
            }
        }
    }
}

fn field(kind: Kind) -> &'static str {
    match kind {
        Kind::Domain => "query",
        Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr => "peer",
        Kind::Url => "url",
        Kind::Email => "from",
        Kind::FileName => "Image",
        Kind::RegistryKey => "TargetObject",
        _ => "value",
    }
}

fn split(value: &str) -> Fields {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = format!("/{path}");
    let text = format!("{host}\t{path}");
    Fields { json: vec![("host", host.to_owned()), ("uri", path)], text }
}

fn within(kind: Kind, value: &str) -> Fields {
    let text = match kind {
        Kind::FileName => format!("C:\\Users\\Public\\{value}"),
        Kind::RegistryKey => format!("{value}\\Start"),
        Kind::Email => format!("<{value}>"),
        Kind::Md5 => format!("MD5={value}"),
        Kind::Sha1 => format!("SHA1={value}"),
        _ => format!("sha:{value},x"),
    };
    Fields::escaped(field(kind), text.replace('\\', "\\\\"), text)
}

fn upper_host(value: &str) -> String {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    format!("{}://{}/{path}", scheme.to_ascii_uppercase(), host.to_ascii_uppercase())
}

/// The last letter of the path in percent-encoding, which means the same.
fn encode_path(value: &str) -> String {
    let at = value.len() - 1;
    format!("{}%{:02x}", &value[..at], value.as_bytes()[at])
}

/// Full-width forms of printable ASCII.
fn wide(value: &str) -> String {
    value
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xfee0).filter(|_| c.is_ascii_graphic()).unwrap_or(c))
        .collect()
}

fn member(network: &str, random: &mut Random) -> String {
    let first: Ipv4Addr =
        network.split('/').next().and_then(|text| text.parse().ok()).unwrap_or(Ipv4Addr::LOCALHOST);
    Ipv4Addr::from(u32::from(first) + random.below(256) as u32).to_string()
}

/// The value of an indicator, in normal form; different numbers give different values, and none is within another.
pub fn value(kind: Kind, number: u64, random: &mut Random) -> String {
    const TOPS: [&str; 8] = ["com", "net", "org", "info", "jp", "co.jp", "xyz", "top"];
    let word = random.word(3);
    let top = random.one_of(&TOPS);
    match kind {
        Kind::Domain if number.is_multiple_of(3) => format!("c2.{word}{number}.{top}"),
        Kind::Domain => format!("{word}{number}.{top}"),
        Kind::Url => {
            // Some URLs lie on hosts that everybody visits.
            let host = if number.is_multiple_of(4) {
                format!("files.ok-share{}.com", number % 5)
            } else {
                format!("h{number}.{word}.{top}")
            };
            let scheme = if random.below(2) == 0 { "http" } else { "https" };
            format!("{scheme}://{host}/{}/{number}/{}", random.word(2), random.word(3))
        }
        // Ordinary addresses end in an even number, and networks lie in 203.0.0.0/8, where nothing ordinary does.
        Kind::Ipv4 => {
            let n = (number as u32).wrapping_mul(0x9e37_79b1);
            Ipv4Addr::from(((11 + (n >> 24) % 180) << 24) | (n & 0x00ff_fffe) | 1).to_string()
        }
        Kind::Cidr => format!("203.{}.{}.0/24", number / 997 / 256 % 256, number / 997 % 256),
        Kind::Ipv6 => {
            let address = (0x2001_0db8_u128 << 96) | (u128::from(number) << 64) | u128::from(random.next());
            Ipv6Addr::from(address).to_string()
        }
        Kind::Email => format!("{word}.{number}@mail.{}.{top}", random.word(2)),
        Kind::Md5 => random.hex(32),
        Kind::Sha1 => random.hex(40),
        Kind::Sha512 => random.hex(128),
        Kind::FileName => format!("{word}{number}.{}", random.one_of(&["exe", "dll", "docm", "js"])),
        Kind::RegistryKey => format!("hkey_local_machine\\software\\{word}\\run{number}"),
        Kind::Ja4 => format!("t13d{:02}16h2_{}_{}", random.below(90), random.hex(12), random.hex(12)),
        Kind::CryptoAddress => format!("0x{}", random.hex(40)),
        _ => random.hex(64),
    }
}

/// Something near a value that is not the value.
pub fn decoy(kind: Kind, value: &str, random: &mut Random) -> Fields {
    let name = field(kind);
    let lot = random.below(4);
    let text = match kind {
        Kind::Domain => match lot {
            0 => format!("not{value}"),
            1 => format!("{value}.ok-{}.com", random.word(2)),
            2 => format!("x-{value}"),
            _ => format!("{value}x"),
        },
        Kind::Ipv4 => match lot {
            0 => format!("2{value}").replacen("22", "922", 1),
            1 => format!("{value}9").replace("19", "199.1.1"),
            2 => format!("{value}.7"),
            _ => format!("7.{value}"),
        },
        Kind::Ipv6 => format!("{value}:1:2:3:4:5:6:7:8"),
        Kind::Cidr => "203.256.0.1".to_owned(),
        Kind::Url => match lot {
            0 => format!("{value}/more"),
            1 => format!("{value}x"),
            2 => value.replacen("://", "://not", 1),
            _ => format!("{value}?a=1"),
        },
        Kind::Email => match lot {
            0 => format!("x{value}"),
            1 => format!("x.{value}"),
            _ => format!("{value}x"),
        },
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 => match lot {
            0 => format!("{value}{}", random.hex(32)),
            1 => format!("{}{value}", random.hex(8)),
            2 => format!("{value}0"),
            _ => format!("0{value}"),
        },
        Kind::FileName => match lot {
            0 => format!("{value}.bak"),
            1 => format!("not{value}"),
            _ => format!("x-{value}"),
        },
        Kind::RegistryKey => format!("{value}x"),
        _ => format!("{value}0"),
    };
    let mut json = String::with_capacity(text.len());
    for c in text.chars() {
        let _ = if c == '\\' { write!(json, "\\\\") } else { write!(json, "{c}") };
    }
    debug_assert!(
        Observable::new(kind, value).is_some_and(|observable| observable.value == value),
        "{kind} {value}"
    );
    Fields::escaped(name, json, text)
}
