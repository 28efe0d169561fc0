//! Alerts as programs and pages show them.

use jiff::Timestamp;
use kizuna_access::alert::{Alert, Urgency};
use kizuna_access::receipt::State;
use kizuna_access::{Label, MemberId};
use kizuna_stix::Id;

use super::{Listed, Protection, Row, Shown};
use crate::notices::Addressed;
use crate::read::Reading;
use crate::receipts::Blinded;

/// An alert in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AlertLine {
    pub id: Id,
    pub by: MemberId,
    /// The sender's name.
    pub from: String,
    pub title: String,
    pub urgency: Urgency,
    pub created: Timestamp,
    pub modified: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<Timestamp>,
    /// In words.
    pub label: String,
    /// How far the viewer's own member is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Addressees that the viewer may know of.
    pub addressees: usize,
    /// Of them those that told, as far as the viewer reads it, that it is delivered, and settled.
    pub delivered: usize,
    pub settled: usize,
    #[serde(skip)]
    pub marked: Label,
}

/// An alert in full.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AlertInfo {
    #[serde(flatten)]
    pub line: AlertLine,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub actions: Vec<String>,
    pub addressed: Addressed,
    pub objects: Vec<Id>,
    pub recipients: Vec<Row>,
    /// Receipts without a name, counted by community and state.
    pub anonymous: Vec<Blinded>,
    pub protection: Protection,
}

impl AlertLine {
    fn of(alert: &Alert, label: &Label, reading: &Reading) -> Self {
        Self {
            id: alert.id.clone(),
            by: alert.by,
            from: reading.member_name(alert.by),
            title: alert.title.clone(),
            urgency: alert.urgency,
            created: alert.created,
            modified: alert.modified,
            respond_by: alert.respond_by,
            label: reading.label_text(label),
            state: None,
            addressees: 0,
            delivered: 0,
            settled: 0,
            marked: label.clone(),
        }
    }
}

impl Listed {
    pub fn line(&self, reading: &Reading) -> AlertLine {
        AlertLine {
            state: self.state,
            addressees: self.addressed.members.len(),
            delivered: self.delivered,
            settled: self.settled,
            ..AlertLine::of(&self.alert, &self.item.label, reading)
        }
    }
}

impl Shown {
    pub fn info(&self, reading: &Reading) -> AlertInfo {
        let count = |is: fn(&Row) -> bool| self.rows.iter().filter(|row| is(row)).count();
        let line = AlertLine {
            state: self.state,
            addressees: self.addressed.members.len(),
            delivered: count(|row| row.delivered.is_some()),
            settled: count(|row| row.settled.is_some()),
            ..AlertLine::of(&self.alert, &self.item.label, reading)
        };
        AlertInfo {
            line,
            text: self.alert.text.clone(),
            actions: self.alert.actions.clone(),
            addressed: self.addressed.clone(),
            objects: self.alert.object_refs.clone(),
            recipients: self.rows.clone(),
            anonymous: self.blinded.clone(),
            protection: self.protection.clone(),
        }
    }
}
