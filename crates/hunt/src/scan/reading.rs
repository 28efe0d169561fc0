//! Lines read as what they mean: escapes of JSON and of URLs undone, full-width and other compatible forms made plain,
//! names in other scripts made ASCII, and, in prose, values armed again that were written so that nobody clicks.

mod escapes;
mod script;

use std::borrow::Cow;

pub(crate) use script::decoded;

use super::tile::Tile;
use crate::machine::BLOCK;

/// How text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prose {
    /// By machines.
    #[default]
    Logs,
    /// By people, who write `hxxp` and `[.]`.
    Defanged,
}

/// Memory that is used again for every line.
#[derive(Debug, Default)]
pub(super) struct Readings {
    plain: Vec<u8>,
    nested: Vec<u8>,
    decoded: Vec<u8>,
    again: Vec<u8>,
}

/// Rounds of percent-encoding that are undone.
const ROUNDS: usize = 3;

impl Readings {
    /// Calls `scan` with each reading of a line. `whole` is false where percent-encoding is still in the text, so that
    /// a value found right behind an escape is none.
    pub fn of(&mut self, line: &[u8], prose: Prose, mut scan: impl FnMut(&[u8], bool)) {
        let json = escapes::json(line);
        if json != escapes::Json::All {
            self.of_text(line, prose, &mut scan);
        }
        if json != escapes::Json::None {
            let mut plain = std::mem::take(&mut self.plain);
            plain.clear();
            escapes::unescape(line, &mut plain);
            self.of_text(&plain, prose, &mut scan);
            // JSON that was logged as a string of JSON.
            if memchr::memmem::find(line, b"\\\"").is_some() {
                let mut nested = std::mem::take(&mut self.nested);
                nested.clear();
                escapes::unescape(&plain, &mut nested);
                self.of_text(&nested, prose, &mut scan);
                self.nested = nested;
            }
            self.plain = plain;
        }
    }

    fn of_text(&mut self, text: &[u8], prose: Prose, scan: &mut impl FnMut(&[u8], bool)) {
        let Self { decoded, again, .. } = self;
        let mut last = text;
        if escapes::has_percent(text) {
            scan(text, false);
            decoded.clear();
            escapes::percent(text, decoded);
            for _ in 1..ROUNDS {
                if !escapes::has_percent(decoded) {
                    break;
                }
                again.clear();
                escapes::percent(decoded, again);
                std::mem::swap(decoded, again);
            }
            last = decoded;
        }
        let foreign = last.iter().any(|byte| *byte >= 0x80 || *byte == 0x1b);
        let armed;
        if foreign {
            let text = script::decoded(last);
            let folded = script::folded(&text);
            scan(folded.as_bytes(), true);
            if let Some(names) = script::with_ascii_names(&text) {
                scan(names.as_bytes(), true);
            }
            armed = folded.into_bytes();
            last = &armed;
        } else {
            scan(last, true);
        }
        if prose == Prose::Defanged {
            let text: Cow<'_, str> = String::from_utf8_lossy(last);
            if let Some(armed) = script::armed(&text) {
                scan(armed.as_bytes(), true);
            }
        }
    }
}

/// Whether a match begins right behind a percent sign, so that its first two digits belong to an escape.
pub(super) fn follows_escape(text: &[u8], at: usize) -> bool {
    let escape = |at: usize| {
        text.get(at..at + 3).is_some_and(|three| {
            three[0] == b'%' && three[1].is_ascii_hexdigit() && three[2].is_ascii_hexdigit()
        })
    };
    (1..=2).any(|back| at.checked_sub(back).is_some_and(escape))
}

/// Collects the lines of a tile that do not mean what their bytes say: start and end, each once.
pub(super) fn lines_to_decode(tile: &Tile<'_>, lines: &mut Vec<(u32, u32)>) {
    let mut done = 0;
    for block in 0..tile.blocks() {
        let base = block * BLOCK;
        if base + BLOCK <= done {
            continue;
        }
        let [_, word, behind] = tile.three(block);
        // Only a backslash before a letter or digit can change what the text says.
        let escapes = word.backslash & ((word.alnum >> 1) | (behind.alnum << 63));
        let mut doubtful = word.odd | escapes;
        if done > base {
            doubtful &= u64::MAX << (done - base);
        }
        while doubtful != 0 {
            let at = base + doubtful.trailing_zeros() as usize;
            doubtful &= doubtful - 1;
            if is_escape(tile, at) {
                let (start, end) = tile.line(at);
                lines.push((start as u32, end as u32));
                done = end;
                if done >= base + BLOCK {
                    break;
                }
                doubtful &= u64::MAX << (done - base);
            }
        }
    }
}

fn is_escape(tile: &Tile<'_>, at: usize) -> bool {
    match tile.byte(at) {
        b'%' => tile.byte(at + 1).is_ascii_hexdigit() && tile.byte(at + 2).is_ascii_hexdigit(),
        b'\\' => {
            let before = tile.text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
            if !matches!(tile.byte(at + 1), b'b' | b'f' | b'n' | b'r' | b't' | b'u') {
                return false;
            }
            let (start, end) = tile.line(at);
            let line = &tile.text[start..end];
            // Escapes within escapes stand in JSON that was logged as a string of JSON.
            let counts = before % 2 == 0 || memchr::memmem::find(line, b"\\\"").is_some();
            counts && escapes::json(line) != escapes::Json::None
        }
        0x1b | 0x80.. => true,
        _ => false,
    }
}
