//! The interned texts and the stripes, in memory. Append-only: what was committed never changes its number, so a
//! catalog that knows more than a snapshot is no harm to it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kizuna_access::{Label, MemberId, PersonId};
use kizuna_stix::Id;
use uuid::Uuid;

use crate::StoreError;
use crate::backend::{Heads, Row, Snapshot, Space, StripeRow, TermRow};

/// Row counts are read again when the store has grown by this share (one in …) since.
const REFRESH_SHARE: i64 = 8;
/// … and by at least this many rows.
const REFRESH_ROWS: i64 = 4096;

/// What a row asks of its readers: of all of it, and of its parts.
#[derive(Debug, Clone)]
pub(crate) struct Meaning {
    pub label: Arc<Label>,
    /// Narrower each than the label; empty for most.
    pub parts: Vec<Arc<Label>>,
}

/// The labels of an object and of its parts, as one interned text.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Composite {
    pub label: Label,
    pub parts: Vec<Label>,
}

#[derive(Debug, Clone)]
enum Term {
    Label(Meaning),
    Kind(Arc<str>),
    Member(MemberId),
    Channel(Arc<str>),
    Person(PersonId),
}

/// Numbers → what they stand for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    /// By number, from 1.
    terms: Vec<Term>,
    stripes: Vec<StripeRow>,
    members: HashMap<MemberId, i64>,
    /// Persons that a label names.
    named: HashSet<PersonId>,
    /// How many rows there were when the stripes were counted.
    counted: i64,
}

impl Catalog {
    /// Whether a snapshot with these heads knows more.
    pub fn is_behind(&self, heads: &Heads) -> bool {
        self.terms.len() < index(heads.term + 1)
            || self.stripes.len() < index(heads.stripe + 1)
            || heads.seq - self.counted > REFRESH_ROWS + self.counted / REFRESH_SHARE
    }

    /// Takes in what the snapshot has beyond this catalog.
    pub fn extend(&mut self, snapshot: &dyn Snapshot, heads: &Heads) -> Result<(), StoreError> {
        for row in snapshot.terms_after(self.last_term())? {
            let term = parse(&row)?;
            match &term {
                Term::Member(member) => {
                    self.members.insert(*member, row.id);
                }
                Term::Label(meaning) => {
                    let labels = std::iter::once(&meaning.label).chain(&meaning.parts);
                    self.named.extend(labels.flat_map(|label| label.persons()));
                }
                _ => {}
            }
            self.terms.push(term);
        }
        for row in snapshot.stripes_after(0)? {
            match self.stripes.get_mut(index(row.id)) {
                Some(known) => known.rows = known.rows.max(row.rows),
                None => self.stripes.push(row),
            }
        }
        self.counted = heads.seq;
        Ok(())
    }

    /// The number of the newest term.
    pub fn last_term(&self) -> i64 {
        number(self.terms.len())
    }

    /// Every label and composite of labels after a term number, with its number.
    pub fn labels_after(&self, term: i64) -> impl Iterator<Item = (i64, &Meaning)> {
        let from = self.terms.len().min(index(term + 1));
        self.terms[from..].iter().zip(term + 1..).filter_map(|(term, id)| match term {
            Term::Label(meaning) => Some((id, meaning)),
            _ => None,
        })
    }

    pub fn stripes(&self) -> &[StripeRow] {
        &self.stripes
    }

    pub fn stripe(&self, id: i64) -> Option<&StripeRow> {
        self.stripes.get(index(id))
    }

    /// Whether any label names this person.
    pub fn names(&self, person: PersonId) -> bool {
        self.named.contains(&person)
    }

    /// How many persons labels name: only ever more.
    pub fn named(&self) -> usize {
        self.named.len()
    }

    /// The number of a member that has given something.
    pub fn member_number(&self, member: MemberId) -> Option<i64> {
        self.members.get(&member).copied()
    }

    /// What a label, or a composite of labels, stands for.
    pub fn meaning(&self, id: i64) -> Result<&Meaning, StoreError> {
        match self.terms.get(index(id)) {
            Some(Term::Label(meaning)) => Ok(meaning),
            _ => Err(missing("label", id)),
        }
    }

    /// A label; of a composite that of the object itself.
    pub fn label(&self, id: i64) -> Result<&Arc<Label>, StoreError> {
        Ok(&self.meaning(id)?.label)
    }

    pub fn kind(&self, id: i64) -> Result<&str, StoreError> {
        match self.terms.get(index(id)) {
            Some(Term::Kind(kind)) => Ok(kind),
            _ => Err(missing("type", id)),
        }
    }

    pub fn member(&self, id: i64) -> Result<MemberId, StoreError> {
        match self.terms.get(index(id)) {
            Some(Term::Member(member)) => Ok(*member),
            _ => Err(missing("member", id)),
        }
    }

    pub fn channel(&self, id: i64) -> Result<&str, StoreError> {
        match self.terms.get(index(id)) {
            Some(Term::Channel(channel)) => Ok(channel),
            _ => Err(missing("channel", id)),
        }
    }

    pub fn person(&self, id: i64) -> Result<PersonId, StoreError> {
        match self.terms.get(index(id)) {
            Some(Term::Person(person)) => Ok(*person),
            _ => Err(missing("person", id)),
        }
    }

    /// The label of a row's object.
    pub fn label_of(&self, row: &Row) -> Result<&Arc<Label>, StoreError> {
        Ok(&self.meaning_of(row)?.label)
    }

    /// The labels of a row's object and of its parts.
    pub fn meaning_of(&self, row: &Row) -> Result<&Meaning, StoreError> {
        let stripe = self.stripe(row.stripe).ok_or_else(|| missing("stripe", row.stripe))?;
        self.meaning(stripe.label)
    }

    /// The type of a row's object.
    pub fn kind_of(&self, row: &Row) -> Result<&str, StoreError> {
        let stripe = self.stripe(row.stripe).ok_or_else(|| missing("stripe", row.stripe))?;
        self.kind(stripe.kind)
    }

    /// The identifier of a row's object.
    pub fn id_of(&self, row: &Row) -> Result<Id, StoreError> {
        Ok(Id::new(self.kind_of(row)?, Uuid::from_bytes(row.uuid)))
    }
}

fn parse(row: &TermRow) -> Result<Term, StoreError> {
    let unreadable = |what: &str| StoreError::Engine(format!("term {}: not a {what}", row.id));
    let uuid = |what: &str| Uuid::try_parse(&row.text).map_err(|_| unreadable(what));
    Ok(match row.space {
        Space::Label => {
            let label = Label::from_canonical(&row.text).map_err(|_| unreadable("label"))?;
            Term::Label(Meaning { label: label.into(), parts: Vec::new() })
        }
        Space::Composite => {
            let read = serde_json::from_str::<Composite>(&row.text);
            let Composite { label, parts } = read.map_err(|_| unreadable("composite of labels"))?;
            Term::Label(Meaning { label: label.into(), parts: parts.into_iter().map(Arc::new).collect() })
        }
        Space::Kind => Term::Kind(row.text.as_str().into()),
        Space::Member => Term::Member(MemberId(uuid("member")?)),
        Space::Channel => Term::Channel(row.text.as_str().into()),
        Space::Person => Term::Person(PersonId(uuid("person")?)),
    })
}

fn missing(what: &str, id: i64) -> StoreError {
    StoreError::Engine(format!("there is no {what} number {id}"))
}

/// Where number `id` lies in a list that begins with number 1.
fn index(id: i64) -> usize {
    usize::try_from(id - 1).unwrap_or(usize::MAX)
}

fn number(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
