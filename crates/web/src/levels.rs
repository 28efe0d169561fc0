//! The colours of levels, as the policies say them: a style sheet of the node's own making, because no page carries
//! style in itself.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use kizuna_access::Directory;
use sha2::{Digest, Sha256};

/// The class of a level. Names of levels are no identifiers, so it is derived.
pub fn class(policy: &str, level: &str) -> String {
    let digest = Sha256::digest(format!("{policy}\0{level}").as_bytes());
    format!("lv-{}", &hex::encode(digest)[..10])
}

/// The style sheet of every level that the directory knows.
pub fn style(directory: &Directory) -> String {
    let mut out = String::from("@media screen {\n");
    for policy in directory.policies() {
        for level in &policy.levels {
            let (class, ground) = (class(&policy.id, &level.id), &level.colour);
            let ink = ink_on(ground);
            // Writing into a text has no way to fail.
            let _ = writeln!(out, ".{class} {{ background: {ground}; color: {ink}; }}");
            let _ = writeln!(
                out,
                ".banner.{class} .level, .banner.{class} .handling {{ color: {ink}; }}\n\
                 .banner.{class} .handling {{ box-shadow: inset 0 0 0 1px {ink}; }}"
            );
        }
    }
    out.push_str("}\n");
    out
}

/// Where the style sheet stands; another path when a policy changes, so that a browser may keep it.
pub fn path(directory: &Directory) -> String {
    let versions: BTreeSet<String> =
        directory.policies().into_iter().map(|policy| format!("{}\0{}", policy.id, policy.version)).collect();
    let digest = Sha256::digest(Vec::from_iter(versions).join("\n").as_bytes());
    format!("/styles/levels.css?v={}", &hex::encode(digest)[..16])
}

/// Black or white, whichever has more contrast on a colour (WCAG 2.2, relative luminance).
fn ink_on(colour: &str) -> &'static str {
    let part = |at: usize| {
        let digits = colour.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let share = f64::from(digits.unwrap_or_default()) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
    let on_white = 1.05 / (luminance + 0.05);
    let on_black = (luminance + 0.05) / 0.05;
    if on_white >= on_black { "#ffffff" } else { "#000000" }
}

#[cfg(test)]
mod tests;
