//! Alerts, receipts, requests and requirements.

use super::{CURSOR, LABEL, LIMIT, OBJECT, READ, json, sends};
use crate::registry::{Kind, Method, OutputPath, Param, Reads};

const ALERT: Param = Param::path("id", Kind::StixId, "The alert's id");
const REQUEST: Param = Param::path("id", Kind::StixId, "The request's id");
const WAY: Param =
    Param::query("way", Kind::Text, "`sent` or `received`: by, or addressed to, the own member");
const WRITE: OutputPath = OutputPath { method: Method::Post, reads: Reads::Own, ..READ };

/// Alerts.
pub static ALERTS: OutputPath = OutputPath {
    name: "native.alerts",
    path: "/api/v1/alerts",
    summary: "Readable alerts, newest first",
    params: &[
        Param::query("urgency", Kind::Text, "At least `information`, `advisory`, `urgent` or `emergency`"),
        WAY,
        Param::query("open", Kind::Boolean, "Only those that the own member has not settled"),
        LIMIT,
        CURSOR,
    ],
    answers: &[json("AlertList", "A page; it may hold fewer than asked for though there is more")],
    ..READ
};

/// Sends an alert.
pub static SEND_ALERT: OutputPath = OutputPath {
    name: "native.send-alert",
    path: "/api/v1/alerts",
    summary: "Sends an alert, or a further version of one; without a label it is for its addressees",
    params: &[LABEL],
    body: Some(sends("NewAlert")),
    answers: &[json("Alert", "The alert")],
    ..WRITE
};

/// One alert.
pub static ALERT_OF: OutputPath = OutputPath {
    name: "native.alert",
    path: "/api/v1/alerts/{id}",
    summary: "An alert, with how far each addressee is, as far as the viewer may know; it does not count as read",
    params: &[ALERT],
    answers: &[json("Alert", "The alert")],
    ..READ
};

/// Says that an alert is read.
pub static READ_ALERT: OutputPath = OutputPath {
    name: "native.read-alert",
    path: "/api/v1/alerts/{id}/read",
    summary: "Says that the own member, where it is addressed, has read an alert",
    params: &[ALERT],
    answers: &[json("Alert", "The alert")],
    ..WRITE
};

/// Time to protection.
pub static PROTECTION: OutputPath = OutputPath {
    name: "native.protection",
    path: "/api/v1/alerts/protection",
    summary: "How long it took each member until alerts were delivered, acknowledged and settled, by readable receipts",
    answers: &[json("ProtectionList", "Seconds, median and 90th percentile")],
    ..READ
};

/// What came in.
pub static RECEIPTS: OutputPath = OutputPath {
    name: "native.receipts",
    path: "/api/v1/receipts",
    summary: "Readable receipts of all objects, newest first",
    params: &[LIMIT, CURSOR],
    answers: &[json("ReceiptList", "A page; it may hold fewer than asked for though there is more")],
    ..READ
};

/// The receipts of one object.
pub static RECEIPTS_OF: OutputPath = OutputPath {
    name: "native.receipts-of",
    path: "/api/v1/objects/{id}/receipts",
    summary: "What became of an object at its recipients, as far as the viewer may know",
    params: &[OBJECT],
    answers: &[json("Receipts", "The receipts")],
    ..READ
};

/// Gives a receipt.
pub static GIVE_RECEIPT: OutputPath = OutputPath {
    name: "native.give-receipt",
    path: "/api/v1/objects/{id}/receipts",
    summary: "Tells an object's producer what became of it, by name or without within a community",
    params: &[OBJECT],
    body: Some(sends("NewReceipt")),
    answers: &[json("Receipts", "The receipts that the viewer reads now")],
    ..WRITE
};

/// Requests.
pub static REQUESTS: OutputPath = OutputPath {
    name: "native.requests",
    path: "/api/v1/requests",
    summary: "Readable requests, newest first, with their answers",
    params: &[WAY, Param::query("open", Kind::Boolean, "Only what is left to answer"), LIMIT, CURSOR],
    answers: &[json("RequestList", "A page; it may hold fewer than asked for though there is more")],
    ..READ
};

/// Asks.
pub static ASK: OutputPath = OutputPath {
    name: "native.ask",
    path: "/api/v1/requests",
    summary: "Asks for information, or with `onward_to` an originator to let its objects go on",
    params: &[LABEL],
    body: Some(sends("NewRequest")),
    answers: &[json("Request", "The request")],
    ..WRITE
};

/// One request.
pub static REQUEST_OF: OutputPath = OutputPath {
    name: "native.request",
    path: "/api/v1/requests/{id}",
    summary: "A request with its readable answers",
    params: &[REQUEST],
    answers: &[json("Request", "The request")],
    ..READ
};

/// Answers.
pub static ANSWER: OutputPath = OutputPath {
    name: "native.answer",
    path: "/api/v1/requests/{id}/answer",
    summary: "Answers a request, or says why not; a later answer takes the place of the one before",
    params: &[REQUEST, LABEL],
    body: Some(sends("NewAnswer")),
    answers: &[json("Request", "The request")],
    ..WRITE
};

/// Proposes what is asked for.
pub static PROPOSE_ONWARD: OutputPath = OutputPath {
    name: "native.propose-onward",
    path: "/api/v1/requests/{id}/propose",
    reads: Reads::Decisions,
    summary: "Proposes the release that a request for onward release asks for",
    params: &[REQUEST, Param::query("basis", Kind::StixId, "The agreement that it rests on")],
    answers: &[json("Release", "The release")],
    ..WRITE
};

/// Requirements.
pub static REQUIREMENTS: OutputPath = OutputPath {
    name: "native.requirements",
    path: "/api/v1/requirements",
    summary: "Readable standing requirements, the most important first",
    answers: &[json("RequirementList", "The requirements")],
    ..READ
};

/// States a requirement.
pub static REQUIRE: OutputPath = OutputPath {
    name: "native.require",
    path: "/api/v1/requirements",
    summary: "States a standing requirement, or a further version of one; without a label for the own member",
    params: &[LABEL],
    body: Some(sends("NewRequirement")),
    answers: &[json("Requirement", "The requirement")],
    ..WRITE
};

/// What matches a requirement.
pub static HITS: OutputPath = OutputPath {
    name: "native.hits",
    path: "/api/v1/requirements/{id}/hits",
    summary: "What others gave since it was stated that matches a requirement, newest first",
    params: &[Param::path("id", Kind::StixId, "The requirement's id"), LIMIT, CURSOR],
    answers: &[json("ItemList", "A page; it may hold fewer than asked for though there is more")],
    ..READ
};
