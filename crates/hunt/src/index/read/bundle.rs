//! Indicators of a STIX bundle.

use std::collections::HashMap;
use std::sync::Arc;

use kizuna_stix::Object;
use kizuna_stix::observable::Observable;
use kizuna_stix::pattern::{
    Comparison, Constant, Observation, Operator, Pattern, Predicate, Proposition, lenient,
};
use kizuna_stix::read::{Element, Limits};

use super::{ReadError, Taken};
use crate::index::carried::strictness;
use crate::index::{About, Builder, Carried, Context, Language, Said};
use crate::pattern::{Patterns, is_found_by_scan};
use crate::warning::Warninglists;

/// Bytes of one bundle of indicators.
const ENVELOPE: usize = 2 << 30;

pub(super) fn read(builder: &mut Builder, bytes: &[u8]) -> Result<Taken, ReadError> {
    let limits = Limits { envelope_bytes: ENVELOPE, objects: 20_000_000, ..Limits::default() };
    let elements = kizuna_stix::read::read(bytes, &limits)?;
    let mut taken = Taken::default();
    let mut objects = Vec::new();
    for element in elements {
        match element {
            Element::Object(object) => objects.push(*object),
            Element::Refused(refused) => {
                let reason = refused.faults.first().map_or_else(String::new, ToString::to_string);
                taken.refuse(|| refused.id.unwrap_or_else(|| "an object".to_owned()), reason);
            }
        }
    }
    heed(builder, &objects, &mut taken);
    let surroundings = Surroundings::of(&objects);
    for object in objects.iter().filter(|object| object.kind() == "indicator") {
        indicator(builder, object, &surroundings, &mut taken);
    }
    Ok(taken)
}

/// Leaves out what the warninglists among the objects hold.
fn heed(builder: &mut Builder, objects: &[Object], taken: &mut Taken) {
    let mut lists = Warninglists::default();
    let objects = objects.iter().map(Object::value);
    let ready = lists.add_objects(objects).and_then(|count| Ok((count, lists.ready()?)));
    match ready {
        Ok((0, _)) => {}
        Ok((_, lists)) => builder.heed(Arc::new(lists)),
        Err(error) => taken.refuse(|| "a warninglist".to_owned(), error),
    }
}

/// What other objects of the bundle say about its indicators.
struct Surroundings {
    /// ATT&CK ids of attack patterns, by object id.
    techniques: HashMap<String, String>,
    /// Objects that an indicator indicates.
    indicated: HashMap<String, Vec<String>>,
    /// PAP by the id of its marking definition.
    pap: HashMap<String, String>,
}

impl Surroundings {
    fn of(objects: &[Object]) -> Self {
        let mut found = Self { techniques: HashMap::new(), indicated: HashMap::new(), pap: HashMap::new() };
        for object in objects {
            let id = object.id().to_string();
            match object.kind() {
                "attack-pattern" => {
                    if let Some(technique) = technique(object) {
                        found.techniques.insert(id, technique);
                    }
                }
                "relationship" if object.text("relationship_type") == Some("indicates") => {
                    if let (Some(source), Some(target)) =
                        (object.text("source_ref"), object.text("target_ref"))
                    {
                        found.indicated.entry(source.to_owned()).or_default().push(target.to_owned());
                    }
                }
                "marking-definition" => {
                    if let Some(pap) = object.text("name").and_then(pap_of) {
                        found.pap.insert(id, pap);
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn about(&self, object: &Object, partial: bool) -> About {
        let id = object.id().to_string();
        let markings: Vec<String> = object.markings().iter().map(ToString::to_string).collect();
        let mut techniques: Vec<String> = self
            .indicated
            .get(&id)
            .into_iter()
            .flatten()
            .filter_map(|target| self.techniques.get(target).cloned())
            .collect();
        let labels = object.get("labels").and_then(serde_json::Value::as_array);
        let labels: Vec<&str> = labels.into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
        techniques.extend(labels.iter().filter_map(|label| technique_label(label)));
        techniques.sort_unstable();
        techniques.dedup();
        let marked = markings.iter().filter_map(|marking| self.pap.get(marking).cloned());
        let labelled = labels.iter().filter_map(|label| pap_of(label));
        let pap = marked.chain(labelled).min_by_key(|pap| strictness(pap));
        let name = object.text("name").unwrap_or_default().to_owned();
        About { name, techniques, markings, pap, partial }
    }
}

/// `PAP:AMBER` from the ways in which it is written (`pap:amber`, `PAP-AMBER`, `misp:pap="AMBER"`).
fn pap_of(text: &str) -> Option<String> {
    let text = text.to_ascii_uppercase();
    let at = text.find("PAP")?;
    let rest = text[at + 3..].trim_start_matches([':', '-', '=', '"', ' ']);
    let level =
        ["RED", "AMBER", "GREEN", "CLEAR", "WHITE"].into_iter().find(|level| rest.starts_with(level))?;
    Some(format!("PAP:{}", if level == "WHITE" { "CLEAR" } else { level }))
}

/// The ATT&CK id of an attack pattern.
fn technique(object: &Object) -> Option<String> {
    let references = object.get("external_references")?.as_array()?;
    references.iter().filter_map(|reference| reference.get("external_id")?.as_str()).find_map(technique_label)
}

/// `T1566.001` from an id or from a label such as `attack.t1566.001`.
fn technique_label(label: &str) -> Option<String> {
    let id = label.rsplit("attack.").next()?.to_ascii_uppercase();
    let digits = id.strip_prefix('T')?;
    let (main, sub) = digits.split_once('.').unwrap_or((digits, "000"));
    let numeric =
        |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    (numeric(main, 4) && numeric(sub, 3)).then_some(id)
}

fn indicator(builder: &mut Builder, object: &Object, surroundings: &Surroundings, taken: &mut Taken) {
    let id = object.id().to_string();
    if object.revoked() {
        taken.refuse(|| id, "is revoked");
        return;
    }
    let language = object.text("pattern_type").unwrap_or("stix");
    let text = object.text("pattern").unwrap_or_default();
    if let Some(language) = Language::named(language) {
        let said = Said { about: surroundings.about(object, false), id };
        taken.rules.push(Carried { language, text: text.to_owned(), said });
        return;
    }
    if language != "stix" {
        taken.refuse(|| id, format!("is a pattern in {language}, in which nothing is looked for"));
        return;
    }
    // Others write STIX 2.0's spelling into 2.1 objects.
    let pattern = match lenient(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            taken.refuse(|| id, error);
            return;
        }
    };
    take(builder, &pattern, text, &id, surroundings.about(object, false), &|| id.clone(), taken);
}

/// Takes a pattern: as its values where any one of them is all that it asks for, else as a pattern. Its values then lead
/// to the lines at which it has to be looked.
pub(super) fn take(
    builder: &mut Builder,
    pattern: &Pattern,
    given: &str,
    id: &str,
    mut about: About,
    place: &dyn Fn() -> String,
    taken: &mut Taken,
) {
    let mut values = Vec::new();
    in_expression(pattern.root(), &mut values);
    if is_plain(pattern.root()) {
        let about = builder.say(about);
        for (given, observable) in &values {
            match builder.add_observable(observable, given, Context { id, about }) {
                Ok(()) => taken.values += 1,
                Err(reason) => taken.leave_out(place, given, &reason),
            }
        }
        return;
    }
    about.partial = true;
    let context = Context { id, about: builder.say(about) };
    let mut anchored = is_anchored(pattern.root());
    let mut found = 0;
    for (given, observable) in &values {
        match builder.add_observable(observable, given, context) {
            Ok(()) => found += 1,
            // The pattern is asked of every line instead.
            Err(_) => anchored = false,
        }
    }
    let added = Patterns::check(pattern).map_err(|refusal| refusal.to_string()).and_then(|()| {
        let normal = pattern.to_string();
        builder.add_pattern(&normal, given, anchored, context).map_err(|refused| refused.to_string())
    });
    match added {
        Ok(()) => taken.values += 1,
        Err(reason) if found > 0 => {
            taken.values += found;
            taken.refuse(place, format!("{reason}; only its single values are looked for"));
        }
        Err(reason) => taken.refuse(place, reason),
    }
}

/// The exact values of an expression, each as the pattern writes it and in its normal form.
fn in_expression(expression: &Observation, found: &mut Vec<(String, Observable)>) {
    match expression {
        Observation::Test(test) => in_test(test, found),
        Observation::And(all) | Observation::Or(all) | Observation::FollowedBy(all) => {
            for inner in all {
                in_expression(inner, found);
            }
        }
        Observation::Qualified(inner, _) => in_expression(inner, found),
    }
}

fn in_test(test: &Comparison, found: &mut Vec<(String, Observable)>) {
    match test {
        Comparison::And(all) | Comparison::Or(all) => {
            for inner in all {
                in_test(inner, found);
            }
        }
        Comparison::Proposition(proposition) => in_proposition(proposition, found),
    }
}

/// One proposition at a time, each of its constants alone, so that a value is known by what was written.
fn in_proposition(proposition: &Proposition, found: &mut Vec<(String, Observable)>) {
    let alone = |given: &str, predicate: Predicate| {
        let proposition = Proposition { predicate, ..proposition.clone() };
        let pattern = Pattern::from_root(Observation::Test(Comparison::Proposition(proposition)));
        let atoms = pattern.atoms();
        // A URL also states its host, which alone is no hit of this indicator.
        let main =
            atoms.iter().find(|atom| !atoms.iter().any(|other| other.implied().as_ref() == Some(*atom)));
        main.map(|atom| (given.to_owned(), atom.clone()))
    };
    let constants = match &proposition.predicate {
        Predicate::In(constants) => constants.clone(),
        Predicate::Compare(Operator::Equal, constant) => vec![constant.clone()],
        Predicate::IsSubset(network) => {
            found.extend(alone(network, proposition.predicate.clone()));
            return;
        }
        _ => return,
    };
    for constant in constants {
        let given = match &constant {
            Constant::Text(text) => text.clone(),
            Constant::Integer(number) => number.to_string(),
            _ => continue,
        };
        found.extend(alone(&given, Predicate::Compare(Operator::Equal, constant)));
    }
}

/// The exact values of a proposition, if any one of them satisfies it and nothing else does.
fn only_values(proposition: &Proposition) -> Option<Vec<Observable>> {
    let asked = match &proposition.predicate {
        Predicate::In(constants) => constants.len(),
        Predicate::Compare(Operator::Equal, _) | Predicate::IsSubset(_) => 1,
        _ => return None,
    };
    let mut found = Vec::new();
    in_proposition(proposition, &mut found);
    let whole = asked > 0 && found.len() == asked && !proposition.negated;
    whole.then(|| found.into_iter().map(|(_, observable)| observable).collect())
}

/// Whether each of its values alone satisfies the pattern, and nothing else does.
fn is_plain(expression: &Observation) -> bool {
    match expression {
        Observation::Test(test) => is_plain_test(test),
        Observation::Or(all) => all.iter().all(is_plain),
        Observation::And(_) | Observation::FollowedBy(_) | Observation::Qualified(..) => false,
    }
}

fn is_plain_test(test: &Comparison) -> bool {
    match test {
        Comparison::And(_) => false,
        Comparison::Or(all) => all.iter().all(is_plain_test),
        Comparison::Proposition(proposition) => only_values(proposition).is_some(),
    }
}

/// Whether a line can satisfy a part of the pattern only if a scan finds one of the pattern's values in it.
fn is_anchored(expression: &Observation) -> bool {
    match expression {
        Observation::Test(test) => is_anchored_test(test),
        Observation::And(all) | Observation::Or(all) | Observation::FollowedBy(all) => {
            all.iter().all(is_anchored)
        }
        Observation::Qualified(inner, _) => is_anchored(inner),
    }
}

fn is_anchored_test(test: &Comparison) -> bool {
    match test {
        Comparison::And(all) => all.iter().any(is_anchored_test),
        Comparison::Or(all) => all.iter().all(is_anchored_test),
        Comparison::Proposition(proposition) => only_values(proposition)
            .is_some_and(|values| values.iter().all(|value| is_found_by_scan(value.kind))),
    }
}
