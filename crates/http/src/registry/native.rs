//! The native API, under `/api/v1/`.

mod audit;
mod channels;
mod decide;
mod directory;
mod log;
mod notices;
mod overlays;
mod peers;
mod policies;
mod release;

use super::{Access, Answer, Body, Face, Kind, Method, OutputPath, Param, Reads};

pub use audit::{
    ASK_TO_ERASE, AUDIT, CLEAR, CONFIRM, CONFIRM_ERASURE, DROP, DROP_ERASURE, ERASURES, EXPORT_AUDIT,
    PROPOSALS, PROPOSE, RECORD_READS,
};
pub use channels::{CHANNEL, CHANNELS, EXPORT_PACKAGE, IMPORT_PACKAGE, PACKAGE};
pub use decide::{
    AS_SEEN, FORECAST, LIST_AS_SEEN, MARK_PERSONAL_DATA, PERSONAL_DATA, TEARLINE, UNMARK_PERSONAL_DATA,
};
pub use directory::{
    ADD_COLLECTION, ADD_COMMUNITY, ADD_KEY, ADD_MEMBER, ADD_USER, COLLECTIONS, COMMUNITIES, JOIN, KEYS,
    LEAVE, ME, MEMBERS, PIN_SIGNING_KEY, REMOVE_USER, REVOKE_KEY, REVOKE_SIGNING_KEY, ROTATE_SIGNING_KEY,
    SET_INDUSTRIES, SET_ROLES, SIGNING_KEYS, SIGNING_KEYS_OF, USERS,
};
pub use log::{
    ADD_WITNESS, FOLLOW_LOG, LOG_PARTNERS, LOG_PROOF, LOG_STATUS, REMOVE_WITNESS, RENEW_LOG, UNFOLLOW_LOG,
};
pub use notices::{
    ALERT_OF, ALERTS, ANSWER, ASK, GIVE_RECEIPT, HITS, PROPOSE_ONWARD, PROTECTION, READ_ALERT, RECEIPTS,
    RECEIPTS_OF, REQUEST_OF, REQUESTS, REQUIRE, REQUIREMENTS, SEND_ALERT,
};
pub use overlays::{OVERLAY, OVERLAYS, SET_OVERLAY};
pub use peers::{
    ADD_PEER, FOLLOW, FOLLOWS, INVITE_PEER, JOIN_PEER, OFFER, PEERS, REMOVE_PEER, RENEW_TRANSPORT, SET_PEER,
    SYNC_PEER, UNFOLLOW,
};
pub use policies::{
    ADD_AGREEMENT, AGREEMENTS, IMPORT_POLICY, LABEL_FORM, POLICIES, POLICY_DIFFERENCE, POLICY_FILE,
    POLICY_OF, REACH, READ_LABEL,
};
pub use release::{
    AMEND, APPROVE, PROPOSE_DRAFT, PROPOSE_RELEASE, REJECT, RELEASE_OF, RELEASE_REPORT, RELEASE_RULES,
    RELEASES, SET_RELEASE_RULE, TAKE_BACK, WITHDRAW_RELEASE,
};

const JSON: &str = "application/json";

const OBJECT: Param = Param::path("id", Kind::StixId, "The object's id");
const LIMIT: Param = Param::query("limit", Kind::Limit, "How many at most; the node caps it");
const CURSOR: Param = Param::query("cursor", Kind::Cursor, "Where the page before ended: its `next`");
const TYPES: Param = Param::query("type", Kind::List, "Object types");
const TEXT: Param = Param::query("q", Kind::Text, "Words, in any language; every one must occur");
const VALUE: Param =
    Param::query("value", Kind::Text, "One observable, defanged or not: a domain, address, hash, URL …");
const REFERS_TO: Param = Param::query("refers_to", Kind::StixId, "Refers to this object");
const COLLECTION: Param =
    Param::query("collection", Kind::Uuid, "A writable collection; its default audience is taken");
const LABEL: Param = Param::query("label", Kind::Text, "In words, such as `tlp:amber rel:JPN,EST orcon`");
const RELIABILITY: Param =
    Param::query("reliability", Kind::Text, "The source's, by the Admiralty scale: `A`–`F`");

const fn json(schema: &'static str, summary: &'static str) -> Answer {
    Answer { status: 200, media: JSON, schema, summary }
}

const DONE: &[Answer] = &[Answer { status: 204, media: "", schema: "", summary: "Done" }];

const fn sends(schema: &'static str) -> Body {
    Body { media: JSON, schema, required: true }
}

const READ: OutputPath = OutputPath {
    name: "",
    method: Method::Get,
    path: "",
    face: Face::Native,
    access: Access::Viewer,
    reads: Reads::Content,
    summary: "",
    params: &[],
    body: None,
    answers: &[],
};

/// The description of this API.
pub static OPENAPI: OutputPath = OutputPath {
    name: "native.openapi",
    path: "/api/v1/openapi.json",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "This description",
    answers: &[json("Any", "OpenAPI 3.1")],
    ..READ
};

/// Objects in the viewer's order of arrivals.
pub static OBJECTS: OutputPath = OutputPath {
    name: "native.objects",
    path: "/api/v1/objects",
    summary: "Objects in the order in which they became readable",
    params: &[
        Param::query("id", Kind::List, "Object ids"),
        TYPES,
        Param::query("versions", Kind::Text, "`latest` (default), `first` or `all`"),
        Param::query("own", Kind::Boolean, "Only what the viewer's member contributed"),
        Param::query("added_after", Kind::Timestamp, "Only what became readable after this instant"),
        LIMIT,
        CURSOR,
    ],
    answers: &[json("ItemList", "A page")],
    ..READ
};

/// Takes in an envelope.
pub static ADD_OBJECTS: OutputPath = OutputPath {
    name: "native.add-objects",
    method: Method::Post,
    path: "/api/v1/objects",
    reads: Reads::Own,
    summary: "Takes in a STIX bundle, an envelope, an array or one object",
    params: &[
        COLLECTION,
        LABEL,
        RELIABILITY,
        Param::query("dry_run", Kind::Boolean, "Says what would become of it, and stores nothing"),
    ],
    body: Some(sends("Any")),
    answers: &[
        json("Report", "What became of each object"),
        Answer {
            status: 422,
            media: "application/problem+json",
            schema: "Problem",
            summary: "Nothing could be accepted: it lies in quarantine, and each fault says where",
        },
    ],
    ..READ
};

/// The newest readable version.
pub static OBJECT_OF: OutputPath = OutputPath {
    name: "native.object",
    path: "/api/v1/objects/{id}",
    summary: "The newest readable version of an object",
    params: &[OBJECT],
    answers: &[json("Item", "The object")],
    ..READ
};

/// Takes one's own contributions back.
pub static WITHDRAW: OutputPath = OutputPath {
    name: "native.withdraw",
    method: Method::Delete,
    path: "/api/v1/objects/{id}",
    reads: Reads::Own,
    summary: "Narrows the own member's contributions to that member",
    params: &[OBJECT, Param::query("version", Kind::Timestamp, "Only this version")],
    answers: &[json("Withdrawn", "How many versions were narrowed")],
    ..READ
};

/// The winner of each readable version.
pub static VERSIONS: OutputPath = OutputPath {
    name: "native.versions",
    path: "/api/v1/objects/{id}/versions",
    summary: "The readable versions of an object, oldest first",
    params: &[OBJECT],
    answers: &[json("ItemList", "The versions")],
    ..READ
};

/// Every readable contribution.
pub static CLAIMS: OutputPath = OutputPath {
    name: "native.claims",
    path: "/api/v1/objects/{id}/claims",
    summary: "Every readable contribution to an object: what its sources claim",
    params: &[OBJECT],
    answers: &[json("ItemList", "The contributions, in order of arrival")],
    ..READ
};

/// What refers to an object.
pub static REFERRING: OutputPath = OutputPath {
    name: "native.referring",
    path: "/api/v1/objects/{id}/referring",
    summary: "Readable objects that refer to this one, newest arrival first",
    params: &[OBJECT, LIMIT, CURSOR],
    answers: &[json("ItemList", "A page")],
    ..READ
};

/// Why the viewer may read what it reads.
pub static EXPLAIN: OutputPath = OutputPath {
    name: "native.explain",
    path: "/api/v1/objects/{id}/explain",
    summary: "Why the viewer may read this object, rule by rule; for releasers also why others may or may not",
    params: &[
        OBJECT,
        Param::query("person", Kind::Uuid, "Somebody else of the own member"),
        Param::query("member", Kind::Uuid, "Another member: whoever of it sees most"),
    ],
    answers: &[json("Explanation", "The rules that were applied")],
    ..READ
};

/// Hits of a search.
pub static SEARCH: OutputPath = OutputPath {
    name: "native.search",
    path: "/api/v1/search",
    summary: "Objects that match every part of a question, newest arrival first",
    params: &[TEXT, VALUE, REFERS_TO, TYPES, LIMIT, CURSOR],
    answers: &[json("ItemList", "A page")],
    ..READ
};

/// The number of hits.
pub static COUNT: OutputPath = OutputPath {
    name: "native.count",
    path: "/api/v1/count",
    summary: "How many objects match a question, counted up to a cap",
    params: &[TEXT, VALUE, REFERS_TO, TYPES],
    answers: &[json("Count", "The number")],
    ..READ
};

/// Changes as they become readable.
pub static CHANGES: OutputPath = OutputPath {
    name: "native.changes",
    path: "/api/v1/changes",
    summary: "Versions as they become readable, as server-sent events; an event's id is a cursor",
    params: &[
        TYPES,
        CURSOR,
        Param::query("added_after", Kind::Timestamp, "Begins with what became readable after this instant"),
        Param::header("last-event-id", Kind::Cursor, "Goes on after this event"),
    ],
    answers: &[Answer {
        status: 200,
        media: "text/event-stream",
        schema: "ChangeEvent",
        summary: "Events named `object`, each an item",
    }],
    ..READ
};

/// Refused input.
pub static QUARANTINE: OutputPath = OutputPath {
    name: "native.quarantine",
    path: "/api/v1/quarantine",
    reads: Reads::Quarantine,
    summary: "Input of the own member that could not be accepted, with its reasons, newest first",
    params: &[LIMIT, CURSOR],
    answers: &[json("QuarantineList", "A page")],
    ..READ
};

/// Several changes in one request.
pub static BATCH: OutputPath = OutputPath {
    name: "native.batch",
    method: Method::Post,
    path: "/api/v1/batch",
    reads: Reads::Own,
    summary: "Several changes, each with its own outcome, in order",
    params: &[
        Param::query("dry_run", Kind::Boolean, "Says what would become of each, and changes nothing"),
        Param::header(
            "idempotency-key",
            Kind::Text,
            "The same key and body again within a day give the first answer and change nothing",
        ),
    ],
    body: Some(sends("Batch")),
    answers: &[json("BatchAnswer", "An outcome per operation")],
    ..READ
};

/// All of them.
pub static ALL: &[&OutputPath] = &[
    &OPENAPI,
    &ME,
    &OBJECTS,
    &ADD_OBJECTS,
    &OBJECT_OF,
    &WITHDRAW,
    &VERSIONS,
    &LOG_PROOF,
    &LOG_STATUS,
    &LOG_PARTNERS,
    &ADD_WITNESS,
    &REMOVE_WITNESS,
    &FOLLOW_LOG,
    &UNFOLLOW_LOG,
    &RENEW_LOG,
    &CLAIMS,
    &REFERRING,
    &EXPLAIN,
    &SEARCH,
    &COUNT,
    &CHANGES,
    &QUARANTINE,
    &BATCH,
    &RELEASES,
    &PROPOSE_RELEASE,
    &RELEASE_REPORT,
    &RELEASE_RULES,
    &SET_RELEASE_RULE,
    &RELEASE_OF,
    &AMEND,
    &PROPOSE_DRAFT,
    &APPROVE,
    &TAKE_BACK,
    &REJECT,
    &WITHDRAW_RELEASE,
    &TEARLINE,
    &FORECAST,
    &AS_SEEN,
    &LIST_AS_SEEN,
    &PERSONAL_DATA,
    &MARK_PERSONAL_DATA,
    &UNMARK_PERSONAL_DATA,
    &AUDIT,
    &EXPORT_AUDIT,
    &RECORD_READS,
    &PROPOSALS,
    &PROPOSE,
    &CONFIRM,
    &DROP,
    &CLEAR,
    &ERASURES,
    &ASK_TO_ERASE,
    &CONFIRM_ERASURE,
    &DROP_ERASURE,
    &MEMBERS,
    &ADD_MEMBER,
    &SET_INDUSTRIES,
    &USERS,
    &ADD_USER,
    &SET_ROLES,
    &REMOVE_USER,
    &KEYS,
    &ADD_KEY,
    &REVOKE_KEY,
    &SIGNING_KEYS,
    &SIGNING_KEYS_OF,
    &ROTATE_SIGNING_KEY,
    &REVOKE_SIGNING_KEY,
    &PIN_SIGNING_KEY,
    &COMMUNITIES,
    &ADD_COMMUNITY,
    &JOIN,
    &LEAVE,
    &COLLECTIONS,
    &ADD_COLLECTION,
    &POLICIES,
    &POLICY_OF,
    &POLICY_FILE,
    &POLICY_DIFFERENCE,
    &IMPORT_POLICY,
    &LABEL_FORM,
    &REACH,
    &READ_LABEL,
    &AGREEMENTS,
    &ADD_AGREEMENT,
    &PEERS,
    &CHANNELS,
    &CHANNEL,
    &IMPORT_PACKAGE,
    &EXPORT_PACKAGE,
    &PACKAGE,
    &ADD_PEER,
    &SET_PEER,
    &REMOVE_PEER,
    &SYNC_PEER,
    &OFFER,
    &INVITE_PEER,
    &JOIN_PEER,
    &RENEW_TRANSPORT,
    &OVERLAY,
    &SET_OVERLAY,
    &OVERLAYS,
    &ALERTS,
    &SEND_ALERT,
    &PROTECTION,
    &ALERT_OF,
    &READ_ALERT,
    &RECEIPTS,
    &RECEIPTS_OF,
    &GIVE_RECEIPT,
    &REQUESTS,
    &ASK,
    &REQUEST_OF,
    &ANSWER,
    &PROPOSE_ONWARD,
    &REQUIREMENTS,
    &REQUIRE,
    &HITS,
    &FOLLOWS,
    &FOLLOW,
    &UNFOLLOW,
];
