//! STANAG 4774 (ADatP-4774): confidentiality labels in XML.
//!
//! Written are an originator's label, one of another kind by [`write_as`], and all kinds beside each other in a binding
//! ([`stanag4778`]). An originator's label is read as the label of the information. An alternative label says the same under another
//! policy; whoever reads it alone gets what it says. Where both stand together the originator's counts and the
//! alternatives are a stated loss: taking either would be wider than asking for both. A metadata label labels the
//! metadata.

use jiff::Timestamp;
use roxmltree::Node;

use super::statement::{Category, Kind, Statement};
use super::{Beside, FormError, Headings, Source, Told, Written, stanag4778};
use crate::directory::Directory;
use crate::label::Label;
use crate::spec::Names;
use crate::xml::{self, Writer, XmlError, error_at, needed};

/// The namespace of labels.
pub const NAMESPACE: &str = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0";

/// The kind of an originator's identifier that is a URI.
const URI_KIND: &str = "uniformResourceIdentifier";

/// The elements that are a label, and what each labels.
pub(super) const ROOTS: [(&str, Source); 3] = [
    ("originatorConfidentialityLabel", Source::Originator),
    ("alternativeConfidentialityLabel", Source::Alternative),
    ("metadataConfidentialityLabel", Source::Metadata),
];

/// Writes an originator's label.
pub(super) fn write(label: &Label, headings: &Headings, directory: &Directory) -> Result<Written, FormError> {
    write_as(Source::Originator, label, headings, directory)
}

/// Writes a label as what it is: the originator's, an alternative, or of the metadata. Anything else is written as the
/// originator's.
///
/// # Errors
/// Where the form would be wider than the label.
pub fn write_as(
    source: Source,
    label: &Label,
    headings: &Headings,
    directory: &Directory,
) -> Result<Written, FormError> {
    let (statement, losses) = Statement::of(label, headings, directory)?;
    let mut out = Writer::new();
    element(&mut out, root(source), &statement);
    Ok(Written { text: out.finish(), losses })
}

/// Writes a label that stood beside another.
pub fn write_beside(beside: &Beside) -> String {
    let mut out = Writer::new();
    element(&mut out, root(beside.source()), beside.statement());
    out.finish()
}

/// The element of a kind of label.
pub(super) fn root(source: Source) -> &'static str {
    let found = ROOTS.iter().find(|(_, of)| *of == source);
    found.map_or("originatorConfidentialityLabel", |(root, _)| root)
}

/// One label element with its content.
pub(super) fn element(out: &mut Writer, name: &'static str, statement: &Statement) {
    out.start(name).attribute("xmlns", NAMESPACE);
    if let Some(review) = statement.headings.review {
        out.attribute("ReviewDateTime", &review.to_string());
    }
    out.start("ConfidentialityInformation");
    match &statement.uri {
        Some(uri) => out.text_with("PolicyIdentifier", ("URI", uri), &statement.policy),
        None => out.text("PolicyIdentifier", &statement.policy),
    }
    if let Some(mark) = &statement.privacy_mark {
        out.text("PrivacyMark", mark);
    }
    out.text("Classification", &statement.classification);
    for category in &statement.categories {
        let kind = match category.kind {
            Kind::Restrictive => "RESTRICTIVE",
            Kind::Permissive => "PERMISSIVE",
            Kind::Informative => "INFORMATIVE",
        };
        out.start("Category").attribute("Type", kind).attribute("TagName", &category.name);
        if let Some(uri) = &category.uri {
            out.attribute("URI", uri);
        }
        for value in &category.values {
            out.text("GenericValue", value);
        }
        out.end();
    }
    out.end();
    if let Some(originator) = &statement.headings.originator {
        let kind = statement.headings.originator_kind.as_deref().unwrap_or(URI_KIND);
        out.text_with("OriginatorID", ("IDType", kind), originator);
    }
    if let Some(created) = statement.headings.created {
        out.text("CreationDateTime", &created.to_string());
    }
    out.end();
}

/// Reads a label, or a binding that carries one.
pub(super) fn read_any(text: &str, names: &impl Names) -> Result<Told, FormError> {
    let document = xml::parse(text)?;
    let root = document.root_element();
    if root.has_tag_name((stanag4778::NAMESPACE, "BindingInformation")) {
        return Ok(stanag4778::read_root(root, names)?.label);
    }
    read(root, names)
}

/// Reads a label element that stands beside the originator's.
pub(super) fn read_beside(node: Node<'_, '_>, source: Source) -> Result<Beside, XmlError> {
    Ok(Beside::read(source, statement(node)?))
}

/// Reads a label element.
pub(super) fn read(node: Node<'_, '_>, names: &impl Names) -> Result<Told, FormError> {
    let source = source(node).ok_or_else(|| {
        error_at(node, format!("<{}> is no confidentiality label of {NAMESPACE}", node.tag_name().name()))
    })?;
    statement(node)?.told(source, names)
}

/// Which label an element is. The first letter's case differs between the standard's text and its schema.
pub(super) fn source(node: Node<'_, '_>) -> Option<Source> {
    let name = node.tag_name();
    let ours = name.namespace() == Some(NAMESPACE);
    let found = ROOTS.iter().find(|(root, _)| ours && root.eq_ignore_ascii_case(name.name()));
    found.map(|(_, source)| *source)
}

fn statement(node: Node<'_, '_>) -> Result<Statement, XmlError> {
    let information = only(node, "ConfidentialityInformation")?;
    let policy = only(information, "PolicyIdentifier")?;
    let mut categories = Vec::new();
    for child in information.children().filter(Node::is_element) {
        let name = child.tag_name();
        match (name.namespace(), name.name()) {
            (Some(NAMESPACE), "PolicyIdentifier" | "PrivacyMark" | "Classification") => {}
            (Some(NAMESPACE), "Category") => categories.push(category(child)?),
            // It may narrow: what is not understood is not passed over.
            (_, other) => return Err(error_at(child, format!("<{other}> is not understood"))),
        }
    }
    let kind = xml::children(node, NAMESPACE, "OriginatorID").next().and_then(|id| id.attribute("IDType"));
    let headings = Headings {
        originator: optional(node, "OriginatorID")?,
        originator_kind: kind.map(str::trim).filter(|kind| *kind != URI_KIND).map(str::to_owned),
        created: instant(node, optional(node, "CreationDateTime")?.as_deref())?,
        review: instant(node, node.attribute("ReviewDateTime"))?,
    };
    Ok(Statement {
        policy: filled(policy)?,
        uri: policy.attribute("URI").map(|uri| uri.trim().to_owned()).filter(|uri| !uri.is_empty()),
        privacy_mark: optional(information, "PrivacyMark")?,
        classification: filled(only(information, "Classification")?)?,
        categories,
        headings,
    })
}

fn category(node: Node<'_, '_>) -> Result<Category, XmlError> {
    let kind = match needed(node, "Type")? {
        "RESTRICTIVE" => Kind::Restrictive,
        "PERMISSIVE" => Kind::Permissive,
        "INFORMATIVE" => Kind::Informative,
        word => {
            return Err(error_at(
                node,
                format!("Type={word:?} is not RESTRICTIVE, PERMISSIVE or INFORMATIVE"),
            ));
        }
    };
    let mut values = Vec::new();
    for value in node.children().filter(Node::is_element) {
        if !value.has_tag_name((NAMESPACE, "GenericValue")) {
            let rule = format!("<{}> is not understood as a category's value", value.tag_name().name());
            return Err(error_at(value, rule));
        }
        values.push(filled(value)?);
    }
    if values.is_empty() {
        return Err(error_at(node, "a category has at least one GenericValue"));
    }
    let uri = node.attribute("URI").map(|uri| uri.trim().to_owned()).filter(|uri| !uri.is_empty());
    Ok(Category { kind, name: needed(node, "TagName")?.to_owned(), uri, values })
}

fn only<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Result<Node<'a, 'i>, XmlError> {
    let mut found = xml::children(node, NAMESPACE, name);
    let first = found.next().ok_or_else(|| error_at(node, format!("there is no <{name}>")))?;
    match found.next() {
        None => Ok(first),
        Some(second) => Err(error_at(second, format!("there is a second <{name}>"))),
    }
}

fn optional(node: Node<'_, '_>, name: &'static str) -> Result<Option<String>, XmlError> {
    if xml::children(node, NAMESPACE, name).next().is_none() {
        return Ok(None);
    }
    filled(only(node, name)?).map(Some)
}

fn filled(node: Node<'_, '_>) -> Result<String, XmlError> {
    let text = xml::text_of(node);
    if text.is_empty() || node.children().any(|child| child.is_element()) {
        return Err(error_at(node, format!("<{}> holds text alone, and some", node.tag_name().name())));
    }
    Ok(text)
}

fn instant(node: Node<'_, '_>, text: Option<&str>) -> Result<Option<Timestamp>, XmlError> {
    let Some(text) = text else { return Ok(None) };
    let read = text.trim().parse();
    read.map(Some).map_err(|_| error_at(node, format!("{text:?} is not a time such as 2026-11-23T04:00:00Z")))
}
