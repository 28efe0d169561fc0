//! Patterns of STIX 2.0.

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
    let mut lexer = Lexer::new(text);
    let mut upgraded = String::with_capacity(text.len() + 2);
    let mut done = 0;
    let mut after_keyword = false;
    while let Ok((token, start)) = lexer.next() {
        match token {
            Token::End => break,
            Token::Text(_) if after_keyword => {
                upgraded.push_str(&text[done..start]);
                upgraded.push('t');
                done = start;
            }
            _ => {}
        }
        after_keyword = matches!(token, Token::Keyword(Keyword::Start | Keyword::Stop));
    }
    upgraded.push_str(&text[done..]);
    Pattern::parse(&upgraded)
}
