//! Pages for people. Declared here, served by the pages' own crate.

mod audit;
mod content;
mod directory;
mod intake;
mod notices;
mod release;
mod session;

use super::{Access, Answer, Body, Face, Kind, Method, OutputPath, Param, Reads};

pub use audit::{
    ASK_TO_ERASE, ASK_WITNESS, AUDIT, CHANNELS, DROP_WITNESS, LOG, MARK_PERSONAL, PERSONAL, PROPOSALS,
    PROPOSE, SETTLE_ERASURE, SETTLE_PROPOSAL, TAKE_PACKAGE, UNMARK_PERSONAL, WRITE_PACKAGE,
};
pub use content::{
    AS_SEEN, EXPLAIN, FOLLOW, FORECAST, FORECAST_POLICY, HOME, JUDGE, LIST_AS_SEEN, LOAD_SAMPLE, OBJECT,
    SEARCH,
};
pub use directory::{
    ADD_PEER, AGREEMENTS, CHECK_POLICY, COLLECTIONS, IMPORT_POLICY, INVITE_PEER, JOIN_PEER, LEVELS, MEMBERS,
    PEER, PEERS, POLICIES, REMOVE_PEER, RENEW_TRANSPORT, SET_PEER, SYNC_PEER,
};
pub use intake::{CHECK_IMPORT, CONFIRM_IMPORT, IMPORT, QUARANTINE, QUARANTINED};
pub use notices::{
    ALERT, ALERTS, ANSWER_REQUEST, ASK, NEW_ALERT, NEW_REQUEST, NEW_REQUIREMENT, REQUEST, REQUIRE,
    REQUIREMENT, REQUIREMENTS, SEND_ALERT, TELL_ALERT, TELL_OBJECT, TELL_REQUEST,
};
pub use release::{
    AMEND_RELEASE, AMENDED_RELEASE, DECIDE_RELEASE, MAKE_TEARLINE, NEW_RELEASE, NEW_TEARLINE,
    PROPOSE_RELEASE, RELEASE, RELEASE_REPORT, RELEASES, TEARLINE,
};
pub use session::{LINK, PREFER, SIGN_IN, SIGN_IN_WITH_KEY, SIGN_OUT, USE_LINK};

/// Every page.
pub static ALL: &[&OutputPath] = &[
    &HOME,
    &SEARCH,
    &OBJECT,
    &EXPLAIN,
    &AS_SEEN,
    &LIST_AS_SEEN,
    &FORECAST,
    &FORECAST_POLICY,
    &COLLECTIONS,
    &MEMBERS,
    &POLICIES,
    &CHECK_POLICY,
    &IMPORT_POLICY,
    &AGREEMENTS,
    &LEVELS,
    &PEERS,
    &PEER,
    &ADD_PEER,
    &SET_PEER,
    &REMOVE_PEER,
    &SYNC_PEER,
    &INVITE_PEER,
    &JOIN_PEER,
    &RENEW_TRANSPORT,
    &FOLLOW,
    &JUDGE,
    &LOG,
    &ASK_WITNESS,
    &DROP_WITNESS,
    &ALERTS,
    &NEW_ALERT,
    &SEND_ALERT,
    &ALERT,
    &TELL_ALERT,
    &TELL_OBJECT,
    &NEW_REQUEST,
    &ASK,
    &REQUEST,
    &ANSWER_REQUEST,
    &TELL_REQUEST,
    &REQUIREMENTS,
    &NEW_REQUIREMENT,
    &REQUIRE,
    &REQUIREMENT,
    &CHANNELS,
    &TAKE_PACKAGE,
    &WRITE_PACKAGE,
    &RELEASES,
    &NEW_RELEASE,
    &PROPOSE_RELEASE,
    &RELEASE_REPORT,
    &RELEASE,
    &AMEND_RELEASE,
    &AMENDED_RELEASE,
    &DECIDE_RELEASE,
    &NEW_TEARLINE,
    &MAKE_TEARLINE,
    &TEARLINE,
    &QUARANTINE,
    &QUARANTINED,
    &IMPORT,
    &CHECK_IMPORT,
    &CONFIRM_IMPORT,
    &LOAD_SAMPLE,
    &SIGN_IN,
    &SIGN_IN_WITH_KEY,
    &LINK,
    &USE_LINK,
    &SIGN_OUT,
    &PREFER,
    &AUDIT,
    &PROPOSALS,
    &PROPOSE,
    &SETTLE_PROPOSAL,
    &ASK_TO_ERASE,
    &SETTLE_ERASURE,
    &PERSONAL,
    &MARK_PERSONAL,
    &UNMARK_PERSONAL,
    &HELP,
    &ASSET,
];

const HTML: &str = "text/html; charset=utf-8";
const FORM: &str = "application/x-www-form-urlencoded";

const SHOWN: &[Answer] = &[Answer { status: 200, media: HTML, schema: "", summary: "The page" }];
const DONE: &[Answer] =
    &[Answer { status: 303, media: "", schema: "", summary: "Done; see the page that it leads to" }];

const PAGE: OutputPath = OutputPath {
    name: "",
    method: Method::Get,
    path: "",
    face: Face::Pages,
    access: Access::Viewer,
    reads: Reads::Content,
    summary: "",
    params: &[],
    body: None,
    answers: SHOWN,
};

const ACTION: OutputPath = OutputPath {
    method: Method::Post,
    reads: Reads::Own,
    body: Some(Body { media: FORM, schema: "", required: true }),
    answers: DONE,
    ..PAGE
};

const CURSOR: Param = Param::query("next", Kind::Cursor, "Where the page before ended");

/// Keys and words.
pub static HELP: OutputPath = OutputPath {
    name: "pages.help",
    path: "/help",
    reads: Reads::Nothing,
    summary: "Keys and words",
    ..PAGE
};

/// A file that pages load.
pub static ASSET: OutputPath = OutputPath {
    name: "pages.asset",
    path: "/assets/{name}",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "A file that pages load",
    params: &[Param::path("name", Kind::Text, "Its name")],
    answers: &[Answer { status: 200, media: "*/*", schema: "", summary: "The file" }],
    ..PAGE
};
