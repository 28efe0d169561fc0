//! Constants (§9.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::{Parsed, Parser};
use crate::pattern::ast::Constant;
use crate::pattern::lexer::{Keyword, Token};

impl Parser<'_> {
    pub(super) fn constant(&mut self) -> Parsed<Constant> {
        let constant = match self.token {
            Token::Text(inside) => Constant::Text(unescaped(inside)),
            Token::Integer(digits) => match digits.parse() {
                Ok(number) => Constant::Integer(number),
                Err(_) => return Err(self.expected("an integer of at most 64 bits")),
            },
            Token::Float(digits) => match digits.parse::<f64>() {
                Ok(number) if number.is_finite() => Constant::Float(number),
                _ => return Err(self.expected("a number of at most 64 bits")),
            },
            Token::Keyword(Keyword::True) => Constant::Boolean(true),
            Token::Keyword(Keyword::False) => Constant::Boolean(false),
            Token::Hex(inside) => match hex_bytes(inside) {
                Some(bytes) => Constant::Hex(bytes),
                None => return Err(self.fault("expected pairs of hex digits in h'…'".to_owned())),
            },
            Token::Binary(inside) => match STANDARD.decode(inside) {
                Ok(bytes) if !bytes.is_empty() => Constant::Binary(bytes),
                _ => return Err(self.fault("expected Base64 with padding in b'…'".to_owned())),
            },
            Token::Timestamp(_) => return Ok(Constant::Timestamp(self.timestamp()?)),
            _ => return Err(self.expected("a constant")),
        };
        self.advance()?;
        Ok(constant)
    }

    /// `(a, b, …)`, perhaps empty.
    pub(super) fn set(&mut self) -> Parsed<Vec<Constant>> {
        self.expect(Token::OpenRound)?;
        let mut members = Vec::new();
        if self.eats(Token::CloseRound)? {
            return Ok(members);
        }
        loop {
            self.count()?;
            members.push(self.constant()?);
            if self.eats(Token::CloseRound)? {
                return Ok(members);
            }
            if !self.eats(Token::Comma)? {
                return Err(self.expected("`,` or `)`"));
            }
        }
    }

    pub(super) fn string(&mut self) -> Parsed<String> {
        let Token::Text(inside) = self.token else { return Err(self.expected("a string in quotes")) };
        self.advance()?;
        Ok(unescaped(inside))
    }

    pub(super) fn timestamp(&mut self) -> Parsed<Timestamp> {
        let Token::Timestamp(inside) = self.token else {
            return Err(self.expected("a timestamp such as t'2026-01-31T12:00:00Z'"));
        };
        let Some(timestamp) = timestamp(inside) else {
            let problem = "expected a date and time that exist, in the form t'2026-01-31T12:00:00Z'";
            return Err(self.fault(problem.to_owned()));
        };
        self.advance()?;
        Ok(timestamp)
    }

    pub(super) fn positive_number(&mut self) -> Parsed<f64> {
        let (Token::Integer(digits) | Token::Float(digits)) = self.token else {
            return Err(self.expected("a number above zero"));
        };
        let number = digits.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
        let Some(number) = number else { return Err(self.expected("a number above zero")) };
        self.advance()?;
        Ok(number)
    }

    pub(super) fn positive_integer(&mut self) -> Parsed<u64> {
        let Token::Integer(digits) = self.token else {
            return Err(self.expected("a whole number above zero"));
        };
        let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
        let Some(number) = number else { return Err(self.expected("a whole number above zero")) };
        self.advance()?;
        Ok(number)
    }
}

/// The lexer has let only `\'` and `\\` through.
fn unescaped(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(position) = rest.find('\\') {
        text.push_str(&rest[..position]);
        let Some(escaped) = rest[position + 1..].chars().next() else { break };
        text.push(escaped);
        rest = &rest[position + 1 + escaped.len_utf8()..];
    }
    text.push_str(rest);
    text
}

fn hex_bytes(inside: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = inside.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()).collect()
}

/// `2026-01-31T12:00:00.123Z`, always in UTC (§2.16). Fractions beyond nanoseconds are cut off.
fn timestamp(inside: &str) -> Option<Timestamp> {
    let bytes = inside.as_bytes();
    let digits = |from: usize, to: usize| bytes.get(from..to)?.iter().all(u8::is_ascii_digit).then_some(());
    let sign = |at: usize, sign: u8| (bytes.get(at) == Some(&sign)).then_some(());
    for (from, to) in [(0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)] {
        digits(from, to)?;
    }
    for (at, expected) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        sign(at, expected)?;
    }
    let fraction = inside.get(19..)?.strip_suffix('Z')?;
    if fraction.is_empty() {
        return inside.parse().ok();
    }
    let fraction = fraction.strip_prefix('.')?;
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds = &fraction[..fraction.len().min(9)];
    format!("{}.{nanoseconds}Z", &inside[..19]).parse().ok()
}
