//! Hashes of files and certificates, fingerprints of TLS clients.

use super::{Kind, Observable};

/// Lowercase hex of exactly `length` digits.
pub(super) fn hex_of_length(text: &str, length: usize) -> Option<String> {
    let sound = text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| text.to_ascii_lowercase())
}

/// The short name of a hash algorithm, from any of its spellings (`SHA-256`, `sha256`, `SHA_256`).
fn algorithm(name: &str) -> Option<String> {
    let mut short = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'/' => short.push(char::from(byte)),
            b'A'..=b'Z' => short.push(char::from(byte.to_ascii_lowercase())),
            b'-' | b'_' | b' ' => {}
            _ => return None,
        }
    }
    // `sha3-256` keeps its hyphen: `sha3256` could be read as anything.
    if let Some(bits) =
        short.strip_prefix("sha3").filter(|bits| matches!(*bits, "224" | "256" | "384" | "512"))
    {
        return Some(format!("sha3-{bits}"));
    }
    (!short.is_empty() && short.len() <= 32).then_some(short)
}

/// Hex digits of an algorithm's value; `None` for one whose value has another form.
fn hex_digits(algorithm: &str) -> Option<usize> {
    Some(match algorithm {
        "md5" | "imphash" | "md4" | "md2" => 32,
        "sha1" | "ripemd160" | "rmd160" | "sha" => 40,
        "sha224" | "sha512/224" | "sha3-224" => 56,
        "sha256" | "authentihash" | "sha512/256" | "sha3-256" => 64,
        "sha384" | "sha3-384" => 96,
        "sha512" | "sha3-512" | "whirlpool" => 128,
        _ => return None,
    })
}

/// A file hash, by the name its source gives the algorithm. `None` where the value cannot be of it.
pub(super) fn by_name(name: &str, text: &str) -> Option<Observable> {
    let algorithm = algorithm(name)?;
    let kind = match algorithm.as_str() {
        "md5" => Kind::Md5,
        "sha1" => Kind::Sha1,
        "sha256" => Kind::Sha256,
        "sha512" => Kind::Sha512,
        _ => {
            let value = value_of(&algorithm, text.trim())?;
            return Some(Observable { kind: Kind::Hash, value: format!("{algorithm}:{value}") });
        }
    };
    Observable::new(kind, text)
}

/// The normal form of one algorithm's value: hex lowercase, fuzzy hashes as written.
fn value_of(algorithm: &str, text: &str) -> Option<String> {
    if let Some(length) = hex_digits(algorithm) {
        return hex_of_length(text, length);
    }
    if algorithm == "tlsh" {
        // The version prefix `T1` came later; values with and without it are compared with each other.
        let digits = text.strip_prefix("T1").or_else(|| text.strip_prefix("t1")).unwrap_or(text);
        return hex_of_length(digits, 70);
    }
    if algorithm == "ssdeep" {
        return is_ssdeep(text).then(|| text.to_owned());
    }
    let plain = !text.is_empty() && text.len() <= 1024 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain {
        return None;
    }
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(if hex { text.to_ascii_lowercase() } else { text.to_owned() })
}

/// `blocksize:hash:hash` with Base64 characters.
pub(super) fn is_ssdeep(text: &str) -> bool {
    let mut parts = text.split(':');
    let (Some(size), Some(first), Some(second), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let base64 =
        |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let sized = !size.is_empty() && size.len() <= 12 && size.bytes().all(|byte| byte.is_ascii_digit());
    sized && !first.is_empty() && first.len() + second.len() <= 148 && base64(first) && base64(second)
}

/// `algorithm:value` of an algorithm that has no kind of its own.
pub(super) fn named(text: &str) -> Option<String> {
    let (name, value) = text.split_once(':')?;
    by_name(name, value).filter(|hash| hash.kind == Kind::Hash).map(|hash| hash.value)
}

/// `md5:`, `sha1:`, `sha256:` … or `serial:` and hex, with or without separators.
pub(super) fn certificate(text: &str) -> Option<String> {
    let (name, value) = text.split_once(':')?;
    let bare = bare_hex(value)?;
    if name.eq_ignore_ascii_case("serial") {
        return serial(&bare);
    }
    let algorithm = algorithm(name)?;
    let value = hex_of_length(&bare, hex_digits(&algorithm)?)?;
    Some(format!("{algorithm}:{value}"))
}

/// A serial number is an integer of at most 20 octets (RFC 5280 §4.1.2.2); tools pad it differently, so
/// leading zeros go.
fn serial(hex: &str) -> Option<String> {
    let digits = hex.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    (digits.len() <= 40).then(|| format!("serial:{digits}"))
}

/// Lowercase hex without colons, spaces, hyphens and a leading `0x`; `None` when something else is in it.
pub(super) fn bare_hex(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("0x").unwrap_or(text);
    let mut digits = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b':' | b' ' | b'-' => {}
            _ if byte.is_ascii_hexdigit() => digits.push(char::from(byte.to_ascii_lowercase())),
            _ => return None,
        }
    }
    (!digits.is_empty()).then_some(digits)
}

/// JA4, the TLS client fingerprint: `t13d1516h2_8daaf6152771_02713d6af862`.
pub(super) fn ja4(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let mut parts = text.split('_');
    let (Some(head), Some(ciphers), Some(extensions), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let [protocol, version @ .., sni, c1, c2, e1, e2, first, last] = head.as_bytes() else { return None };
    let sound = matches!(protocol, b't' | b'q' | b'd')
        && version.len() == 2
        && version.iter().all(u8::is_ascii_alphanumeric)
        && matches!(sni, b'd' | b'i')
        && [c1, c2, e1, e2].into_iter().all(u8::is_ascii_digit)
        && [first, last].into_iter().all(u8::is_ascii_alphanumeric)
        && hex_of_length(ciphers, 12).is_some()
        && hex_of_length(extensions, 12).is_some();
    sound.then_some(text)
}
