//! Escapes of JSON strings and of URLs.

/// How much of a line is JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Json {
    None,
    /// JSON behind something else, as syslog carries it.
    Part,
    All,
}

pub fn json(line: &[u8]) -> Json {
    let first = line.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'"'))
        || first == Some(&b'[') && memchr::memmem::find(line, b"\":").is_some()
    {
        return Json::All;
    }
    if memchr::memmem::find(line, b"{\"").is_some() || memchr::memmem::find(line, b"\":\"").is_some() {
        return Json::Part;
    }
    Json::None
}

/// What stands for control characters: it belongs to no value, and ends no line.
const SEPARATOR: u8 = 0x1f;

/// Appends `line` without the escapes of RFC 8259 §7.
pub fn unescape(line: &[u8], out: &mut Vec<u8>) {
    let mut rest = line;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let escape = &rest[at..];
        let used = match escape.get(1) {
            Some(b'u') => {
                if let Some((character, used)) = unicode(escape) {
                    push(character, out);
                    used
                } else {
                    out.push(b'\\');
                    1
                }
            }
            Some(b'b' | b'f' | b'n' | b'r' | b't') => {
                out.push(SEPARATOR);
                2
            }
            Some(escaped @ (b'"' | b'\\' | b'/')) => {
                out.push(*escaped);
                2
            }
            _ => {
                out.push(b'\\');
                1
            }
        };
        rest = &escape[used..];
    }
    out.extend_from_slice(rest);
}

/// The character of `\u0041`, or of two of them that are a pair of surrogates, and how many bytes they take.
fn unicode(escape: &[u8]) -> Option<(char, usize)> {
    let first = unit(escape)?;
    if (0xd800..0xdc00).contains(&first)
        && let Some(second) = unit(escape.get(6..)?)
        && (0xdc00..0xe000).contains(&second)
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(code)?, 12));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
}

fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    let mut code = 0;
    for digit in digits {
        code = code * 16 + char::from(*digit).to_digit(16)?;
    }
    Some(code)
}

fn push(character: char, out: &mut Vec<u8>) {
    if character.is_control() {
        out.push(SEPARATOR);
        return;
    }
    let mut bytes = [0; 4];
    out.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
}

pub fn has_percent(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).any(|at| hex(&text[at..]).is_some())
}

fn hex(escape: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = escape else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Appends `text` with percent-encoding undone; control characters become separators.
pub fn percent(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        let escape = &rest[at..];
        let used = if let Some(byte) = hex(escape) {
            out.push(if byte < b' ' || byte == 0x7f { SEPARATOR } else { byte });
            3
        } else {
            out.push(b'%');
            1
        };
        rest = &escape[used..];
    }
    out.extend_from_slice(rest);
}
