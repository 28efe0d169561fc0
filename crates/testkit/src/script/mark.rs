//! Fields of an object that are marked by themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::{Content, Label};
use crate::stix::{Shape, shape};

/// A field that can be marked by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The words of the description.
    Words,
    /// All references together.
    Refs,
    /// The pattern of an indicator.
    Pattern,
    /// The host that traffic asked for.
    Host,
    /// One of the tags.
    Tag(usize),
}

/// A granular marking: what it asks of a reader of a field, beside what is asked of a reader of the object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    pub field: Field,
    pub asks: Label,
}

impl Content {
    /// Whether there is anything in a field.
    pub fn has(&self, field: Field) -> bool {
        let shape = shape(self.object);
        match field {
            Field::Words => !self.words.is_empty(),
            Field::Refs => shape == Shape::Report || !self.refs.is_empty(),
            Field::Pattern => shape == Shape::Indicator,
            Field::Host => shape == Shape::Traffic && !self.hostless,
            Field::Tag(at) => at < self.tags.len(),
        }
    }

    /// Whether the object is none without a field.
    pub fn needs(&self, field: Field) -> bool {
        field == Field::Pattern || (field == Field::Refs && shape(self.object) == Shape::Report)
    }

    /// The fields that there are something in.
    pub fn fields(&self) -> Vec<Field> {
        let tags = (0..self.tags.len()).map(Field::Tag);
        let others = [Field::Words, Field::Refs, Field::Pattern, Field::Host];
        others.into_iter().filter(|field| self.has(*field)).chain(tags).collect()
    }

    /// What is left without some fields: nothing says that they were there. Tags move up.
    #[must_use]
    pub fn without(&self, gone: &BTreeSet<Field>) -> Self {
        let mut left = self.clone();
        for field in gone.iter().rev() {
            match field {
                Field::Words => left.words.clear(),
                Field::Refs => left.refs.clear(),
                Field::Pattern => {}
                Field::Host => left.hostless = true,
                Field::Tag(at) => drop(left.tags.remove(*at)),
            }
        }
        left.marks.retain(|mark| !gone.contains(&mark.field));
        for mark in &mut left.marks {
            mark.field = self.moved(mark.field, gone);
        }
        left
    }

    /// What a field is called once others are gone. Tags that are none stay what they are.
    pub fn moved(&self, field: Field, gone: &BTreeSet<Field>) -> Field {
        let Field::Tag(at) = field else { return field };
        if !self.has(field) {
            return field;
        }
        Field::Tag(
            at - gone.iter().filter(|other| matches!(other, Field::Tag(before) if *before < at)).count(),
        )
    }
}

/// The ordinals of contributions with the fields that are taken from each.
pub type Gone = BTreeMap<usize, BTreeSet<Field>>;
