//! Text that people or old programs wrote: the line is the field `message`, and words such as `key=value` or
//! `key="some value"` are fields too (Linux's audit log, firewalls).

use std::borrow::Cow;

use super::{Event, Value};

/// Bytes of a name before `=`.
const MAX_NAME: usize = 64;
/// Pairs that are read of a line.
const MAX_PAIRS: usize = 1024;

pub(super) fn read(line: &str) -> Event<'_> {
    let mut event = Event::new(line);
    event.push(0, Cow::Borrowed("message"), Value::Text(Cow::Borrowed(line)));
    let mut rest = line;
    let mut pairs = 0;
    while let Some(equals) = memchr::memchr(b'=', rest.as_bytes()) {
        let name = name_before(&rest[..equals]);
        let behind = &rest[equals + 1..];
        let (value, next) = value_of(behind);
        if let Some(name) = name {
            event.push(0, Cow::Borrowed(name), Value::Text(Cow::Borrowed(value)));
            pairs += 1;
            rest = &behind[next..];
        } else {
            rest = behind;
        }
        if pairs >= MAX_PAIRS {
            break;
        }
    }
    event.close(0);
    event
}

/// The word right before `=`, where it can be a name.
fn name_before(text: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let begin = text.char_indices().rev().take_while(|(_, c)| is_name(*c)).last()?.0;
    let name = &text[begin..];
    let before = text[..begin].chars().next_back();
    let stands_alone = before
        .is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';' | '[' | '(' | '{' | '\'' | '"' | '|'));
    (stands_alone && name.len() <= MAX_NAME && !name.starts_with(['-', '.'])).then_some(name)
}

/// The value behind `=`, and where the text goes on.
fn value_of(text: &str) -> (&str, usize) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote)
            && let Some(end) = quoted.find(quote)
        {
            // What stands within single quotes in audit logs are pairs again.
            if quote == '\'' && quoted[..end].contains('=') {
                return (&quoted[..end], 1);
            }
            return (&quoted[..end], end + 2);
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).unwrap_or(text.len());
    (&text[..end], end)
}
