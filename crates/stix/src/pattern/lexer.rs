//! From characters to tokens, one at a time.

use std::fmt;

/// A token. Texts are slices of the pattern, still escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    Keyword(Keyword),
    /// With its sign.
    Integer(&'a str),
    Float(&'a str),
    /// The inside of `'…'`, still escaped.
    Text(&'a str),
    /// The inside of `h'…'`, `b'…'`, `t'…'`.
    Hex(&'a str),
    Binary(&'a str),
    Timestamp(&'a str),
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Colon,
    Dot,
    Comma,
    OpenRound,
    CloseRound,
    OpenSquare,
    CloseSquare,
    Asterisk,
    /// A character that begins nothing.
    Stray(char),
    End,
}

macro_rules! keywords {
    ($($variant:ident = $text:literal),* $(,)?) => {
        /// The words of the language; they cannot be unquoted names (§9).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Keyword { $($variant),* }

        impl Keyword {
            pub(super) fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            pub(super) fn of(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

keywords! {
    And = "AND", Or = "OR", Not = "NOT", FollowedBy = "FOLLOWEDBY", Like = "LIKE", Matches = "MATCHES",
    IsSuperset = "ISSUPERSET", IsSubset = "ISSUBSET", Exists = "EXISTS", Last = "LAST", In = "IN",
    Start = "START", Stop = "STOP", Seconds = "SECONDS", True = "true", False = "false", Within = "WITHIN",
    Repeats = "REPEATS", Times = "TIMES",
}

impl fmt::Display for Token<'_> {
    /// As an error message names what it found.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self {
            Self::Word(word) => return write!(f, "`{}`", shortened(word)),
            Self::Keyword(keyword) => keyword.text(),
            Self::Integer(digits) | Self::Float(digits) => {
                return write!(f, "the number {}", shortened(digits));
            }
            Self::Text(_) => return f.write_str("a string"),
            Self::Hex(_) => return f.write_str("a hex constant"),
            Self::Binary(_) => return f.write_str("a binary constant"),
            Self::Timestamp(_) => return f.write_str("a timestamp"),
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Colon => ":",
            Self::Dot => ".",
            Self::Comma => ",",
            Self::OpenRound => "(",
            Self::CloseRound => ")",
            Self::OpenSquare => "[",
            Self::CloseSquare => "]",
            Self::Asterisk => "*",
            Self::Stray(c) if c.is_ascii_graphic() => return write!(f, "`{c}`"),
            Self::Stray(c) => return write!(f, "the character U+{:04X}", u32::from(*c)),
            Self::End => return f.write_str("the end of the pattern"),
        };
        write!(f, "`{sign}`")
    }
}

fn shortened(word: &str) -> &str {
    word.char_indices().nth(40).map_or(word, |(end, _)| &word[..end])
}

/// A token that cannot be read to its end.
pub(super) struct LexError {
    pub(super) offset: usize,
    pub(super) problem: String,
}

/// Reads tokens from a position on.
pub(super) struct Lexer<'a> {
    text: &'a str,
    position: usize,
    /// Whether a backslash that escapes nothing stands for itself.
    forgiving: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, position: 0, forgiving: false }
    }

    pub(super) fn forgiving(text: &'a str) -> Self {
        Self { text, position: 0, forgiving: true }
    }

    /// The next token and where it begins, in bytes.
    pub(super) fn next(&mut self) -> Result<(Token<'a>, usize), LexError> {
        self.skip_blanks()?;
        let start = self.position;
        let bytes = self.text.as_bytes();
        let Some(&first) = bytes.get(start) else { return Ok((Token::End, start)) };
        let second = bytes.get(start + 1).copied();
        let (token, length) = match (first, second) {
            (b'h' | b'b' | b't', Some(b'\'')) => return Ok((self.prefixed(first)?, start)),
            (b'a'..=b'z' | b'A'..=b'Z' | b'_', _) => return Ok((self.word(), start)),
            (b'\'', _) => return Ok((Token::Text(self.quoted()?), start)),
            (b'0'..=b'9' | b'+' | b'-' | b'.', _) => match self.number() {
                Some(number) => return Ok((number, start)),
                None if first == b'.' => (Token::Dot, 1),
                None => (Token::Stray(char::from(first)), 1),
            },
            (b'=', Some(b'=')) => (Token::Equal, 2),
            (b'=', _) => (Token::Equal, 1),
            (b'!', Some(b'=')) | (b'<', Some(b'>')) => (Token::NotEqual, 2),
            (b'<', Some(b'=')) => (Token::LessOrEqual, 2),
            (b'<', _) => (Token::Less, 1),
            (b'>', Some(b'=')) => (Token::GreaterOrEqual, 2),
            (b'>', _) => (Token::Greater, 1),
            (b':', _) => (Token::Colon, 1),
            (b',', _) => (Token::Comma, 1),
            (b'(', _) => (Token::OpenRound, 1),
            (b')', _) => (Token::CloseRound, 1),
            (b'[', _) => (Token::OpenSquare, 1),
            (b']', _) => (Token::CloseSquare, 1),
            (b'*', _) => (Token::Asterisk, 1),
            _ => {
                let stray = self.text[start..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
                (Token::Stray(stray), stray.len_utf8())
            }
        };
        self.position += length;
        Ok((token, start))
    }

    /// White space (§9 lists it by code point) and comments.
    fn skip_blanks(&mut self) -> Result<(), LexError> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.position) {
                Some(b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c) => self.position += 1,
                Some(b'/') => match bytes.get(self.position + 1) {
                    Some(b'*') => {
                        let Some(length) = self.text[self.position + 2..].find("*/") else {
                            return Err(LexError {
                                offset: self.position,
                                problem: "this comment has no end: expected `*/`".to_owned(),
                            });
                        };
                        self.position += length + 4;
                    }
                    Some(b'/') => {
                        let rest = &self.text[self.position..];
                        self.position += rest.find(['\r', '\n']).unwrap_or(rest.len());
                    }
                    _ => return Ok(()),
                },
                Some(0x80..) => match self.text[self.position..].chars().next() {
                    Some(c) if is_blank(c) => self.position += c.len_utf8(),
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    fn word(&mut self) -> Token<'a> {
        let rest = &self.text[self.position..];
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let length = rest.bytes().position(|byte| !inside(byte)).unwrap_or(rest.len());
        self.position += length;
        let word = &rest[..length];
        Keyword::of(word).map_or(Token::Word(word), Token::Keyword)
    }

    /// `0`, `-12`, `+3`, `.5`, `-1.25`; no exponent, no leading zeros. `None` when no number begins here.
    fn number(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.position..];
        let bytes = rest.as_bytes();
        let digits_from = |from: usize| {
            bytes[from..].iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len() - from)
        };
        let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let whole = digits_from(sign);
        let dot = sign + whole;
        if bytes.get(dot) == Some(&b'.') {
            let fraction = digits_from(dot + 1);
            if fraction > 0 {
                let length = dot + 1 + fraction;
                self.position += length;
                return Some(Token::Float(&rest[..length]));
            }
        }
        // A leading zero is a number by itself, so that `01` is two, and an error.
        let whole = if bytes.get(sign) == Some(&b'0') { 1 } else { whole };
        if whole == 0 {
            return None;
        }
        self.position += sign + whole;
        Some(Token::Integer(&rest[..sign + whole]))
    }

    /// The inside of a string; `\'` and `\\` are the only escapes (§9.2).
    fn quoted(&mut self) -> Result<&'a str, LexError> {
        let open = self.position;
        let rest = &self.text[open + 1..];
        let bytes = rest.as_bytes();
        let mut position = 0;
        loop {
            match bytes.get(position) {
                Some(b'\'') => break,
                Some(b'\\') => match bytes.get(position + 1) {
                    Some(b'\'' | b'\\') => position += 2,
                    _ if self.forgiving => position += 1,
                    _ => {
                        return Err(LexError {
                            offset: open + 1 + position,
                            problem: r"expected \' or \\: a backslash in a string is written twice"
                                .to_owned(),
                        });
                    }
                },
                Some(_) => position += 1,
                None => {
                    return Err(LexError {
                        offset: open,
                        problem: "this string has no end: expected `'`".to_owned(),
                    });
                }
            }
        }
        self.position = open + 1 + position + 1;
        Ok(&rest[..position])
    }

    fn prefixed(&mut self, prefix: u8) -> Result<Token<'a>, LexError> {
        self.position += 1;
        let inside = self.quoted()?;
        Ok(match prefix {
            b'h' => Token::Hex(inside),
            b'b' => Token::Binary(inside),
            _ => Token::Timestamp(inside),
        })
    }
}

fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}
