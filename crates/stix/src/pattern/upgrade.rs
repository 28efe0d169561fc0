//! Patterns that are not quite of STIX 2.1.

use super::lexer::{Keyword, Lexer, Token};
use super::{Limits, Pattern, PatternError};

/// Reads a pattern of STIX 2.0, whose one difference in form is that `START` and `STOP` take plain strings:
/// `START '2020-01-01T00:00:00Z' STOP '…'`. Where nothing is to be changed it reads the pattern as it is.
///
/// # Errors
/// The first fault of the upgraded text; its column counts the `t` put before each string.
pub fn upgrade_20(text: &str) -> Result<Pattern, PatternError> {
    if text.len() > Limits::default().bytes {
        return Pattern::parse(text);
    }
    Pattern::parse(&rewritten(text, Lexer::new(text)))
}

/// Reads a pattern as it is met in the wild: of 2.1 or 2.0, and with single backslashes in strings
/// (`'HKLM\Software'`), which many exporters write and no version allows. A backslash before a quote or another
/// backslash keeps its meaning.
///
/// For indexing and matching only; what is stored and served stays as it was written.
///
/// # Errors
/// The first fault of the text as it is.
pub fn lenient(text: &str) -> Result<Pattern, PatternError> {
    match Pattern::parse(text) {
        Err(_) if text.len() > Limits::default().bytes => Pattern::parse(text),
        Err(error) => Pattern::parse(&rewritten(text, Lexer::forgiving(text))).map_err(|_| error),
        parsed => parsed,
    }
}

/// The text with a `t` before the strings of `START` and `STOP`, and every backslash that escapes nothing doubled.
fn rewritten(text: &str, mut lexer: Lexer<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    let mut done = 0;
    let mut after_keyword = false;
    while let Ok((token, start)) = lexer.next() {
        match token {
            Token::End => break,
            Token::Text(inside) => {
                out.push_str(&text[done..start]);
                out.push_str(if after_keyword { "t'" } else { "'" });
                push_escaped(&mut out, inside);
                // The closing quote follows with what comes after it.
                done = start + 1 + inside.len();
            }
            _ => {}
        }
        after_keyword = matches!(token, Token::Keyword(Keyword::Start | Keyword::Stop));
    }
    out.push_str(&text[done..]);
    out
}

fn push_escaped(out: &mut String, inside: &str) {
    let mut rest = inside;
    while let Some(position) = rest.find('\\') {
        let (before, tail) = rest.split_at(position);
        out.push_str(before);
        let pair = tail.get(..2).filter(|pair| matches!(*pair, r"\\" | r"\'"));
        out.push_str(pair.unwrap_or(r"\\"));
        rest = &tail[pair.map_or(1, str::len)..];
    }
    out.push_str(rest);
}
