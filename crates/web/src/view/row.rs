//! Pieces that many pages share: runs of text with their language, values, rows of objects.

use crate::icon::{self, Icon};
use crate::moment::Moment;
use crate::view::LabelView;

/// Text in a known language. An empty tag where nobody said which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub lang: String,
    pub text: String,
}

impl Run {
    pub fn new(lang: impl Into<String>, text: impl Into<String>) -> Self {
        Self { lang: lang.into(), text: text.into() }
    }
}

/// Something that is exact and may be long: an id, a hash, an address. Shown short, copied whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub whole: String,
    pub shown: String,
}

/// Characters of a value in a table.
const SHOWN: usize = 44;

impl Value {
    /// Cut in the middle, so that both ends can be compared.
    pub fn new(whole: impl Into<String>) -> Self {
        let whole = whole.into();
        let shown = middle(&whole, SHOWN);
        Self { whole, shown }
    }

    /// Shown whole.
    pub fn uncut(whole: impl Into<String>) -> Self {
        let whole = whole.into();
        Self { shown: whole.clone(), whole }
    }
}

/// Cuts a text in the middle to at most `most` characters.
pub fn middle(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let head = most * 2 / 3;
    let tail = most - head - 1;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{start}…{end}")
}

/// One object in a table.
#[derive(Debug, Clone)]
pub struct Row {
    pub href: String,
    /// The `type` property.
    pub kind: String,
    /// Its name in the reader's language, or the type itself.
    pub kind_name: String,
    pub title: Run,
    /// Whether the title is a value (monospace).
    pub exact: bool,
    pub label: LabelView,
    pub source: String,
    pub added: Moment,
    pub revoked: bool,
    pub disputed: bool,
}

impl Row {
    pub fn icon(&self) -> Icon {
        icon::of_kind(&self.kind)
    }

    /// Whether it says something, and not about what else is there: only that is released or made a tear-line of.
    pub fn is_content(&self) -> bool {
        !self.kind.starts_with("kizuna-") && self.kind != "marking-definition"
    }

    /// The object's id.
    pub fn id(&self) -> &str {
        self.href.rsplit('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
