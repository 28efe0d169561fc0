//! What is wrong with a form that was sent, at the field where it is.

use crate::view::object::FaultView;

/// A form: its name, unlike any other on its page, and the fields at which a fault can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    pub name: &'static str,
    pub fields: &'static [&'static str],
}

/// What was wrong with the last attempt; nothing on a form that is shown for the first time.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    shape: Shape,
    found: Vec<FaultView>,
}

impl Faults {
    pub fn new(shape: Shape, found: Vec<FaultView>) -> Self {
        Self { shape, found }
    }

    pub fn found(&self) -> &[FaultView] {
        &self.found
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn has(&self, field: &str) -> bool {
        self.found.iter().any(|fault| field_of(&fault.path) == field)
    }

    /// The rules that a field breaks.
    pub fn at(&self, field: &str) -> Vec<&str> {
        let there = self.found.iter().filter(|fault| field_of(&fault.path) == field);
        there.map(|fault| fault.rule.as_str()).collect()
    }

    /// What is wrong with no field in particular.
    pub fn elsewhere(&self) -> Vec<&FaultView> {
        let is_at_none = |fault: &&FaultView| !self.shape.fields.contains(&field_of(&fault.path));
        self.found.iter().filter(is_at_none).collect()
    }

    /// Whether this is the first field, in the order of the form, at which something is wrong: there the reader goes on.
    pub fn is_first(&self, field: &str) -> bool {
        self.shape.fields.iter().find(|name| self.has(name)) == Some(&field)
    }

    /// The id of what is said of a field.
    pub fn id(&self, field: &str) -> String {
        format!("fault-{}-{field}", self.shape.name)
    }
}

/// The field of a fault's place: `label` of `$.label`, `objects` of `$.objects[3]`, `url` of `?url`.
fn field_of(path: &str) -> &str {
    let bare = path.trim_start_matches(['$', '?', '.']);
    bare.split(['.', '[', ' ']).next().unwrap_or(bare)
}

#[cfg(test)]
mod tests;
