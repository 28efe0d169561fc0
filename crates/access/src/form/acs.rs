//! ACS 3.0 (Access Control Specification) in STIX, whose levels are U, C, S and TS.
//!
//! No ladder spans policies, so ACS is a policy like any other, with the id `ACS`: its levels are met by who is
//! cleared under it, or by an equivalence once such a policy is imported. What is written needs such an equivalence
//! too: a level that has none of its own, as RESTRICTED, is raised to the next that has one, which is a stated loss.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{FormError, Headings, Source, Told, Written};
use crate::directory::Directory;
use crate::label::{Classification, Label, Terms};
use crate::loss::Loss;
use crate::party::{Country, Party, derived};
use crate::policy::reaches;
use crate::spec::Names;

/// The extension's id.
pub const EXTENSION: &str = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce";
/// The id of the policy that its levels are of.
pub const POLICY: &str = "ACS";
const LEVELS: [&str; 4] = ["U", "C", "S", "TS"];
/// Lists of the control set: each asks for one (permissive) or all (restrictive) of its values.
const ALL_OF: [&str; 4] = ["sci_controls", "logical_authority_category", "caveat", "sensitivity"];
const ONE_OF: [&str; 3] = ["shareability", "entity", "permitted_organizations"];

/// Reads an ACS marking. What it says about single actions (`access_privilege`, `further_sharing`) can only narrow
/// what `control_set` says where it permits; where it denies, the marking is not understood.
pub(super) fn read(extension: &Value, names: &impl Names) -> Result<Told, FormError> {
    let at = |place: &str| format!("$.extensions.{EXTENSION}.{place}");
    let set = extension.get("control_set").and_then(Value::as_object);
    let set = set.ok_or_else(|| FormError::json(at("control_set"), "it is missing"))?;
    let level = set.get("classification").and_then(Value::as_str).filter(|level| LEVELS.contains(level));
    let level =
        level.ok_or_else(|| FormError::json(at("control_set.classification"), "not one of U, C, S, TS"))?;
    let mut losses = Vec::new();
    let mut asked = Classification::level(level);
    let mut terms = Terms::default();
    for (key, value) in set.iter().filter(|(key, _)| *key != "classification") {
        let values = texts(value).ok_or_else(|| FormError::json(at(key), "not a list of texts"))?;
        match key.as_str() {
            key if ALL_OF.contains(&key) => _ = asked.restrictive.insert(key.to_owned(), values),
            key if ONE_OF.contains(&key) => _ = asked.permissive.insert(key.to_owned(), values),
            "permitted_nationalities" => terms = terms.rel(nationalities(&values, &mut losses)),
            "formal_determination" => determine(&values, &mut asked, &mut losses),
            _ => return Err(FormError::json(at(key), "not understood")),
        }
    }
    for key in ["access_privilege", "further_sharing"] {
        let rules = extension.get(key).and_then(Value::as_array);
        let denies = |rule: &Value| rule["rule_effect"] == "deny";
        if rules.is_some_and(|rules| rules.iter().any(denies)) {
            return Err(FormError::json(at(key), "a rule that denies is not understood"));
        }
        if rules.is_some() {
            losses.push(Loss::dropped(
                key,
                "a label does not say what single actions need; nothing is permitted by it",
            ));
        }
    }
    let others = [
        "original_classification",
        "derivative_classification",
        "declassification",
        "resource_disposition",
        "public_release",
        "authority_reference",
        "policy_reference",
    ];
    for key in others.into_iter().filter(|key| extension.get(key).is_some()) {
        losses.push(Loss::displayed(key, "kept in the marking; asks nothing of a reader here"));
    }
    match names.policies().iter().find(|policy| policy.id == POLICY) {
        Some(policy) if policy.rank(level).is_some() => {}
        _ => {
            losses.push(Loss::narrowed("policy ACS", "not known here: nobody meets it until it is imported"));
        }
    }
    let text = |key: &str| extension.get(key).and_then(Value::as_str).map(str::to_owned);
    let headings = Headings {
        originator_kind: None,
        originator: text("responsible_entity_originator").or_else(|| text("responsible_entity_custodian")),
        created: text("create_date_time").and_then(|text| text.parse().ok()),
        review: None,
    };
    let terms = terms.classified(POLICY, asked);
    Ok(Told { source: Source::Acs, terms, headings, losses })
}

fn texts(value: &Value) -> Option<BTreeSet<String>> {
    value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

/// GENC codes of countries are those of ISO 3166-1; what is none of them names nobody here.
fn nationalities(values: &BTreeSet<String>, losses: &mut Vec<Loss>) -> BTreeSet<Party> {
    let mut parties = BTreeSet::new();
    for value in values {
        match value.parse::<Country>() {
            // `ALL` is not the code of a country: it says that the list names everybody.
            _ if value == "ALL" => _ = parties.insert(Party::World),
            Ok(country) => _ = parties.insert(Party::Country(country)),
            Err(_) => losses
                .push(Loss::narrowed(format!("permitted_nationalities {value}"), "not a country's code")),
        }
    }
    parties
}

fn determine(values: &BTreeSet<String>, asked: &mut Classification, losses: &mut Vec<Loss>) {
    for value in values {
        let sets = match value.as_str() {
            // These say what the content is; they ask nothing of a reader.
            "PUBREL"
            | "AIS"
            | "NO-PII-PRESENT"
            | "PII-NECESSARY-TO-UNDERSTAND-THREAT"
            | "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT" => &mut asked.informative,
            _ => &mut asked.restrictive,
        };
        sets.entry("formal_determination".to_owned()).or_default().insert(value.clone());
        if value == "PUBREL" {
            losses
                .push(Loss::narrowed("formal_determination PUBREL", "a public release widens nothing here"));
        }
    }
}

/// Writes an ACS marking of a label whose every level has an equivalence with ACS in force, and whose audience is of
/// countries.
pub(super) fn write(
    label: &Label,
    headings: &Headings,
    directory: &Directory,
    now: Timestamp,
) -> Result<Written, FormError> {
    let mut losses = Vec::new();
    let mut rank = 0;
    for (id, asked) in label.classification() {
        if !(asked.restrictive.is_empty() && asked.permissive.is_empty()) {
            return Err(FormError::unwritable(format!("the categories of {id}"), "ACS has none of these"));
        }
        for level in asked.levels() {
            rank = rank.max(level_for(id, level, directory, now, &mut losses)?);
        }
    }
    let mut clauses = label.audience().iter();
    let (clause, more) = (clauses.next(), clauses.next());
    if more.is_some() || clause.is_none() {
        return Err(FormError::unwritable("the audience", "ACS has one list of nationalities"));
    }
    let mut nationalities = Vec::new();
    let mut world = false;
    for party in clause.into_iter().flatten() {
        match party {
            Party::Country(country) => nationalities.push(country.to_string()),
            Party::World => world = true,
            // Naming only the others narrows; a list of nobody would say nothing.
            _ => losses
                .push(Loss::narrowed("parties that are no countries", "left out: ACS lists nationalities")),
        }
    }
    if nationalities.is_empty() && !world {
        return Err(FormError::unwritable("the audience", "it names no country"));
    }
    if !label.handling().is_empty() {
        return Err(FormError::unwritable("the handling", "ACS has no place for it"));
    }
    losses.sort();
    losses.dedup();
    let level = LEVELS.get(rank).copied().unwrap_or("TS");
    let mut markings = vec![object(level, &nationalities, headings)];
    // TLP and PAP go beside it, as markings of their own.
    let minted =
        crate::marking::mint(label).map_err(|_| FormError::unwritable("the label", "no marking says it"))?;
    markings.extend(minted.into_iter().skip(1).map(|marking| Value::Object(marking.into_value())));
    Ok(Written { text: serde_json::to_string_pretty(&markings).unwrap_or_default(), losses })
}

/// The rank among [`LEVELS`] that protects a level at least as well, by an equivalence in force.
fn level_for(
    id: &str,
    level: &str,
    directory: &Directory,
    now: Timestamp,
    losses: &mut Vec<Loss>,
) -> Result<usize, FormError> {
    let part = format!("level {id}/{level}");
    let none = || FormError::unwritable(part.clone(), "no equivalence with the policy ACS is in force");
    let acs = directory.policy(POLICY).ok_or_else(none)?;
    let of_acs = |rank: usize| LEVELS.iter().position(|level| acs.rank(level) == Some(rank));
    let policy = directory.policy(id).ok_or_else(none)?;
    let asked = policy.rank(level).ok_or_else(none)?;
    if policy.oid == acs.oid {
        return of_acs(asked).ok_or_else(none);
    }
    // The lowest rank of ACS that counts as this level or a higher one.
    let reaching = |rank: &usize| reaches(acs, *rank, policy, now).is_some_and(|reached| reached >= asked);
    let found = (0..acs.levels.len()).find(reaching).ok_or_else(none)?;
    if reaches(acs, found, policy, now) != Some(asked) {
        let raised = acs.levels.get(found).map_or("", |level| level.id.as_str());
        losses.push(Loss::narrowed(part.clone(), format!("ACS has no such level: raised to {raised}")));
    }
    of_acs(found).ok_or_else(none)
}

/// Without nationalities it names no audience.
fn object(level: &str, nationalities: &[String], headings: &Headings) -> Value {
    let created = headings.created.map_or_else(|| crate::marking::MINTED.to_owned(), |at| at.to_string());
    let who = headings.originator.clone().unwrap_or_else(|| "unknown".to_owned());
    let id = derived("acs", &format!("{level}/{}/{created}/{who}", nationalities.join(",")));
    let mut control = json!({ "classification": level });
    if !nationalities.is_empty() {
        control["permitted_nationalities"] = json!(nationalities);
    }
    json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": format!("marking-definition--{id}"),
        "created": created,
        "extensions": { EXTENSION: {
            "extension_type": "property-extension",
            "identifier": format!("isa:guide.19001.ACS3-{id}"),
            "create_date_time": created,
            "responsible_entity_custodian": who,
            "policy_reference": "urn:isa:policy:acs:ns:v3.0?privdefault=deny&sharedefault=deny",
            "control_set": control,
        } },
    })
}
