//! RFC 8785 canonical JSON: one sequence of bytes for one value, so that bytes can be digested and compared.

use serde_json::{Map, Number, Value};

use crate::json::plain_run;

#[cfg(test)]
mod tests;

/// The canonical bytes of a value.
pub fn to_vec(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(value, &mut out);
    out
}

/// The canonical bytes of an object.
pub fn map_to_vec(map: &Map<String, Value>) -> Vec<u8> {
    let mut out = Vec::with_capacity(USUAL_BYTES);
    write_map(map, &mut out);
    out.shrink_to_fit();
    out
}

/// Most objects are smaller; the few that are not cost a copy.
const USUAL_BYTES: usize = 2048;

pub(crate) fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(item, out);
            }
            out.push(b']');
        }
        Value::Object(map) => write_map(map, out),
    }
}

/// Members in the order of their keys as UTF-16 (RFC 8785 §3.2.3).
pub(crate) fn write_map(map: &Map<String, Value>, out: &mut Vec<u8>) {
    out.push(b'{');
    if is_in_order(map) {
        write_members(map.iter(), out);
    } else {
        let mut members: Vec<(&String, &Value)> = map.iter().collect();
        members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        write_members(members.into_iter(), out);
    }
    out.push(b'}');
}

fn write_members<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>, out: &mut Vec<u8>) {
    for (index, (key, value)) in members.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(key, out);
        out.push(b':');
        write_value(value, out);
    }
}

/// Whether the map already yields its members in canonical order. It does when they come sorted by their
/// bytes and no key holds a character from U+E000 on: UTF-8 and UTF-16 sort alike below it.
fn is_in_order(map: &Map<String, Value>) -> bool {
    const FIRST_BYTE_OF_U_E000: u8 = 0xee;
    let mut before: &str = "";
    for (index, key) in map.keys().enumerate() {
        let sorted = index == 0 || before < key.as_str();
        if !sorted || key.bytes().any(|b| b >= FIRST_BYTE_OF_U_E000) {
            return false;
        }
        before = key;
    }
    true
}

/// Only what must be escaped is (RFC 8785 §3.2.2.2).
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let run = plain_run(rest);
        out.extend_from_slice(&rest[..run]);
        let Some(byte) = rest.get(run) else { break };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            control => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
        }
        rest = &rest[run + 1..];
    }
    out.push(b'"');
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    if let Some(integer) = number.as_i64() {
        write_integer(integer, out);
    } else if let Some(float) = number.as_f64() {
        write_float(float, out);
    }
}

fn write_integer(integer: i64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = integer.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if integer < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// As ECMAScript's `Number::toString` lays it out (ECMA-262 §6.1.6.1.20): the shortest digits that read back
/// as the same double, in plain notation from 1e-6 to below 1e21.
///
/// The digits come from `serde_json`, which breaks ties to even as ECMAScript does; the standard library's
/// `{:e}` does not (1424953923781206.25 becomes …206.3).
fn write_float(float: f64, out: &mut Vec<u8>) {
    if float == 0.0 {
        out.push(b'0');
        return;
    }
    if float < 0.0 {
        out.push(b'-');
    }
    let Some(magnitude) = Number::from_f64(float.abs()) else { return };
    let (digits, point) = digits_and_point(&magnitude.to_string());
    let count = i32::try_from(digits.len()).unwrap_or(0);
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let text = if (count..=21).contains(&point) {
        format!("{digits}{}", zeros(point - count))
    } else if (1..count).contains(&point) {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let point_and_rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        format!("{first}{point_and_rest}e{:+}", point - 1)
    };
    out.extend_from_slice(text.as_bytes());
}

/// Takes a positive number's text apart into its significant digits and the power of ten `p` for which it is
/// 0.DIGITS × 10^p.
fn digits_and_point(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let length = |part: &str| i32::try_from(part.len()).unwrap_or(0);
    let leading_zeros = length(&all) - length(significant);
    let point = length(whole) - leading_zeros + exponent.parse::<i32>().unwrap_or(0);
    (significant.trim_end_matches('0').to_owned(), point)
}
