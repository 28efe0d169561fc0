//! Characters beyond ASCII: encodings of Japanese, compatible forms, names in other scripts, and the ways in which
//! people disarm a value.

use std::borrow::Cow;
use std::fmt::Write as _;

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS};
use unicode_normalization::UnicodeNormalization as _;

/// Names that one run of text is read as, at most.
const NAMES: usize = 24;

/// The characters of a line, whatever it is encoded in. What is no text in any of them becomes U+FFFD, which belongs to
/// no value.
pub fn decoded(line: &[u8]) -> Cow<'_, str> {
    let escapes = line.windows(2).any(|pair| pair == b"\x1b$" || pair == b"\x1b(");
    if escapes && let Some(text) = strictly(ISO_2022_JP, line) {
        return text;
    }
    if let Ok(text) = std::str::from_utf8(line) {
        return Cow::Borrowed(text);
    }
    let shift_jis = strictly(SHIFT_JIS, line);
    let euc = strictly(EUC_JP, line);
    match (shift_jis, euc) {
        // Bytes of EUC-JP read as Shift_JIS give half-width katakana, which hardly anybody writes.
        (Some(one), Some(other)) => {
            let odd = |text: &str| text.chars().filter(|c| matches!(c, '\u{ff61}'..='\u{ff9f}')).count();
            if odd(&one) > odd(&other) { other } else { one }
        }
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => String::from_utf8_lossy(line),
    }
}

fn strictly<'a>(encoding: &'static Encoding, line: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(line)
}

/// Compatible forms made plain (NFKC), dots of other scripts made dots, invisible characters left out. Letters of other
/// scripts that are written with spaces become `_`, so that no name begins behind them.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text) {
        let joins = !c.is_ascii() && c.is_alphanumeric() && !is_spaceless(c);
        out.push(if joins { '_' } else { c });
    }
    out
}

fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !is_invisible(*c)).nfkc().map(|c| match c {
        '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => '.',
        '\u{3010}' => '[',
        '\u{3011}' => ']',
        c => c,
    })
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Scripts that are written without spaces between words: a value in Latin letters stands right beside them.
fn is_spaceless(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x3007 | 0x3021..=0x30ff | 0x3100..=0x312f
        | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x20000..=0x3fffd)
}

fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}')
}

/// The text with every name that is not ASCII in its A-labels, and what else such a run can be read as behind it;
/// `None` where there is no such name.
pub fn with_ascii_names(text: &str) -> Option<String> {
    let text: String = plain(text).collect();
    let mut out = String::with_capacity(text.len());
    let mut extra = String::new();
    let mut found = false;
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        if is_of_name(c) {
            run.push(c);
            continue;
        }
        match names(&run) {
            Some(names) => {
                found = true;
                let mut names = names.into_iter();
                out.push_str(&names.next().unwrap_or_default());
                for name in names {
                    // Infallible: a string takes all.
                    let _ = write!(extra, " {name}");
                }
            }
            None => out.push_str(&run),
        }
        run.clear();
        out.push(c);
    }
    out.push_str(&extra);
    found.then_some(out)
}

fn is_of_name(c: char) -> bool {
    let mark =
        matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | '\u{30fb}' | '\u{30fc}' | '\u{3005}');
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_') || mark
}

/// The names that a run of letters in any script can be: whole, and without the words that Japanese writes around a name
/// with nothing between them.
fn names(run: &str) -> Option<Vec<String>> {
    let run = run.trim_matches(['.', '-']);
    if run.is_ascii() || !run.contains('.') {
        return None;
    }
    let mut starts = vec![0];
    let mut before: Option<char> = None;
    let first_dot = run.find('.').unwrap_or(run.len());
    for (at, c) in run[..first_dot].char_indices() {
        if before.is_some_and(|before| is_hiragana(before) && !is_hiragana(c)) {
            starts.push(at);
        }
        before = Some(c);
    }
    let last_dot = run.rfind('.').unwrap_or(0);
    let mut ends = vec![run.len()];
    let mut before: Option<char> = None;
    for (at, c) in run[last_dot + 1..].char_indices() {
        let turns = before.is_some_and(|before| {
            is_spaceless(c) && (before.is_ascii() || (is_hiragana(c) && !is_hiragana(before)))
        });
        if turns {
            ends.push(last_dot + 1 + at);
        }
        before = Some(c);
    }
    let mut names = Vec::new();
    for start in &starts {
        for end in &ends {
            if let Ok(name) = idna::domain_to_ascii(&run[*start..*end])
                && names.len() < NAMES
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
    }
    (!names.is_empty()).then_some(names)
}

/// What people write in place of a character, and the character.
const DISARMED: [(&str, &str); 34] = [
    ("[://]", "://"),
    ("[:]//", "://"),
    ("(:)//", "://"),
    ("[:/]/", "://"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("<.>", "."),
    ("[。]", "."),
    ("[ . ]", "."),
    (" [.] ", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    (" [dot] ", "."),
    (" dot ", "."),
    ("[d0t]", "."),
    ("[,]", "."),
    ("[ドット]", "."),
    ("[punkt]", "."),
    ("[point]", "."),
    ("\\.", "."),
    ("[.", "."),
    (".]", "."),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
    (" [at] ", "@"),
    (" at ", "@"),
    ("[:]", ":"),
    ("(:)", ":"),
    ("[/]", "/"),
];

const SCHEMES: [(&str, &str); 8] = [
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("h**ps", "https"),
    ("h**p", "http"),
    ("hxtp", "http"),
    ("htxp", "http"),
    ("fxxp", "ftp"),
    ("fxp", "ftp"),
];

/// The text with values armed again; `None` where nothing was disarmed.
pub fn armed(text: &str) -> Option<String> {
    let mut armed = Cow::Borrowed(text);
    for (disarmed, real) in DISARMED {
        armed = replaced(armed, disarmed, real);
    }
    for (disarmed, real) in SCHEMES {
        let disarmed = format!("{disarmed}:");
        armed = replaced(armed, &disarmed, &format!("{real}:"));
    }
    match armed {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    }
}

/// Replaces in any case of ASCII.
fn replaced<'a>(text: Cow<'a, str>, disarmed: &str, real: &str) -> Cow<'a, str> {
    let lower = text.to_ascii_lowercase();
    if !lower.contains(disarmed) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(disarmed) {
        out.push_str(&text[done..at]);
        out.push_str(real);
        done = at + disarmed.len();
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}
