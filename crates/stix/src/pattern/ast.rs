//! The syntax tree.

use jiff::Timestamp;

/// An observation expression (§9.5).
///
/// A chain of one operator is one list, however long; a list has at least two members. Parentheses that the
/// text had around the same operator show as a list within a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// `[…]`: one set of observations satisfies the comparison.
    Test(Comparison),
    And(Vec<Observation>),
    Or(Vec<Observation>),
    FollowedBy(Vec<Observation>),
    /// An expression with one to three qualifiers, each kind at most once, in the order of the text.
    Qualified(Box<Observation>, Vec<Qualifier>),
}

/// A qualifier of an observation expression (§9.5.1).
#[derive(Debug, Clone, PartialEq)]
pub enum Qualifier {
    /// `WITHIN x SECONDS`; x is above zero.
    Within(f64),
    /// `REPEATS x TIMES`; x is above zero.
    Repeats(u64),
    /// `START t'…' STOP t'…'`; the start is before the stop.
    StartStop(Timestamp, Timestamp),
}

/// A comparison expression (§9.6). Lists have at least two members.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    And(Vec<Comparison>),
    Or(Vec<Comparison>),
    Proposition(Proposition),
}

/// One test of one object path.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposition {
    pub path: ObjectPath,
    /// Whether `NOT` stands before the operator.
    pub negated: bool,
    pub predicate: Predicate,
}

/// What a proposition says of its path (§9.6).
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    Compare(Operator, Constant),
    In(Vec<Constant>),
    /// SQL-like wildcards `%` and `_`.
    Like(String),
    /// A regular expression (PCRE).
    Matches(String),
    /// The address or network lies within the given network.
    IsSubset(String),
    /// The network contains the given address or network.
    IsSuperset(String),
    Exists,
}

/// An operator that compares with one constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A constant (§9.2). Floats are finite; a Boolean has no order.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// `h'…'`
    Hex(Vec<u8>),
    /// `b'…'`, Base64 in the text.
    Binary(Vec<u8>),
    /// `t'…'`
    Timestamp(Timestamp),
}

/// `type:key.key[0].'other key'` (§9.7).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectPath {
    /// The type of the object.
    pub kind: String,
    /// At least one; the first is a key. A key that ends in `_ref`, or in `_refs` before a position, is followed
    /// to the object that it names when a key comes next.
    pub steps: Vec<Step>,
}

/// One step of an object path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    Key(String),
    /// `[0]`
    Index(u64),
    /// `[*]`
    Any,
}

impl ObjectPath {
    /// Whether the path leads through a reference into another object.
    pub fn dereferences(&self) -> bool {
        let mut through = false;
        for step in &self.steps {
            match step {
                Step::Key(_) if through => return true,
                Step::Key(key) => through = key.ends_with("_ref") || key.ends_with("_refs"),
                Step::Index(_) | Step::Any => {}
            }
        }
        false
    }
}
