//! XML, read with caps and written plainly: what policies and confidentiality labels come in.
//!
//! No document type, so no entities beyond XML's own five; caps on size, elements and depth. Every refusal names the
//! line and the rule.

mod depth;
mod write;

use roxmltree::{Document, Node, ParsingOptions};

pub(crate) use write::Writer;

/// Largest document, in bytes.
pub const SIZE_LIMIT: usize = 512 * 1024;
/// Most elements, texts and comments.
const NODE_LIMIT: u32 = 50_000;
/// Deepest nesting of elements.
const DEPTH_LIMIT: usize = 32;

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {rule}")]
pub struct XmlError {
    /// From 1.
    pub line: u32,
    /// The rule that does not hold.
    pub rule: String,
}

impl XmlError {
    pub(crate) fn new(line: u32, rule: impl Into<String>) -> Self {
        Self { line, rule: rule.into() }
    }
}

/// Reads a document of bounded size and depth, without a document type.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, XmlError> {
    if text.len() > SIZE_LIMIT {
        return Err(XmlError::new(1, format!("the document is larger than {} KiB", SIZE_LIMIT / 1024)));
    }
    depth::check(text, DEPTH_LIMIT)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODE_LIMIT };
    Document::parse_with_options(text, options).map_err(|error| refusal(&error))
}

fn refusal(error: &roxmltree::Error) -> XmlError {
    let line = error.pos().row.max(1);
    let rule = match error {
        roxmltree::Error::DtdDetected => "a document type is refused: it could declare entities".to_owned(),
        roxmltree::Error::UnknownEntityReference(name, _) => {
            format!("the entity &{name}; is not one of XML's own five")
        }
        roxmltree::Error::NodesLimitReached => format!("more than {NODE_LIMIT} elements and texts"),
        other => format!("not well-formed XML: {other}"),
    };
    XmlError { line, rule }
}

/// An error about this element.
pub(crate) fn error_at(node: Node<'_, '_>, rule: impl Into<String>) -> XmlError {
    XmlError::new(line_of(node), rule)
}

pub(crate) fn line_of(node: Node<'_, '_>) -> u32 {
    node.document().text_pos_at(node.range().start).row
}

/// An attribute without namespace that must be there, and not empty.
pub(crate) fn needed<'a>(node: Node<'a, '_>, attribute: &str) -> Result<&'a str, XmlError> {
    let found = node.attribute(attribute).map(str::trim).filter(|text| !text.is_empty());
    found.ok_or_else(|| {
        error_at(node, format!("<{}> needs the attribute {attribute}", node.tag_name().name()))
    })
}

/// The elements of this namespace and name directly inside.
pub(crate) fn children<'a, 'i>(
    node: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name((namespace, name)))
}

/// All text directly inside, without white space around it.
pub(crate) fn text_of(node: Node<'_, '_>) -> String {
    let texts: String =
        node.children().filter_map(|child| child.text().filter(|_| child.is_text())).collect();
    texts.trim().to_owned()
}

#[cfg(test)]
mod tests;
