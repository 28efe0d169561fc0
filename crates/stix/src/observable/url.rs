//! URLs.

use url::{Host, Url};

use super::{Kind, Observable, address, domain};

/// An absolute URL with a host (or a `file:` URL) in the form of RFC 3986 §6.2.2 and §6.2.3: scheme and host
/// lowercase, host in A-labels without a trailing dot, default port and empty fragment dropped, dot segments
/// resolved, percent-encoding only where it is needed and with capital digits. User, query and fragment stay:
/// phishing pages differ in them.
pub(super) fn normal(text: &str) -> Option<String> {
    let mut value = pass(text)?;
    // Decoding can uncover something for the parser to resolve; nearly always the first answer is final.
    for _ in 0..4 {
        let again = pass(&value)?;
        if again == value {
            return Some(value);
        }
        value = again;
    }
    None
}

/// `hxxp` is nobody's scheme: it is how people write a link that must not be clicked, also into objects.
fn real_scheme(text: &str) -> std::borrow::Cow<'_, str> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let real = match scheme.to_ascii_lowercase().as_str() {
            "hxxp" | "h**p" | "hxtp" | "htxp" | "xxxp" => "http",
            "hxxps" | "h**ps" | "hxtps" | "htxps" | "xxxps" => "https",
            "fxp" | "fxxp" => "ftp",
            _ => return text.into(),
        };
        return format!("{real}://{rest}").into();
    }
    text.into()
}

/// One round of parsing and normalising.
fn pass(text: &str) -> Option<String> {
    let mut url = Url::parse(&real_scheme(text)).ok()?;
    if !url.has_host() && url.scheme() != "file" {
        return None;
    }
    if url.cannot_be_a_base() {
        return None;
    }
    if let Some(Host::Domain(host)) = url.host() {
        let host = host.to_owned();
        let host = if url.is_special() { host } else { decoded_host(&host)? };
        let real = address::ipv4(&host).or_else(|| domain::normal(&host))?;
        if url.host_str() != Some(&real) {
            url.set_host(Some(&real)).ok()?;
        }
    }
    if url.fragment() == Some("") {
        url.set_fragment(None);
    }
    Some(unescaped(url.into()))
}

/// The parser leaves the host of a scheme it does not know percent-encoded.
fn decoded_host(host: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(host.len());
    let mut rest = host.as_bytes();
    while let [first, tail @ ..] = rest {
        if let Some(byte) = escape(rest) {
            bytes.push(byte);
            rest = &rest[3..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Decodes `%41` to `A` where the character needs no encoding, and writes the digits of the others in capitals.
fn unescaped(text: String) -> String {
    if !text.contains('%') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(position) = rest.find('%') {
        let (before, tail) = rest.split_at(position);
        out.push_str(before);
        match escape(tail.as_bytes()) {
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') => {
                out.push(char::from(byte));
                rest = &tail[3..];
            }
            Some(_) => {
                out.push_str(&tail[..3].to_ascii_uppercase());
                rest = &tail[3..];
            }
            None => {
                out.push('%');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The byte that `bytes` begins with in percent-encoding.
fn escape(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// The host of a URL in normal form.
pub(super) fn host(value: &str) -> Option<Observable> {
    let url = Url::parse(value).ok()?;
    match url.host()? {
        Host::Domain(name) => {
            Observable::new(Kind::Ipv4, name).or_else(|| Observable::new(Kind::Domain, name))
        }
        Host::Ipv4(address) => Some(Observable { kind: Kind::Ipv4, value: address.to_string() }),
        Host::Ipv6(address) => Some(address::of_ipv6(address)),
    }
}

/// The URL that `text` is, with `http` where a source left the scheme out (`example.org/path`).
pub(super) fn lenient(text: &str) -> Option<Observable> {
    if let Some(url) = Observable::new(Kind::Url, text) {
        return Some(url);
    }
    let (host, _) = text.split_once(['/', '?', ':'])?;
    if text.contains("://") || !host.contains('.') {
        return None;
    }
    Observable::new(Kind::Url, &format!("http://{text}"))
}
