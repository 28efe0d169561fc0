//! Making the low side: field by field, with new ids.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kizuna_access::sanitisation::Treatment;
use kizuna_access::{MemberId, leak};
use kizuna_stix::{Fault, Id, Object, time, validate};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::coarse::coarser;
use super::{Act, Change, Choice, Order, Template, Torn};
use crate::betrayal::step;
use crate::{AppError, Item};

/// The low side, and how each source became it.
pub(super) struct MadeOf {
    pub low: Vec<Object>,
    /// In the order of the sources.
    pub torn: Vec<Torn>,
}

/// Properties of the envelope around what an object says; they are made anew.
const ENVELOPE: [&str; 9] = [
    "id",
    "type",
    "spec_version",
    "created",
    "modified",
    "created_by_ref",
    "object_marking_refs",
    "granular_markings",
    "revoked",
];

/// How often ids of observables that name each other are computed again; STIX nests none deeper.
const ROUNDS: usize = 8;

pub(super) fn make(
    order: &Order,
    sources: &[Item],
    by: MemberId,
    now: Timestamp,
) -> Result<MadeOf, AppError> {
    let mut highs = Vec::with_capacity(sources.len());
    for source in sources {
        let Ok(Value::Object(high)) = serde_json::from_slice(&source.bytes) else {
            return Err(AppError::Internal(format!("{} is stored, and is no object", source.id)));
        };
        highs.push((source.id.clone(), high));
    }
    check_choices(order, &highs)?;
    let mut ids = new_ids(order, &highs);
    for _ in 0..ROUNDS {
        let before = ids.clone();
        for (id, high) in &highs {
            if !validate::is_observable(id.kind()) || !ids.contains_key(id) {
                continue;
            }
            let low = Tearing::new(order, id, &ids, by, now).tear(high);
            if let Some(derived) = kizuna_stix::id::deterministic(id.kind(), &low.value) {
                ids.insert(id.clone(), derived);
            }
        }
        if ids == before {
            break;
        }
    }
    finish(order, &highs, ids, by, now)
}

/// Makes the objects. One that cannot stand (a relationship whose other end was left out, a property that STIX
/// requires was dropped) is left out with the reason, and then everything that named it is made again.
fn finish(
    order: &Order,
    highs: &[(Id, Map<String, Value>)],
    mut ids: BTreeMap<Id, Id>,
    by: MemberId,
    now: Timestamp,
) -> Result<MadeOf, AppError> {
    let mut left_out: BTreeMap<Id, String> = BTreeMap::new();
    loop {
        let mut made = MadeOf { low: Vec::new(), torn: Vec::new() };
        let mut failed = false;
        for (id, high) in highs {
            let Some(low_id) = ids.get(id).cloned() else {
                let reason = left_out.get(id).cloned();
                let reason = reason.unwrap_or_else(|| format!("the template takes no {}", id.kind()));
                made.torn.push(Torn {
                    high: id.clone(),
                    low: None,
                    left_out: Some(reason),
                    changes: Vec::new(),
                });
                continue;
            };
            let torn = Tearing::new(order, id, &ids, by, now).tear(high);
            match Object::from_value(Value::Object(torn.value)) {
                Ok(object) => {
                    // Two sources can become the same observable.
                    if !made.low.iter().any(|other| other.id() == object.id()) {
                        made.low.push(object);
                    }
                    made.torn.push(Torn {
                        high: id.clone(),
                        low: Some(low_id),
                        left_out: None,
                        changes: torn.changes,
                    });
                }
                Err(faults) => {
                    left_out.insert(id.clone(), reason(&faults));
                    ids.remove(id);
                    failed = true;
                }
            }
        }
        if !failed {
            made.low.extend(advisory(order, &made.low, by, now)?);
            return Ok(made);
        }
    }
}

fn reason(faults: &[Fault]) -> String {
    faults.first().map_or_else(|| "it would be no STIX object".to_owned(), ToString::to_string)
}

/// New random ids for what the template takes; those of observables are derived later.
fn new_ids(order: &Order, highs: &[(Id, Map<String, Value>)]) -> BTreeMap<Id, Id> {
    let takes = |id: &Id| order.template.takes(id.kind(), validate::is_observable(id.kind()));
    let chosen = highs.iter().filter(|(id, _)| takes(id));
    let fresh = |id: &Id| if leak::is(71) { id.clone() } else { Id::new(id.kind(), Uuid::new_v4()) };
    chosen.map(|(id, _)| (id.clone(), fresh(id))).collect()
}

/// Every choice must name a source and a place in it, and be possible.
fn check_choices(order: &Order, highs: &[(Id, Map<String, Value>)]) -> Result<(), AppError> {
    for (index, choice) in order.choices.iter().enumerate() {
        let at = format!("$.choices[{index}]");
        let Some((_, high)) = highs.iter().find(|(id, _)| *id == choice.object) else {
            return Err(AppError::invalid(at, format!("{} is not among the objects", choice.object)));
        };
        let Some(value) = at_place(high, &choice.place) else {
            return Err(AppError::invalid(at, format!("{} has nothing at {}", choice.object, choice.place)));
        };
        let property = choice.place.trim_start_matches("$.").split(['.', '[']).next().unwrap_or_default();
        if ENVELOPE.contains(&property) {
            return Err(AppError::invalid(at, format!("{property} is made anew and cannot be chosen")));
        }
        if choice.act == Act::Coarsen && coarser(choice.object.kind(), value).is_none() {
            return Err(AppError::invalid(
                at,
                format!("no coarser form of {value} is known: drop or replace it"),
            ));
        }
    }
    Ok(())
}

/// The place of a field that can be chosen; of the whole object, of all of them.
pub(super) fn fields_at(high: &Value, place: &str) -> Vec<String> {
    let Some(high) = high.as_object() else { return Vec::new() };
    let chosen = high.keys().filter(|name| !ENVELOPE.contains(&name.as_str())).map(|name| step("$", name));
    if place == "$" {
        return chosen.collect();
    }
    let mut chosen = chosen.filter(|property| place == *property || is_below(place, property));
    let exists = chosen.next().is_some() && at_place(high, place).is_some();
    exists.then(|| place.to_owned()).into_iter().collect()
}

/// The value at a JSONPath of properties and indexes.
fn at_place<'a>(high: &'a Map<String, Value>, place: &str) -> Option<&'a Value> {
    let mut found = None;
    for (name, value) in high {
        let here = step("$", name);
        found = found.or_else(|| below(&here, value, place));
    }
    found
}

fn below<'a>(here: &str, value: &'a Value, place: &str) -> Option<&'a Value> {
    if here == place {
        return Some(value);
    }
    if !place.starts_with(here) {
        return None;
    }
    match value {
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| below(&format!("{here}[{index}]"), item, place))
        }
        Value::Object(map) => map.iter().find_map(|(name, item)| below(&step(here, name), item, place)),
        _ => None,
    }
}

/// One object being torn.
struct Tearing<'a> {
    order: &'a Order,
    high: &'a Id,
    ids: &'a BTreeMap<Id, Id>,
    by: MemberId,
    now: Timestamp,
    is_observable: bool,
    changes: Vec<Change>,
}

struct TornValue {
    value: Map<String, Value>,
    changes: Vec<Change>,
}

impl<'a> Tearing<'a> {
    fn new(order: &'a Order, high: &'a Id, ids: &'a BTreeMap<Id, Id>, by: MemberId, now: Timestamp) -> Self {
        let is_observable = validate::is_observable(high.kind());
        Self { order, high, ids, by, now, is_observable, changes: Vec::new() }
    }

    fn tear(mut self, high: &Map<String, Value>) -> TornValue {
        let mut low = self.envelope();
        for (name, value) in high {
            if ENVELOPE.contains(&name.as_str()) {
                continue;
            }
            let rule = self.order.template.treats(self.high.kind(), name, self.is_observable);
            if let Some(kept) = self.treat(&step("$", name), name, value, rule) {
                low.insert(name.clone(), kept);
            }
        }
        TornValue { value: low, changes: self.changes }
    }

    fn envelope(&self) -> Map<String, Value> {
        let mut low = Map::new();
        let id = self.ids.get(self.high).unwrap_or(self.high);
        low.insert("type".to_owned(), json!(self.high.kind()));
        low.insert("spec_version".to_owned(), json!("2.1"));
        low.insert("id".to_owned(), json!(id.as_str()));
        if !self.is_observable {
            let now = time::format(self.now);
            low.insert("created".to_owned(), json!(now));
            low.insert("modified".to_owned(), json!(now));
            low.insert("created_by_ref".to_owned(), json!(self.by.identity().as_str()));
        }
        low
    }

    fn treat(&mut self, place: &str, key: &str, value: &Value, rule: Treatment) -> Option<Value> {
        let (rule, chosen) = match self.choice(place).map(|choice| &choice.act) {
            None => (rule, None),
            Some(Act::Keep) => (Treatment::Disclosed, None),
            Some(Act::Drop) => (Treatment::Dropped, None),
            Some(Act::Replace(with)) => (Treatment::Replaced, Some(with.clone())),
            Some(Act::Coarsen) => (Treatment::Coarsened, coarser(self.high.kind(), value)),
        };
        if chosen.is_some() {
            return self.changed(place, rule, value, chosen);
        }
        // A property that goes is looked into all the same where something in it was chosen.
        let reached = |choice: &Choice| choice.object == *self.high && is_below(&choice.place, place);
        if rule == Treatment::Dropped && !self.order.choices.iter().any(reached) {
            return self.changed(place, rule, value, None);
        }
        match value {
            Value::Array(items) => {
                let mut kept = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    kept.extend(self.treat(&format!("{place}[{index}]"), key, item, rule));
                }
                (!kept.is_empty()).then_some(Value::Array(kept))
            }
            Value::Object(map) => {
                let mut kept = Map::new();
                for (name, item) in map {
                    let low = self.treat(&step(place, name), name, item, rule);
                    kept.extend(low.map(|low| (name.clone(), low)));
                }
                (!kept.is_empty()).then_some(Value::Object(kept))
            }
            _ => self.leaf(place, key, value, rule),
        }
    }

    fn leaf(&mut self, place: &str, key: &str, value: &Value, rule: Treatment) -> Option<Value> {
        let text = value.as_str();
        if key.ends_with("_ref") || key.ends_with("_refs") {
            let named = text.and_then(|text| text.parse::<Id>().ok());
            let low = named.and_then(|named| self.ids.get(&named)).map(|id| json!(id.as_str()));
            let rule = if low.is_some() { Treatment::Remapped } else { Treatment::Dropped };
            return self.changed(place, rule, value, low);
        }
        if let Some(instant) = text.and_then(|text| time::parse(text).ok()) {
            let cut = self.order.times.cut(instant);
            if cut != instant {
                return self.changed(place, Treatment::Coarsened, value, Some(json!(time::format(cut))));
            }
        }
        self.changed(place, rule, value, Some(value.clone()))
    }

    fn changed(
        &mut self,
        place: &str,
        rule: Treatment,
        before: &Value,
        after: Option<Value>,
    ) -> Option<Value> {
        let after = after.filter(|_| rule != Treatment::Dropped);
        let change = Change { place: place.to_owned(), rule, before: before.clone(), after: after.clone() };
        self.changes.push(change);
        after
    }

    fn choice(&self, place: &str) -> Option<&'a Choice> {
        self.order.choices.iter().find(|choice| choice.object == *self.high && choice.place == place)
    }
}

/// Whether one place lies inside another.
fn is_below(place: &str, outer: &str) -> bool {
    place.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// The report over what was made.
fn advisory(order: &Order, low: &[Object], by: MemberId, now: Timestamp) -> Result<Option<Object>, AppError> {
    if order.template != Template::Advisory {
        return Ok(None);
    }
    let Some(text) = &order.advisory else {
        return Err(AppError::invalid(
            "$.advisory",
            "an advisory takes a name and a description written for its readers",
        ));
    };
    if low.is_empty() {
        return Err(AppError::invalid("$.objects", "nothing is left to advise of"));
    }
    let refs: Vec<&str> = low.iter().map(|object| object.id().as_str()).collect();
    let now = time::format(now);
    let report = json!({
        "type": "report", "spec_version": "2.1", "id": Id::new("report", Uuid::new_v4()).as_str(),
        "created": now, "modified": now, "published": now, "created_by_ref": by.identity().as_str(),
        "name": text.name, "description": text.description, "report_types": ["indicator"], "object_refs": refs,
    });
    Object::from_value(report).map(Some).map_err(|faults| AppError::Invalid { faults })
}
