//! What goes into a package: of what the channel's account reads, what the receiving guard will let in, with what it
//! refers to, so that an honest package passes whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use kizuna_access::label::Handling;
use kizuna_access::release::RELEASE_KIND;
use kizuna_access::travel::LABEL_KIND;
use kizuna_access::{Directory, MemberId, marking};
use kizuna_attest::ATTESTATION_KIND;
use kizuna_federation::guard::object::{Parsed, needs};
use kizuna_federation::guard::{Rules, Schemas, above};
use kizuna_stix::{Id, Object};
use kizuna_store::query::{Item, Start};
use kizuna_store::{Position, Search, Selection, Versions, View};

use super::{Outgoing, Ranks};
use crate::{AppError, Node, originator};

/// Objects read at once.
const PAGE: usize = 1_000;
/// Objects of one kind that go beside one object, and hits of a selection, at most.
const BESIDE: usize = 64;
const MOST_SELECTED: usize = 100_000;

type Key = [u8; 16];

/// What is to go, found before any of it is written.
pub struct Gathering<'a> {
    node: &'a Node,
    channel: &'a Outgoing,
    view: &'a View,
    rules: &'a Rules,
    schemas: &'a Schemas,
    /// What the candidates refer to, by their ids.
    needs: HashMap<Key, Vec<Key>>,
    /// Ids of what is referred to and was no candidate when that was found.
    names: HashMap<Key, Id>,
    /// Why objects stay here, with how many.
    pub left_out: BTreeMap<String, u64>,
    /// Where the view was read to.
    pub until: Option<Position>,
    /// Candidates that wait for what they refer to.
    pub waiting: Vec<Id>,
    candidate_ids: HashMap<Key, Id>,
}

/// Which objects are asked for.
pub enum Asked<'a> {
    /// After a position, and those that wait.
    Since(Option<Position>, &'a [Id]),
    All,
    Hits(&'a Search),
}

impl<'a> Gathering<'a> {
    pub fn new(
        node: &'a Node,
        channel: &'a Outgoing,
        view: &'a View,
        (rules, schemas): (&'a Rules, &'a Schemas),
    ) -> Self {
        Self {
            node,
            channel,
            view,
            rules,
            schemas,
            needs: HashMap::new(),
            names: HashMap::new(),
            left_out: BTreeMap::new(),
            until: None,
            waiting: Vec::new(),
            candidate_ids: HashMap::new(),
        }
    }

    fn directory(&self) -> &Directory {
        self.view.directory()
    }

    /// Goes through what is asked for, in the order in which it is to be written.
    fn walk(
        &self,
        asked: &Asked<'_>,
        each: &mut dyn FnMut(&Item) -> Result<(), AppError>,
    ) -> Result<Option<Position>, AppError> {
        let (start, waiting) = match asked {
            Asked::Since(position, waiting) => (position.map_or(Start::First, Start::After), *waiting),
            Asked::All => (Start::First, &[][..]),
            Asked::Hits(search) => {
                for item in self.hits(search)? {
                    each(&item)?;
                }
                return Ok(None);
            }
        };
        for id in waiting {
            for item in self.view.versions(id)? {
                each(&item)?;
            }
        }
        let selection = Selection { versions: Versions::All, ..Selection::default() };
        let (mut start, mut until) = (start, None);
        loop {
            let page = self.view.page(&selection, start, PAGE)?;
            for item in &page.items {
                each(item)?;
            }
            let Some(last) = page.items.last() else { return Ok(until) };
            until = Some(last.position);
            start = Start::After(last.position);
        }
    }

    /// The hits, and what they refer to, and what that refers to.
    fn hits(&self, search: &Search) -> Result<Vec<Item>, AppError> {
        let mut found: Vec<Item> = Vec::new();
        let mut before = None;
        loop {
            let page = self.view.search(search, before, PAGE)?;
            found.extend(page.items);
            before = page.next;
            if before.is_none() || found.len() >= MOST_SELECTED {
                break;
            }
        }
        let mut known: HashSet<Key> = found.iter().map(|item| item.id.key()).collect();
        let mut next = 0;
        while let Some(item) = found.get(next) {
            next += 1;
            let Some(object) = object(item) else { continue };
            for id in needs(&object) {
                if found.len() < MOST_SELECTED && known.insert(id.key()) {
                    found.extend(self.view.object(&id)?);
                }
            }
        }
        found.sort_by_key(|item| item.position);
        Ok(found)
    }

    /// Finds what goes: candidates, without those that refer to something that neither goes nor went before.
    pub fn gather(&mut self, asked: &Asked<'_>, went: Option<Position>) -> Result<(), AppError> {
        let mut candidates: Vec<(Id, Vec<Id>)> = Vec::new();
        let mut left_out: BTreeMap<String, u64> = BTreeMap::new();
        let until = self.walk(asked, &mut |item| {
            if self.is_theirs(item)? {
                return Ok(());
            }
            match self.fits(item)? {
                Ok(object) => candidates.push((item.id.clone(), needs(&object))),
                Err(why) => *left_out.entry(why).or_default() += 1,
            }
            Ok(())
        })?;
        self.until = until;
        self.left_out = left_out;
        for (id, needs) in candidates {
            let keys = needs.iter().map(Id::key);
            self.needs.entry(id.key()).or_default().extend(keys);
            for need in needs {
                self.names.entry(need.key()).or_insert(need);
            }
            self.candidate_ids.insert(id.key(), id);
        }
        let mut there: HashMap<Key, bool> = HashMap::new();
        loop {
            let mut dropped = Vec::new();
            for (key, needs) in &self.needs {
                for need in needs {
                    if self.needs.contains_key(need) {
                        continue;
                    }
                    let known = if let Some(known) = there.get(need) {
                        *known
                    } else {
                        let known = self.is_there(need, went)?;
                        there.insert(*need, known);
                        known
                    };
                    if !known {
                        dropped.push(*key);
                        break;
                    }
                }
            }
            if dropped.is_empty() {
                break;
            }
            for key in dropped {
                self.needs.remove(&key);
                there.insert(key, false);
                self.waiting.extend(self.candidate_ids.get(&key).cloned());
            }
        }
        if !self.waiting.is_empty() {
            let why = "it refers to something that does not go".to_owned();
            self.left_out.insert(why, self.waiting.len() as u64);
        }
        self.waiting.sort();
        self.names = HashMap::new();
        Ok(())
    }

    /// Whether the other side has what an id names: it gave it, or got it before.
    fn is_there(&self, key: &Key, went: Option<Position>) -> Result<bool, AppError> {
        let Some(id) = self.names.get(key) else { return Ok(false) };
        for item in self.view.versions(id)? {
            if self.is_theirs(&item)? {
                return Ok(true);
            }
            if went.is_some_and(|went| item.position <= went) && self.fits(&item)?.is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the other side gave this itself.
    fn is_theirs(&self, item: &Item) -> Result<bool, AppError> {
        let to: MemberId = self.channel.to;
        if item.id.kind() == "marking-definition" {
            return Ok(false);
        }
        Ok(item.source == to || self.node.store.has_given(to, &item.id, &item.digest)?)
    }

    /// The object, where the other side's guard would let it in; why not, where it would not.
    fn fits(&self, item: &Item) -> Result<Result<Object, String>, AppError> {
        let stays = [Handling::Draft, Handling::ThisNode];
        let whole = item.whole();
        let stays = stays.iter().any(|handling| whole.handling().contains(handling));
        let is_kept = originator::is_controlled(&item.label) && !originator::may_leave(self.node, item)?;
        let why = above(&whole, &self.channel.ceiling, &Ranks(self.directory()));
        if stays || is_kept || why.is_some() {
            return Ok(Err("it may not leave by this channel".to_owned()));
        }
        let judged = Parsed::read(&item.bytes, self.rules)
            .and_then(|parsed| parsed.normal(&item.bytes, self.rules))
            .and_then(|normal| normal.allowed(self.rules, self.schemas));
        Ok(match judged {
            Ok(allowed) => Ok(allowed.object().clone()),
            Err(finding) => Err(format!("{}: {}", finding.kind, finding.says)),
        })
    }

    /// Gives out what goes, in an order in which every marking comes before what it marks.
    pub fn give(
        &self,
        asked: &Asked<'_>,
        each: &mut dyn FnMut(&Item) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let mut given: HashSet<[u8; 32]> = HashSet::new();
        self.walk(asked, &mut |item| {
            let is_chosen = self.needs.contains_key(&item.id.key());
            if !is_chosen || self.is_theirs(item)? || self.fits(item)?.is_err() {
                return Ok(());
            }
            self.with_definitions(item, &mut given, each)?;
            for beside in self.beside(item)? {
                if self.fits(&beside)?.is_ok() {
                    self.with_definitions(&beside, &mut given, each)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn with_definitions(
        &self,
        item: &Item,
        given: &mut HashSet<[u8; 32]>,
        each: &mut dyn FnMut(&Item) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        if !given.insert(item.digest) {
            return Ok(());
        }
        if let Some(object) = object(item) {
            for id in object.markings().into_iter().chain(object.granular_markings()) {
                if marking::well_known(&id).is_some() {
                    continue;
                }
                if let Some(definition) = self.view.object(&id)? {
                    self.with_definitions(&definition, given, each)?;
                }
            }
        }
        each(item)
    }

    /// What must not be missing there: who labels foreign content, and what proves that it may be passed on.
    fn beside(&self, item: &Item) -> Result<Vec<Item>, AppError> {
        if item.authored && !originator::is_controlled(&item.label) || originator::is_beside(item.id.kind()) {
            return Ok(Vec::new());
        }
        let kinds = [LABEL_KIND, ATTESTATION_KIND, RELEASE_KIND].map(str::to_owned).to_vec();
        let search = Search { refers_to: Some(item.id.clone()), kinds, ..Search::default() };
        Ok(self.view.search(&search, None, BESIDE)?.items)
    }
}

fn object(item: &Item) -> Option<Object> {
    Object::from_value(serde_json::from_slice(&item.bytes).ok()?).ok()
}
