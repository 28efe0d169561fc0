//! The rules of domains, addresses and hashes once more, as slowly and plainly as can be.

use std::collections::BTreeSet;

/// What the property test looks for.
pub const INDICATORS: [(&str, &str); 5] = [
    ("domain", "evil.com"),
    ("domain", "c2.bad.org"),
    ("ipv4", "192.0.2.1"),
    ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
    ("file-name", "evil.exe"),
];

/// What its texts are made of.
pub const WORDS: [&str; 16] = [
    "evil.com",
    "evil",
    "com",
    "c2.bad.org",
    "bad.org",
    "192.0.2.1",
    "192.0",
    ".2.1",
    "d41d8cd98f00b204e9800998ecf8427e",
    "d41d8cd98f00b204",
    "e9800998ecf8427e",
    "evil.exe",
    "exe",
    "EVIL.COM",
    "good.net",
    "0",
];

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_".contains(c)
}

/// Line and value of every hit.
pub fn hits(text: &str) -> BTreeSet<(u32, String)> {
    let mut found = BTreeSet::new();
    for (number, line) in text.split('\n').enumerate() {
        for value in in_line(line) {
            found.insert((u32::try_from(number).unwrap(), value.to_owned()));
        }
    }
    found
}

fn in_line(line: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let characters: Vec<char> = line.chars().collect();
    let mut start = 0;
    while start < characters.len() {
        if !is_name(characters[start]) {
            start += 1;
            continue;
        }
        let length = characters[start..].iter().take_while(|c| is_name(**c)).count();
        let before = start.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(start + length).copied();
        let head: String = characters[..start].iter().collect();
        let run: String = characters[start..start + length].iter().collect();
        // Two dots or more end a name.
        let names: Vec<&str> = run.split("..").collect();
        for (place, name) in names.iter().enumerate() {
            let before = if place == 0 { before } else { Some('.') };
            let after = if place + 1 == names.len() { after } else { Some('.') };
            found.extend(in_name(name, before, after, &head));
        }
        start += length;
    }
    found
}

fn in_name(run: &str, before: Option<char>, after: Option<char>, head: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let name = run.trim_matches(['.', '-']).to_ascii_lowercase();
    for domain in ["evil.com", "c2.bad.org"] {
        let below = name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        let clean_end = run.trim_end_matches(['.', '-']).len() == run.len();
        if (name == domain || below) && !(clean_end && after == Some('@')) {
            found.push(domain);
        }
    }
    if name == "evil.exe" {
        found.push("evil.exe");
    }
    if !name.contains(|c: char| c.is_ascii_alphabetic()) {
        let in_ipv6 = before == Some(':') && is_after_groups(head);
        for (place, part) in run.split(['-', '_']).enumerate() {
            // Only what stands right behind the colon ends an IPv6 address.
            let ends_ipv6 = in_ipv6 && place == 0 && !part.starts_with('.');
            if part.trim_matches('.') == "192.0.2.1" && !ends_ipv6 {
                found.push("192.0.2.1");
            }
        }
    }
    for part in run.split(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = part.strip_prefix("0x").unwrap_or(part);
        if digits.eq_ignore_ascii_case("d41d8cd98f00b204e9800998ecf8427e") {
            found.push("d41d8cd98f00b204e9800998ecf8427e");
        }
    }
    found
}

fn is_after_groups(head: &str) -> bool {
    let groups: String = head.chars().rev().take_while(|c| c.is_ascii_hexdigit() || *c == ':').collect();
    groups.contains("::") || groups.matches(':').count() >= 6
}
