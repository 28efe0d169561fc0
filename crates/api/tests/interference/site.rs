//! A node that a script was written to, and its answers without what is of the moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::StreamExt as _;
use http::{Request, Response};
use jiff::Timestamp;
use kizuna_access::address::Addressees;
use kizuna_access::alert::{self, Alert, Urgency};
use kizuna_access::overlay::{Judgement, Overlay};
use kizuna_access::receipt::{self, Receipt, State as Reached};
use kizuna_access::request::{self, Ask, Request as Asked};
use kizuna_access::requirement::{self, Requirement, Wanted};
use kizuna_access::{MemberId, PersonId, redact};
use kizuna_app::sign_in::SignIn;
use kizuna_app::{Config, Node};
use kizuna_http::{Caps, Server, registry};
use kizuna_store::writer::{Actor, AuditEntry, Erasure};
use kizuna_store::{Clock, Contribution, Options, Quarantined, Store, StoreError};
use kizuna_testkit::generate::AWAITED;
use kizuna_testkit::script::{Op, Step, Viewer};
use kizuna_testkit::stix;
use serde_json::Value;
use tower::ServiceExt as _;

use super::names::{Names, secret};
use super::questions::Question;

/// Pages followed at most.
const PAGES: usize = 12;
/// A stream that is silent for so long has said all.
const SILENCE: Duration = Duration::from_millis(300);

/// A clock that stands until a script moves it.
pub struct ScriptClock(AtomicI64);

impl ScriptClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Seconds since the script began.
    pub fn second(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Clock for ScriptClock {
    fn now(&self) -> Timestamp {
        stix::instant(self.0.load(Ordering::SeqCst))
    }
}

/// A node with its router.
pub struct Site {
    pub node: Node,
    router: Router,
    runtime: tokio::runtime::Runtime,
    ground: Ground,
}

/// What a site stands on: a directory and a clock.
pub struct Ground {
    pub clock: Arc<ScriptClock>,
    pub directory: tempfile::TempDir,
    /// The newest contribution of the script.
    pub head: u64,
}

/// What a viewer gets, page by page, without times of arrival and without cursors, of which only the length counts.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pages: Vec<Page>,
    /// Whether there is anything in it.
    pub shows: bool,
}

#[derive(Debug, PartialEq)]
struct Page {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

impl Seen {
    /// Whether whoever asked is somebody now, and may ask such a thing at all.
    pub fn is_of_somebody(&self) -> bool {
        self.pages.first().is_some_and(|page| ![303, 401, 403].contains(&page.status))
    }
}

impl Ground {
    /// Writes a script to the store of a new node.
    pub fn write(steps: &[Step]) -> Self {
        let memory = std::path::Path::new("/dev/shm");
        let directory = if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let clock = Arc::new(ScriptClock(AtomicI64::new(0)));
        let mut ground = Self { clock, directory, head: 0 };
        let store = ground.store();
        let mut names = Names::default();
        for step in steps {
            if let Step::Do(op) = step {
                act(&store, &ground.clock, &mut names, op);
            }
        }
        let stored = store.dangerous("the end of a script", Actor::Node).unwrap().all(0, usize::MAX >> 1);
        ground.head = stored.unwrap().last().map_or(0, |last| last.seq);
        ground
    }

    /// Its store, while no node runs on it.
    pub fn store(&self) -> Store {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let directory = self.directory.path().to_path_buf();
        Store::open(Options { directory, database: None, clock, readers: 1 }).unwrap()
    }

    /// Opens the node.
    pub fn open(self) -> Site {
        let node = Node::open(Config {
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            readers: 2,
            attests: false,
            ..Config::new(self.directory.path())
        })
        .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = Server::new(node.clone(), Caps::default(), false);
        let both = kizuna_api::routes().merge(kizuna_web::routes());
        let router = both.build(&server, registry::all()).unwrap();
        Site { node, router, runtime, ground: self }
    }
}

impl Site {
    /// Writes a script to the store of a new node, then opens the node.
    pub fn write(steps: &[Step]) -> Self {
        Ground::write(steps).open()
    }

    /// The same with what was written under a leaf, so that there are proofs.
    pub fn logged(steps: &[Step]) -> Self {
        let site = Self::write(steps);
        site.node.seal_log().unwrap();
        site
    }

    /// Ends the node.
    pub fn close(self) -> Ground {
        self.ground
    }

    pub fn clock(&self) -> &ScriptClock {
        &self.ground.clock
    }

    /// What a viewer is answered: all pages, or all that a stream says.
    pub fn ask(&self, viewer: &Viewer, question: &Question) -> Seen {
        let mut seen = Seen { pages: Vec::new(), shows: false };
        let Some(credentials) = self.credentials(viewer) else { return seen };
        let mut path = question.path.clone();
        for _ in 0..PAGES {
            let request =
                Request::get(&path).header(credentials.0, &credentials.1).header("host", "node.example");
            let response =
                self.runtime.block_on(self.router.clone().oneshot(request.body(Body::empty()).unwrap()));
            let (mut page, next) = self.runtime.block_on(read(response.unwrap(), question));
            if let Some(log) = page.body.as_object_mut().filter(|_| path == "/api/v1/log") {
                // Each node has its own.
                log.remove("key");
                // How often a node was opened is of the test.
                log.remove("size");
            }
            seen.shows |= shows(&page);
            seen.pages.push(page);
            let (Some(parameter), Some(next)) = (question.pages, next) else { break };
            let separator = if question.path.contains('?') { '&' } else { '?' };
            path = format!("{}{separator}{parameter}={next}", question.path);
        }
        seen
    }

    /// What a viewer is answered when it writes, where it comes with a key: status and body without what is of the moment.
    pub fn write_as(&self, viewer: &Viewer, path: &str, media: &str, body: &Value) -> Option<(u16, Value)> {
        viewer.key.as_ref()?;
        let (name, credential) = self.credentials(viewer)?;
        let request = Request::post(path).header(name, credential).header("host", "node.example");
        let request = request.header("content-type", media).header("accept", media);
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        let status = response.status().as_u16();
        let (mut page, _) = self.runtime.block_on(read(response, &Question::new(path)));
        if let Some(id) = page.body.get_mut("id").filter(|_| path.starts_with("/taxii2/")) {
            *id = "(status)".into();
        }
        Some((status, page.body))
    }

    /// A key, or the session of a person that can still sign in.
    fn credentials(&self, viewer: &Viewer) -> Option<(&'static str, String)> {
        if let Some(key) = &viewer.key {
            return Some(("authorization", format!("Bearer {}", URL_SAFE_NO_PAD.encode(secret(key)))));
        }
        let link = self.node.link(Some(PersonId(stix::uuid(&viewer.person)))).ok()?;
        match self.node.sign_in(&link.token).ok()? {
            SignIn::Session(session) => Some(("cookie", format!("kizuna={}", session.token))),
            SignIn::SetUp => None,
        }
    }
}

/// Objects over which who gives them also gives an overlay, under the same label: it is hidden and shown with them.
fn is_judged(object: u32) -> bool {
    object.is_multiple_of(2)
}

fn overlay(by: MemberId, given: &kizuna_testkit::script::Contribution) -> kizuna_stix::Object {
    let at = stix::instant(given.content.modified);
    let judgement = Judgement {
        tags: ["seen".to_owned()].into(),
        note: Some(format!("{} of {}", given.content.variant, given.content.object)),
        ..Judgement::default()
    };
    let object_ref = stix::id(given.content.object);
    Overlay { by, object_ref, created: at, modified: at, judgement }.object().unwrap()
}

/// Over every other object its source also sends an alert and a request, states a requirement and gives a receipt.
pub fn is_warned_of(object: u32) -> bool {
    !is_judged(object)
}

/// The id of what a member tells beside an object: its own, since nobody else writes under it.
pub fn notice_id(kind: &str, by: MemberId, object: &kizuna_stix::Id) -> kizuna_stix::Id {
    kizuna_stix::Id::new(kind, uuid::Uuid::new_v5(&object.uuid(), by.0.as_bytes()))
}

/// The ids of what a member tells beside an object.
fn notice_ids(by: MemberId, object: &kizuna_stix::Id) -> [kizuna_stix::Id; 4] {
    let also = |kind: &str| notice_id(kind, by, object);
    let receipt = receipt::id(by, object, Reached::Sighted);
    [receipt, also(alert::KIND), also(request::KIND), also(requirement::KIND)]
}

/// Those, under ids of their own; each is hidden and shown with the object.
fn notices(by: MemberId, given: &kizuna_testkit::script::Contribution) -> Vec<kizuna_stix::Object> {
    let at = stix::instant(given.content.modified);
    let object_ref = stix::id(given.content.object);
    let id = |kind: &str| notice_id(kind, by, &object_ref);
    let to = [kizuna_access::Party::World].into();
    let addressees = Addressees { to, sectors: ["energy".to_owned()].into() };
    let title = format!("{} of {}", given.content.variant, given.content.object);
    let alert = Alert {
        id: id(alert::KIND),
        by,
        created: at,
        modified: at,
        title: title.clone(),
        text: None,
        urgency: Urgency::Urgent,
        actions: vec!["look".to_owned()],
        respond_by: None,
        addressees: addressees.clone(),
        object_refs: vec![object_ref.clone()],
    };
    let request = Asked {
        id: id(request::KIND),
        by,
        created: at,
        modified: at,
        ask: Ask::Information,
        question: title.clone(),
        text: None,
        deadline: Some(at),
        addressees,
        object_refs: vec![object_ref.clone()],
    };
    let wanted = Wanted { kinds: ["indicator".to_owned(), "malware".to_owned()].into(), ..Wanted::default() };
    let requirement =
        Requirement { id: id(requirement::KIND), by, created: at, modified: at, title, priority: 1, wanted };
    let receipt = Receipt::by_name(by, object_ref, Reached::Sighted, at);
    vec![
        alert.object().unwrap(),
        request.object().unwrap(),
        requirement.object().unwrap(),
        receipt.object().unwrap(),
    ]
}

fn act(store: &Store, clock: &ScriptClock, names: &mut Names, op: &Op) {
    match op {
        Op::Advance { seconds } => {
            clock.0.fetch_add(*seconds, Ordering::SeqCst);
        }
        Op::Contribute(given) => {
            let mut contributions: Vec<Contribution> = Vec::new();
            let mut overlays: Vec<Contribution> = Vec::new();
            for one in given {
                // What is judged is judged under the label that it gets.
                let object = stix::object(&one.content);
                let (label, parts) = redact::fold(&object, &names.label(&one.label), &names.parts(one));
                let contribution = Contribution {
                    object,
                    source: names.member(&one.source),
                    by: one.by.as_deref().map(|name| PersonId(stix::uuid(name))),
                    channel: one.channel.clone(),
                    label,
                    parts,
                    authored: one.authored,
                    dangling: if one.waits { vec![stix::awaited()] } else { Vec::new() },
                    reliability: one.reliability,
                };
                // What waits is judged by nobody, nor what is left of it without the fields that wait.
                if is_judged(one.content.object) && !one.waits && one.channel != AWAITED {
                    let object = overlay(contribution.source, one);
                    let (authored, parts) = (true, Vec::new());
                    overlays.push(Contribution { object, authored, parts, ..contribution.clone() });
                }
                if is_warned_of(one.content.object) && !one.waits && one.channel != AWAITED {
                    for object in notices(contribution.source, one) {
                        let (authored, parts) = (true, Vec::new());
                        overlays.push(Contribution { object, authored, parts, ..contribution.clone() });
                    }
                }
                contributions.push(contribution);
            }
            contributions.extend(overlays);
            if !contributions.is_empty() {
                store.writer().contribute(contributions, Vec::new()).unwrap();
            }
        }
        Op::Refuse { source, by, channel, text } => {
            let refused = Quarantined {
                source: names.member(source),
                by: by.as_deref().map(|name| PersonId(stix::uuid(name))),
                channel: channel.clone(),
                received: clock.now(),
                bytes: text.clone().into_bytes(),
                id: None,
                faults: Vec::new(),
            };
            store.writer().contribute(Vec::new(), vec![refused]).unwrap();
        }
        Op::Settle { source, label } => {
            let (source, label) = (names.member(source), names.label(label));
            let waiting = store.waiting(source, &stix::awaited()).unwrap();
            let relabelled = waiting.into_iter().map(|waiting| Names::settled(waiting, &label));
            store.writer().relabel(relabelled.collect()).unwrap();
        }
        Op::Narrow { source, object, version } => {
            let (version, source) = (version.map(stix::instant), names.member(source));
            let object = stix::id(*object);
            let overlay = kizuna_access::overlay::id(source, &object);
            let beside = notice_ids(source, &object);
            for id in beside.into_iter().chain([overlay, object]) {
                let narrowed = store.writer().narrow(&id, version, source, Actor::Operator);
                assert!(matches!(narrowed, Ok(_) | Err(StoreError::NotFound)), "{narrowed:?}");
            }
        }
        Op::Erase { source, object: object_number, version } => {
            let of = stix::id(*object_number);
            let beside = notice_ids(names.member(source), &of);
            for object in beside.into_iter().chain([of]) {
                let erasure = Erasure { object, ..names.erasure(source, *object_number, *version) };
                let erased = store.writer().erase(erasure);
                assert!(matches!(erased, Ok(_) | Err(StoreError::NotFound)), "{erased:?}");
            }
        }
        Op::Audit { action, object } => {
            let object = object.map(stix::id);
            let entry =
                AuditEntry { actor: Actor::Node, action: action.clone(), object, detail: Value::Null };
            store.writer().audit(entry).unwrap();
        }
        rights => {
            store.writer().record(names.rights(rights), Actor::Operator).unwrap();
        }
    }
}

/// A page and where the next one begins.
async fn read(response: Response<Body>, question: &Question) -> (Page, Option<String>) {
    let status = response.status().as_u16();
    let headers = response.headers().iter().filter_map(|(name, value)| {
        let shown = match name.as_str() {
            "x-request-id" | "date" => return None,
            // When something arrived is of the moment; that it did is not.
            name if name.starts_with("x-taxii-date-added") => "(time)".to_owned(),
            // Cursors are as long as each other; times are written with as many digits as they need.
            "content-length" => return None,
            _ => settled(value.to_str().unwrap()),
        };
        Some((name.to_string(), shown))
    });
    let headers = headers.collect();
    let bytes = if question.streams && status == 200 {
        events(response.into_body()).await
    } else {
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    };
    if question.path.starts_with("/log/tile/") {
        return (Page { status, headers, body: vec![bytes.len()].into() }, None);
    }
    if question.path.starts_with("/log") || question.path.ends_with("/proof") {
        return (Page { status, headers, body: shape(&String::from_utf8_lossy(&bytes)) }, None);
    }
    let mut body: Value = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
    let next = body.get("next").and_then(Value::as_str).map(str::to_owned);
    settle(&mut body);
    (Page { status, headers, body }, next)
}

/// All events of a stream as a list, once it falls silent.
async fn events(body: Body) -> Vec<u8> {
    let mut chunks = body.into_data_stream();
    let mut text = String::new();
    while let Ok(Some(Ok(chunk))) = tokio::time::timeout(SILENCE, chunks.next()).await {
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    let event = |block: &str| -> Value {
        let lines = block.lines().filter_map(|line| line.split_once(": "));
        let fields = lines.map(|(name, value)| match name {
            "id" => ("next".to_owned(), value.into()),
            "data" => (name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into())),
            _ => (name.to_owned(), value.into()),
        });
        Value::Object(fields.collect())
    };
    let items: Vec<Value> = text.split("\n\n").filter(|block| !block.is_empty()).map(event).collect();
    serde_json::to_vec(&serde_json::json!({ "items": items })).unwrap()
}

/// Takes out what is of the moment: times since the script began, and what cursors say.
fn settle(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("action") && map.contains_key("digest") {
                // How many lines there are cannot be equal, and what is masked is so with a salt of its own.
                map.remove("number");
            }
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(cursor) if key == "next" => {
                        *value = format!("({} letters)", cursor.len()).into();
                    }
                    _ => settle(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::String(text) => *text = settled(text),
        _ => {}
    }
}

/// A text without what is of the moment, word by word.
fn settled(text: &str) -> String {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || "-_.:+".contains(letter);
    let mut settled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(is_of_word) {
        let (between, from) = rest.split_at(begin);
        let (word, after) = from.split_at(from.find(|letter| !is_of_word(letter)).unwrap_or(from.len()));
        settled.push_str(between);
        settled.push_str(&settled_word(word));
        rest = after;
    }
    settled + rest
}

fn settled_word(word: &str) -> String {
    /// Cursors and form tokens are longer than any other word that is no id.
    const SECRET: usize = 40;
    if word.starts_with("sha256:") {
        return "(masked)".to_owned();
    }
    if word.starts_with("kizuna-recall--") {
        // A recall has a random id.
        return "(recall)".to_owned();
    }
    if word.parse::<Timestamp>().is_ok_and(|at| at >= stix::instant(0)) {
        return "(time)".to_owned();
    }
    let is_id = word.parse::<kizuna_stix::Id>().is_ok();
    if word.len() >= SECRET && !is_id && !word.contains(['.', ':']) {
        return format!("({} letters)", word.len());
    }
    word.to_owned()
}

/// What is signed and salted is another text each time: how long each line of it is.
fn shape(text: &str) -> Value {
    // How long a path is follows from how often the node was opened.
    let lines = if text.starts_with("c2sp.org/tlog-proof") { 2 } else { usize::MAX };
    text.lines().take(lines).map(str::len).collect::<Vec<usize>>().into()
}

/// Whether a page shows anything of what is stored.
fn shows(page: &Page) -> bool {
    if page.status == 200 && page.body.is_array() {
        // The shape of a proof.
        return true;
    }
    let is_full = |member: &str| page.body[member].as_array().is_some_and(|list| !list.is_empty());
    let is_one = page.body["object"].is_object()
        || page.body["own"].is_object()
        || page.body["contributions"].is_array()
        // As somebody else sees it: also that it is hidden from that one.
        || page.body["hidden"].is_array();
    let is_page = page.body.as_str().is_some_and(|html| {
        ["/objects/", "/alerts/kizuna-", "/requests/kizuna-", "/requirements/kizuna-"]
            .into_iter()
            .any(|link| html.contains(link))
    });
    let counts = page.body["at_least"].as_u64().is_some_and(|count| count > 0);
    page.status == 200
        && (["objects", "items", "versions", "others", "recipients"].into_iter().any(is_full)
            || is_one
            || is_page
            || counts)
}
