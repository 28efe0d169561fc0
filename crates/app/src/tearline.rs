//! Tear-lines: from a selection of objects a new low-side set, with chosen fields, coarser values and times, new ids
//! and a label of its own.
//!
//! What is made is a draft of the caller's member, under the label of what it was made from; it leaves by a release.
//! The link back is a record ([`kizuna_access::sanitisation`]) on the high side only: nothing that was made names
//! what it was made from.

mod coarse;
mod compare;
mod make;
mod template;

use jiff::Timestamp;
use kizuna_access::label::Handling;
use kizuna_access::sanitisation::{self, Made, Sanitisation, Treatment};
use kizuna_access::{Label, Principal, leak};
use kizuna_stix::{Id, Object};
use serde_json::Value;

use crate::betrayal::{Disclosed, Draft, Finding};
use crate::originator;
use crate::people::Caller;
use crate::read::Reading;
use crate::{AppError, Item, Node};

pub use coarse::Precision;
pub use compare::{Because, Compared, Recorded};
pub use template::Template;

/// Objects in one tear-line.
pub const MOST_OBJECTS: usize = 1_000;

/// What is to be made, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// What it is made from; all of it readable to the caller.
    pub objects: Vec<Id>,
    #[serde(default)]
    pub template: Template,
    /// The label under which it is meant to be read, in words.
    pub label: String,
    /// Times are cut to this.
    #[serde(default)]
    pub times: Precision,
    /// What departs from the template.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// The text of an advisory.
    #[serde(default)]
    pub advisory: Option<Advisory>,
}

/// One departure from the template.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub object: Id,
    /// JSONPath of a property, such as `$.description` or `$.external_references[0]`.
    pub place: String,
    #[serde(flatten)]
    pub act: Act,
}

/// What to do with a field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do", content = "with")]
pub enum Act {
    Keep,
    Drop,
    Replace(Value),
    /// A network instead of an address, a registrable domain instead of a host, a day instead of an instant.
    Coarsen,
}

/// What an advisory says above its indicators.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advisory {
    pub name: String,
    pub description: String,
}

/// One field, before and after.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// JSONPath.
    pub place: String,
    pub rule: Treatment,
    pub before: Value,
    /// Nothing where it was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// What became of one object, field by field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Torn {
    pub high: Id,
    /// Nothing where it was left out.
    pub low: Option<Id>,
    /// Why it was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    pub changes: Vec<Change>,
}

/// A tear-line: what would be read, how it came about, and what it would still betray.
#[derive(Debug, Clone, PartialEq)]
pub struct Tearline {
    pub low: Vec<Object>,
    pub torn: Vec<Torn>,
    /// The label under which it is meant to be read.
    pub label: Label,
    pub findings: Vec<Finding>,
    /// The record of the high side.
    pub record: Object,
    /// The label of the high side: what all sources ask together.
    pub high: Label,
}

impl Node {
    /// What a tear-line would be, storing nothing.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a source that is hidden or absent; [`AppError::Invalid`] with the place of a choice
    /// that cannot be carried out.
    pub fn tearline(&self, who: &Principal, order: &Order) -> Result<Tearline, AppError> {
        let reading = self.read(who)?;
        if !reading.reader().may_write() {
            return Err(AppError::Forbidden(
                "making a tear-line takes the role analyst, releaser or admin".to_owned(),
            ));
        }
        if order.objects.is_empty() {
            return Err(AppError::invalid("$.objects", "names no object"));
        }
        if order.objects.len() > MOST_OBJECTS {
            return Err(AppError::TooLarge { what: "objects in one tear-line", limit: MOST_OBJECTS });
        }
        let label = self.people(Caller::Person(who.clone())).reach(&order.label)?.label;
        let sources: Result<Vec<Item>, AppError> =
            order.objects.iter().map(|id| reading.object(id)).collect();
        let sources = sources?;
        // Originator controlled: a recipient derives nothing.
        let is_anothers =
            |item: &Item| originator::is_controlled(&item.label) && !originator::is_own(item, who.member());
        if let Some(place) = sources.iter().position(is_anothers) {
            let rule = "it is originator controlled, and another's: ask its originator for a tear-line";
            return Err(AppError::invalid(format!("$.objects[{place}]"), rule));
        }
        let high = high_label(&sources, who);
        let now = self.now();
        let order = &minimised(order, &sources, &label, &reading)?;
        let made = make::make(order, &sources, who.member(), now)?;
        let disclosed = disclosed(&made.torn);
        let draft =
            Draft { objects: &made.low, label: &label, sources: &order.objects, disclosed: &disclosed };
        let findings = reading.betrayals(&draft)?;
        let record = record(order, &sources, &made.torn, who, now)?;
        Ok(Tearline { low: made.low, torn: made.torn, label, findings, record, high })
    }

    /// Makes a tear-line: its objects as drafts of the caller's member, and the record beside them.
    ///
    /// # Errors
    /// As [`Node::tearline`].
    pub fn make_tearline(&self, who: &Principal, order: &Order) -> Result<Tearline, AppError> {
        let tearline = self.tearline(who, order)?;
        let draft = tearline.high.terms().handling(Handling::Draft).label();
        let at_once = |number: u32| if leak::is(number) { &tearline.label } else { &draft };
        self.contribute(who, &tearline.low, at_once(69))?;
        self.contribute(who, std::slice::from_ref(&tearline.record), at_once(70))?;
        Ok(tearline)
    }
}

impl Reading {
    /// What readable records say of how these objects were made: from what, and what they disclose on purpose.
    pub fn made_from(&self, objects: &[Id]) -> Result<(Vec<Id>, Vec<Disclosed>), AppError> {
        let mut sources = Vec::new();
        let mut disclosed = Vec::new();
        for id in objects {
            for item in self.records_of(id)? {
                let Ok(Value::Object(value)) = serde_json::from_slice(&item.bytes) else { continue };
                let Ok(object) = Object::from_value(Value::Object(value)) else { continue };
                let Ok(record) = Sanitisation::read(&object) else { continue };
                sources.extend(record.made.iter().map(|made| made.high_ref.clone()));
                for made in record.made.iter().filter(|made| made.low_ref.as_ref() == Some(id)) {
                    let meant = made.fields.iter().filter(|field| field.rule == Treatment::Disclosed);
                    disclosed.extend(
                        meant.map(|field| Disclosed { object: id.clone(), place: field.place.clone() }),
                    );
                }
            }
        }
        sources.sort();
        sources.dedup();
        disclosed.sort();
        disclosed.dedup();
        Ok((sources, disclosed))
    }

    /// The reader's own member's records that name an object. What others say they made it from discloses nothing.
    fn records_of(&self, id: &Id) -> Result<Vec<Item>, AppError> {
        const RECORDS: usize = 100;
        let search = crate::Search {
            refers_to: Some(id.clone()),
            kinds: vec![sanitisation::KIND.to_owned()],
            ..crate::Search::default()
        };
        let mut found = self.search(&search, None, RECORDS)?.items;
        let own = self.reader().principal().member();
        found.retain(|item| item.source == own);
        Ok(found)
    }
}

/// The order with what is marked as personal data left out, where its marking names others than the low side's readers
/// and nobody chose what becomes of it.
fn minimised(order: &Order, sources: &[Item], label: &Label, reading: &Reading) -> Result<Order, AppError> {
    let mut minimised = order.clone();
    for source in sources {
        let Ok(high) = serde_json::from_slice::<Value>(&source.bytes) else { continue };
        for (place, _) in
            reading.personal_markings(&high)?.into_iter().filter(|(_, data)| !data.allows(label))
        {
            let place = place.replace(".[", "[");
            for place in make::fields_at(&high, &place) {
                let is_same = |choice: &Choice| choice.object == source.id && choice.place == place;
                if !minimised.choices.iter().any(is_same) {
                    minimised.choices.push(Choice { object: source.id.clone(), place, act: Act::Drop });
                }
            }
        }
    }
    Ok(minimised)
}

/// All sources' labels together, for the caller's member alone.
fn high_label(sources: &[Item], who: &Principal) -> Label {
    let own = Label::own(who.member());
    let asked = sources.iter().map(|item| item.label.terms());
    let together = asked.reduce(|one, other| one.and(&other)).unwrap_or_default();
    together.label().only_own(who.member()).narrowed(&own.terms())
}

fn disclosed(torn: &[Torn]) -> Vec<Disclosed> {
    let of = |torn: &Torn| -> Vec<Disclosed> {
        let Some(low) = &torn.low else { return Vec::new() };
        let meant = torn.changes.iter().filter(|change| change.rule == Treatment::Disclosed);
        meant.map(|change| Disclosed { object: low.clone(), place: change.place.clone() }).collect()
    };
    torn.iter().flat_map(of).collect()
}

fn record(
    order: &Order,
    sources: &[Item],
    torn: &[Torn],
    who: &Principal,
    at: Timestamp,
) -> Result<Object, AppError> {
    let made = torn.iter().zip(sources).map(|(torn, source)| Made {
        high_ref: torn.high.clone(),
        high_digest: source.digest,
        low_ref: torn.low.clone(),
        fields: torn
            .changes
            .iter()
            .map(|change| sanitisation::Field { place: change.place.clone(), rule: change.rule })
            .collect(),
    });
    let record = Sanitisation {
        by: who.member(),
        at,
        template: order.template.as_str().to_owned(),
        made: made.collect(),
    };
    record.object().map_err(|faults| AppError::unsound("an object", &faults))
}

#[cfg(test)]
mod tests;
