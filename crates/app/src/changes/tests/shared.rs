//! Whatever happens between events, a stream is told what its viewer's own pages say: random scripts of contributions,
//! recalls, erasures and changes of rights, with streams of every viewer that share readings.
//!
//! `KIZUNA_CASES` sets how many scripts run, `KIZUNA_SEED` where they begin.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use kizuna_access::{PersonId, Principal, redact};
use kizuna_store::writer::Actor;
use kizuna_store::{Contribution, StoreError};
use kizuna_testkit::generate;
use kizuna_testkit::script::{Op, Step, Viewer};
use kizuna_testkit::stix;

use super::names::{Names, secret};
use super::*;
use crate::{Clock, Config, Selection, Versions};

struct ScriptClock(AtomicI64);

impl Clock for ScriptClock {
    fn now(&self) -> Timestamp {
        stix::instant(self.0.load(Ordering::SeqCst))
    }
}

/// What one stream is compared with: its viewer, reading page by page for himself.
struct Alone {
    principal: Principal,
    selection: Selection,
    from: From,
}

impl Alone {
    /// What its own pages of one object say since it asked last; nothing where it may not read any more.
    fn pages(&mut self, node: &Node) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        loop {
            let reading = match node.read(&self.principal) {
                Ok(reading) => reading,
                Err(AppError::NotAuthenticated) => return None,
                Err(error) => panic!("{error}"),
            };
            let page = reading.page(&self.selection, &self.from, 1).unwrap();
            let Some(item) = page.items.first() else { return Some(texts) };
            texts.push(String::from_utf8(item.bytes.to_vec()).unwrap());
            self.from = From::Cursor(page.next.unwrap());
        }
    }
}

fn act(node: &Node, clock: &ScriptClock, names: &mut Names, op: &Op) {
    let writer = node.store.writer();
    let done_or_absent = |result: Result<u64, StoreError>| {
        assert!(matches!(result, Ok(_) | Err(StoreError::NotFound)), "{result:?}");
    };
    match op {
        Op::Advance { seconds } => {
            clock.0.fetch_add(*seconds, Ordering::SeqCst);
        }
        Op::Contribute(given) => {
            let contributions = given.iter().map(|one| {
                let object = stix::object(&one.content);
                let (label, parts) = redact::fold(&object, &names.label(&one.label), &names.parts(one));
                Contribution {
                    object,
                    source: names.member(&one.source),
                    by: one.by.as_deref().map(|name| PersonId(stix::uuid(name))),
                    channel: one.channel.clone(),
                    label,
                    parts,
                    authored: one.authored,
                    dangling: if one.waits { vec![stix::awaited()] } else { Vec::new() },
                    reliability: one.reliability,
                }
            });
            let contributions: Vec<Contribution> = contributions.collect();
            writer.contribute(contributions, Vec::new()).unwrap();
        }
        Op::Settle { source, label } => {
            let (source, label) = (names.member(source), names.label(label));
            let waiting = node.store.waiting(source, &stix::awaited()).unwrap();
            let relabelled = waiting.into_iter().map(|waiting| Names::settled(waiting, &label));
            writer.relabel(relabelled.collect()).unwrap();
        }
        Op::Narrow { source, object, version } => {
            let (version, source) = (version.map(stix::instant), names.member(source));
            done_or_absent(writer.narrow(&stix::id(*object), version, source, Actor::Operator));
        }
        Op::Erase { source, object, version } => {
            done_or_absent(writer.erase(names.erasure(source, *object, *version)));
        }
        Op::Refuse { .. } | Op::Audit { .. } => {}
        rights => {
            writer.record(names.rights(rights), Actor::Operator).unwrap();
        }
    }
}

fn principal(node: &Node, viewer: &Viewer) -> Option<Principal> {
    let directory = node.directory().unwrap();
    let found = match &viewer.key {
        Some(key) => directory.authenticate_key(&secret(key), node.now()),
        None => directory.authenticate_person(PersonId(stix::uuid(&viewer.person)), node.now()),
    };
    found.ok()
}

/// How often a text was shared by streams of several persons, over all scripts.
#[derive(Default)]
struct Tally {
    told: usize,
    shared: usize,
}

fn check(seed: u64, tally: &mut Tally) {
    let script = generate::script(seed, generate::LENGTH);
    let data = tempfile::tempdir().unwrap();
    let clock = Arc::new(ScriptClock(AtomicI64::new(0)));
    let config = Config { clock: clock.clone(), attests: false, ..Config::new(data.path()) };
    let node = Node::open(config).unwrap();
    let mut names = Names::default();
    let mut streams = Desk::new(&node);
    let mut alone: BTreeMap<Number, Alone> = BTreeMap::new();
    let mut begun: BTreeSet<(Viewer, usize)> = BTreeSet::new();
    for (at, step) in script.steps.iter().enumerate() {
        let Step::Do(op) = step else { continue };
        act(&node, &clock, &mut names, op);
        // Some are told after each step, some after several.
        if at % 3 == 1 && at % 7 != 0 {
            continue;
        }
        for viewer in &script.viewers {
            for (number, kinds) in
                [Vec::new(), vec!["tool".to_owned(), "indicator".to_owned()]].into_iter().enumerate()
            {
                // Each begins at another step.
                if (at + number * 5) % 4 != 0 || begun.contains(&(viewer.clone(), number)) {
                    continue;
                }
                let Some(principal) = principal(&node, viewer) else { continue };
                begun.insert((viewer.clone(), number));
                let from = (at % 8 != 0).then_some(From::First);
                let is_now = from.is_none();
                let wanted =
                    Wanted { principal: principal.clone(), session: None, kinds: kinds.clone(), from };
                let stream = streams.open(wanted);
                let selection = Selection { kinds, versions: Versions::All, ..Selection::default() };
                let mut own = Alone { principal, selection, from: From::First };
                if is_now {
                    own.pages(&node);
                }
                alone.insert(stream, own);
            }
        }
        compare(seed, at, &node, &mut streams, &mut alone, tally);
    }
}

fn compare(
    seed: u64,
    at: usize,
    node: &Node,
    streams: &mut Desk,
    alone: &mut BTreeMap<Number, Alone>,
    tally: &mut Tally,
) {
    let mut heard = streams.hear();
    for number in alone.keys() {
        heard.entry(*number).or_default();
    }
    let mut readers: BTreeMap<String, BTreeSet<PersonId>> = BTreeMap::new();
    for (number, heard) in heard {
        let own = alone.get_mut(&number).unwrap();
        for text in &heard.texts {
            tally.told += 1;
            readers.entry(text.clone()).or_default().insert(own.principal.person());
        }
        let Some(texts) = own.pages(node) else {
            assert!(heard.ended && heard.texts.is_empty(), "seed {seed}, step {at}: {:?}", own.principal);
            alone.remove(&number);
            continue;
        };
        assert_eq!(heard.texts, texts, "seed {seed}, step {at}, {:?}", own.principal);
        assert!(!heard.ended, "seed {seed}, step {at}: {:?}", own.principal);
        // The cursor of the stream and that of the pages go on alike: from here on, the one in place of the other.
        if let Some(cursor) = heard.cursors.last().filter(|_| at.is_multiple_of(2)) {
            own.from = From::Cursor(cursor.clone());
        }
    }
    tally.shared += readers.values().filter(|persons| persons.len() > 1).count();
}

#[test]
fn a_shared_stream_says_what_each_viewers_own_pages_say() {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (first, cases) = (number("KIZUNA_SEED", 1), number("KIZUNA_CASES", 6));
    let mut tally = Tally::default();
    for seed in first..first + cases {
        check(seed, &mut tally);
    }
    let Tally { told, shared } = tally;
    assert!(told > 0 && shared > 0, "{told} changes told, {shared} texts to several persons at once");
}
