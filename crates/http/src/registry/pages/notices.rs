//! Alerts, requests and receipts.

use super::{ACTION, CURSOR, PAGE, SHOWN};
use crate::registry::{Kind, OutputPath, Param, Reads};

const ALERT_ID: Param = Param::path("id", Kind::StixId, "The alert's id");
const OBJECTS: Param = Param::query("object", Kind::Text, "An object to begin with; may be repeated");
const REQUIREMENT_ID: Param = Param::path("id", Kind::StixId, "The requirement's id");
const REQUEST_ID: Param = Param::path("id", Kind::StixId, "The request's id");

/// Alerts and requests.
pub static ALERTS: OutputPath = OutputPath {
    name: "pages.alerts",
    path: "/alerts",
    summary: "Alerts by urgency, requests, and time to protection",
    params: &[Param::query("open", Kind::Boolean, "Only what is left to do"), CURSOR],
    ..PAGE
};

/// The form to write an alert with.
pub static NEW_ALERT: OutputPath = OutputPath {
    name: "pages.new-alert",
    path: "/alerts/new",
    summary: "Write an alert, or a further version of one",
    params: &[
        OBJECTS,
        Param::query("alert", Kind::StixId, "The own member's alert of which a further version is written"),
    ],
    ..PAGE
};

/// Shows whom an alert would reach; then sends it.
pub static SEND_ALERT: OutputPath = OutputPath {
    name: "pages.send-alert",
    path: "/alerts",
    reads: Reads::Content,
    summary: "Whom an alert would reach; with `do=send` sends it",
    answers: SHOWN,
    ..ACTION
};

/// One alert.
pub static ALERT: OutputPath = OutputPath {
    name: "pages.alert",
    path: "/alerts/{id}",
    summary: "An alert with how far each recipient is",
    params: &[ALERT_ID],
    ..PAGE
};

/// Tells what became of an alert.
pub static TELL_ALERT: OutputPath = OutputPath {
    name: "pages.tell-alert",
    path: "/alerts/{id}/receipt",
    summary: "Tells the sender of an alert what became of it",
    params: &[ALERT_ID],
    ..ACTION
};

/// Tells what became of an object.
pub static TELL_OBJECT: OutputPath = OutputPath {
    name: "pages.tell-object",
    path: "/objects/{id}/receipt",
    summary: "Tells the producer of an object what became of it",
    params: &[Param::path("id", Kind::StixId, "The object's id")],
    ..ACTION
};

/// One request.
pub static REQUEST: OutputPath = OutputPath {
    name: "pages.request",
    path: "/requests/{id}",
    summary: "A request with its answers",
    params: &[REQUEST_ID],
    ..PAGE
};

/// Answers a request.
pub static ANSWER_REQUEST: OutputPath = OutputPath {
    name: "pages.answer-request",
    path: "/requests/{id}/answer",
    reads: Reads::Content,
    summary: "Answers a request, says why not, or proposes the release that it asks for; what names a label or objects is shown first, and given with `do=send`",
    params: &[REQUEST_ID],
    answers: SHOWN,
    ..ACTION
};

/// Says that a request is being worked on.
pub static TELL_REQUEST: OutputPath = OutputPath {
    name: "pages.tell-request",
    path: "/requests/{id}/receipt",
    summary: "Tells who asked that the own member is acting on the request",
    params: &[REQUEST_ID],
    ..ACTION
};

/// The form to ask with.
pub static NEW_REQUEST: OutputPath = OutputPath {
    name: "pages.new-request",
    path: "/requests/new",
    summary: "Ask for information, or for onward release",
    params: &[OBJECTS],
    ..PAGE
};

/// Shows whom a request would reach; then asks.
pub static ASK: OutputPath = OutputPath {
    name: "pages.ask",
    path: "/requests",
    reads: Reads::Content,
    summary: "Whom a request would reach; with `do=send` asks",
    answers: SHOWN,
    ..ACTION
};

/// Standing requirements.
pub static REQUIREMENTS: OutputPath = OutputPath {
    name: "pages.requirements",
    path: "/requirements",
    summary: "Standing requirements, the most important first",
    ..PAGE
};

/// The form to state a requirement with.
pub static NEW_REQUIREMENT: OutputPath = OutputPath {
    name: "pages.new-requirement",
    path: "/requirements/new",
    reads: Reads::Own,
    summary: "State a standing requirement, or a further version of one",
    params: &[Param::query(
        "requirement",
        Kind::StixId,
        "The own member's requirement of which a further version is stated",
    )],
    ..PAGE
};

/// Shows who would read a requirement; then states it.
pub static REQUIRE: OutputPath = OutputPath {
    name: "pages.require",
    path: "/requirements",
    reads: Reads::Content,
    summary: "Who would read a requirement; with `do=send` states it",
    answers: SHOWN,
    ..ACTION
};

/// One requirement.
pub static REQUIREMENT: OutputPath = OutputPath {
    name: "pages.requirement",
    path: "/requirements/{id}",
    summary: "A requirement with what matched it",
    params: &[REQUIREMENT_ID, CURSOR],
    ..PAGE
};
