//! Drives a store with a script.

mod names;
mod policies;
mod rights;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use kizuna_access::{PersonId, Principal};
use kizuna_store::query::{Fields, Item};
use kizuna_store::view::{AuditFilter, AuditLine, AuditObject};
use kizuna_store::writer::{Actor, AuditEntry};
use kizuna_store::{Clock, Contribution, Options, Outcome, Position, Quarantined, Store, StoreError, View};
use kizuna_testkit::postgres::Schema;
use kizuna_testkit::script::{
    Answer, Audited, Driver, Op, Query, Search, Seen, Standing, Start, Version, Viewer, Waste, Written,
};
use kizuna_testkit::{script, stix};
use names::Names;

/// An engine's name, and how to make an empty node on it.
pub type Made = (&'static str, fn() -> Box<dyn Driver>);

/// Every engine. A further one is a further line.
pub fn engines() -> Vec<Made> {
    let mut engines: Vec<Made> = vec![("sqlite", || Box::new(Engine::sqlite()))];
    if kizuna_testkit::postgres::is_installed() {
        engines.push(("postgres", || Box::new(Engine::postgres())));
    }
    // `KIZUNA_ENGINE` names the only one that is wanted.
    let wanted = std::env::var("KIZUNA_ENGINE").ok();
    engines.retain(|(name, _)| wanted.as_ref().is_none_or(|wanted| wanted == name));
    engines
}

/// A clock that stands until a script moves it.
struct ScriptClock(AtomicI64);

impl Clock for ScriptClock {
    fn now(&self) -> Timestamp {
        stix::instant(self.0.load(Ordering::SeqCst))
    }
}

/// Where a walk got to.
#[derive(Clone, Copy)]
struct Reached {
    position: Position,
    added: Timestamp,
}

/// A store of its own, in a directory of its own.
pub struct Engine {
    store: Store,
    clock: Arc<ScriptClock>,
    names: Names,
    walks: HashMap<(Viewer, u32), Reached>,
    /// Who was authenticated once: opening a view must check it again.
    principals: BTreeMap<Viewer, Principal>,
    _directory: tempfile::TempDir,
    _schema: Option<Schema>,
}

impl Engine {
    pub fn sqlite() -> Self {
        Self::new(None)
    }

    /// In a schema of its own.
    pub fn postgres() -> Self {
        Self::new(kizuna_testkit::postgres::schema())
    }

    fn new(schema: Option<Schema>) -> Self {
        let directory = scratch();
        let clock = Arc::new(ScriptClock(AtomicI64::new(0)));
        let options = Options {
            directory: directory.path().to_path_buf(),
            database: schema.as_ref().map(|schema| schema.url().to_owned()),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            readers: 1,
        };
        let store = Store::open(options).unwrap();
        let (walks, principals) = (HashMap::new(), BTreeMap::new());
        Self {
            store,
            clock,
            names: Names::default(),
            walks,
            principals,
            _directory: directory,
            _schema: schema,
        }
    }

    /// Gives an object as its source's own, outside of any script.
    pub fn gives_object(&mut self, source: &str, object: kizuna_stix::Object) {
        let source = self.names.member(source);
        let given = Contribution {
            object,
            source,
            by: None,
            channel: "inbox".to_owned(),
            label: kizuna_access::Label::own(source),
            parts: Vec::new(),
            authored: false,
            dangling: Vec::new(),
            reliability: None,
        };
        self.store.writer().contribute(vec![given], Vec::new()).unwrap();
    }

    /// How many definitions of a marking explain what this source gives.
    pub fn definitions(&mut self, source: &str, marking: &kizuna_stix::Id) -> usize {
        let source = self.names.member(source);
        self.store.definitions(source, std::slice::from_ref(marking)).unwrap().len()
    }

    fn record_rights(&mut self, op: &Op) {
        let rights = self.names.rights(op);
        let shown = format!("{rights:?}");
        if let Err(error) = self.store.writer().record(rights, Actor::Operator) {
            panic!("a script does what is not allowed: {shown}: {error}");
        }
    }

    fn contribution(&mut self, given: &script::Contribution) -> Contribution {
        Contribution {
            object: stix::object(&given.content),
            source: self.names.member(&given.source),
            by: given.by.as_deref().map(|name| PersonId(stix::uuid(name))),
            channel: given.channel.clone(),
            label: self.names.label(&given.label),
            parts: self.names.parts(given),
            authored: given.authored,
            dangling: if given.waits { vec![stix::awaited()] } else { Vec::new() },
            reliability: given.reliability,
        }
    }

    /// The viewer's principal: authenticated anew, or as it once was.
    fn principal(&mut self, viewer: &Viewer) -> Option<Principal> {
        let directory = self.store.directory().unwrap();
        let now = self.clock.now();
        let authenticated = match &viewer.key {
            Some(key) => directory.authenticate_key(&names::secret(key), now),
            None => directory.authenticate_person(PersonId(stix::uuid(&viewer.person)), now),
        };
        match authenticated {
            Ok(principal) => {
                self.principals.insert(viewer.clone(), principal.clone());
                Some(principal)
            }
            Err(_) => self.principals.get(viewer).cloned(),
        }
    }

    fn page(
        &mut self,
        view: &View,
        viewer: &Viewer,
        selection: &script::Selection,
        start: Start,
        limit: usize,
    ) -> Answer {
        let selection = self.names.selection(selection);
        let walk = match start {
            Start::First => None,
            Start::Walk(walk) | Start::Date(walk) => Some((viewer.clone(), walk)),
        };
        let reached = walk.as_ref().and_then(|walk| self.walks.get(walk)).copied();
        let from = match (start, reached) {
            (Start::Walk(_), Some(reached)) => kizuna_store::query::Start::After(reached.position),
            (Start::Date(_), Some(reached)) => kizuna_store::query::Start::AddedAfter(reached.added),
            _ => kizuna_store::query::Start::First,
        };
        let page = view.page(&selection, from, limit).unwrap();
        let mut before =
            reached.map(|reached| reached.added).filter(|_| from != kizuna_store::query::Start::First);
        for item in &page.items {
            assert!(before.is_none_or(|before| item.added > before), "dates of arrival must rise: {item:?}");
            before = Some(item.added);
        }
        if let (Some(next), Some(last)) = (page.next, page.items.last()) {
            assert_eq!(next, last.position, "a page goes on where it ended");
        }
        if let (Some(walk), Some(last)) = (walk, page.items.last()) {
            self.walks.insert(walk, Reached { position: last.position, added: last.added });
        }
        Answer::Items { items: self.seen(&page.items), more: page.next.is_some() }
    }

    fn search(&self, view: &View, search: &Search, limit: usize) -> Answer {
        let question = names::search(search);
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = view.search(&question, before, limit).unwrap();
            found.extend(self.seen(&page.items));
            before = page.next;
            if before.is_none() {
                return Answer::Found(found);
            }
            assert!(!page.items.is_empty(), "a page that promises more shows something");
            assert!(found.len() < 10_000, "the pages of a search do not end");
        }
    }

    fn seen<'a>(&self, items: impl IntoIterator<Item = &'a Item>) -> Vec<Seen> {
        items.into_iter().map(|item| self.see(item)).collect()
    }

    fn see(&self, item: &Item) -> Seen {
        if item.id.kind() == "kizuna-recall" {
            return self.see_recall(item);
        }
        let object = stix::number(&item.id).unwrap_or_else(|| panic!("nobody gave {}", item.id));
        check_bytes(item);
        let variant = stix::variant(&item.bytes).expect("every object of a script is of some variant");
        let version =
            if item.versioned { Version::At(stix::second(item.version)) } else { Version::Bytes(variant) };
        Seen {
            object,
            version,
            variant: Some(variant),
            source: self.names.name(item.source.0),
            authored: item.authored,
            standing: if item.revoked { Standing::Revoked } else { Standing::Stands },
            disputed: item.disputed,
            reliability: item.reliability,
            label: self.names.read_label(&item.label),
            fields: self.fields(item),
            digest: item.digest.to_vec(),
        }
    }

    fn fields(&self, item: &Item) -> BTreeMap<String, script::Label> {
        let of = |fields: &Fields| {
            let label = self.names.read_label(&fields.label);
            fields.selectors.iter().map(move |selector| (selector.clone(), label.clone())).collect::<Vec<_>>()
        };
        item.fields.iter().flat_map(of).collect()
    }

    fn see_recall(&self, item: &Item) -> Seen {
        let (object, version, digest) = recalled(&item.bytes);
        Seen {
            object,
            version: Version::Recall(version),
            variant: None,
            source: self.names.name(item.source.0),
            authored: item.authored,
            standing: if item.revoked { Standing::Revoked } else { Standing::Stands },
            disputed: item.disputed,
            reliability: item.reliability,
            label: self.names.read_label(&item.label),
            fields: BTreeMap::new(),
            digest,
        }
    }
}

/// The object that a recall recalls, which version and which bytes.
fn recalled(bytes: &[u8]) -> (u32, Option<script::Second>, Vec<u8>) {
    let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let object = value["object_ref"].as_str().unwrap().parse().unwrap();
    let version =
        value.get("object_modified").map(|text| stix::second(text.as_str().unwrap().parse().unwrap()));
    let digests = value["digests"].as_array().unwrap();
    let [digest] = digests.as_slice() else { panic!("a recall of {digests:?}") };
    (stix::number(&object).unwrap(), version, hex::decode(digest.as_str().unwrap()).unwrap())
}

/// In memory where the machine offers it: a script is thousands of small commits.
fn scratch() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

impl Driver for Engine {
    fn act(&mut self, op: &Op) -> Vec<Written> {
        match op {
            Op::Advance { seconds } => {
                self.clock.0.fetch_add(*seconds, Ordering::SeqCst);
            }
            Op::Contribute(given) => {
                let given: Vec<Contribution> = given.iter().map(|one| self.contribution(one)).collect();
                if given.is_empty() {
                    return Vec::new();
                }
                let outcomes = self.store.writer().contribute(given, Vec::new()).unwrap();
                let plain = |outcome: &Outcome| match outcome {
                    Outcome::Stored => Written::Stored,
                    Outcome::Duplicate => Written::Duplicate,
                };
                return outcomes.iter().map(plain).collect();
            }
            Op::Refuse { source, by, channel, text } => {
                let refused = Quarantined {
                    source: self.names.member(source),
                    by: by.as_deref().map(|name| PersonId(stix::uuid(name))),
                    channel: channel.clone(),
                    received: self.clock.now(),
                    bytes: text.clone().into_bytes(),
                    id: None,
                    faults: Vec::new(),
                };
                self.store.writer().contribute(Vec::new(), vec![refused]).unwrap();
            }
            Op::Settle { source, label } => {
                let (source, label) = (self.names.member(source), self.names.label(label));
                let waiting = self.store.waiting(source, &stix::awaited()).unwrap();
                let relabelled = waiting.into_iter().map(|waiting| Names::settled(waiting, &label));
                self.store.writer().relabel(relabelled.collect()).unwrap();
            }
            Op::Narrow { source, object, version } => {
                let version = version.map(stix::instant);
                let source = self.names.member(source);
                let narrowed =
                    self.store.writer().narrow(&stix::id(*object), version, source, Actor::Operator);
                assert!(matches!(narrowed, Ok(_) | Err(StoreError::NotFound)), "{narrowed:?}");
            }
            Op::Erase { source, object, version } => {
                let erased = self.store.writer().erase(self.names.erasure(source, *object, *version));
                assert!(matches!(erased, Ok(_) | Err(StoreError::NotFound)), "{erased:?}");
            }
            Op::Audit { action, object } => {
                let detail = serde_json::Value::Null;
                let object = object.map(stix::id);
                let entry = AuditEntry { actor: Actor::Node, action: action.clone(), object, detail };
                self.store.writer().audit(entry).unwrap();
            }
            rights => self.record_rights(rights),
        }
        Vec::new()
    }

    fn ask(&mut self, viewer: &Viewer, query: &Query) -> Answer {
        let Some(principal) = self.principal(viewer) else { return Answer::NotAuthenticated };
        let view = match self.store.view(&principal) {
            Ok(view) => view,
            Err(StoreError::NotAuthenticated) => return Answer::NotAuthenticated,
            Err(error) => panic!("{viewer} cannot open its view: {error}"),
        };
        match query {
            Query::Page { selection, start, limit } => self.page(&view, viewer, selection, *start, *limit),
            Query::Object(object) => Answer::Found(self.seen(&view.object(&stix::id(*object)).unwrap())),
            Query::Versions(object) => Answer::Found(self.seen(&view.versions(&stix::id(*object)).unwrap())),
            Query::Claims(object) => Answer::Found(self.seen(&view.claims(&stix::id(*object)).unwrap())),
            Query::Search { search, limit } => self.search(&view, search, *limit),
            Query::Count { search, cap } => {
                let count = view.count(&names::search(search), *cap).unwrap();
                Answer::Counted { at_least: count.at_least, capped: count.capped }
            }
            Query::Quarantine { limit } => {
                let read = |(_, input): (u64, Quarantined)| Waste {
                    source: self.names.name(input.source.0),
                    channel: input.channel,
                    text: String::from_utf8_lossy(&input.bytes).into_owned(),
                };
                Answer::Quarantined(view.quarantine(None, *limit).unwrap().into_iter().map(read).collect())
            }
            Query::Audit { limit } => {
                let filter = AuditFilter { prefix: "exercise.".into(), ..AuditFilter::default() };
                let lines = view.audit(&filter, None, *limit).unwrap();
                Answer::Audited(lines.into_iter().map(audited).collect())
            }
        }
    }
}

/// A line of the audit; what is masked must not be the same twice, which only the engine can say.
fn audited(line: AuditLine) -> Audited {
    let (object, masked) = match line.object {
        None => (None, false),
        Some(AuditObject::Readable(id)) => (stix::number(&id), false),
        Some(AuditObject::Masked(_)) => (None, true),
    };
    Audited { action: line.action, object, masked }
}

/// What goes with the bytes of an item is about these bytes and no others.
fn check_bytes(item: &Item) {
    let value = serde_json::from_slice(&item.bytes).unwrap();
    let object = kizuna_stix::Object::from_value(value).unwrap();
    assert_eq!(object.canonical(), &item.bytes[..], "not canonical");
    assert_eq!(object.digest(), item.digest, "the digest of other bytes");
    assert_eq!(object.warnings(), item.warnings, "warnings about other bytes");
}
