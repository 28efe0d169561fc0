//! The shapes of single values.

fn all(text: &str, within: std::ops::RangeInclusive<usize>, allowed: impl Fn(u8) -> bool) -> bool {
    within.contains(&text.len()) && text.bytes().all(allowed)
}

/// STIX 2.1 §3.1.
pub(super) fn is_property_name(text: &str) -> bool {
    let begins_with_letter = text.starts_with(|c: char| c.is_ascii_lowercase());
    begins_with_letter && all(text, 3..=250, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// STIX 2.1 §2.3.
pub(super) fn is_dictionary_key(text: &str) -> bool {
    all(text, 1..=250, |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// STIX 2.1 §2.7.
pub(super) fn is_hash_name(text: &str) -> bool {
    all(text, 3..=250, |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// STIX 2.1 §2.8.
pub(super) fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(is_lower_hex)
}

/// RFC 4648 §4, with padding.
pub(super) fn is_base64(text: &str) -> bool {
    let content = text.trim_end_matches('=');
    let padding = text.len() - content.len();
    text.len().is_multiple_of(4)
        && padding <= 2
        && content.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// Whether the value can be a hash of that name (STIX 2.1 §10.7); any value can, for a name that is not known.
pub(super) fn is_hash(name: &str, value: &str) -> bool {
    let hex = |digits: usize| value.len() == digits && value.bytes().all(|b| b.is_ascii_hexdigit());
    match name {
        "MD5" => hex(32),
        "SHA-1" => hex(40),
        "SHA-256" | "SHA3-256" => hex(64),
        "SHA-512" | "SHA3-512" => hex(128),
        "SSDEEP" => is_ssdeep(value),
        "TLSH" => {
            hex(70)
                || value
                    .strip_prefix("T1")
                    .is_some_and(|rest| rest.len() == 70 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
        }
        _ => true,
    }
}

/// `blocksize:hash:hash`.
fn is_ssdeep(value: &str) -> bool {
    let mut parts = value.splitn(3, ':');
    let (Some(size), Some(one), Some(two)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let base64 = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
    // What follows the second hash may be a quoted file name.
    let two = two.split(',').next().unwrap_or_default();
    !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit()) && base64(one) && base64(two)
}

/// The syntax of RFC 5646 §2.1: subtags of one to eight letters and digits, the first of letters only. Whether
/// a subtag is registered is not asked, as the register grows.
pub(super) fn is_language(text: &str) -> bool {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    let sound_primary = match primary.len() {
        2..=8 => primary.bytes().all(|b| b.is_ascii_alphabetic()),
        1 => matches!(primary, "x" | "i" | "X" | "I") && text.len() > 2,
        _ => false,
    };
    sound_primary && subtags.all(|subtag| all(subtag, 1..=8, |b| b.is_ascii_alphanumeric()))
}

/// `type/subtype`, each of the characters of RFC 6838 §4.2; parameters may follow.
pub(super) fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let is_name = |name: &str| all(name, 1..=127, |b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    essence.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

/// The characters that names in IANA's register are made of.
pub(super) fn is_character_set(text: &str) -> bool {
    all(text, 2..=250, |b| b.is_ascii_alphanumeric() || b"-_.:+()".contains(&b))
}

/// A scheme and a colon, and nothing that ends a URI. Letters beyond ASCII pass, though RFC 3986 wants them
/// escaped: what is observed is often written so.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let sound_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let ends_it = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>');
    sound_scheme && !rest.is_empty() && !rest.contains(ends_it)
}
