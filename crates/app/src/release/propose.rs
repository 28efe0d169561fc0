//! Proposing: from objects and a label in words to a record that people are asked about.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::label::{Handling, Terms};
use kizuna_access::release::rules::reaches_others;
use kizuna_access::release::{Basis, Decided, High, RELEASE_KIND, Release};
use kizuna_access::spec::Names;
use kizuna_access::{Label, MemberId, Principal};
use kizuna_stix::Id;
use kizuna_store::writer::Actor;
use uuid::Uuid;

use super::assemble::{Assembled, Source, next_version};
use super::basis::cite;
use super::check::unless_blocked;
use super::desk::load;
use super::{Finding, MOST_OBJECTS, Preview, Proposal, Shown};
use crate::ingest::{Known, terms};
use crate::read::Reading;
use crate::{AppError, Node};

/// How long a proposal waits for a decision where nothing is said.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Longest reason or note, in characters.
const LONGEST: usize = 2_000;

/// A release that is put together, with what speaks against it.
struct Put {
    release: Release,
    findings: Vec<Finding>,
}

impl Node {
    /// What a proposal would release, to whom, what it would take, and what stands in its way. Stores nothing.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an object that is hidden or absent; [`AppError::Invalid`] with the place in the
    /// request; [`AppError::Forbidden`] for who does not write.
    pub fn preview_release(&self, who: &Principal, proposal: &Proposal) -> Result<Preview, AppError> {
        let reading = self.read(who)?;
        let id = Id::new(RELEASE_KIND, Uuid::nil());
        let put = self.put_together(&reading, who, proposal, &id, self.now())?;
        Ok(Preview { release: self.shown(&reading, put.release)?, findings: put.findings })
    }

    /// Proposes a release, or with [`Proposal::draft`] only puts it together.
    ///
    /// # Errors
    /// As [`Node::preview_release`]; findings are faults of the request, unless it is only a draft.
    pub fn propose_release(&self, who: &Principal, proposal: &Proposal) -> Result<Shown, AppError> {
        let _one_at_a_time = self.releasing.lock();
        let reading = self.read(who)?;
        let id = Id::new(RELEASE_KIND, Uuid::new_v4());
        let now = self.now();
        let Put { mut release, findings } = self.put_together(&reading, who, proposal, &id, now)?;
        if !proposal.draft {
            unless_blocked(&findings)?;
            release.propose(who.person(), now).map_err(|not_now| conflict(&not_now))?;
        }
        self.keep_release(&release, Actor::Person(who.person()))?;
        self.show_release(who, &id)
    }

    /// Asks for approval of a draft, as it stands now.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a release that is hidden or absent; [`AppError::Conflict`] for one that is no draft;
    /// findings as for a new proposal.
    pub fn propose_draft(&self, who: &Principal, id: &Id) -> Result<Shown, AppError> {
        let _one_at_a_time = self.releasing.lock();
        let reading = self.read(who)?;
        let mut release = load(&reading, id)?;
        needs_to_write_for(&reading, &release)?;
        let assembled = self.assembled(&reading, &release)?;
        let mut findings = self.findings(&reading, &assembled, said(&release), release.by)?;
        findings.extend(super::check::unchanged(&release, &assembled));
        unless_blocked(&findings)?;
        release.propose(who.person(), self.now()).map_err(|not_now| conflict(&not_now))?;
        self.keep_release(&release, Actor::Person(who.person()))?;
        self.show_release(who, id)
    }

    /// Changes what is decided. Every approval is gone with that.
    ///
    /// # Errors
    /// As [`Node::propose_release`].
    pub fn amend_release(&self, who: &Principal, id: &Id, proposal: &Proposal) -> Result<Shown, AppError> {
        let _one_at_a_time = self.releasing.lock();
        let reading = self.read(who)?;
        let mut release = load(&reading, id)?;
        needs_to_write_for(&reading, &release)?;
        let now = self.now();
        let put = self.put_together(&reading, who, proposal, id, now)?;
        unless_blocked(&put.findings)?;
        release.amend(put.release.decided, who.person(), now).map_err(|not_now| conflict(&not_now))?;
        release.reason = put.release.reason;
        release.decide_by = put.release.decide_by;
        self.keep_release(&release, Actor::Person(who.person()))?;
        self.show_release(who, id)
    }

    fn put_together(
        &self,
        reading: &Reading,
        who: &Principal,
        proposal: &Proposal,
        id: &Id,
        now: Timestamp,
    ) -> Result<Put, AppError> {
        if !reading.reader().may_write() {
            let reason =
                "proposing takes the role analyst, releaser or admin, and a key that is not read-only";
            return Err(AppError::Forbidden(reason.to_owned()));
        }
        check_form(proposal, now)?;
        let ids: BTreeSet<&Id> = proposal.objects.iter().collect();
        let sources = ids.into_iter().map(|id| Source::newest(reading, id)).collect::<Result<Vec<_>, _>>()?;
        let known = Known::of(reading.directory(), reading.reader(), now);
        let label = given(&terms(&known, &proposal.label)?, &sources, who);
        label.check_own().map_err(|fault| AppError::invalid("$.label", fault.to_string()))?;

        let through = carriers(&known, &proposal.through, &label)?;
        let modified = next_version(&sources, now);
        let assembled = sources
            .into_iter()
            .map(|source| self.assemble(reading, source, &label, (who.member(), id), modified))
            .collect::<Result<Vec<_>, _>>()?;
        let agreement = worded(proposal.basis.as_deref()).map(|words| cite(reading, &words)).transpose()?;
        let basis = Basis { agreement, note: worded(proposal.basis_note.as_deref()) };
        let mut findings = self.findings(reading, &assembled, (&label, &basis), who.member())?;
        if !reaches_others(&label, who.member(), reading.directory()) {
            let rule = "the label given names nobody beside the own member";
            findings.push(Finding::new(&"label", rule, "say to whom, such as rel:EST"));
        }
        let rules = reading.directory().release_rules();
        let labels = assembled.iter().map(|one| &one.high.from).chain([&label]);
        let decided = Decided {
            policy: rules.version(labels),
            objects: assembled.iter().map(Assembled::released).collect(),
            basis,
            expires: proposal.expires,
            through,
            label,
        };
        let decide_by =
            proposal.decide_by.unwrap_or_else(|| now.checked_add(PATIENCE).unwrap_or(Timestamp::MAX));
        let mut release = Release::draft(id.clone(), who.member(), who.person(), decided, decide_by, now);
        release.reason = worded(proposal.reason.as_deref());
        Ok(Put { release, findings })
    }

    /// What a release would let out, made again from what the viewer reads now.
    pub(super) fn assembled(&self, reading: &Reading, release: &Release) -> Result<Vec<Assembled>, AppError> {
        let mut assembled = Vec::new();
        for item in &release.decided.objects {
            let Some(high) = &item.high else { return Err(AppError::NotFound) };
            let gone = || {
                AppError::Conflict(format!(
                    "{} is not what it was when this was proposed: withdraw this release, and propose it anew",
                    item.object_ref
                ))
            };
            let source = match Source::decided(reading, &item.object_ref, high)? {
                Some(source) => source,
                None if reads_more(reading, &item.object_ref, high)? => {
                    return Err(AppError::Conflict(format!(
                        "you read fields of {} that who proposed this does not: what would leave is not what you \
                         read. Let a releaser who reads no more decide, or propose it anew yourself",
                        item.object_ref
                    )));
                }
                None => return Err(gone()),
            };
            let modified = item.object_modified.unwrap_or(release.created);
            let place = (release.by, &release.id);
            assembled.push(self.assemble(reading, source, &release.decided.label, place, modified)?);
        }
        Ok(assembled)
    }
}

/// Whether the viewer reads the version that was decided about, with more fields than its proposer.
fn reads_more(reading: &Reading, id: &Id, high: &High) -> Result<bool, AppError> {
    let claims = match reading.claims(id) {
        Ok(claims) => claims,
        Err(AppError::NotFound) => return Ok(false),
        Err(error) => return Err(error),
    };
    let decided: Vec<&Label> = high.fields.iter().collect();
    let is_fuller = |claim: &crate::Item| {
        claim.source == high.originator
            && *claim.label == high.from
            && claim.fields.iter().any(|fields| !decided.contains(&&*fields.label))
    };
    Ok(claims.iter().any(is_fuller))
}

/// The members that may pass on what is released; each must be able to read it.
fn carriers(known: &Known<'_>, typed: &[String], label: &Label) -> Result<BTreeSet<MemberId>, AppError> {
    let mut members = BTreeSet::new();
    for (place, name) in typed.iter().enumerate() {
        let place = format!("$.through[{place}]");
        let member = known.member(name).ok_or_else(|| AppError::invalid(&*place, "no such member"))?;
        if !label.handling().contains(&Handling::Orcon) {
            let rule = "says who passes on what is originator controlled: the label given has no orcon";
            return Err(AppError::invalid(place, rule));
        }
        members.insert(member);
    }
    Ok(members)
}

/// Whether the viewer may change this release: who writes for the member that releases.
fn needs_to_write_for(reading: &Reading, release: &Release) -> Result<(), AppError> {
    let is_own = reading.reader().principal().member() == release.by;
    if is_own && reading.reader().may_write() {
        return Ok(());
    }
    Err(AppError::Forbidden("this takes a role that writes, in the member that releases".to_owned()))
}

/// The label given: what the words ask, and where they are silent what the content asks already, except that a draft
/// is one no more. The own member reads on.
fn given(asked: &Terms, sources: &[Source], who: &Principal) -> Label {
    let labels = sources.iter().map(|source| (*source.item.label).clone());
    let had = labels.reduce(|one, other| one.and(&other)).unwrap_or_else(|| Label::own(who.member()));
    let mut label = asked.or(&had.without(Handling::Draft)).label();
    label = label.including(who.member());
    for source in sources.iter().filter(|source| source.item.source != who.member()) {
        label = label.including(source.item.source);
    }
    label
}

/// What a release gives, and on what it rests.
pub(super) fn said(release: &Release) -> (&Label, &Basis) {
    (&release.decided.label, &release.decided.basis)
}

fn worded(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn check_form(proposal: &Proposal, now: Timestamp) -> Result<(), AppError> {
    if proposal.objects.is_empty() {
        return Err(AppError::invalid("$.objects", "names no object"));
    }
    if proposal.objects.len() > MOST_OBJECTS {
        return Err(AppError::TooLarge { what: "objects in one release", limit: MOST_OBJECTS });
    }
    if let Some(place) = proposal.objects.iter().position(|id| !may_be_released(id)) {
        let rule = "markings, releases and what this node mints beside content are not released";
        return Err(AppError::invalid(format!("$.objects[{place}]"), rule));
    }
    for (place, text) in [("$.reason", &proposal.reason), ("$.basis_note", &proposal.basis_note)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST) {
            return Err(AppError::invalid(place, format!("is longer than {LONGEST} characters")));
        }
    }
    for (place, at) in [("$.expires", proposal.expires), ("$.decide_by", proposal.decide_by)] {
        if at.is_some_and(|at| at <= now) {
            return Err(AppError::invalid(place, "lies in the past"));
        }
    }
    Ok(())
}

/// What this node mints beside content follows it by itself.
fn may_be_released(id: &Id) -> bool {
    let minted = ["marking-definition", "kizuna-label", "kizuna-recall", "kizuna-attestation", "kizuna-key"];
    id.kind() != RELEASE_KIND && id.kind() != "kizuna-sanitisation" && !minted.contains(&id.kind())
}

pub(super) fn conflict(not_now: &kizuna_access::release::NotNow) -> AppError {
    AppError::Conflict(not_now.to_string())
}
