//! Text that is what it looks like: Unicode normal form C, without characters that reorder, hide or mean what nobody
//! agreed on (Unicode Technical Report 36; Unicode 16, chapter 23).

use serde_json::Value;
use unicode_normalization::is_nfc;

/// Where a value does not have such text, and which rule it breaks.
pub fn fault(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => rule(text).map(str::to_owned),
        Value::Array(items) => items.iter().find_map(fault),
        Value::Object(map) => {
            map.iter().find_map(|(key, value)| rule(key).map(str::to_owned).or_else(|| fault(value)))
        }
        _ => None,
    }
}

/// The rule that a text breaks.
pub fn rule(text: &str) -> Option<&'static str> {
    if text.bytes().all(|octet| octet.is_ascii_graphic() || octet == b' ') {
        return None;
    }
    if let Some(rule) = text.chars().find_map(forbidden) {
        return Some(rule);
    }
    (!is_nfc(text)).then_some("not in Unicode normal form C")
}

fn forbidden(c: char) -> Option<&'static str> {
    match u32::from(c) {
        0x09 | 0x0a | 0x0d => None,
        0x00..=0x1f | 0x7f..=0x9f => Some("a control character"),
        0x061c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => Some("a bidirectional control"),
        0x2028 | 0x2029 => Some("a line or paragraph separator"),
        0x206a..=0x206f => Some("a deprecated format character"),
        0x00ad
        | 0x034f
        | 0x115f
        | 0x1160
        | 0x17b4
        | 0x17b5
        | 0x180b..=0x180f
        | 0x200b
        | 0x2060..=0x2065
        | 0x3164
        | 0xfeff
        | 0xffa0 => Some("a character that is not seen"),
        0xfff9..=0xfffb => Some("an interlinear annotation"),
        0xe0000..=0xe0fff => Some("a tag character or a variation selector of the supplement"),
        0xe000..=0xf8ff | 0xf0000..=0xffffd | 0x10_0000..=0x10_fffd => Some("a private use character"),
        0xfdd0..=0xfdef => Some("a noncharacter"),
        code if code & 0xfffe == 0xfffe => Some("a noncharacter"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
