//! What STANAG 4774 and STANAG 5636 both say: one policy, one classification, categories. The lens between that and
//! labels; the two forms are ways to write it.
//!
//! What these forms have no place for is put into categories of [`CATEGORIES`]. Those that narrow are restrictive or
//! permissive, so that a reader who does not know them holds none and is refused; those that only display are
//! informative.
//!
//! | part of the label | category |
//! |---|---|
//! | first clause of the audience | `Releasable To`, permissive, under the policy's own tag set where it has one |
//! | each further clause | `Releasable To (2)` …, permissive, `…:audience` |
//! | TLP, PAP | informative, `…:tlp`, `…:pap` |
//! | ORCON, EXERCISE, DRAFT | restrictive, `…:handling` |
//! | further policies and levels | restrictive, `…:further`, in JSON |

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CATEGORIES, FormError, Headings, Source, Told};
use crate::directory::Directory;
use crate::label::{Classification, Handling, Label, Pap, Terms, Tlp};
use crate::loss::Loss;
use crate::party::{CommunityId, MemberId, Party, PersonId};
use crate::policy::Policy;
use crate::spec::Names;

const RELEASABLE_TO: &str = "Releasable To";
/// The policy of labels that ask for no policy's level.
const NO_POLICY: &str = "KIZUNA";
const NO_LEVEL: &str = "UNMARKED";

/// STANAG 4774's types of categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Restrictive,
    Permissive,
    Informative,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Category {
    pub kind: Kind,
    pub name: String,
    pub uri: Option<String>,
    pub values: Vec<String>,
}

/// One confidentiality label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Statement {
    pub policy: String,
    pub uri: Option<String>,
    pub privacy_mark: Option<String>,
    pub classification: String,
    pub categories: Vec<Category>,
    pub headings: Headings,
}

impl Statement {
    /// The label as a statement, and what others do not get of it.
    pub fn of(
        label: &Label,
        headings: &Headings,
        directory: &Directory,
    ) -> Result<(Self, Vec<Loss>), FormError> {
        let mut losses = Vec::new();
        let mut further: BTreeMap<String, Classification> = label.classification().clone();
        let first = further.pop_first();
        let known = first.as_ref().and_then(|(id, _)| directory.policy(id));
        let (policy, uri, classification) = match &first {
            Some((id, asked)) => (id.clone(), known.map(Policy::uri), asked.level.clone()),
            None => (NO_POLICY.to_owned(), Some(CATEGORIES.to_owned()), NO_LEVEL.to_owned()),
        };
        match (&first, known) {
            (None, _) => losses.push(Loss::narrowed(
                "classification",
                "the label asks for no level: others do not know its policy and refuse it",
            )),
            (Some((id, _)), None) => losses
                .push(Loss::narrowed(format!("policy {id}"), "not known here, so without its identifier")),
            _ => {}
        }
        let mut categories = audience(label, known, &mut losses);
        if let Some((id, asked)) = first {
            let apart = own_categories(&asked, known, &mut categories);
            further.extend(apart.map(|apart| (id, apart)));
        }
        if !further.is_empty() {
            let why = "a form has one policy and level: others refuse the category that stands for the rest";
            losses.push(Loss::narrowed("further policies and levels", why));
            let value = serde_json::to_string(&further).unwrap_or_default();
            categories.push(ours(Kind::Restrictive, "Further Conditions", "further", vec![value]));
        }
        let shown = "shown to others, and asked for by this project's readers alone";
        if let Some(tlp) = label.tlp() {
            losses.push(Loss::displayed("tlp", shown));
            categories.push(ours(Kind::Informative, "TLP", "tlp", vec![tlp.as_str().to_ascii_uppercase()]));
        }
        if let Some(pap) = label.pap() {
            losses.push(Loss::displayed("pap", shown));
            categories.push(ours(Kind::Informative, "PAP", "pap", vec![pap.as_str().to_ascii_uppercase()]));
        }
        if !label.handling().is_empty() {
            losses.push(Loss::narrowed("handling", "others refuse what they do not know how to handle"));
            let values = label.handling().iter().map(|handling| handling.as_str().to_ascii_uppercase());
            categories.push(ours(Kind::Restrictive, "Handling", "handling", values.collect()));
        }
        let headings = headings.clone();
        let statement = Self { policy, uri, privacy_mark: None, classification, categories, headings };
        statement.check_texts()?;
        Ok((statement, losses))
    }

    /// Texts that a form would change are not written: `SEC RET` must not become `SECRET`.
    fn check_texts(&self) -> Result<(), FormError> {
        let in_categories =
            self.categories.iter().flat_map(|category| category.values.iter().chain([&category.name]));
        for text in in_categories.chain([&self.policy, &self.classification]) {
            let plain = !text.is_empty() && text.trim() == text;
            let odd = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
            if !plain || text.chars().any(odd) {
                return Err(FormError::unwritable(
                    format!("{text:?}"),
                    "white space around it, or control characters",
                ));
            }
        }
        Ok(())
    }

    /// The label that a statement says. What is not understood narrows.
    pub fn told(self, source: Source, names: &impl Names) -> Result<Told, FormError> {
        let mut losses = Vec::new();
        if let Some(mark) = &self.privacy_mark {
            losses.push(Loss::displayed("privacy mark", format!("asks nothing of a reader: {mark}")));
        }
        let mut terms = Terms::default();
        let mut asked = Classification::level(self.classification.clone());
        for category in &self.categories {
            read_category(category, names, &mut terms, &mut asked, &mut losses)?;
        }
        if let Some(policy) = self.policy_id(names, &mut losses) {
            terms = terms.classified(&policy, asked);
        }
        Ok(Told { source, terms, headings: self.headings, losses })
    }

    /// The id under which labels here name the policy; nothing where the label asks for none.
    fn policy_id(&self, names: &impl Names, losses: &mut Vec<Loss>) -> Option<String> {
        if self.uri.as_deref() == Some(CATEGORIES) {
            return None;
        }
        let known = names.policies();
        let Some(uri) = &self.uri else {
            let is_known = known.iter().any(|policy| policy.id == self.policy);
            if !is_known {
                losses.push(unknown_policy(&self.policy));
            }
            return Some(self.policy.clone());
        };
        if let Some(policy) = known.iter().find(|policy| policy.uri() == *uri) {
            if policy.id != self.policy {
                let why = format!("known here as {} by its identifier", policy.id);
                losses.push(Loss::displayed(format!("policy {}", self.policy), why));
            }
            if policy.rank(&self.classification).is_none() {
                let part = format!("level {}/{}", policy.id, self.classification);
                losses.push(Loss::narrowed(
                    part,
                    "not a level of the policy as it is known here: nobody meets it",
                ));
            }
            return Some(policy.id.clone());
        }
        losses.push(unknown_policy(&self.policy));
        // Another policy that only shares the name must not be met by who is cleared under ours.
        let shares_name = known.iter().any(|policy| policy.id.eq_ignore_ascii_case(&self.policy));
        Some(if shares_name { format!("{} ({uri})", self.policy) } else { self.policy.clone() })
    }
}

fn unknown_policy(name: &str) -> Loss {
    Loss::narrowed(format!("policy {name}"), "not known here: nobody meets it until it is imported")
}

fn ours(kind: Kind, name: &str, what: &str, values: Vec<String>) -> Category {
    Category { kind, name: name.to_owned(), uri: Some(format!("{CATEGORIES}:{what}")), values }
}

fn audience(label: &Label, policy: Option<&Policy>, losses: &mut Vec<Loss>) -> Vec<Category> {
    let clauses = label.audience();
    let only_countries = clauses.iter().flatten().all(|party| matches!(party, Party::Country(_)));
    if !only_countries {
        losses.push(Loss::narrowed(
            "parties that are no countries",
            "named by identifier: others refuse what they do not know",
        ));
    }
    if clauses.is_empty() {
        return vec![ours(Kind::Permissive, RELEASABLE_TO, "audience", vec!["NOBODY".to_owned()])];
    }
    if clauses.len() > 1 {
        losses.push(Loss::narrowed(
            "further clauses of the audience",
            "others refuse the categories that stand for them",
        ));
    }
    let mut categories = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let values = clause.iter().map(party_value).collect();
        let mut category = ours(Kind::Permissive, RELEASABLE_TO, "audience", values);
        if at > 0 {
            category.name = format!("{RELEASABLE_TO} ({})", at + 1);
        } else if let Some(set) = policy.and_then(|policy| tag_set_uri(policy, RELEASABLE_TO)) {
            category.uri = Some(set);
        }
        categories.push(category);
    }
    categories
}

fn tag_set_uri(policy: &Policy, name: &str) -> Option<String> {
    let set = policy.sets.iter().find(|set| set.name.eq_ignore_ascii_case(name))?;
    Some(format!("urn:oid:{}", set.oid))
}

/// Adds the categories that the form carries as they are; what is left has to be carried apart.
fn own_categories(
    asked: &Classification,
    policy: Option<&Policy>,
    categories: &mut Vec<Category>,
) -> Option<Classification> {
    let mut apart = Classification::level(asked.level.clone());
    apart.also.clone_from(&asked.also);
    let parts = [
        (Kind::Restrictive, &asked.restrictive, &mut apart.restrictive),
        (Kind::Permissive, &asked.permissive, &mut apart.permissive),
        (Kind::Informative, &asked.informative, &mut apart.informative),
    ];
    for (kind, sets, apart) in parts {
        for (name, tags) in sets {
            if is_audience(kind, name, None) || tags.is_empty() {
                apart.insert(name.clone(), tags.clone());
                continue;
            }
            let uri = policy.and_then(|policy| tag_set_uri(policy, name));
            categories.push(Category {
                kind,
                name: name.clone(),
                uri,
                values: tags.iter().cloned().collect(),
            });
        }
    }
    (apart != Classification::level(asked.level.clone())).then_some(apart)
}

/// Whether a category names whom the content may be released to.
fn is_audience(kind: Kind, name: &str, uri: Option<&str>) -> bool {
    let by_uri = uri.and_then(|uri| uri.strip_prefix(CATEGORIES)) == Some(":audience");
    kind == Kind::Permissive && (by_uri || name.eq_ignore_ascii_case(RELEASABLE_TO))
}

fn party_value(party: &Party) -> String {
    match party {
        Party::World => "WORLD".to_owned(),
        Party::Country(country) => country.to_string(),
        Party::Community(id) => format!("community:{id}"),
        Party::Member(id) => format!("member:{id}"),
        Party::ClientsOf(id) => format!("clients:{id}"),
        Party::Person(id) => format!("person:{id}"),
    }
}

/// The party that a value names: by identifier, as a country, or by a name that is known here.
fn party_of(value: &str, names: &impl Names) -> Option<Party> {
    if let Some((kind, id)) = value.split_once(':')
        && let Ok(id) = id.parse()
    {
        return match kind {
            "community" => Some(Party::Community(CommunityId(id))),
            "member" => Some(Party::Member(MemberId(id))),
            "clients" => Some(Party::ClientsOf(MemberId(id))),
            "person" => Some(Party::Person(PersonId(id))),
            _ => None,
        };
    }
    if value == "WORLD" {
        return Some(Party::World);
    }
    // STANAG 5636 writes codes in lower case.
    if let Ok(country) = value.to_ascii_uppercase().parse() {
        return Some(Party::Country(country));
    }
    let community = names.community(value).map(Party::Community);
    community.or_else(|| names.member(value).map(Party::Member))
}

fn read_category(
    category: &Category,
    names: &impl Names,
    terms: &mut Terms,
    asked: &mut Classification,
    losses: &mut Vec<Loss>,
) -> Result<(), FormError> {
    let values: BTreeSet<String> = category.values.iter().cloned().collect();
    if is_audience(category.kind, &category.name, category.uri.as_deref()) {
        *terms = std::mem::take(terms).rel(clause(&values, names, losses));
        return Ok(());
    }
    let own = category.uri.as_deref().and_then(|uri| uri.strip_prefix(CATEGORIES));
    let not_understood = || {
        FormError::json(
            format!("category {}", category.name),
            format!("{:?} is not understood", category.values),
        )
    };
    match own {
        Some(":tlp") => {
            for value in &values {
                *terms = std::mem::take(terms).tlp(Tlp::from_word(value).ok_or_else(not_understood)?);
            }
        }
        Some(":pap") => {
            for value in &values {
                *terms = std::mem::take(terms).pap(Pap::from_word(value).ok_or_else(not_understood)?);
            }
        }
        Some(":handling") => {
            for value in &values {
                let known = Handling::ALL.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(value));
                *terms = std::mem::take(terms).handling(known.ok_or_else(not_understood)?);
            }
        }
        Some(":further") => {
            for value in &values {
                let further: BTreeMap<String, Classification> =
                    serde_json::from_str(value).map_err(|_| not_understood())?;
                for (policy, asked) in further {
                    *terms = std::mem::take(terms).classified(&policy, asked);
                }
            }
        }
        Some(_) => return Err(not_understood()),
        None => add(category, values, asked),
    }
    Ok(())
}

/// The clause of a category's values; those that name nobody here are left out, which narrows.
fn clause(values: &BTreeSet<String>, names: &impl Names, losses: &mut Vec<Loss>) -> BTreeSet<Party> {
    let mut parties = BTreeSet::new();
    for value in values.iter().filter(|value| *value != "NOBODY") {
        match party_of(value, names) {
            Some(party) => _ = parties.insert(party),
            None => losses.push(Loss::narrowed(
                format!("{RELEASABLE_TO} {value}"),
                "nobody of this name is known here",
            )),
        }
    }
    parties
}

fn add(category: &Category, values: BTreeSet<String>, asked: &mut Classification) {
    match category.kind {
        Kind::Restrictive => asked.restrictive.entry(category.name.clone()).or_default().extend(values),
        Kind::Informative => asked.informative.entry(category.name.clone()).or_default().extend(values),
        Kind::Permissive => {
            let permitted = asked.permissive.entry(category.name.clone()).or_insert_with(|| values.clone());
            permitted.retain(|tag| values.contains(tag));
        }
    }
}
