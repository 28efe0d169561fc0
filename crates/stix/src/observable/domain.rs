//! Domain names.

/// Bytes of a whole name and of one label (RFC 1035 §2.3.4), as written with dots.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Lowercase A-labels without the trailing dot.
///
/// UTS #46 mapping covers case, NFKC, full-width letters and the ideographic full stop. A name that is ASCII
/// already is only lowercased: the DNS answers for any `xn--` label, also for one that decodes to nothing, and
/// an indicator may be exactly that. Underscores are allowed, as the DNS allows them.
pub(super) fn normal(text: &str) -> Option<String> {
    let mut name =
        if text.is_ascii() { text.to_ascii_lowercase() } else { idna::domain_to_ascii(text).ok()? };
    if name.ends_with('.') {
        name.pop();
    }
    is_name(&name).then_some(name)
}

/// Whether `name` is a lowercase ASCII domain name, and not something that a resolver would read as an address.
fn is_name(name: &str) -> bool {
    if name.is_empty() || name.len() > MAX_NAME {
        return false;
    }
    let sound = name.split('.').all(is_label);
    let last = name.rsplit('.').next().unwrap_or_default();
    // The WHATWG rule: a last label that is a number makes the host an IPv4 address.
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    sound && !numeric
}

fn is_label(label: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    !label.is_empty()
        && label.len() <= MAX_LABEL
        && label.bytes().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// The part of a domain that somebody registered, by the public suffix list: `example.co.jp` of
/// `www.example.co.jp`. `None` for a public suffix itself. Expects the normal form.
pub fn registrable(domain: &str) -> Option<&str> {
    psl::domain_str(domain)
}

/// Whether the name ends in a public suffix that the list knows, so that it is more than a word with a dot.
pub(super) fn has_known_suffix(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or_default();
    matches!(top, "onion" | "i2p") || psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix.is_known())
}
