//! One object on its way through the guard. Each stage is a type that only the stage before it makes, so that none can be
//! skipped: a line becomes [`Parsed`], [`Normal`], [`Allowed`], [`Labelled`], [`Proven`].

use std::collections::HashMap;

use kizuna_access::Label;
use kizuna_access::label::Handling;
use kizuna_access::marking::{self, Meaning};
use kizuna_stix::read::{Element, Limits, read};
use kizuna_stix::{Id, Object};
use kizuna_tlog::Checkpoint;
use serde_json::Value;

use super::finding::{Finding, Kind};
use super::level::{self, Levels};
use super::rules::Rules;
use super::schema::Schemas;
use super::text;
use crate::package::Shown;

/// Parsed from I-JSON, and a sound STIX 2.1 object of which nothing is to be said.
pub struct Parsed {
    object: Object,
}

/// Its octets are those that are made again from what was parsed, and its text is what it looks like.
pub struct Normal {
    object: Object,
}

/// Named by the channel's rules, type, properties and extensions, and by the strict schema as well.
pub struct Allowed {
    object: Object,
}

/// Every marking is understood, and what they ask is under every ceiling.
pub struct Labelled {
    object: Object,
}

/// In the sender's log.
pub struct Proven {
    object: Object,
}

impl Parsed {
    /// Reads one line: one object of STIX 2.1 in I-JSON.
    pub fn read(line: &[u8], rules: &Rules) -> Result<Self, Finding> {
        let sizes = &rules.sizes;
        if line.len() > sizes.object_octets {
            let says = format!("{} octets, {} are let in", line.len(), sizes.object_octets);
            return Err(Finding::new(Kind::OverLimit, "", says));
        }
        let limits = Limits {
            envelope_bytes: sizes.object_octets,
            object_bytes: sizes.object_octets,
            depth: sizes.depth,
            objects: 1,
        };
        let unsound = |says: String| Finding::new(Kind::Unsound, "", says);
        let mut elements = read(line, &limits).map_err(|error| unsound(error.to_string()))?;
        let (Some(element), true) = (elements.pop(), elements.is_empty()) else {
            return Err(unsound("not one object".to_owned()));
        };
        match element {
            Element::Refused(refused) => {
                let says = refused.faults.first().map(ToString::to_string).unwrap_or_default();
                let kind = if says.contains("nest") { Kind::OverLimit } else { Kind::Unsound };
                Err(Finding { object: refused.id, ..Finding::new(kind, "", says) })
            }
            Element::Object(object) => match object.warnings().first() {
                Some(warning) => Err(about(&object, Kind::Unsound, warning.to_string())),
                None => Ok(Self { object: *object }),
            },
        }
    }

    /// Makes the octets again and compares them; looks at all text and all sizes.
    pub fn normal(self, line: &[u8], rules: &Rules) -> Result<Normal, Finding> {
        let object = self.object;
        if object.canonical() != line {
            let says = "it is not in the canonical form of its content".to_owned();
            return Err(about(&object, Kind::NotCanonical, says));
        }
        for (name, value) in object.value() {
            if let Some(rule) = text::rule(name).map(str::to_owned).or_else(|| text::fault(value)) {
                return Err(about(&object, Kind::NotNormal, format!("{}: {rule}", plain(name))));
            }
            if let Some((kind, says)) = rules.over(value) {
                return Err(about(&object, kind, format!("{}: {says}", plain(name))));
            }
        }
        Ok(Normal { object })
    }
}

impl Parsed {
    /// The object in its normal form, of a package that passed.
    pub(super) fn regenerated(self, line: &[u8], rules: &Rules) -> Result<Object, Finding> {
        self.normal(line, rules).map(|normal| normal.object)
    }
}

impl Normal {
    /// Holds it against the names that the channel lets in, then against the strict schema.
    pub fn allowed(self, rules: &Rules, schemas: &Schemas) -> Result<Allowed, Finding> {
        let object = self.object;
        if let Some(what) = rules.refuses(&object) {
            return Err(about(&object, Kind::NotAllowed, format!("the channel does not let in {what}")));
        }
        let value = Value::Object(object.value().clone());
        if let Some(what) = schemas.refuses(object.kind(), &value) {
            return Err(about(&object, Kind::SchemaDisagrees, what));
        }
        Ok(Allowed { object })
    }
}

/// What the markings of a package mean, by their ids.
#[derive(Default)]
pub struct Definitions(HashMap<Id, Meaning>);

impl Allowed {
    /// Resolves its markings among those that came before it, and holds what they ask against the ceilings. A ceiling
    /// that is absent lets everything in.
    pub fn labelled(
        self,
        definitions: &mut Definitions,
        ceilings: &[&Label],
        levels: &dyn Levels,
    ) -> Result<Labelled, Finding> {
        let object = self.object;
        let mut markings = object.markings();
        markings.extend(object.granular_markings());
        let missing = |id: &&Id| marking::well_known(id).is_none() && !definitions.0.contains_key(*id);
        if let Some(id) = markings.iter().find(missing) {
            let says = format!("the marking {id} does not come before it in the package");
            return Err(about(&object, Kind::UnknownMarking, says));
        }
        let found = marking::understand(&markings, |id| definitions.0.get(id).cloned());
        if found.dangling {
            let says = "one of its markings is not understood".to_owned();
            return Err(about(&object, Kind::UnknownMarking, says));
        }
        let mut asks = vec![found.terms.label()];
        if object.kind() == "marking-definition" {
            let meaning = marking::meaning(&object);
            if let Meaning::Terms(terms) = &meaning {
                // It tells what it asks, whether anything is under it or not.
                asks.push(terms.label());
            }
            // Known also where it does not pass: what is under it fails for the same reason.
            definitions.0.insert(object.id().clone(), meaning);
        }
        for label in &asks {
            if label.handling().contains(&Handling::Draft) {
                return Err(Finding::new(Kind::AboveCeiling, "", "a draft leaves no node"));
            }
            let above = ceilings.iter().find_map(|ceiling| level::above(label, ceiling, levels));
            if let Some(why) = above {
                // Which object it is stays with its sender.
                return Err(Finding::new(Kind::AboveCeiling, "", why));
            }
        }
        Ok(Labelled { object })
    }

    /// The object, for the sender, who asks only whether it would pass so far.
    pub fn object(&self) -> &Object {
        &self.object
    }
}

impl Labelled {
    pub fn proven(self, shown: &Shown, checkpoint: &Checkpoint) -> Result<Proven, Finding> {
        let object = self.object;
        match shown.check(&object.digest(), checkpoint) {
            Ok(()) => Ok(Proven { object }),
            Err(why) => Err(about(&object, Kind::Unproven, why.to_string())),
        }
    }
}

impl Proven {
    pub fn id(&self) -> &Id {
        self.object.id()
    }

    /// What must be here too.
    pub fn needs(&self) -> Vec<Id> {
        needs(&self.object)
    }
}

/// What an object refers to that must be in the package, or where it goes: content. Not who is said to have written it,
/// which is a claim about a party; not markings, which have a rule of their own; and not what attestations, labels,
/// recalls and records name by digest, which they do so that it need not be there.
pub fn needs(object: &Object) -> Vec<Id> {
    if BY_DIGEST.contains(&object.kind()) {
        return Vec::new();
    }
    let author = object.created_by();
    let mut needs = object.references();
    needs.retain(|id| id.kind() != "marking-definition" && Some(id) != author.as_ref());
    needs
}

/// Types of what is said about other objects by their digests.
const BY_DIGEST: [&str; 6] = [
    "kizuna-agreement",
    "kizuna-attestation",
    "kizuna-key",
    "kizuna-label",
    "kizuna-recall",
    "kizuna-release",
];

fn about(object: &Object, kind: Kind, says: String) -> Finding {
    Finding { object: Some(object.id().to_string()), ..Finding::new(kind, "", says) }
}

/// A name as it can be shown.
fn plain(name: &str) -> String {
    name.chars().take(64).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}
