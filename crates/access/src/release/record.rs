//! A release as the object that it is.
//!
//! While it is open its record holds all that who decides needs to know. What recipients get, once it is released,
//! leaves out what belongs to the high side: the versions that were decided about, their labels, their authors, the
//! reasons that were given at home, and the steps in between.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Approval, Basis, Cited, Decided, Item, RELEASE_KIND, Refusal, Release, State, Step};
use crate::marking::extension;
use crate::party::{MemberId, PersonId};
use crate::{Label, agreement};

/// What stands for "no basis": said, never left out.
const NO_BASIS: &str = "none";

/// The properties of a record beside those of every STIX object.
#[derive(Serialize, Deserialize)]
struct Written {
    state: State,
    objects: Vec<Item>,
    label: Label,
    policy_version: String,
    /// An agreement's id, or [`NO_BASIS`]. Records from before agreements were cited have words here.
    basis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    basis_version: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    basis_note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    through: BTreeSet<MemberId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decide_by: Option<Timestamp>,
    proposer: PersonId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    approvals: Vec<Approval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
    steps: Vec<Step>,
}

/// The object is no release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("kizuna-release: {0}")]
pub struct BadRelease(String);

impl Release {
    /// The record in full, for those who decide.
    ///
    /// # Errors
    /// The faults if this program built an object that is none.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        self.written(self.full())
    }

    /// The record as recipients get it.
    ///
    /// # Errors
    /// The faults if this program built an object that is none.
    pub fn told(&self) -> Result<Object, Vec<Fault>> {
        let mut outward = self.full();
        outward.decide_by = None;
        outward.reason = None;
        outward.refusal = None;
        outward.steps.retain(|step| step.act.is_told());
        for item in &mut outward.objects {
            item.high = None;
        }
        self.written(outward)
    }

    fn full(&self) -> Written {
        let Basis { agreement, note } = self.decided.basis.clone();
        let (basis, basis_version) = match agreement {
            Some(cited) => (cited.id.to_string(), Some(cited.version)),
            None => (NO_BASIS.to_owned(), None),
        };
        Written {
            state: self.state,
            objects: self.decided.objects.clone(),
            label: self.decided.label.clone(),
            policy_version: self.decided.policy.clone(),
            basis,
            basis_version,
            basis_note: note,
            expires: self.decided.expires,
            through: self.decided.through.clone(),
            decide_by: Some(self.decide_by),
            proposer: self.proposer,
            reason: self.reason.clone(),
            approvals: self.approvals.clone(),
            refusal: self.refusal.clone(),
            steps: self.steps.clone(),
        }
    }

    fn written(&self, written: Written) -> Result<Object, Vec<Fault>> {
        let properties = match serde_json::to_value(written) {
            Ok(Value::Object(properties)) => properties,
            // Text keys, enums and numbers have no way to fail.
            _ => Map::new(),
        };
        let mut value = properties;
        let mut extensions = Map::new();
        let kind = extension::RELEASE.kind;
        extensions.insert(extension::RELEASE.id().to_string(), json!({ "extension_type": kind }));
        value.insert("type".to_owned(), json!(RELEASE_KIND));
        value.insert("spec_version".to_owned(), json!("2.1"));
        value.insert("id".to_owned(), json!(self.id.as_str()));
        value.insert("created".to_owned(), json!(time::format(millisecond(self.created))));
        value.insert("modified".to_owned(), json!(time::format(millisecond(self.modified))));
        value.insert("created_by_ref".to_owned(), json!(self.by.identity().as_str()));
        value.insert("extensions".to_owned(), Value::Object(extensions));
        Object::from_value(Value::Object(value))
    }

    /// Reads a record, in full or as recipients get it.
    ///
    /// # Errors
    /// What is missing or malformed.
    pub fn read(object: &Object) -> Result<Self, BadRelease> {
        if object.kind() != RELEASE_KIND {
            return Err(BadRelease(format!("a {} is none", object.kind())));
        }
        let missing = |property: &str| BadRelease(format!("{property} is missing or malformed"));
        let by = object.created_by().filter(|id| id.kind() == "identity");
        let by = MemberId(by.ok_or_else(|| missing("created_by_ref"))?.uuid());
        let created = object.text("created").and_then(|at| time::parse(at).ok());
        let value = Value::Object(object.value().clone());
        let written: Written =
            serde_json::from_value(value).map_err(|error| BadRelease(error.to_string()))?;
        let basis = stated(written.basis, written.basis_version, written.basis_note);
        Ok(Self {
            id: object.id().clone(),
            by,
            created: created.ok_or_else(|| missing("created"))?,
            modified: object.modified().ok_or_else(|| missing("modified"))?,
            state: written.state,
            decided: Decided {
                objects: written.objects,
                label: written.label,
                policy: written.policy_version,
                basis,
                expires: written.expires,
                through: written.through,
            },
            proposer: written.proposer,
            reason: written.reason,
            decide_by: written.decide_by.unwrap_or(Timestamp::MAX),
            approvals: written.approvals,
            refusal: written.refusal,
            steps: written.steps,
        })
    }

    /// Whether this is the record in full: what recipients get tells of no version that was decided about.
    pub fn is_full(&self) -> bool {
        self.decided.objects.iter().all(|item| item.high.is_some())
    }

    /// Where this is what recipients get: the same with what an earlier version of the record in full tells of what
    /// was decided, as far as both decide the same.
    #[must_use]
    pub fn completed(mut self, full: &Self) -> Self {
        let is_same = self.statement() == full.statement();
        if self.is_full() || !is_same {
            return self;
        }
        self.decided = full.decided.clone();
        self.decide_by = full.decide_by;
        self.reason.clone_from(&full.reason);
        self
    }

    /// The ids of what is released.
    pub fn ids(&self) -> impl Iterator<Item = &Id> {
        self.decided.objects.iter().map(|item| &item.object_ref)
    }
}

/// What a record says that the release rests on. Words in the place of an agreement are no basis: they are a note.
fn stated(basis: String, version: Option<Timestamp>, note: Option<String>) -> Basis {
    if basis == NO_BASIS {
        return Basis { agreement: None, note };
    }
    match (basis.parse::<Id>(), version) {
        (Ok(id), Some(version)) if id.kind() == agreement::KIND => {
            Basis { agreement: Some(Cited { id, version }), note }
        }
        _ => Basis { agreement: None, note: Some(basis) },
    }
}

/// Cut to the millisecond that STIX writes.
fn millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
