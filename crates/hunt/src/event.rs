//! A line of a log as fields: objects of JSON, rows of CSV and of Zeek, records of Windows, text with `key=value`.
//!
//! Owns the reading of one line into a flat tree whose texts are borrowed from the line where it can be. Refuses to say
//! what a field means: rules and patterns know that.
//!
//! Start at [`Layout::event`] and [`Event::each`].

mod delimited;
mod json;
mod layout;
mod pairs;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use layout::Layout;

/// Values that one line may hold; what is behind them is not read.
pub const MAX_NODES: usize = 1 << 16;
/// Objects within objects that are read.
pub const MAX_DEPTH: usize = 64;

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number beyond `i64`.
    Large(u64),
    Float(f64),
    Text(Cow<'t, str>),
    /// Its fields are the nodes below.
    Object,
    /// Its elements are the nodes below, without names.
    Array,
}

impl Value<'_> {
    /// The value as text, as a log would write it; nothing for objects, arrays and null.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null | Self::Object | Self::Array => None,
            Self::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Self::Integer(value) => Some(Cow::Owned(value.to_string())),
            Self::Large(value) => Some(Cow::Owned(value.to_string())),
            Self::Float(value) => Some(Cow::Owned(value.to_string())),
            Self::Text(text) => Some(Cow::Borrowed(text)),
        }
    }

    /// The value as a number, also where it is written as text.
    #[allow(clippy::cast_precision_loss, reason = "beyond 2^53 a comparison is as exact as JSON is")]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Large(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Whether there is a value and not a holder of values.
    pub fn is_leaf(&self) -> bool {
        !matches!(self, Self::Object | Self::Array)
    }
}

/// A field of an object, or an element of an array, which has no name.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'t> {
    pub name: Cow<'t, str>,
    pub value: Value<'t>,
    /// The object or array that holds it; the root holds itself.
    pub parent: u32,
    /// The place of the next node that is not below this one.
    pub after: u32,
}

/// A line as a tree. Nodes lie in the order of the text, each before those that it holds; the first is the root.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'t> {
    nodes: Vec<Node<'t>>,
    /// The line itself.
    text: &'t str,
}

impl<'t> Event<'t> {
    fn new(text: &'t str) -> Self {
        let mut nodes = Vec::with_capacity(64);
        nodes.push(Node { name: Cow::Borrowed(""), value: Value::Object, parent: 0, after: 1 });
        Self { nodes, text }
    }

    /// The line of which the event was read.
    pub fn line(&self) -> &'t str {
        self.text
    }

    /// All nodes; the root is the first.
    pub fn nodes(&self) -> &[Node<'t>] {
        &self.nodes
    }

    /// The values that hold no others, in the order of the text.
    pub fn leaves(&self) -> impl Iterator<Item = &Node<'t>> {
        self.nodes.iter().filter(|node| node.value.is_leaf())
    }

    /// The nodes directly below a node.
    pub fn children(&self, of: u32) -> Children<'_, 't> {
        let end = self.nodes.get(of as usize).map_or(0, |node| node.after);
        Children { event: self, next: of + 1, end }
    }

    /// Calls `visit` with every value at a path until it returns `true`, and says whether it did. Dots lead into objects;
    /// a name that itself has dots (`id.orig_h`) is found too. Arrays are passed through: each element counts.
    pub fn each(&self, path: &str, visit: &mut dyn FnMut(&Node<'t>) -> bool) -> bool {
        self.each_below(0, path, visit)
    }

    /// As [`Event::each`], with a path that begins at a node.
    pub fn each_below(&self, of: u32, path: &str, visit: &mut dyn FnMut(&Node<'t>) -> bool) -> bool {
        for (place, child) in self.children(of) {
            if matches!(self.nodes[of as usize].value, Value::Array) {
                if matches!(child.value, Value::Object | Value::Array) && self.each_below(place, path, visit)
                {
                    return true;
                }
                continue;
            }
            if child.name == path {
                if self.each_value(place, visit) {
                    return true;
                }
                continue;
            }
            let rest = path.strip_prefix(child.name.as_ref()).and_then(|rest| rest.strip_prefix('.'));
            if let Some(rest) = rest
                && !child.value.is_leaf()
                && self.each_below(place, rest, visit)
            {
                return true;
            }
        }
        false
    }

    /// The value of a node, or each element of an array.
    fn each_value(&self, place: u32, visit: &mut dyn FnMut(&Node<'t>) -> bool) -> bool {
        let node = &self.nodes[place as usize];
        if node.value != Value::Array {
            return visit(node);
        }
        let mut children = self.children(place);
        children.any(|(place, _)| self.each_value(place, visit))
    }

    /// The first value at a path.
    pub fn get(&self, path: &str) -> Option<&Value<'t>> {
        self.find(path).map(|place| &self.nodes[place as usize].value)
    }

    /// The place of the first node at a path; arrays are not passed through.
    pub fn find(&self, path: &str) -> Option<u32> {
        self.find_below(0, path)
    }

    fn find_below(&self, of: u32, path: &str) -> Option<u32> {
        self.children(of).find_map(|(place, child)| {
            if child.name == path {
                return Some(place);
            }
            let rest = path.strip_prefix(child.name.as_ref())?.strip_prefix('.')?;
            self.find_below(place, rest)
        })
    }

    /// The names on the way to a node, with dots between.
    pub fn path(&self, place: u32) -> String {
        let mut names = Vec::new();
        let mut at = place;
        while at != 0 {
            let node = &self.nodes[at as usize];
            if !node.name.is_empty() {
                names.push(node.name.as_ref());
            }
            at = node.parent;
        }
        names.reverse();
        names.join(".")
    }

    /// Adds a node below an open one; `None` where the event is full.
    fn push(&mut self, parent: u32, name: Cow<'t, str>, value: Value<'t>) -> Option<u32> {
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let place = self.nodes.len() as u32;
        self.nodes.push(Node { name, value, parent, after: place + 1 });
        Some(place)
    }

    /// Closes a node: what comes now is no longer below it.
    fn close(&mut self, place: u32) {
        let end = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(place as usize) {
            node.after = end;
        }
    }
}

/// The nodes directly below a node, each with its place.
#[derive(Debug)]
pub struct Children<'e, 't> {
    event: &'e Event<'t>,
    next: u32,
    end: u32,
}

impl<'e, 't> Iterator for Children<'e, 't> {
    type Item = (u32, &'e Node<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let place = self.next;
        let node = self.event.nodes.get(place as usize)?;
        self.next = node.after;
        Some((place, node))
    }
}

/// An object of JSON as an event; nothing where the text is none.
pub(crate) fn of_json(text: &str) -> Option<Event<'_>> {
    json::read(text)
}

/// The text of a line: UTF-8 as it is, other encodings of Japanese and broken bytes decoded.
pub fn text_of(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(crate::scan::decoded(line).into_owned()),
    }
}
