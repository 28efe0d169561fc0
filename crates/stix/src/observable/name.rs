//! Names that people and systems give: mail addresses, files, registry keys, mutexes, accounts.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::{address, domain};

/// Lowercase throughout, with the domain in its normal form.
///
/// RFC 5321 §2.4 lets a host tell local parts apart by case. None that matters does, senders write them in any
/// case, and an index that misses `Finance@` for `finance@` is of no use; so the whole address is folded.
pub(super) fn email(text: &str) -> Option<String> {
    let (local, host) = text.rsplit_once('@')?;
    let host = domain::normal(host).or_else(|| literal(host))?;
    let local = folded(local);
    let sound = !local.is_empty()
        && local.len() <= 256
        && !local
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '@'));
    sound.then(|| format!("{local}@{host}"))
}

/// An address literal after the `@`: `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
fn literal(host: &str) -> Option<String> {
    let inner = host.strip_prefix('[')?.strip_suffix(']')?;
    if let Some(v4) = address::ipv4(inner) {
        return Some(format!("[{v4}]"));
    }
    let prefix = inner.get(..5).filter(|prefix| prefix.eq_ignore_ascii_case("ipv6:"))?;
    let v6 = address::ipv6(&inner[prefix.len()..])?;
    Some(format!("[ipv6:{v6}]"))
}

/// The last component of a path, NFC, lowercase: half of the world's file systems ignore case, and a name in
/// an indicator is compared with both halves.
pub(super) fn file(text: &str) -> Option<String> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text).trim();
    let sound = !name.is_empty() && name != "." && name != ".." && !name.chars().any(char::is_control);
    sound.then(|| folded(name)).filter(|name| !name.is_empty())
}

const HIVES: [(&str, &str); 12] = [
    ("hklm", "hkey_local_machine"),
    ("hkcu", "hkey_current_user"),
    ("hkcr", "hkey_classes_root"),
    ("hku", "hkey_users"),
    ("hkcc", "hkey_current_config"),
    ("hkpd", "hkey_performance_data"),
    ("hkey_local_machine", "hkey_local_machine"),
    ("hkey_current_user", "hkey_current_user"),
    ("hkey_classes_root", "hkey_classes_root"),
    ("hkey_users", "hkey_users"),
    ("hkey_current_config", "hkey_current_config"),
    ("hkey_performance_data", "hkey_performance_data"),
];

/// The hive in full, single backslashes, no backslash at the end, lowercase: the registry ignores case.
pub(super) fn registry_key(text: &str) -> Option<String> {
    let text = folded(text);
    let text = text.strip_prefix("computer\\").unwrap_or(&text);
    let mut parts = text.split('\\').map(str::trim).filter(|part| !part.is_empty());
    let mut hive = parts.next()?;
    if hive == "registry" {
        // The kernel's own spelling, as drivers and Sysmon log it.
        hive = match parts.next()? {
            "machine" => "hklm",
            "user" => "hku",
            _ => return None,
        };
    }
    let hive = hive.strip_suffix(':').unwrap_or(hive);
    let (_, full) = HIVES.iter().find(|(spelling, _)| *spelling == hive)?;
    let mut key = String::with_capacity(text.len() + 16);
    key.push_str(full);
    for part in parts {
        key.push('\\');
        key.push_str(part);
    }
    (!key.chars().any(char::is_control)).then_some(key)
}

/// As written, in NFC.
pub(super) fn verbatim(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| composed(text))
}

/// NFKC, lowercase: logins in directories, mail and social media ignore case.
pub(super) fn account(text: &str) -> Option<String> {
    let text: String = text.nfkc().collect();
    let text = folded(text.trim());
    // Lowercasing can leave something that composes or decomposes further.
    let text: String = text.nfkc().collect();
    let text = folded(text.trim());
    (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

/// NFC, lowercase, NFC.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    composed(&composed(text).to_lowercase())
}

fn composed(text: &str) -> String {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes { text.to_owned() } else { text.nfc().collect() }
}
