//! Names (of actors, campaigns, malware, victims, cases) that are known only from content with a narrower label.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use kizuna_access::Label;
use kizuna_stix::{Id, Object};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

use super::leaves::Leaf;
use super::{Check, Finding, Rule, properties};
use crate::read::From;
use crate::{AppError, Selection};

/// Kinds of objects that are known by a name.
const NAMED: [&str; 15] = [
    "attack-pattern",
    "campaign",
    "course-of-action",
    "grouping",
    "identity",
    "incident",
    "infrastructure",
    "intrusion-set",
    "location",
    "malware",
    "note",
    "report",
    "threat-actor",
    "tool",
    "vulnerability",
];
/// Named objects looked at; what is beyond is said to be unchecked.
const CAP: usize = 200_000;
const PAGE: usize = 2_000;
/// Shorter names are words of every text, in characters.
const SHORTEST: usize = 4;
/// The same for names written in Han, kana or Hangul.
const SHORTEST_CJK: usize = 2;

/// The names that are not open to all who would read a form; gathered when first asked for.
#[derive(Default)]
pub(super) struct Names {
    /// Under which label → what is narrower than it.
    gathered: BTreeMap<Label, Gathered>,
}

struct Gathered {
    /// Name in its normal form → what has it.
    narrower: BTreeMap<String, Id>,
    complete: bool,
}

impl Check<'_> {
    pub(super) fn names(
        &self,
        object: &Object,
        leaves: &[Leaf],
        names: &mut Names,
    ) -> Result<Vec<Finding>, AppError> {
        let said: Vec<(&Leaf, String)> = leaves
            .iter()
            .filter(|leaf| speaks(leaf))
            .filter_map(|leaf| Some((leaf, normal(leaf.text()?))))
            .collect();
        if said.is_empty() {
            return Ok(Vec::new());
        }
        let gathered = match names.gathered.entry(self.label.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(self.gather()?),
        };
        let mut findings = Vec::new();
        for (leaf, text) in &said {
            for (name, betrayed) in &gathered.narrower {
                if occurs(name, text) {
                    findings.push(Finding::new(object.id(), &leaf.place, Rule::Name, Some(betrayed), name));
                }
            }
        }
        if !gathered.complete {
            findings.push(Finding::new(
                object.id(),
                "$",
                Rule::Unchecked,
                None,
                "too many named objects to check",
            ));
        }
        Ok(findings)
    }

    fn gather(&self) -> Result<Gathered, AppError> {
        let selection = Selection {
            kinds: NAMED.iter().map(|kind| (*kind).to_owned()).collect(),
            ..Selection::default()
        };
        let mut open: BTreeSet<String> = BTreeSet::new();
        let mut narrower: BTreeMap<String, Id> = BTreeMap::new();
        let mut from = From::First;
        let mut seen = 0;
        let mut complete = false;
        while seen < CAP {
            let page = self.reading.page(&selection, &from, PAGE)?;
            seen += page.items.len();
            for item in page.items.iter().filter(|item| !self.released.contains(&item.id)) {
                open.extend(self.open_part(item).map(|open| names_of(&open)).unwrap_or_default());
                for name in names_of(&properties(&item.bytes)) {
                    narrower.entry(name).or_insert_with(|| item.id.clone());
                }
            }
            let Some(next) = page.next.filter(|_| page.more) else {
                complete = true;
                break;
            };
            from = From::Cursor(next);
        }
        narrower.retain(|name, _| !open.contains(name));
        Ok(Gathered { narrower, complete })
    }
}

/// What an object is called: its name and its aliases.
fn names_of(object: &Map<String, Value>) -> Vec<String> {
    let texts = |value: Option<&Value>| -> Vec<String> {
        let items = match value {
            Some(Value::Array(items)) => items.iter().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        };
        items.into_iter().filter_map(|item| item.as_str().map(normal)).collect()
    };
    let mut names = texts(object.get("name"));
    names.extend(texts(object.get("aliases")));
    names.retain(|name| is_long_enough(name));
    names
}

fn speaks(leaf: &Leaf) -> bool {
    !leaf.is_reference() && !leaf.is_vocabulary() && leaf.key != "pattern" && !leaf.is_instant()
}

/// Compatible characters alike, lower case, spaces single.
pub(super) fn normal(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_long_enough(name: &str) -> bool {
    let shortest = if name.chars().any(is_cjk) { SHORTEST_CJK } else { SHORTEST };
    name.chars().count() >= shortest
}

pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

/// Whether a text has a name as words of its own; scripts without spaces have it anywhere.
fn occurs(name: &str, text: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_cjk(c));
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
        let begins = !joins(before) || !joins(name.chars().next());
        let ends = !joins(after) || !joins(name.chars().next_back());
        begins && ends
    })
}
