//! Enrolment of nodes over mutual TLS, and how the channel to a peer stands.

use std::collections::BTreeMap;

use askama::Template;

use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::peers::Lives;
use crate::view::{Here, Page};

/// The form that invites a node.
pub const INVITE: Shape = Shape { name: "invite", fields: &["name", "every", "label", "members"] };
/// The form that joins one.
pub const JOIN: Shape =
    Shape { name: "join", fields: &["address", "code", "name", "every", "label", "members"] };
/// Changing the transport key: a button and a tick.
pub const RENEW: Shape = Shape { name: "renew", fields: &[] };

/// This node's side of every channel, and the forms by which one begins.
#[derive(Debug, Clone, Default)]
pub struct OwnChannel {
    /// Where peers reach this node; nothing where it does not listen.
    pub address: Option<String>,
    /// The transport key, as people compare it.
    pub key: String,
    pub renewal: Option<RenewalView>,
    pub invite: EnrolForm,
    pub join: EnrolForm,
    /// What was wrong with the last attempt to change the key.
    pub faults: Faults,
}

/// A transport key that follows the one in use.
#[derive(Debug, Clone)]
pub struct RenewalView {
    pub key: String,
    /// Peers that have not heard of it.
    pub waits_for: Vec<String>,
}

/// What is typed of a node that is to be enrolled. A code that was typed is not shown again.
#[derive(Debug, Clone, Default)]
pub struct EnrolForm {
    pub address: String,
    pub name: String,
    pub every: String,
    pub label: String,
    pub lives: Vec<Lives>,
    pub faults: Faults,
}

impl EnrolForm {
    /// Shows again what was typed, beside what is wrong with it.
    pub fn typed(&mut self, fields: &BTreeMap<String, String>, faults: Faults) {
        let text = |field: &str| fields.get(field).cloned().unwrap_or_default();
        self.address = text("address");
        self.name = text("name");
        self.every = text("every");
        self.label = text("label");
        for member in &mut self.lives {
            member.there = fields.contains_key(&format!("member-{}", member.id));
        }
        self.faults = faults;
    }
}

/// An invitation that was opened. It is shown once.
#[derive(Debug, Clone, Template)]
#[template(path = "invited.html")]
pub struct InvitedPage {
    pub page: Page,
    /// What the node is called here.
    pub name: String,
    pub code: String,
    pub until: Moment,
    pub address: Option<String>,
    pub key: String,
}

impl InvitedPage {
    /// Where the page stands in the rail.
    pub const HERE: Here = Here::Peers;
}

/// How the channel to an enrolled peer stands.
#[derive(Debug, Clone)]
pub struct EnrolledView {
    /// Its transport keys, the newest last; two while it changes.
    pub keys: Vec<String>,
    pub since: Moment,
    /// The signing key under which it was enrolled is revoked.
    pub ended: bool,
    /// The members of ours that it knows us by.
    pub ours: String,
}

/// What a peer said of itself.
#[derive(Debug, Clone)]
pub struct SaidView {
    pub version: String,
    pub extensions: u64,
    pub policies: String,
    pub handling: String,
}

/// What is not sent to a peer because its node does not honour what it asks.
#[derive(Debug, Clone)]
pub struct HeldView {
    pub count: String,
    pub reason: String,
}
