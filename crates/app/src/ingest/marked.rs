//! What the markings on objects ask for: definitions in the envelope in any order, those that are known to everybody,
//! and those that the same source gave before. No other source's definition counts.

use std::collections::{BTreeSet, HashMap};

use kizuna_access::MemberId;
use kizuna_access::label::Terms;
use kizuna_access::marking::{self, Meaning};
use kizuna_access::redact::Asked;
use kizuna_stix::{Id, Object};
use kizuna_store::Store;

use crate::AppError;

/// What all markings on an object ask for together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marked {
    pub terms: Terms,
    /// Markings that could not be resolved.
    pub dangling: Vec<Id>,
    /// Whether a marking is of a kind that this node does not understand.
    pub unknown: bool,
}

impl Marked {
    /// Whether the object must stay with its source's member.
    pub fn is_unclear(&self) -> bool {
        self.unknown || !self.dangling.is_empty()
    }

    pub fn is_silent(&self) -> bool {
        !self.is_unclear() && self.terms.is_silent()
    }
}

/// What a definition asks.
#[derive(Debug, Clone)]
enum Asks {
    Terms(Terms),
    /// Something that this node does not understand.
    Unclear,
}

impl Asks {
    fn of(definition: &Object) -> Self {
        match marking::meaning(definition) {
            Meaning::Terms(terms) => Self::Terms(terms),
            Meaning::Statement(_) => Self::Terms(Terms::default()),
            Meaning::Unknown(_) => Self::Unclear,
        }
    }

    /// A definition has no versions: where a source gives two under one id, both are asked for.
    fn join(&mut self, other: &Self) {
        let joined = match (&*self, other) {
            (Self::Terms(one), Self::Terms(other)) => Self::Terms(one.and(other)),
            _ => Self::Unclear,
        };
        *self = joined;
    }
}

/// The definitions that count for each source, and what lists of markings were found to ask for.
pub struct Markings {
    definitions: HashMap<(MemberId, Id), Asks>,
    found: Vec<Marked>,
    /// (source, list of markings) → its number.
    compiled: HashMap<(MemberId, Vec<Id>), usize>,
    /// A peer's principal member answers for the definitions that come without an author.
    principal: MemberId,
}

impl Markings {
    /// Gathers the definitions that the objects of an envelope need.
    pub fn gather(
        principal: MemberId,
        objects: &[(MemberId, &Object)],
        store: &Store,
    ) -> Result<Self, AppError> {
        let mut markings =
            Self { definitions: HashMap::new(), found: Vec::new(), compiled: HashMap::new(), principal };
        for (source, object) in objects {
            if object.kind() == "marking-definition" {
                let asks = Asks::of(object);
                let known = markings.definitions.entry((*source, object.id().clone()));
                known.and_modify(|known| known.join(&asks)).or_insert(asks);
            }
        }
        let mut missing: HashMap<MemberId, BTreeSet<Id>> = HashMap::new();
        for (source, object) in objects {
            for id in refs(object) {
                if markings.definition(*source, &id).is_none() {
                    missing.entry(*source).or_default().insert(id);
                }
            }
        }
        for (source, ids) in missing {
            let ids: Vec<Id> = ids.into_iter().collect();
            markings.take_earlier(source, &ids, store)?;
            if source != principal {
                markings.take_earlier(principal, &ids, store)?;
            }
        }
        Ok(markings)
    }

    /// Takes in definitions that a source gave before.
    pub fn take_earlier(&mut self, source: MemberId, ids: &[Id], store: &Store) -> Result<(), AppError> {
        for definition in store.definitions(source, ids)? {
            let asks = Asks::of(&definition);
            self.definitions.entry((source, definition.id().clone())).or_insert(asks);
        }
        Ok(())
    }

    /// What one marking asks for a source; nothing where it is not known at all.
    fn definition(&self, source: MemberId, id: &Id) -> Option<Asks> {
        if let Some(tlp) = marking::well_known(id) {
            return Some(Asks::Terms(Terms::default().tlp(tlp)));
        }
        let given = |source: MemberId| self.definitions.get(&(source, id.clone())).cloned();
        given(source).or_else(|| given(self.principal))
    }

    /// What one marking asks for a source; nothing where it is not known at all.
    pub fn asked(&self, source: MemberId, id: &Id) -> Option<Asked> {
        self.definition(source, id).map(|asks| match asks {
            Asks::Terms(terms) => Asked::Terms(terms),
            Asks::Unclear => Asked::Unclear,
        })
    }

    /// What the markings on an object as a whole ask for, by number ([`Self::found`]). Those on its fields come on top
    /// of that ([`super::fields`]).
    pub fn of(&mut self, source: MemberId, object: &Object) -> usize {
        let place = (source, object.markings());
        let known = self.compiled.get(&place).copied();
        let number = known.unwrap_or_else(|| {
            let marked = self.resolve(source, &place.1);
            let number = self.keep(marked);
            self.compiled.insert(place, number);
            number
        });
        match self.said_of_itself(source, object) {
            Some(terms) => {
                let mut marked = self.found[number].clone();
                marked.terms = marked.terms.and(&terms);
                self.keep(marked)
            }
            None => number,
        }
    }

    /// What two numbers ask for together.
    pub fn both(&mut self, one: usize, other: usize) -> usize {
        let (one, other) = (&self.found[one], &self.found[other]);
        let marked = Marked {
            terms: one.terms.and(&other.terms),
            dangling: [&one.dangling[..], &other.dangling].concat(),
            unknown: one.unknown || other.unknown,
        };
        self.keep(marked)
    }

    pub fn found(&self, number: usize) -> &Marked {
        &self.found[number]
    }

    fn keep(&mut self, marked: Marked) -> usize {
        self.found.push(marked);
        self.found.len() - 1
    }

    fn resolve(&self, source: MemberId, refs: &[Id]) -> Marked {
        let mut marked = Marked::default();
        for id in refs {
            match self.definition(source, id) {
                None => marked.dangling.push(id.clone()),
                Some(Asks::Unclear) => marked.unknown = true,
                Some(Asks::Terms(terms)) => marked.terms = marked.terms.and(&terms),
            }
        }
        marked
    }

    /// A definition is read by those whom it lets read: it names them, and nobody else has a use for it.
    fn said_of_itself(&self, source: MemberId, object: &Object) -> Option<Terms> {
        if object.kind() != "marking-definition" || marking::well_known(object.id()).is_some() {
            return None;
        }
        match self.definitions.get(&(source, object.id().clone()))? {
            Asks::Terms(terms) => Some(terms.clone()),
            Asks::Unclear => None,
        }
    }
}

/// Every marking that an object refers to.
pub fn refs(object: &Object) -> Vec<Id> {
    let mut refs = object.markings();
    refs.extend(object.granular_markings());
    refs
}
