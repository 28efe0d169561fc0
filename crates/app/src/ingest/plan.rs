//! The plan of an envelope: under which label each object is stored, what is contributed beside it, what is refused.

mod labels;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::channel::{Channel, compile};
use kizuna_access::label::{LabelFault, Tlp};
use kizuna_access::travel::{LABEL_KIND, RECALL_KIND, Recall};
use kizuna_access::{Directory, Label, MemberId};
use kizuna_access::{overlay, receipt, request};
use kizuna_attest::label_digest;
use kizuna_federation::guard::above;
use kizuna_stix::read::{Element, Refused};
use kizuna_stix::{Fault, Object, Severity};
use kizuna_store::{Contribution, Quarantined, Store};
use uuid::Uuid;

use super::assignment::{Assignments, passed_on, standing};
use super::fields::Fields;
use super::giver::{Giver, Origin};
use super::marked::{Marked, Markings};
use super::own::{Lead, Own, Saying};
use super::proof::{Standing, judge};
use super::raw::RawElements;
use super::settle::Arrived;
use crate::originator::{self, Labelled, Passages};
use crate::package::Ranks;
use crate::receipts::Telling;
use crate::receipts::adopt::{Adoption, Adoptions};
use crate::release::refuses_direct;
use crate::{AppError, Node};
use labels::Labels;

pub use labels::MarkedFields;

/// How far ahead of the node's clock `modified` may be (design, semantic 8).
pub const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What is to be stored of an envelope.
#[derive(Default)]
pub struct Plan {
    /// Elements of the envelope.
    pub total: usize,
    /// What comes first: minted marking definitions, then label objects.
    pub lead: Lead,
    /// With the place of each in the envelope.
    pub main: Vec<(usize, Contribution)>,
    pub refused: Vec<(usize, Quarantined)>,
    /// To be carried out once it is stored.
    pub arrived: Arrived,
    /// What is told to senders, once it is stored.
    pub telling: Telling,
}

/// One object on its way, with its place in the envelope.
struct Piece {
    place: usize,
    source: MemberId,
    object: Object,
    standing: Standing,
}

/// Plans an envelope.
pub fn plan(giver: &Giver, envelope: &[u8], elements: Vec<Element>, node: &Node) -> Result<Plan, AppError> {
    let (now, store) = (node.now(), &node.store);
    let mut planning =
        Planning { giver, envelope, raw: None, now, labelled: Labelled::default(), plan: Plan::default() };
    planning.plan.total = elements.len();
    let pieces = planning.sort_out(elements);
    let mut pieces = planning.prove(pieces, node)?;
    let assignments = assign(giver, &mut pieces);
    if giver.is_node(&*node.directory()?) {
        let here = pieces.iter().map(|piece| &piece.object);
        planning.plan.arrived.labels(&giver.channel, assignments.of_others(here));
    }
    let earlier = earlier(giver, &mut pieces, &assignments, node)?;
    let seen: Vec<(MemberId, &Object)> = pieces.iter().map(|piece| (piece.source, &piece.object)).collect();
    let mut markings = Markings::gather(giver.source, &seen, store)?;
    let mut marked = mark(&pieces, &assignments, &mut markings);
    for (index, labeller, label_object) in earlier {
        markings.take_earlier(labeller, &label_object.markings(), store)?;
        markings.take_earlier(giver.source, &label_object.markings(), store)?;
        let asked = markings.of(labeller, &label_object);
        marked[index] = markings.both(marked[index], asked);
        if originator::is_controlled(&markings.found(asked).terms.label()) {
            planning.labelled.add(&label_object);
        }
    }
    let labels = Labels::compile(giver, &pieces, &marked, &markings, &*node.directory()?)?;
    planning.finish(pieces, &marked, &markings, &labels, node)?;
    Ok(planning.plan)
}

struct Planning<'a> {
    giver: &'a Giver,
    envelope: &'a [u8],
    raw: Option<RawElements<'a>>,
    now: Timestamp,
    /// The versions that earlier label objects put under originator control.
    labelled: Labelled,
    plan: Plan,
}

impl Planning<'_> {
    /// Sets aside what was refused when it was read, or is dated too far ahead.
    fn sort_out(&mut self, elements: Vec<Element>) -> Vec<Piece> {
        let latest = self.now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
        let mut pieces = Vec::with_capacity(elements.len());
        for (place, element) in elements.into_iter().enumerate() {
            match element {
                Element::Refused(refused) => self.refuse(place, refused),
                Element::Object(object) if object.modified().is_some_and(|modified| modified > latest) => {
                    let rule = "modified is more than 5 minutes ahead of this node's clock";
                    self.refuse_object(place, &object, "$.modified", rule);
                }
                Element::Object(object) => {
                    let source = self.giver.source_of(&object);
                    pieces.push(Piece { place, source, object: *object, standing: Standing::Trusted });
                }
            }
        }
        pieces
    }

    /// Sets aside what contradicts an attestation; the rest with whose it is, where that is proven.
    fn prove(&mut self, pieces: Vec<Piece>, node: &Node) -> Result<Vec<Piece>, AppError> {
        let objects: Vec<(MemberId, &Object)> =
            pieces.iter().map(|piece| (piece.source, &piece.object)).collect();
        let standings = judge(self.giver, &objects, node)?;
        let mut proven = Vec::with_capacity(pieces.len());
        for (mut piece, standing) in pieces.into_iter().zip(standings) {
            if let Standing::Bad(reason) = &standing {
                self.refuse_object(piece.place, &piece.object, "$", reason);
                continue;
            }
            // Of an account only what it passes on is another's.
            let is_relayed = |standing: &Standing| matches!(standing, Standing::Attested(..));
            if (!self.giver.is_here() || is_relayed(&standing))
                && let Some(member) = standing.proven()
            {
                piece.source = member;
            }
            piece.standing = standing;
            proven.push(piece);
        }
        Ok(proven)
    }

    fn refuse(&mut self, place: usize, refused: Refused) {
        let Refused { bytes, id, faults } = refused;
        let quarantined = Quarantined {
            source: self.giver.source,
            by: self.giver.by,
            channel: self.giver.channel.clone(),
            received: self.now,
            bytes,
            id,
            faults,
        };
        self.plan.refused.push((place, quarantined));
    }

    fn refuse_object(&mut self, place: usize, object: &Object, path: &str, rule: &str) {
        let envelope = self.envelope;
        let bytes = self.raw.get_or_insert_with(|| RawElements::new(envelope)).of(object);
        let fault = Fault { severity: Severity::Error, path: path.to_owned(), rule: rule.to_owned() };
        self.refuse(place, Refused { bytes, id: Some(object.id().to_string()), faults: vec![fault] });
    }

    /// Spillage: of what is above the node's ceiling its digest is kept and nothing else (design, semantic 14).
    fn refuse_above(&mut self, place: usize, object: &Object) {
        let digest = hex::encode(object.digest());
        let rule = format!("it is above this node's ceiling: only its SHA-256 is kept, {digest}");
        let fault = Fault { severity: Severity::Error, path: "$.object_marking_refs".to_owned(), rule };
        self.refuse(place, Refused { bytes: Vec::new(), id: None, faults: vec![fault] });
    }

    fn finish(
        &mut self,
        pieces: Vec<Piece>,
        marked: &[usize],
        markings: &Markings,
        labels: &Labels,
        node: &Node,
    ) -> Result<(), AppError> {
        let directory = node.directory()?;
        let ceiling = Node::node_ceiling(&directory, self.now);
        let mut own = Own::new(self.giver, node.attesters(&directory));
        let mut meant = Meant::default();
        let earlier = std::mem::take(&mut self.labelled);
        let mut control = Control::of(self.giver, earlier, &pieces, marked, markings);
        let given = pieces.iter().map(|piece| (piece.source, &piece.object));
        let adoptions = Adoptions::of(given, node, &directory)?;
        for (index, piece) in pieces.into_iter().enumerate() {
            let Piece { place, source, object, standing } = piece;
            let found = markings.found(marked[index]);
            let number = labels.numbers[index];
            let label = &labels.distinct[number as usize];
            let authored = standing.is_believed() && is_author(&object, source, &directory);
            if let Standing::Attested(_, attestations) = &standing
                && !found.is_unclear()
            {
                let label = match Fields::of(markings, source, &object, &bare(found, source)) {
                    Some(fields) => label_digest(&fields.whole()),
                    None => *meant.by_markings(source, marked[index], found),
                };
                if !attestations.iter().any(|attestation| attestation.is_under(&label)) {
                    let rule = "its markings mean another label than the one under which it is attested";
                    self.refuse_object(place, &object, "$.object_marking_refs", rule);
                    continue;
                }
            }
            if authored
                && self.giver.is_here()
                && source == self.giver.source
                && let Err(fault) = check_own(self.giver, found, label, source)
            {
                self.refuse_object(place, &object, "$.object_marking_refs", &fault.to_string());
                continue;
            }
            let whole =
                || labels.fields.get(&index).map_or_else(|| label.clone(), |marked| marked.fields.whole());
            if let Some(ceiling) = &ceiling
                && above(&whole(), ceiling, &Ranks(&directory)).is_some()
            {
                self.refuse_above(place, &object);
                continue;
            }
            if let Some(reason) = refuses_direct(self.giver, &object, label, &directory) {
                self.refuse_object(place, &object, "$.object_marking_refs", &reason);
                continue;
            }
            // Whoever types it here gives it for the own member, whoever attested it.
            let given_by = if self.giver.is_typed_here() { self.giver.source } else { source };
            if let Some(reason) = control.refuses(self.giver, (&object, given_by), label, node)? {
                self.refuse_object(place, &object, "$.object_marking_refs", &reason);
                continue;
            }
            // What a member said without its name is its community's owner's from here on; nothing says whose it is.
            let (source, authored, by) = match adoptions.of_object(index, &object) {
                Adoption::None => (source, authored, self.giver.by),
                Adoption::By(owner) => (owner, object.kind() != "marking-definition", None),
                Adoption::Refused(rule) => {
                    self.refuse_object(place, &object, "$.community", &rule);
                    continue;
                }
            };
            self.plan.arrived.note(&object, source, authored, self.giver);
            let fields = labels.fields.get(&index);
            let mut dangling = found.dangling.clone();
            dangling.extend(fields.iter().flat_map(|marked| marked.fields.dangling.iter().cloned()));
            self.plan.arrived.waits(source, &dangling);
            let (mut kept, mut parts) =
                (label.clone(), fields.map_or_else(Vec::new, |marked| marked.fields.parts.clone()));
            if !self.giver.speaks_for(source) && is_recalled(&object, source, &standing, &node.store)? {
                kept = kept.only_own(source);
                for part in &mut parts {
                    part.label = part.label.only_own(source);
                }
            }
            let channel = self.channel_of(&object, source, &standing, &kept, &node.store)?;
            let saying = Saying { found: (marked[index], found), label: (number, label), fields, markings };
            let object = own.write(object, authored, source, &saying)?;
            let contribution = Contribution {
                object,
                source,
                by: by.filter(|_| source == self.giver.source),
                channel,
                label: kept,
                parts,
                authored,
                dangling,
                reliability: self.giver.reliability,
            };
            self.plan.telling.note(&contribution);
            self.plan.main.push((place, contribution));
        }
        self.plan.lead = own.lead(&labels.distinct, node)?;
        Ok(())
    }

    /// The way under which it is stored. What its author attested is one contribution of its author, however many ways
    /// it comes by: it stays with the first.
    fn channel_of(
        &self,
        object: &Object,
        source: MemberId,
        standing: &Standing,
        label: &Label,
        store: &Store,
    ) -> Result<String, AppError> {
        if matches!(standing, Standing::Attested(..)) {
            let given = store.given(source, object.id(), &object.digest())?;
            if let Some(first) = given.into_iter().find(|given| given.authored && given.label == *label) {
                return Ok(first.channel);
            }
        }
        Ok(self.giver.channel.clone())
    }
}

/// Whether its author has taken back, since it was attested, what somebody else still passes on.
fn is_recalled(
    object: &Object,
    source: MemberId,
    standing: &Standing,
    store: &Store,
) -> Result<bool, AppError> {
    let Standing::Attested(_, attestations) = standing else { return Ok(false) };
    let attested = attestations.iter().map(|attests| attests.at()).max().unwrap_or(Timestamp::MIN);
    let recalls = store.given_about(source, RECALL_KIND, object.id())?;
    let mut recalls = recalls.iter().filter_map(|recall| Recall::read(recall).ok());
    Ok(recalls.any(|recall| recall.at >= attested && recall.covers.includes(object)))
}

/// What is said of originator control in an envelope and before it.
struct Control {
    labelled: Labelled,
    /// The originators' releases that come with it.
    passages: Passages,
}

impl Control {
    /// With what earlier label objects say.
    fn of(
        giver: &Giver,
        labelled: Labelled,
        pieces: &[Piece],
        marked: &[usize],
        markings: &Markings,
    ) -> Self {
        let mut control = Self { labelled, passages: Passages::default() };
        for (piece, number) in pieces.iter().zip(marked) {
            let asks = &markings.found(*number).terms;
            if piece.object.kind() == LABEL_KIND && originator::is_controlled(&asks.label()) {
                control.labelled.add(&piece.object);
            }
            if let Some(member) = piece.standing.proven().filter(|_| !giver.is_here()) {
                control.passages.add(member, &piece.object);
            }
        }
        if giver.is_here() {
            control.labelled = std::mem::take(&mut control.labelled).without(giver.source);
        }
        control
    }

    /// Why an object under this label is not taken in from this giver.
    fn refuses(
        &mut self,
        giver: &Giver,
        (object, source): (&Object, MemberId),
        label: &Label,
        node: &Node,
    ) -> Result<Option<String>, AppError> {
        let directory = node.directory()?;
        if giver.is_typed_here() {
            return Ok(originator::refuses_given(object, source, label, &self.labelled, &directory));
        }
        let Origin::Peer { hosted } = &giver.origin else { return Ok(None) };
        let labeller = self.labelled.by(object);
        if labeller.is_none() && !originator::is_controlled(label) {
            return Ok(None);
        }
        let author = object.created_by().and_then(|author| Some(directory.member_of_identity(&author)?.id));
        let originator = author.or(labeller).unwrap_or(source);
        originator::relay_refused(node, object, originator, (hosted, &mut self.passages))
    }
}

/// The labels that markings alone mean, by digest: what a member attests.
#[derive(Default)]
struct Meant {
    /// By source and number of the markings.
    digests: HashMap<(MemberId, usize), [u8; 32]>,
}

impl Meant {
    fn by_markings(&mut self, source: MemberId, number: usize, found: &Marked) -> &[u8; 32] {
        self.digests.entry((source, number)).or_insert_with(|| label_digest(&bare(found, source)))
    }
}

/// Whether a source is an object's author: it owns the identity that the object names. What describes a member is
/// that member's own, whoever claims to have written it.
fn is_author(object: &Object, source: MemberId, directory: &Directory) -> bool {
    let is_members = || directory.member_of_identity(object.id()).is_some();
    if object.kind() == "identity" && is_members() {
        return *object.id() == source.identity();
    }
    // Likewise a member's overlay over an object, its receipts and its answers have ids of that member's own.
    names_author(object, source)
        && overlay::is_its_own(object, source)
        && receipt::is_its_own(object, source)
        && request::is_its_own(object, source)
}

/// Whether `created_by_ref` is this member's identity.
fn names_author(object: &Object, member: MemberId) -> bool {
    let author = object.text("created_by_ref").and_then(|id| id.strip_prefix("identity--"));
    let mut own = Uuid::encode_buffer();
    author == Some(&*member.0.hyphenated().encode_lower(&mut own))
}

/// Finds what the envelope's label objects name. What a peer sends without an author of its own is its who labelled
/// it there.
fn assign(giver: &Giver, pieces: &mut [Piece]) -> Assignments {
    let mut assignments = Assignments::default();
    for (index, piece) in pieces.iter().enumerate() {
        let is_believed = piece.standing.is_believed() && names_author(&piece.object, piece.source);
        if piece.object.kind() == LABEL_KIND && is_believed {
            assignments.add(&piece.object, piece.source, index);
        }
    }
    if !giver.is_here() {
        for piece in pieces.iter_mut().filter(|piece| piece.source == giver.source) {
            if let Some(labelled) = assignments.of(&piece.object).first() {
                piece.source = labelled.by;
            }
        }
    }
    assignments
}

/// The label objects that another node sent before the objects that they name: each with the place of its object, and
/// whose it is.
fn earlier(
    giver: &Giver,
    pieces: &mut [Piece],
    assignments: &Assignments,
    node: &Node,
) -> Result<Vec<(usize, MemberId, Object)>, AppError> {
    if !giver.is_node(&*node.directory()?) {
        return Ok(Vec::new());
    }
    let hosted = giver.hosted();
    let mut found = Vec::new();
    for (index, piece) in pieces.iter_mut().enumerate() {
        let object = &piece.object;
        let is_authored = names_author(object, piece.source);
        if is_authored || object.kind() == "marking-definition" || !assignments.of(object).is_empty() {
            continue;
        }
        let mut labellers = Vec::new();
        for member in &hosted {
            if let Some((_, label_objects)) = standing(&node.store, *member, object)? {
                found.extend(label_objects.into_iter().map(|label_object| (index, *member, label_object)));
                labellers.push(*member);
            }
        }
        if labellers.is_empty() {
            let beside = passed_on(&node.store, object)?;
            found.extend(beside.into_iter().map(|(labeller, label_object)| (index, labeller, label_object)));
        }
        if let Some(first) = labellers.first().filter(|_| !labellers.contains(&piece.source)) {
            piece.source = *first;
        }
    }
    Ok(found)
}

/// What each object's markings ask for, with what label objects of the same source add; by number.
fn mark(pieces: &[Piece], assignments: &Assignments, markings: &mut Markings) -> Vec<usize> {
    let mut marked: Vec<usize> =
        pieces.iter().map(|piece| markings.of(piece.source, &piece.object)).collect();
    if assignments.is_empty() {
        return marked;
    }
    for (index, piece) in pieces.iter().enumerate() {
        // Foreign bytes that several members of a peer labelled are under all of their labels.
        let is_authored = names_author(&piece.object, piece.source);
        for labelled in assignments.of(&piece.object) {
            if labelled.by == piece.source || !is_authored {
                marked[index] = markings.both(marked[index], marked[labelled.place]);
            }
        }
    }
    marked
}

/// Whether own content may carry what was asked for it. RED that names no member or person is refused with its
/// reason, rather than quietly kept from everybody it was meant for (design, semantic 3).
fn check_own(giver: &Giver, found: &Marked, label: &Label, source: MemberId) -> Result<(), LabelFault> {
    if label.tlp() != Some(Tlp::Red) || found.is_unclear() {
        return Ok(());
    }
    let default = giver.way.default.clone().unwrap_or_else(|| Label::own(source));
    found.terms.or(&default).and(&giver.way.always).label().check_own()
}

/// The label that markings alone give, without what a way adds: what another node would make of them.
pub fn bare(found: &Marked, source: MemberId) -> Label {
    compile(&found.terms, found.is_unclear(), &[], &Channel::default(), source)
}
