//! Fields with labels of their own: what is asked of their readers, and what is left of an object for others.

use std::collections::{BTreeMap, BTreeSet};

use super::{Instant, Oracle, Row};
use crate::script::{Asks, Content, Field, Gone, Label, Mark, Party, Tlp, Viewer};

/// Fields that are asked for together, with all that is asked of their readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub label: Label,
    pub fields: BTreeSet<Field>,
}

/// The levels of EXERCISE, lowest first. No other policy is marked with in a script.
const LEVELS: [&str; 4] = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"];

/// At most so many forms of an object.
const MOST: usize = 4;

/// What both ask.
pub(super) fn meet(one: &Label, other: &Label) -> Label {
    let (one, other) = (one.normal(), other.normal());
    let everybody = BTreeSet::from([BTreeSet::from([Party::World])]);
    let audience = if one.audience.is_empty() || other.audience.is_empty() {
        BTreeSet::new()
    } else if one.audience == everybody {
        other.audience.clone()
    } else if other.audience == everybody {
        one.audience.clone()
    } else {
        one.audience.union(&other.audience).cloned().collect()
    };
    let tlp = match (one.tlp, other.tlp) {
        (Some(one), Some(other)) => Some(one.max(other)),
        // Without TLP clients do not read; so they do not where one of both is without.
        (one, other) => one.or(other).map(|tlp| tlp.max(Tlp::AmberStrict)),
    };
    let mut asks = one.asks.clone();
    for (policy, asked) in &other.asks {
        let both = asks.get(policy).map_or_else(|| asked.clone(), |said| both(said, asked));
        asks.insert(policy.clone(), both);
    }
    let handling = one.handling.union(&other.handling).copied().collect();
    Label { audience, asks, tlp, handling }.normal()
}

fn both(one: &Asks, other: &Asks) -> Asks {
    let rank = |asks: &Asks| LEVELS.iter().position(|level| *level == asks.level);
    let level = if rank(other) > rank(one) { &other.level } else { &one.level };
    let mut both = Asks { level: level.clone(), ..one.clone() };
    for (set, tags) in &other.restrictive {
        both.restrictive.entry(set.clone()).or_default().extend(tags.iter().cloned());
    }
    for (set, tags) in &other.permissive {
        let permitted = both.permissive.entry(set.clone()).or_insert_with(|| tags.clone());
        permitted.retain(|tag| tags.contains(tag));
    }
    both
}

/// The label of an object and its parts, where some of its fields are marked.
///
/// A mark on nothing, or on what the object needs, asks it of the whole. Where there were more forms than [`MOST`], all
/// marked fields are asked for together.
pub(super) fn fold(content: &Content, label: &Label, marks: &[Mark]) -> (Label, Vec<Part>) {
    let mut whole = label.normal();
    let mut asked: BTreeMap<Field, Label> = BTreeMap::new();
    for Mark { field, asks } in marks {
        if !content.has(*field) || content.needs(*field) {
            whole = meet(&whole, asks);
        } else {
            let said = asked.remove(field).map_or_else(|| asks.clone(), |said| meet(&said, asks));
            asked.insert(*field, said);
        }
    }
    let parts = parts(&whole, &asked);
    if parts.len() < MOST && readable_together(&parts).len() <= MOST {
        return (whole, parts);
    }
    let label = parts.iter().fold(whole.clone(), |label, part| meet(&label, &part.label));
    let fields = parts.into_iter().flat_map(|part| part.fields).collect();
    (whole, vec![Part { label, fields }])
}

/// The sets of parts that somebody can read together: whoever reads a part reads those that ask for less.
fn readable_together(parts: &[Part]) -> Vec<BTreeSet<usize>> {
    let count = parts.len();
    let implies =
        |part: usize, other: usize| meet(&parts[part].label, &parts[other].label) == parts[part].label;
    let sets = (0..1_usize << count)
        .map(|bits| (0..count).filter(|part| bits & (1 << part) != 0).collect::<BTreeSet<usize>>());
    let is_whole = |set: &BTreeSet<usize>| {
        set.iter().all(|part| (0..count).all(|other| set.contains(&other) || !implies(*part, other)))
    };
    sets.filter(is_whole).collect()
}

fn parts(whole: &Label, asked: &BTreeMap<Field, Label>) -> Vec<Part> {
    let mut by_label: BTreeMap<Label, BTreeSet<Field>> = BTreeMap::new();
    for (field, asks) in asked {
        let label = meet(whole, asks);
        if label != *whole {
            by_label.entry(label).or_default().insert(*field);
        }
    }
    by_label.into_iter().map(|(label, fields)| Part { label, fields }).collect()
}

/// A form of a row: which of its parts are in it, by number.
pub(super) struct Form {
    pub parts: BTreeSet<usize>,
    pub label: Label,
    pub digest: Vec<u8>,
}

impl Row {
    /// The content without some of the parts.
    pub(super) fn content_of(&self, readable: &BTreeSet<usize>) -> Content {
        self.given.content.without(&self.gone(readable))
    }

    fn gone(&self, readable: &BTreeSet<usize>) -> BTreeSet<Field> {
        let hidden = self.parts.iter().enumerate().filter(|(part, _)| !readable.contains(part));
        hidden.flat_map(|(_, part)| part.fields.iter().copied()).collect()
    }

    pub(super) fn digest_of(&self, readable: &BTreeSet<usize>) -> Vec<u8> {
        if readable.len() == self.parts.len() && !self.recall {
            return self.digest.clone();
        }
        crate::stix::digest(&self.content_of(readable), self.redacted)
    }

    /// The fields of the readable parts, under the names that they have in what is left, with what they ask.
    pub(super) fn fields_of(&self, readable: &BTreeSet<usize>) -> BTreeMap<String, Label> {
        let (content, gone) = (&self.given.content, self.gone(readable));
        let shown = self.parts.iter().enumerate().filter(|(part, _)| readable.contains(part));
        let named = |field: &Field| crate::stix::selector(content.object, content.moved(*field, &gone));
        shown
            .flat_map(|(_, part)| part.fields.iter().map(move |field| (named(field), part.label.clone())))
            .collect()
    }

    /// Every form that somebody can read, the least first: whoever reads a part reads those that ask for less.
    pub(super) fn forms(&self) -> Vec<Form> {
        let mut forms = Vec::new();
        for set in readable_together(&self.parts) {
            let label =
                set.iter().fold(self.label.clone(), |label, part| meet(&label, &self.parts[*part].label));
            forms.push(Form { digest: self.digest_of(&set), parts: set, label });
        }
        forms.sort_by(|one, other| (one.parts.len(), &one.digest).cmp(&(other.parts.len(), &other.digest)));
        forms
    }

    /// The labels of some parts, with their fields under the names that they have in what is left.
    pub(super) fn parts_of(&self, readable: &BTreeSet<usize>) -> BTreeSet<(Label, BTreeSet<Field>)> {
        let gone = self.gone(readable);
        let moved = |part: &Part| {
            part.fields
                .iter()
                .map(|field| self.given.content.moved(*field, &gone))
                .collect::<BTreeSet<Field>>()
        };
        readable.iter().map(|part| (self.parts[*part].label.clone(), moved(&self.parts[*part]))).collect()
    }

    /// Whether another row is one of this one's forms: the same label, parts and bytes.
    pub(super) fn has_form(&self, other: &Self) -> bool {
        if self.given.content.object != other.given.content.object || self.label != other.label {
            return false;
        }
        let all = (0..other.parts.len()).collect();
        let (parts, digest) = (other.parts_of(&all), other.digest_of(&all));
        self.forms().iter().any(|form| form.digest == digest && self.parts_of(&form.parts) == parts)
    }
}

impl Oracle {
    /// Which parts of a row a viewer may read, by number.
    pub(super) fn parts_read(&self, viewer: &Viewer, row: &Row, at: Instant) -> BTreeSet<usize> {
        // A recall is an object of its own, under one label.
        if row.recall || !self.readable(viewer, row, at) {
            return BTreeSet::new();
        }
        (0..row.parts.len()).filter(|part| self.permits_of(viewer, row, Some(*part), at)).collect()
    }

    /// The marked fields that this viewer can read now, with the ordinals of their contributions.
    pub fn fields_now(&self, viewer: &Viewer) -> BTreeSet<(usize, Field)> {
        let now = self.now();
        let mut shown = BTreeSet::new();
        for row in self.rows.iter().filter(|row| self.exists(viewer, now) && self.readable(viewer, row, now))
        {
            let read = if row.recall { row.recalled.clone() } else { self.parts_read(viewer, row, now) };
            let parts = row.parts.iter().enumerate();
            let hidden: Vec<&Part> =
                parts.filter(|(part, _)| !read.contains(part)).map(|(_, part)| part).collect();
            // What was a part when it was given need not be one any more.
            for ordinal in &row.ordinals {
                let fields = self.given[*ordinal].iter().flat_map(|part| part.fields.iter().copied());
                let read = fields.filter(|field| !hidden.iter().any(|part| part.fields.contains(field)));
                shown.extend(read.map(|field| (*ordinal, field)));
            }
            for ordinal in &row.echoes {
                let own = self.given[*ordinal].iter();
                let read = own.filter(|own| !hidden.iter().any(|part| part.label == own.label));
                shown.extend(read.flat_map(|part| part.fields.iter()).map(|field| (*ordinal, *field)));
            }
        }
        shown
    }

    /// The marked fields of all contributions but these.
    pub fn fields_but(&self, shown: &BTreeSet<(usize, Field)>) -> Gone {
        let mut gone = Gone::new();
        for (ordinal, parts) in self.given.iter().enumerate() {
            let fields = parts.iter().flat_map(|part| part.fields.iter().copied());
            let hidden: BTreeSet<Field> =
                fields.filter(|field| !shown.contains(&(ordinal, *field))).collect();
            if !hidden.is_empty() {
                gone.insert(ordinal, hidden);
            }
        }
        gone
    }
}
