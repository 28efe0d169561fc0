//! The canonical text of a pattern: one space around operators, the fewest parentheses that keep the tree.

use std::fmt::{self, Display, Formatter, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Pattern;
use super::ast::{
    Comparison, Constant, ObjectPath, Observation, Operator, Predicate, Proposition, Qualifier, Step,
};
use super::lexer::Keyword;

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl Observation {
    /// How tightly the outermost operator binds.
    fn rank(&self) -> u8 {
        match self {
            Self::FollowedBy(_) => 0,
            Self::Or(_) => 1,
            Self::And(_) => 2,
            Self::Qualified(..) => 3,
            Self::Test(_) => 4,
        }
    }

    /// Prints a member of an expression of that rank, in parentheses unless it binds tighter.
    fn within(&self, rank: u8, f: &mut Formatter<'_>) -> fmt::Result {
        if self.rank() > rank { self.fmt(f) } else { write!(f, "({self})") }
    }
}

impl Display for Observation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (members, operator) = match self {
            Self::Test(test) => return write!(f, "[{test}]"),
            Self::Qualified(inner, qualifiers) => {
                inner.within(self.rank(), f)?;
                return qualifiers.iter().try_for_each(|qualifier| write!(f, " {qualifier}"));
            }
            Self::And(members) => (members, " AND "),
            Self::Or(members) => (members, " OR "),
            Self::FollowedBy(members) => (members, " FOLLOWEDBY "),
        };
        for (position, member) in members.iter().enumerate() {
            if position > 0 {
                f.write_str(operator)?;
            }
            member.within(self.rank(), f)?;
        }
        Ok(())
    }
}

impl Display for Qualifier {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // A whole number of seconds prints without a fraction.
            Self::Within(seconds) => write!(f, "WITHIN {seconds} SECONDS"),
            Self::Repeats(times) => write!(f, "REPEATS {times} TIMES"),
            Self::StartStop(start, stop) => write!(f, "START t'{start}' STOP t'{stop}'"),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (members, operator) = match self {
            Self::Proposition(proposition) => return proposition.fmt(f),
            Self::And(members) => (members, " AND "),
            Self::Or(members) => (members, " OR "),
        };
        for (position, member) in members.iter().enumerate() {
            if position > 0 {
                f.write_str(operator)?;
            }
            let bare = matches!((self, member), (_, Self::Proposition(_)) | (Self::Or(_), Self::And(_)));
            if bare {
                member.fmt(f)?;
            } else {
                write!(f, "({member})")?;
            }
        }
        Ok(())
    }
}

impl Display for Proposition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { path, negated, predicate } = self;
        let not = if *negated { "NOT " } else { "" };
        match predicate {
            Predicate::Exists => write!(f, "{not}EXISTS {path}"),
            Predicate::Compare(operator, constant) => write!(f, "{path} {not}{operator} {constant}"),
            Predicate::Like(text) => write!(f, "{path} {not}LIKE {}", Quoted(text)),
            Predicate::Matches(text) => write!(f, "{path} {not}MATCHES {}", Quoted(text)),
            Predicate::IsSubset(text) => write!(f, "{path} {not}ISSUBSET {}", Quoted(text)),
            Predicate::IsSuperset(text) => write!(f, "{path} {not}ISSUPERSET {}", Quoted(text)),
            Predicate::In(members) => {
                write!(f, "{path} {not}IN (")?;
                for (position, member) in members.iter().enumerate() {
                    if position > 0 {
                        f.write_str(", ")?;
                    }
                    member.fmt(f)?;
                }
                f.write_char(')')
            }
        }
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl Display for Constant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => Quoted(text).fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => {
                // Without a point it would be read back as an integer; the language has no exponents, and
                // Rust prints none.
                let digits = number.to_string();
                let point = if digits.contains('.') { "" } else { ".0" };
                write!(f, "{digits}{point}")
            }
            Self::Boolean(truth) => truth.fmt(f),
            Self::Hex(bytes) => {
                f.write_str("h'")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_char('\'')
            }
            Self::Binary(bytes) => write!(f, "b'{}'", STANDARD.encode(bytes)),
            Self::Timestamp(timestamp) => write!(f, "t'{timestamp}'"),
        }
    }
}

impl Display for ObjectPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind)?;
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if position > 0 {
                        f.write_char('.')?;
                    }
                    if is_bare(key) { f.write_str(key) } else { Quoted(key).fmt(f) }
                }
                Step::Index(index) => write!(f, "[{index}]"),
                Step::Any => f.write_str("[*]"),
            }?;
        }
        Ok(())
    }
}

/// Whether a key can stand without quotes.
fn is_bare(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && Keyword::of(key).is_none()
}

/// A string in quotes, escaped.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        let mut rest = self.0;
        while let Some(position) = rest.find(['\'', '\\']) {
            f.write_str(&rest[..position])?;
            f.write_char('\\')?;
            f.write_str(&rest[position..=position])?;
            rest = &rest[position + 1..];
        }
        f.write_str(rest)?;
        f.write_char('\'')
    }
}
