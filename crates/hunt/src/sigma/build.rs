//! Tests with numbers, each once, however many rules ask it.

use std::collections::HashMap;

use super::Expression;
use super::check::{Anchor, Check};
use super::text::{Part, Text};

/// A question about the values of a field.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub field: u32,
    pub check: Check,
}

/// The tests of all rules.
#[derive(Debug, Default)]
pub(super) struct Tests {
    all: Vec<Test>,
    known: HashMap<String, u32>,
    /// The names of the fields, by number.
    names: Vec<String>,
    fields: HashMap<String, u32>,
}

impl Tests {
    pub fn new() -> Self {
        let mut tests = Self::default();
        // The first field is no field: keywords are looked for in all values.
        tests.field("");
        tests
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn get(&self, number: u32) -> &Test {
        &self.all[number as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &Test)> {
        (0..).zip(&self.all)
    }

    pub fn name_of(&self, field: u32) -> &str {
        &self.names[field as usize]
    }

    pub fn fields(&self) -> &HashMap<String, u32> {
        &self.fields
    }

    /// The number of a field.
    pub fn field(&mut self, name: &str) -> u32 {
        if let Some(number) = self.fields.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.fields.insert(name.to_owned(), number);
        number
    }

    /// A test as an expression.
    pub fn test(&mut self, field: u32, check: Check) -> Expression {
        let key = format!("{field} {check:?}");
        if let Some(number) = self.known.get(&key) {
            return Expression::Test(*number);
        }
        let number = self.all.len() as u32;
        self.all.push(Test { field, check });
        self.known.insert(key, number);
        Expression::Test(number)
    }

    /// Whether a value is a text with wildcards.
    pub fn text(&mut self, field: u32, text: Text, cased: bool) -> Expression {
        let text = if cased { text } else { text.lowercase() };
        let (anchor, plain) = match text.0.as_slice() {
            [] => (Anchor::Whole, ""),
            [Part::Plain(plain)] => (Anchor::Whole, plain.as_str()),
            [Part::Any, Part::Plain(plain)] => (Anchor::End, plain.as_str()),
            [Part::Plain(plain), Part::Any] => (Anchor::Begin, plain.as_str()),
            [Part::Any, Part::Plain(plain), Part::Any] => (Anchor::Anywhere, plain.as_str()),
            parts if parts.iter().all(|part| *part == Part::Any) => return self.test(field, Check::Present),
            _ => return self.pattern(field, text, cased),
        };
        let plain = plain.to_owned();
        if cased {
            self.test(field, Check::Cased(anchor, plain))
        } else {
            self.test(field, Check::Literal(anchor, plain))
        }
    }

    /// A pattern, behind its longest literal, for which all values are searched anyway.
    fn pattern(&mut self, field: u32, text: Text, cased: bool) -> Expression {
        let plain = |part: &Part| match part {
            Part::Plain(plain) => Some(plain.clone()),
            _ => None,
        };
        let longest = text.0.iter().filter_map(plain).max_by_key(String::len);
        let pattern = self.test(field, Check::Pattern { pattern: text, cased });
        match longest {
            Some(longest) => {
                let literal = self.test(field, Check::Literal(Anchor::Anywhere, longest.to_lowercase()));
                Expression::all(vec![literal, pattern])
            }
            None => pattern,
        }
    }
}
