//! Words for the text index: NFKC, lower case, runs of letters and digits; CJK text as pairs of neighbours.
//!
//! A language written without spaces has no words to cut at. Pairs find any word of two characters or more (a
//! trigram index cannot find 攻撃), single characters are kept too, so that 核 alone is found.

use std::ops::Range;

use kizuna_stix::Object;
use serde_json::Value;
use unicode_normalization::{UnicodeNormalization, is_nfkc_quick};

/// Words are cut here, in a question as in a text, so that both still agree.
const LONGEST_WORD: usize = 64;

/// Properties whose values are no text: identifiers, references, dates, enumerations of the format.
const NO_TEXT: [&str; 8] =
    ["id", "type", "spec_version", "created", "modified", "valid_from", "valid_until", "extension_type"];

/// Words, kept in one text so that indexing an object does not allocate for each of them.
#[derive(Default)]
struct Words {
    text: String,
    ranges: Vec<Range<usize>>,
}

impl Words {
    fn push(&mut self, chars: impl Iterator<Item = char>) {
        let start = self.text.len();
        self.text.extend(chars);
        self.ranges.push(start..self.text.len());
    }

    fn push_ascii(&mut self, word: &str) {
        let start = self.text.len();
        self.text.push_str(word);
        self.text[start..].make_ascii_lowercase();
        self.ranges.push(start..self.text.len());
    }

    /// Each word once, sorted.
    fn distinct(&self) -> Vec<&str> {
        let mut words: Vec<&str> = self.ranges.iter().map(|range| &self.text[range.clone()]).collect();
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// The tokens of an object, each once, joined by spaces.
pub(crate) fn of_object(object: &Object) -> String {
    let mut words = Words::default();
    for (key, value) in object.value() {
        collect(key, value, &mut words);
    }
    words.distinct().join(" ")
}

/// The tokens of two objects together, as of one.
pub(crate) fn joined(one: &str, other: &str) -> String {
    let mut tokens: Vec<&str> =
        one.split(' ').chain(other.split(' ')).filter(|token| !token.is_empty()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens.join(" ")
}

/// The tokens that a question asks for; all must occur.
pub(crate) fn of_question(text: &str) -> Vec<String> {
    let mut words = Words::default();
    split(text, Purpose::Question, &mut words);
    words.distinct().into_iter().map(str::to_owned).collect()
}

fn collect(key: &str, value: &Value, words: &mut Words) {
    if NO_TEXT.contains(&key) || key.ends_with("_ref") || key.ends_with("_refs") {
        return;
    }
    match value {
        Value::String(text) => split(text, Purpose::Index, words),
        Value::Array(items) => items.iter().for_each(|item| collect(key, item, words)),
        Value::Object(map) => map.iter().for_each(|(key, item)| collect(key, item, words)),
        _ => {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Index,
    Question,
}

fn split(text: &str, purpose: Purpose, words: &mut Words) {
    if text.is_ascii() {
        let separated = text.split(|c: char| !c.is_ascii_alphanumeric());
        for word in separated.filter(|word| !word.is_empty()) {
            words.push_ascii(&word[..word.len().min(LONGEST_WORD)]);
        }
        return;
    }
    let normal: String = if is_nfkc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        text.chars().flat_map(char::to_lowercase).collect()
    } else {
        text.nfkc().flat_map(char::to_lowercase).collect::<String>().nfkc().collect()
    };
    let mut run = Run::default();
    for c in normal.chars() {
        run.take(c, purpose, words);
    }
    run.end(purpose, words);
}

/// Characters of one script that belong together.
#[derive(Default)]
struct Run {
    cjk: bool,
    chars: Vec<char>,
}

impl Run {
    fn take(&mut self, c: char, purpose: Purpose, words: &mut Words) {
        let cjk = is_cjk(c);
        let separates = !cjk && !c.is_alphanumeric() && !is_mark(c);
        if separates || cjk != self.cjk {
            self.end(purpose, words);
        }
        if !separates {
            self.cjk = cjk;
            self.chars.push(c);
        }
    }

    fn end(&mut self, purpose: Purpose, words: &mut Words) {
        if self.chars.is_empty() {
            return;
        }
        if self.cjk {
            self.chars.windows(2).for_each(|pair| words.push(pair.iter().copied()));
            let single = self.chars.len() == 1;
            if single || purpose == Purpose::Index {
                self.chars.iter().for_each(|c| words.push(std::iter::once(*c)));
            }
        } else {
            words.push(self.chars.iter().copied().take(LONGEST_WORD));
        }
        self.chars.clear();
    }
}

/// Han, kana, hangul and bopomofo: scripts whose words are found by neighbours.
fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11FF          // hangul jamo
        | 0x2E80..=0x2FDF        // radicals
        | 0x3005..=0x3007        // 々〆〇
        | 0x3040..=0x30FA | 0x30FC..=0x30FF // kana, without the middle dot
        | 0x3100..=0x318F        // bopomofo, compatibility jamo
        | 0x31A0..=0x31FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7FF
        | 0xF900..=0xFAFF
        | 0x20000..=0x3FFFF)
}

/// Combining marks stay with their letter.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests;
