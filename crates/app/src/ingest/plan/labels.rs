//! The label of each object of an envelope, from its markings, its way and what refers to it.

use std::collections::{BTreeSet, HashMap};

use kizuna_access::channel::{Channel, compile};
use kizuna_access::{Directory, Label, MemberId};
use kizuna_stix::Object;

use super::Piece;
use crate::AppError;
use crate::ingest::closure::Reached;
use crate::ingest::fields::Fields;
use crate::ingest::giver::Giver;
use crate::ingest::marked::Markings;

/// The label of each object, by number.
pub(super) struct Labels {
    pub distinct: Vec<Label>,
    /// Per object.
    pub numbers: Vec<u32>,
    /// Of the objects that have some.
    pub fields: HashMap<usize, MarkedFields>,
}

/// The marked fields of one object.
pub struct MarkedFields {
    pub fields: Fields,
    /// The digest of each form that a reader may get, and the number of what is asked of its readers.
    pub forms: Vec<([u8; 32], u32)>,
}

impl Labels {
    pub fn compile(
        giver: &Giver,
        pieces: &[Piece],
        marked: &[usize],
        markings: &Markings,
        directory: &Directory,
    ) -> Result<Self, AppError> {
        let ways = Ways { as_given: &giver.way, as_arrived: giver.way.clone().over(true), directory };
        let mut interned = Interned::default();
        let mut compiled: HashMap<(MemberId, usize, bool), u32> = HashMap::new();
        let mut known: Vec<Option<u32>> = Vec::with_capacity(pieces.len());
        for (piece, number) in pieces.iter().zip(marked) {
            let found = markings.found(*number);
            if found.is_silent() {
                known.push(None);
                continue;
            }
            let way = ways.of(piece);
            let label = compiled.entry((piece.source, *number, way.is_hop)).or_insert_with(|| {
                interned.number(compile(&found.terms, found.is_unclear(), &[], way, piece.source))
            });
            known.push(Some(*label));
        }
        let mut spreading = known.clone();
        for (piece, label) in pieces.iter().zip(&mut spreading) {
            let Some(number) = label else { continue };
            let of = &interned.labels[*number as usize];
            let fields = Fields::of(markings, piece.source, &piece.object, of);
            let fields = fields.map(|fields| fields.behind(ways.of(piece)));
            if let Some(fields) = fields.filter(|fields| fields.refer(&piece.object)) {
                *number = interned.number(fields.whole());
            }
        }
        let objects: Vec<&Object> = pieces.iter().map(|piece| &piece.object).collect();
        let reached = Reached::compute(&objects, &spreading);
        let mut unmarked: HashMap<(MemberId, BTreeSet<u32>, bool), u32> = HashMap::new();
        let mut numbers = Vec::with_capacity(pieces.len());
        for (index, piece) in pieces.iter().enumerate() {
            if let Some(label) = known[index] {
                numbers.push(label);
                continue;
            }
            let way = ways.of(piece);
            let place = (piece.source, reached.of(index).clone(), way.is_hop);
            if let Some(label) = unmarked.get(&place) {
                numbers.push(*label);
                continue;
            }
            let referencing: Vec<&Label> =
                place.1.iter().map(|number| &interned.labels[*number as usize]).collect();
            let silent = &markings.found(marked[index]).terms;
            let label = compile(silent, false, &referencing, way, piece.source);
            let label = interned.number(label);
            unmarked.insert(place, label);
            numbers.push(label);
        }
        let fields = interned.narrow_to_fields(pieces, (markings, &ways), &mut numbers)?;
        Ok(Self { distinct: interned.labels, numbers, fields })
    }
}

/// The way by which each object came: what a member that lives elsewhere wrote has come from another node, whoever brings it.
struct Ways<'a> {
    as_given: &'a Channel,
    as_arrived: Channel,
    directory: &'a Directory,
}

impl Ways<'_> {
    fn of(&self, piece: &Piece) -> &Channel {
        let author = piece.object.created_by();
        let author = author.and_then(|author| self.directory.member_of_identity(&author));
        if author.is_some_and(|author| !author.hosted) { &self.as_arrived } else { self.as_given }
    }
}

/// Distinct labels, numbered.
#[derive(Default)]
struct Interned {
    labels: Vec<Label>,
    numbers: HashMap<Label, u32>,
}

impl Interned {
    fn number(&mut self, label: Label) -> u32 {
        if let Some(number) = self.numbers.get(&label) {
            return *number;
        }
        let number = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        self.labels.push(label.clone());
        self.numbers.insert(label, number);
        number
    }

    /// The marked fields of each object that has some, under its label, which they may narrow.
    fn narrow_to_fields(
        &mut self,
        pieces: &[Piece],
        (markings, ways): (&Markings, &Ways<'_>),
        numbers: &mut [u32],
    ) -> Result<HashMap<usize, MarkedFields>, AppError> {
        let mut found = HashMap::new();
        for (index, (piece, number)) in pieces.iter().zip(numbers).enumerate() {
            let label = &self.labels[*number as usize];
            let Some(fields) = Fields::of(markings, piece.source, &piece.object, label) else { continue };
            let fields = fields.behind(ways.of(piece));
            *number = self.number(fields.label.clone());
            let forms = fields.forms(&piece.object)?;
            let forms = forms.into_iter().map(|(digest, label)| (digest, self.number(label))).collect();
            found.insert(index, MarkedFields { fields, forms });
        }
        Ok(found)
    }
}
