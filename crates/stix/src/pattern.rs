//! The STIX pattern language (STIX 2.1 §9): parsed completely, printed back, asked for its exact values.
//!
//! Start at [`Pattern::parse`]. [`std::fmt::Display`] prints the canonical text, which parses to the same tree.
//! Recursion follows parentheses only, and those are capped ([`Limits::depth`]).

mod ast;
mod atoms;
mod error;
mod lexer;
mod parser;
mod print;
#[cfg(test)]
mod tests;
mod upgrade;

pub use ast::{
    Comparison, Constant, ObjectPath, Observation, Operator, Predicate, Proposition, Qualifier, Step,
};
pub use error::PatternError;
pub use upgrade::{lenient, upgrade_20};

use crate::observable::Observable;

/// Caps on one pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes: usize,
    /// Parentheses within parentheses.
    pub depth: usize,
    /// Propositions, constants in sets, steps of paths and qualifiers together.
    pub nodes: usize,
}

impl Default for Limits {
    /// Well above what is exchanged: patterns of some thousand alternatives exist.
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64, nodes: 100_000 }
    }
}

/// A pattern that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    root: Observation,
}

impl Pattern {
    /// Parses a pattern within the default [`Limits`].
    ///
    /// # Errors
    /// The first fault, with its line, column and what was expected there.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::parse_within(text, &Limits::default())
    }

    /// Parses a pattern within the given limits.
    ///
    /// # Errors
    /// The first fault, with its line, column and what was expected there.
    pub fn parse_within(text: &str, limits: &Limits) -> Result<Self, PatternError> {
        let root = parser::parse(text, limits)?;
        Ok(Self { root })
    }

    /// A pattern built in the program; its text is what [`std::fmt::Display`] prints.
    pub fn from_root(root: Observation) -> Self {
        Self { root }
    }

    /// The outermost observation expression.
    pub fn root(&self) -> &Observation {
        &self.root
    }

    /// The exact values that the pattern looks for: those of `=` and `IN` on properties that state an
    /// observable, each in its normal form; CIDR blocks of `ISSUBSET` too. What is negated, ordered or matched
    /// by wildcard or expression has no exact value. Sorted, each once.
    ///
    /// A pattern can need more than one of its atoms at once, so an atom found says *look closer*, not *hit*.
    pub fn atoms(&self) -> Vec<Observable> {
        atoms::of(&self.root)
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
