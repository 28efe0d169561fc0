//! Policies as SPIF files (Security Policy Information File, `http://www.xmlspif.org/spif`, schema 2.0 and 2.1).
//!
//! Read: the policy's identifier, levels with number, order, colour and names per language, category tag sets of all
//! types, and equivalences. Rules that a labelling client would apply (which category needs or excludes which) are
//! kept in the file and not applied here; [`Read::losses`] says so.
//!
//! SPIF has no dates for equivalences and no names per language for the policy itself. Both stand in a namespace of
//! this project, [`EXTENSION`], which other readers pass over:
//!
//! ```xml
//! <SPIF xmlns="http://www.xmlspif.org/spif" xmlns:kz="urn:kizuna:spif:1" …>
//!   <kz:name xml:lang="ja">…</kz:name>
//!   …
//!   <equivalentClassification policyRef="EXERCISE" lacv="3" applied="both"
//!       kz:from="2026-04-01T00:00:00Z" kz:until="2027-04-01T00:00:00Z"/>
//! ```
//!
//! `kz:from` is inclusive, `kz:until` exclusive; where one is missing the equivalence has no beginning or no end.

mod checks;
mod write;

use jiff::Timestamp;
use roxmltree::Node;

use super::{Applied, Category, Equivalence, Level, Names, Policy, Reference, Tag, TagSet, TagType};
use crate::loss::Loss;
use crate::xml::{self, XmlError, error_at, needed};

pub use write::write;

/// The namespace of SPIF.
pub const NAMESPACE: &str = "http://www.xmlspif.org/spif";
/// The namespace of what this project adds.
pub const EXTENSION: &str = "urn:kizuna:spif:1";
/// What a level without a colour of its own is shown in.
const NO_COLOUR: &str = "#59636e";

/// A policy, and what of its file it does not carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub policy: Policy,
    pub losses: Vec<Loss>,
}

/// Reads a SPIF. Everything that decides who reads what must be understood; the rest is a stated loss.
///
/// # Errors
/// The line and the rule that does not hold.
pub fn read(text: &str) -> Result<Read, XmlError> {
    let document = xml::parse(text)?;
    let root = document.root_element();
    if !root.has_tag_name((NAMESPACE, "SPIF")) {
        return Err(error_at(root, format!("the document element is not SPIF of {NAMESPACE}")));
    }
    let mut losses = Vec::new();
    let (id, oid) = identifier(only(root, "securityPolicyId")?)?;
    let equivalent = equivalent_policies(root)?;
    let (levels, mut equivalences) = levels(root, &equivalent, &mut losses)?;
    let rank = |equivalence: &Equivalence| levels.iter().position(|level| level.id == equivalence.level);
    equivalences.sort_by_key(|one| (rank(one), one.oid.clone(), one.lacv, one.applied, one.from, one.until));
    let attribute = |name| root.attribute(name).unwrap_or_default().trim().to_owned();
    let policy = Policy {
        id,
        oid,
        version: number(root, "version").unwrap_or(Ok(0))?,
        created: attribute("creationDate"),
        originator: attribute("originatorDN"),
        names: own_names(root)?,
        levels,
        sets: tag_sets(root, &mut losses)?,
        equivalent,
        equivalences,
    };
    for passed in root.children().filter(Node::is_element) {
        let known =
            ["securityPolicyId", "equivalentPolicies", "securityClassifications", "securityCategoryTagSets"];
        let name = passed.tag_name();
        let is_known = name.namespace() == Some(NAMESPACE) && known.contains(&name.name());
        if !is_known && !passed.has_tag_name((EXTENSION, "name")) {
            losses.push(kept_in_file(passed));
        }
    }
    losses.sort();
    losses.dedup();
    checks::check(&policy, root)?;
    Ok(Read { policy, losses })
}

fn kept_in_file(node: Node<'_, '_>) -> Loss {
    let name = node.tag_name().name();
    Loss::displayed(name, "kept in the policy's file; not applied to labels")
}

fn only<'a, 'i>(root: Node<'a, 'i>, name: &'static str) -> Result<Node<'a, 'i>, XmlError> {
    let mut found = xml::children(root, NAMESPACE, name);
    let first = found.next().ok_or_else(|| error_at(root, format!("there is no <{name}>")))?;
    match found.next() {
        None => Ok(first),
        Some(second) => Err(error_at(second, format!("there is a second <{name}>"))),
    }
}

/// `name` and `id` of an element that identifies a policy.
fn identifier(node: Node<'_, '_>) -> Result<(String, String), XmlError> {
    let (name, oid) = (needed(node, "name")?, needed(node, "id")?);
    let oid = oid.strip_prefix("urn:oid:").unwrap_or(oid);
    Ok((name.to_owned(), oid.to_owned()))
}

/// A number in an attribute, if the attribute is there.
fn number(node: Node<'_, '_>, attribute: &str) -> Option<Result<u64, XmlError>> {
    let text = node.attribute(attribute)?.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let read = text.parse().ok().filter(|_| digits);
    Some(read.ok_or_else(|| error_at(node, format!("{attribute}={text:?} is not a whole number"))))
}

fn needed_number(node: Node<'_, '_>, attribute: &str) -> Result<u64, XmlError> {
    needed(node, attribute)?;
    number(node, attribute).unwrap_or(Ok(0))
}

fn language<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).map(str::trim)
}

fn own_names(root: Node<'_, '_>) -> Result<Names, XmlError> {
    let mut names = Names::new();
    for node in xml::children(root, EXTENSION, "name") {
        let language = language(node).ok_or_else(|| error_at(node, "a name needs xml:lang"))?;
        names.insert(language.to_owned(), xml::text_of(node));
    }
    Ok(names)
}

/// The phrases of marking data that say a language: what the thing is called in it.
fn names(node: Node<'_, '_>, losses: &mut Vec<Loss>) -> Names {
    let mut names = Names::new();
    for data in xml::children(node, NAMESPACE, "markingData") {
        let (Some(language), Some(phrase)) = (language(data), data.attribute("phrase")) else {
            losses.push(kept_in_file(data));
            continue;
        };
        names.entry(language.to_owned()).or_insert_with(|| phrase.trim().to_owned());
    }
    names
}

fn equivalent_policies(root: Node<'_, '_>) -> Result<Vec<Reference>, XmlError> {
    let mut found = Vec::new();
    for list in xml::children(root, NAMESPACE, "equivalentPolicies") {
        for node in xml::children(list, NAMESPACE, "equivalentPolicy") {
            let (name, oid) = identifier(node)?;
            found.push(Reference { name, oid });
        }
    }
    Ok(found)
}

fn levels(
    root: Node<'_, '_>,
    equivalent: &[Reference],
    losses: &mut Vec<Loss>,
) -> Result<(Vec<Level>, Vec<Equivalence>), XmlError> {
    let list = only(root, "securityClassifications")?;
    let (mut levels, mut equivalences) = (Vec::new(), Vec::new());
    for node in xml::children(list, NAMESPACE, "securityClassification") {
        let id = needed(node, "name")?.to_owned();
        for stated in xml::children(node, NAMESPACE, "equivalentClassification") {
            equivalences.push(equivalence(stated, &id, equivalent)?);
        }
        for other in node.children().filter(Node::is_element) {
            if !["markingData", "equivalentClassification"].contains(&other.tag_name().name()) {
                losses.push(kept_in_file(other));
            }
        }
        levels.push(Level {
            lacv: needed_number(node, "lacv")?,
            hierarchy: needed_number(node, "hierarchy")?,
            names: names(node, losses),
            colour: colour(node)?,
            obsolete: node.attribute("obsolete") == Some("true"),
            id,
        });
    }
    levels.sort_by_key(|level| level.hierarchy);
    Ok((levels, equivalences))
}

fn equivalence(node: Node<'_, '_>, level: &str, known: &[Reference]) -> Result<Equivalence, XmlError> {
    let name = needed(node, "policyRef")?;
    let other = known.iter().find(|reference| reference.name == name);
    let other = other
        .ok_or_else(|| error_at(node, format!("policyRef={name:?} is not among the <equivalentPolicies>")))?;
    let applied = match needed(node, "applied")? {
        "encrypt" => Applied::Encrypt,
        "decrypt" => Applied::Decrypt,
        "both" => Applied::Both,
        word => {
            return Err(error_at(node, format!("applied={word:?} is not encrypt, decrypt or both")));
        }
    };
    // What an equivalence hangs on beside level and dates is not understood, so it would be too wide.
    if let Some(condition) = node.first_element_child() {
        let rule = format!("<{}> inside an equivalence is not supported", condition.tag_name().name());
        return Err(error_at(condition, rule));
    }
    let (from, until) = (instant(node, "from")?, instant(node, "until")?);
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err(error_at(node, "an equivalence ends after it begins: kz:from before kz:until"));
    }
    let (level, oid) = (level.to_owned(), other.oid.clone());
    Ok(Equivalence { level, oid, lacv: needed_number(node, "lacv")?, applied, from, until })
}

fn instant(node: Node<'_, '_>, attribute: &'static str) -> Result<Option<Timestamp>, XmlError> {
    let Some(text) = node.attribute((EXTENSION, attribute)) else { return Ok(None) };
    let read = text.trim().parse();
    let read = read.map_err(|_| {
        error_at(node, format!("kz:{attribute}={text:?} is not a time such as 2026-04-01T00:00:00Z"))
    })?;
    Ok(Some(read))
}

/// `#rrggbb`, or one of the sixteen words that HTML knows.
fn colour(node: Node<'_, '_>) -> Result<String, XmlError> {
    const WORDS: [(&str, &str); 17] = [
        ("aqua", "#00ffff"),
        ("black", "#000000"),
        ("blue", "#0000ff"),
        ("fuchsia", "#ff00ff"),
        ("gray", "#808080"),
        ("green", "#008000"),
        ("lime", "#00ff00"),
        ("maroon", "#800000"),
        ("navy", "#000080"),
        ("olive", "#808000"),
        ("orange", "#ffa500"),
        ("purple", "#800080"),
        ("red", "#ff0000"),
        ("silver", "#c0c0c0"),
        ("teal", "#008080"),
        ("white", "#ffffff"),
        ("yellow", "#ffff00"),
    ];
    let Some(text) = node.attribute("color") else { return Ok(NO_COLOUR.to_owned()) };
    let text = text.trim().to_ascii_lowercase();
    if let Some((_, colour)) = WORDS.iter().find(|(word, _)| *word == text) {
        return Ok((*colour).to_owned());
    }
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    if digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Ok(text);
    }
    Err(error_at(node, format!("color={text:?} is neither #rrggbb nor a colour's name")))
}

fn tag_sets(root: Node<'_, '_>, losses: &mut Vec<Loss>) -> Result<Vec<TagSet>, XmlError> {
    let mut sets = Vec::new();
    for list in xml::children(root, NAMESPACE, "securityCategoryTagSets") {
        for node in xml::children(list, NAMESPACE, "securityCategoryTagSet") {
            let (name, oid) = identifier(node)?;
            let mut tags = Vec::new();
            for stated in xml::children(node, NAMESPACE, "securityCategoryTag") {
                tags.push(tag(stated, losses)?);
            }
            sets.push(TagSet { name, oid, tags });
        }
    }
    Ok(sets)
}

fn tag(node: Node<'_, '_>, losses: &mut Vec<Loss>) -> Result<Tag, XmlError> {
    let kind = match (needed(node, "tagType")?, node.attribute("enumType")) {
        ("restrictive", _) => TagType::Restrictive,
        ("permissive", _) => TagType::Permissive,
        ("enumerated", Some("restrictive")) => TagType::EnumeratedRestrictive,
        ("enumerated", Some("permissive")) => TagType::EnumeratedPermissive,
        ("enumerated", _) => {
            return Err(error_at(node, "an enumerated tag needs enumType restrictive or permissive"));
        }
        ("tagType7" | "informative", _) => TagType::Informative,
        (word, _) => {
            let rule = format!("tagType={word:?} is not restrictive, permissive, enumerated or tagType7");
            return Err(error_at(node, rule));
        }
    };
    let mut categories = Vec::new();
    for stated in xml::children(node, NAMESPACE, "tagCategory") {
        let id = needed(stated, "name")?.to_owned();
        let lacv = needed_number(stated, "lacv")?;
        categories.push(Category { id, lacv, names: names(stated, losses) });
        let other = stated.children().filter(Node::is_element);
        losses.extend(other.filter(|child| child.tag_name().name() != "markingData").map(kept_in_file));
    }
    let other = node.children().filter(Node::is_element);
    losses.extend(other.filter(|child| child.tag_name().name() != "tagCategory").map(kept_in_file));
    let single = node.attribute("singleSelection") == Some("true");
    Ok(Tag { name: node.attribute("name").unwrap_or_default().to_owned(), kind, single, categories })
}
