//! What is wrong with a pattern, and where.

use std::fmt;

/// Characters shown on each side of the fault.
const CONTEXT: usize = 40;

/// A pattern that could not be understood. It prints as one line; [`PatternError::picture`] adds the text
/// with a caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// Bytes before the fault.
    pub offset: usize,
    /// What is wrong, such as ``expected `]`, found `AND` ``.
    pub problem: String,
    /// The part of the line around the fault, and the characters in it before the fault.
    excerpt: (String, usize),
}

impl PatternError {
    pub(super) fn new(text: &str, offset: usize, problem: String) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let (before, after) = text.split_at(offset);
        let line = before.matches('\n').count() + 1;
        let line_before = before.rsplit('\n').next().unwrap_or_default();
        let line_after = after.split(['\n', '\r']).next().unwrap_or_default();
        let column = line_before.chars().count() + 1;

        let shown = |c: char| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c };
        let skipped = (column - 1).saturating_sub(CONTEXT);
        let mut excerpt = String::new();
        let mut caret = column - 1 - skipped;
        if skipped > 0 {
            excerpt.push('…');
            caret += 1;
        }
        excerpt.extend(line_before.chars().skip(skipped).map(shown));
        excerpt.extend(line_after.chars().take(CONTEXT).map(shown));
        if line_after.chars().nth(CONTEXT).is_some() {
            excerpt.push('…');
        }
        Self { line, column, offset, problem, excerpt: (excerpt, caret) }
    }

    /// The message, and below it the line of the pattern with a caret under the fault.
    pub fn picture(&self) -> String {
        let (excerpt, caret) = &self.excerpt;
        let indent = " ".repeat(*caret);
        format!("{self}\n  | {excerpt}\n  | {indent}^")
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)
    }
}

impl std::error::Error for PatternError {}
