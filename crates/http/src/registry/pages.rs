//! Pages for people. Declared here, served by the pages' own crate.

use super::{Access, Answer, Body, Face, Kind, Method, OutputPath, Param, Reads};

/// Every page.
pub static ALL: &[&OutputPath] = &[
    &HOME,
    &SEARCH,
    &OBJECT,
    &EXPLAIN,
    &AS_SEEN,
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
    &FOLLOW,
    &JUDGE,
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

const OBJECT_ID: Param = Param::path("id", Kind::StixId, "The object's id");
const TOKEN: Param = Param::path("token", Kind::Text, "The link's secret");
const PEER_NAME: Param = Param::path("name", Kind::Text, "The peer's name");
const CURSOR: Param = Param::query("next", Kind::Cursor, "Where the page before ended");

/// What became readable last, and how much there is.
pub static HOME: OutputPath = OutputPath {
    name: "pages.home",
    path: "/",
    summary: "What changed",
    params: &[Param::query("loaded", Kind::Text, "How many objects of the sample were loaded")],
    ..PAGE
};

/// Search.
pub static SEARCH: OutputPath = OutputPath {
    name: "pages.search",
    path: "/search",
    summary: "Search by words, values and kinds",
    params: &[
        Param::query("q", Kind::Text, "Words, one value, or an id"),
        Param::query("kind", Kind::Text, "Only this type"),
        Param::query("as", Kind::Text, "`value` or `words`: how the page before understood it"),
        CURSOR,
    ],
    ..PAGE
};

/// One object.
pub static OBJECT: OutputPath = OutputPath {
    name: "pages.object",
    path: "/objects/{id}",
    summary: "An object with its relations, sightings, versions and claims",
    params: &[OBJECT_ID, Param::query("version", Kind::Timestamp, "An earlier version")],
    ..PAGE
};

/// Why the viewer may read an object.
pub static EXPLAIN: OutputPath = OutputPath {
    name: "pages.explain",
    path: "/objects/{id}/explain",
    summary: "Why the viewer may read it, rule by rule",
    params: &[OBJECT_ID],
    ..PAGE
};

/// An object as somebody else sees it.
pub static AS_SEEN: OutputPath = OutputPath {
    name: "pages.as-seen",
    path: "/objects/{id}/as-seen",
    summary: "An object as somebody else gets it, and why; for releasers",
    params: &[
        OBJECT_ID,
        Param::query("viewer", Kind::Text, "`member:` with an id or `person:` with an address"),
    ],
    ..PAGE
};

/// What a change would do.
pub static FORECAST: OutputPath = OutputPath {
    name: "pages.forecast",
    path: "/forecast",
    summary: "Who would gain or lose which objects by a change; changes nothing",
    params: &[
        Param::query("change", Kind::Text, "`join`, `leave`, `clear`, `roles` or `label`"),
        Param::query("community", Kind::Uuid, "Which community"),
        Param::query("member", Kind::Uuid, "Which member"),
        Param::query("holder", Kind::Text, "`member:` with an id or `person:` with an address"),
        Param::query("clearance", Kind::Text, "Such as `EXERCISE:SECRET`"),
        Param::query("person", Kind::Text, "Whose roles, by address; each of them as `role-…=on`"),
        Param::query("objects", Kind::Text, "Ids"),
        Param::query("label", Kind::Text, "In words"),
        Param::query("at", Kind::Timestamp, "Counts what is dated as it stands then"),
    ],
    ..PAGE
};

/// What a policy would do.
pub static FORECAST_POLICY: OutputPath = OutputPath {
    name: "pages.forecast-policy",
    path: "/forecast",
    summary: "Who would gain or lose which objects by a policy; changes nothing",
    answers: SHOWN,
    ..ACTION
};

/// Roots and collections.
pub static COLLECTIONS: OutputPath = OutputPath {
    name: "pages.collections",
    path: "/collections",
    reads: Reads::Directory,
    summary: "API roots and collections",
    ..PAGE
};

/// Members and communities.
pub static MEMBERS: OutputPath = OutputPath {
    name: "pages.members",
    path: "/members",
    reads: Reads::Directory,
    summary: "Members and communities",
    ..PAGE
};

/// Security policies and their equivalences.
pub static POLICIES: OutputPath = OutputPath {
    name: "pages.policies",
    path: "/policies",
    reads: Reads::Directory,
    summary: "Security policies: levels, categories, equivalences with their dates",
    ..PAGE
};

/// Says what importing a policy would change.
pub static CHECK_POLICY: OutputPath = OutputPath {
    name: "pages.check-policy",
    path: "/policies",
    reads: Reads::Content,
    summary: "What importing a policy would change, and for whom",
    body: Some(Body { media: "multipart/form-data", schema: "", required: true }),
    answers: SHOWN,
    ..ACTION
};

/// Imports a policy that was checked.
pub static IMPORT_POLICY: OutputPath = OutputPath {
    name: "pages.import-policy",
    path: "/policies/import",
    reads: Reads::Directory,
    summary: "Imports a policy that was checked",
    ..ACTION
};

/// Agreements.
pub static AGREEMENTS: OutputPath = OutputPath {
    name: "pages.agreements",
    path: "/agreements",
    summary: "The agreements that the viewer may read",
    ..PAGE
};

/// The colours of levels.
pub static LEVELS: OutputPath = OutputPath {
    name: "pages.levels",
    path: "/styles/levels.css",
    reads: Reads::Directory,
    summary: "A style sheet with the colours of the levels of every policy",
    params: &[Param::query("v", Kind::Text, "Which versions of the policies it is of")],
    answers: &[Answer {
        status: 200,
        media: "text/css; charset=utf-8",
        schema: "",
        summary: "The style sheet",
    }],
    ..PAGE
};

/// Peers and how they stand.
pub static PEERS: OutputPath = OutputPath {
    name: "pages.peers",
    path: "/peers",
    reads: Reads::Directory,
    summary: "Peers and how synchronisation with them stands",
    ..PAGE
};

/// One peer, to change it.
pub static PEER: OutputPath = OutputPath {
    name: "pages.peer",
    path: "/peers/{name}",
    reads: Reads::Directory,
    summary: "One peer: how it stands, and its settings",
    params: &[PEER_NAME, Param::query("done", Kind::Text, "What was done: `added`, `saved` or `begun`")],
    ..PAGE
};

/// Adds a peer.
pub static ADD_PEER: OutputPath = OutputPath {
    name: "pages.add-peer",
    path: "/peers",
    reads: Reads::Directory,
    summary: "Adds a peer",
    ..ACTION
};

/// Changes a peer.
pub static SET_PEER: OutputPath = OutputPath {
    name: "pages.set-peer",
    path: "/peers/{name}",
    summary: "Changes a peer",
    params: &[PEER_NAME],
    ..ACTION
};

/// Removes a peer.
pub static REMOVE_PEER: OutputPath = OutputPath {
    name: "pages.remove-peer",
    path: "/peers/{name}/remove",
    summary: "Removes a peer",
    params: &[PEER_NAME],
    ..ACTION
};

/// Begins an exchange with a peer.
pub static SYNC_PEER: OutputPath = OutputPath {
    name: "pages.sync-peer",
    path: "/peers/{name}/sync",
    summary: "Begins an exchange with a peer now",
    params: &[PEER_NAME],
    ..ACTION
};

/// Chooses whose copy is read of what this object's author made.
pub static FOLLOW: OutputPath = OutputPath {
    name: "pages.follow",
    path: "/objects/{id}/follow",
    summary: "Chooses whose copy is read of what this object's author made",
    params: &[OBJECT_ID],
    ..ACTION
};

/// Says what the own member makes of an object.
pub static JUDGE: OutputPath = OutputPath {
    name: "pages.judge",
    path: "/objects/{id}/overlay",
    summary: "Says what the own member makes of an object",
    params: &[OBJECT_ID],
    ..ACTION
};

const RELEASE_ID: Param = Param::path("id", Kind::StixId, "The release's id");

/// What waits for a decision, and what was decided.
pub static RELEASES: OutputPath = OutputPath {
    name: "pages.releases",
    path: "/releases",
    reads: Reads::Decisions,
    summary: "What waits for a decision, and what was decided",
    ..PAGE
};

/// The form to propose a release with.
pub static NEW_RELEASE: OutputPath = OutputPath {
    name: "pages.new-release",
    path: "/releases/new",
    summary: "Choose what is to be released, and to whom",
    params: &[
        Param::query("object", Kind::Text, "An object to begin with; may be repeated"),
        Param::query("tearline", Kind::StixId, "The record of a tear-line whose objects to begin with"),
        Param::query("label", Kind::Text, "The label to begin with, in words"),
    ],
    ..PAGE
};

/// Shows what a release would let out and whom it would reach; then proposes it.
pub static PROPOSE_RELEASE: OutputPath = OutputPath {
    name: "pages.propose-release",
    path: "/releases",
    reads: Reads::Decisions,
    summary: "What a release would let out and whom it would reach; with `do=propose` proposes it",
    answers: SHOWN,
    ..ACTION
};

/// Where sharing gets stuck.
pub static RELEASE_REPORT: OutputPath = OutputPath {
    name: "pages.release-report",
    path: "/releases/report",
    reads: Reads::Decisions,
    summary: "How long releases took, and why some were refused",
    ..PAGE
};

/// One release.
pub static RELEASE: OutputPath = OutputPath {
    name: "pages.release",
    path: "/releases/{id}",
    reads: Reads::Decisions,
    summary: "A release: what, from which label to which, whom it reaches, its history",
    params: &[RELEASE_ID],
    ..PAGE
};

/// The form to change a proposal with.
pub static AMEND_RELEASE: OutputPath = OutputPath {
    name: "pages.amend-release",
    path: "/releases/{id}/amend",
    reads: Reads::Decisions,
    summary: "Change what is decided, while nobody has decided",
    params: &[RELEASE_ID],
    ..PAGE
};

/// Shows what the changed proposal would let out; then changes it.
pub static AMENDED_RELEASE: OutputPath = OutputPath {
    name: "pages.amended-release",
    path: "/releases/{id}/amend",
    reads: Reads::Decisions,
    summary: "What the changed proposal would let out; with `do=propose` changes it",
    params: &[RELEASE_ID],
    answers: SHOWN,
    ..ACTION
};

/// The form to make a tear-line with.
pub static NEW_TEARLINE: OutputPath = OutputPath {
    name: "pages.new-tearline",
    path: "/tearlines/new",
    summary: "Choose how a tear-line is made",
    params: &[
        Param::query("object", Kind::Text, "An object to begin with; may be repeated"),
        Param::query("release", Kind::StixId, "A release whose objects to begin with"),
    ],
    ..PAGE
};

/// Shows what a tear-line would be; then makes it.
pub static MAKE_TEARLINE: OutputPath = OutputPath {
    name: "pages.make-tearline",
    path: "/tearlines",
    reads: Reads::Content,
    summary: "What a tear-line would be, high against low; with `do=make` makes it",
    answers: SHOWN,
    ..ACTION
};

/// One tear-line.
pub static TEARLINE: OutputPath = OutputPath {
    name: "pages.tearline",
    path: "/tearlines/{id}",
    summary: "A tear-line, high against low, for those of its member who read both",
    params: &[
        Param::path("id", Kind::StixId, "The record's id"),
        Param::query("label", Kind::Text, "The label that was meant, to propose its release under"),
    ],
    ..PAGE
};

/// Decides about a release.
pub static DECIDE_RELEASE: OutputPath = OutputPath {
    name: "pages.decide-release",
    path: "/releases/{id}/{step}",
    reads: Reads::Decisions,
    summary: "Proposes a draft, approves, takes an approval back, rejects, withdraws",
    params: &[
        RELEASE_ID,
        Param::path("step", Kind::Text, "`propose`, `approve`, `take-back`, `reject` or `withdraw`"),
    ],
    ..ACTION
};

/// What could not be accepted.
pub static QUARANTINE: OutputPath = OutputPath {
    name: "pages.quarantine",
    path: "/quarantine",
    reads: Reads::Quarantine,
    summary: "Input that was refused, newest first",
    params: &[CURSOR],
    ..PAGE
};

/// One refused input.
pub static QUARANTINED: OutputPath = OutputPath {
    name: "pages.quarantined",
    path: "/quarantine/{name}",
    reads: Reads::Quarantine,
    summary: "One refused input, with its faults and its bytes",
    params: &[Param::path("name", Kind::Cursor, "As the list gave it")],
    ..PAGE
};

/// The form to import with.
pub static IMPORT: OutputPath = OutputPath {
    name: "pages.import",
    path: "/import",
    reads: Reads::Directory,
    summary: "Choose a bundle and its label",
    ..PAGE
};

/// Says what an import would do and whom it would reach.
pub static CHECK_IMPORT: OutputPath = OutputPath {
    name: "pages.check-import",
    path: "/import",
    summary: "What an import would do and whom it would reach",
    body: Some(Body { media: "multipart/form-data", schema: "", required: true }),
    answers: SHOWN,
    ..ACTION
};

/// Imports what was checked.
pub static CONFIRM_IMPORT: OutputPath = OutputPath {
    name: "pages.confirm-import",
    path: "/import/confirm",
    summary: "Imports what was checked",
    answers: SHOWN,
    ..ACTION
};

/// Loads the exercise sample.
pub static LOAD_SAMPLE: OutputPath =
    OutputPath { name: "pages.load-sample", path: "/sample", summary: "Loads the exercise sample", ..ACTION };

/// The sign-in form.
pub static SIGN_IN: OutputPath = OutputPath {
    name: "pages.sign-in",
    path: "/sign-in",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Sign in",
    params: &[Param::query("back", Kind::Text, "Where to go on to")],
    ..PAGE
};

/// Signs in with an API key.
pub static SIGN_IN_WITH_KEY: OutputPath = OutputPath {
    name: "pages.sign-in-with-key",
    path: "/sign-in",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Sign in with an API key",
    ..ACTION
};

/// What a one-time link opens.
pub static LINK: OutputPath = OutputPath {
    name: "pages.link",
    path: "/sign-in/{token}",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "A one-time link: asks before it is spent",
    params: &[TOKEN],
    ..PAGE
};

/// Spends a one-time link.
pub static USE_LINK: OutputPath = OutputPath {
    name: "pages.use-link",
    path: "/sign-in/{token}",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Sign in with a one-time link, or set up a new node with it",
    params: &[TOKEN],
    ..ACTION
};

/// Ends the session.
pub static SIGN_OUT: OutputPath = OutputPath {
    name: "pages.sign-out",
    path: "/sign-out",
    access: Access::Optional,
    reads: Reads::Nothing,
    summary: "Ends the session",
    ..ACTION
};

/// Language, time zone, light or dark.
pub static PREFER: OutputPath = OutputPath {
    name: "pages.prefer",
    path: "/preferences",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Keeps language, time zone, light or dark in cookies",
    ..ACTION
};

/// What happened on the node.
pub static AUDIT: OutputPath = OutputPath {
    name: "pages.audit",
    path: "/audit",
    reads: Reads::Audit,
    summary: "Lines of the audit, newest first, for auditors",
    params: &[
        Param::query("action", Kind::Text, "What the action begins with"),
        Param::query("actor", Kind::Text, "Who did it"),
        Param::query("object", Kind::Text, "About this object"),
        CURSOR,
    ],
    ..PAGE
};

/// Changes that take two people.
pub static PROPOSALS: OutputPath = OutputPath {
    name: "pages.proposals",
    path: "/proposals",
    reads: Reads::Directory,
    summary: "Changes of rights that one person proposed and another must confirm",
    ..PAGE
};

/// Proposes a change.
pub static PROPOSE: OutputPath = OutputPath {
    name: "pages.propose",
    path: "/proposals",
    reads: Reads::Directory,
    summary: "Proposes to raise a clearance or a ceiling",
    ..ACTION
};

/// Confirms or drops a proposal.
pub static SETTLE_PROPOSAL: OutputPath = OutputPath {
    name: "pages.settle-proposal",
    path: "/proposals/{proposal}",
    reads: Reads::Directory,
    summary: "Confirms or drops a proposal",
    params: &[Param::path("proposal", Kind::Uuid, "The proposal's id")],
    ..ACTION
};

/// Asks to erase.
pub static ASK_TO_ERASE: OutputPath = OutputPath {
    name: "pages.ask-to-erase",
    path: "/erasures",
    reads: Reads::Directory,
    summary: "Asks that what the own member gave of an object be erased",
    ..ACTION
};

/// Erases what another asked for, or drops the request.
pub static SETTLE_ERASURE: OutputPath = OutputPath {
    name: "pages.settle-erasure",
    path: "/erasures/{request}",
    reads: Reads::Directory,
    summary: "Erases what another person asked for, or drops the request",
    params: &[Param::path("request", Kind::Uuid, "The request's id")],
    ..ACTION
};

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
