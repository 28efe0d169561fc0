//! STANAG 4778 (ADatP-4778): a label bound to a file, as a sidecar `FILE.bdo`.
//!
//! The binding names the file and says its SHA-384 digest in a `ds:Reference` of XML Signature, as ADatP-4778.2 binds
//! to data by digest. It is no signature: what vouches for the sidecar is whatever carries it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;
use sha2::{Digest, Sha384};

use super::statement::Statement;
use super::{Beside, FormError, Headings, Source, Told, Written, stanag4774};
use crate::directory::Directory;
use crate::label::Label;
use crate::spec::Names;
use crate::xml::{self, Writer, XmlError, error_at, needed};

/// The namespace of bindings.
pub const NAMESPACE: &str = "urn:nato:stanag:4778:bindinginformation:1:0";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const SHA_384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";

/// What a binding says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub label: Told,
    /// What stands beside it, to be written again.
    pub beside: Vec<Beside>,
    /// The file that it is bound to, as a relative URI.
    pub uri: String,
    /// SHA-384 of the file's bytes, if the binding says one.
    pub digest: Option<[u8; 48]>,
}

/// Why a file is not what a binding was written for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("the binding names {0:?}, another file")]
    OtherFile(String),
    #[error("the file's bytes are not those that were bound")]
    OtherBytes,
    #[error("the binding does not say a digest of the file")]
    NoDigest,
}

impl Bound {
    /// Checks that the binding is of this file and these bytes.
    pub fn check(&self, file_name: &str, bytes: &[u8]) -> Result<(), Broken> {
        if self.uri != encoded(file_name) {
            return Err(Broken::OtherFile(self.uri.clone()));
        }
        let digest = self.digest.ok_or(Broken::NoDigest)?;
        if digest == <[u8; 48]>::from(Sha384::digest(bytes)) { Ok(()) } else { Err(Broken::OtherBytes) }
    }
}

/// Binds a label, and what stands beside it, to a file of this name and these bytes.
///
/// # Errors
/// Where STANAG 4774 cannot carry the label.
pub fn write(
    label: &Label,
    headings: &Headings,
    beside: &[Beside],
    directory: &Directory,
    file_name: &str,
    bytes: &[u8],
) -> Result<Written, FormError> {
    let (statement, losses) = Statement::of(label, headings, directory)?;
    let mut out = Writer::new();
    out.start("BindingInformation").attribute("xmlns", NAMESPACE);
    out.start("MetadataBindingContainer");
    out.start("MetadataBinding");
    out.start("Metadata");
    stanag4774::element(&mut out, "originatorConfidentialityLabel", &statement);
    for beside in beside {
        stanag4774::element(&mut out, stanag4774::root(beside.source()), beside.statement());
    }
    out.end();
    let uri = encoded(file_name);
    out.start("DataReference").attribute("URI", &uri);
    out.start("ds:Reference").attribute("xmlns:ds", SIGNATURE).attribute("URI", &uri);
    out.start("ds:DigestMethod").attribute("Algorithm", SHA_384);
    out.end();
    out.text("ds:DigestValue", &STANDARD.encode(Sha384::digest(bytes)));
    Ok(Written { text: out.finish(), losses })
}

/// Reads a sidecar.
///
/// # Errors
/// The line and the rule that does not hold.
pub fn read(text: &str, names: &impl Names) -> Result<Bound, FormError> {
    let document = xml::parse(text.trim_start_matches('\u{feff}'))?;
    let root = document.root_element();
    if !root.has_tag_name((NAMESPACE, "BindingInformation")) {
        return Err(
            error_at(root, format!("the document element is not BindingInformation of {NAMESPACE}")).into()
        );
    }
    read_root(root, names)
}

pub(super) fn read_root(root: Node<'_, '_>, names: &impl Names) -> Result<Bound, FormError> {
    let binding = single(single(root, "MetadataBindingContainer")?, "MetadataBinding")?;
    let metadata = single(binding, "Metadata")?;
    let labels: Vec<(Node<'_, '_>, Source)> = metadata
        .children()
        .filter_map(|child| stanag4774::source(child).map(|source| (child, source)))
        .collect();
    let mut originators = labels.iter().filter(|(_, source)| *source == Source::Originator);
    let Some((originator, _)) = originators.next() else {
        return Err(error_at(metadata, "there is no originator's label").into());
    };
    if let Some((second, _)) = originators.next() {
        return Err(error_at(*second, "there is a second originator's label").into());
    }
    let mut label = stanag4774::read(*originator, names)?;
    label.source = Source::Binding;
    let others = labels.iter().filter(|(_, source)| *source != Source::Originator);
    let beside: Vec<Beside> =
        others.map(|(node, source)| stanag4774::read_beside(*node, *source)).collect::<Result<_, _>>()?;
    label.losses.extend(beside.iter().map(Beside::loss));
    let reference = single(binding, "DataReference")?;
    let uri = needed(reference, "URI")?.to_owned();
    let digest = reference.children().find(|child| child.has_tag_name((SIGNATURE, "Reference")));
    let digest = digest.map(digest_of).transpose()?;
    Ok(Bound { label, beside, uri, digest })
}

fn digest_of(node: Node<'_, '_>) -> Result<[u8; 48], XmlError> {
    let of = |name: &'static str| xml::children(node, SIGNATURE, name).next();
    let method = of("DigestMethod").and_then(|method| method.attribute("Algorithm"));
    if method != Some(SHA_384) {
        return Err(error_at(node, format!("the digest's algorithm is not {SHA_384}")));
    }
    let value = of("DigestValue").map(xml::text_of).unwrap_or_default();
    let bytes = STANDARD.decode(value).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| error_at(node, "DigestValue is not a SHA-384 in base64"))
}

fn single<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Result<Node<'a, 'i>, XmlError> {
    let mut found = xml::children(node, NAMESPACE, name);
    let first = found.next().ok_or_else(|| error_at(node, format!("there is no <{name}>")))?;
    match found.next() {
        None => Ok(first),
        Some(second) => Err(error_at(second, format!("a second <{name}> is not supported"))),
    }
}

/// A file's name as a relative URI (RFC 3986).
fn encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
    }
    out
}
