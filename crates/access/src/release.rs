//! Releases: the decision that lets content leave to parties that could not read it before, as a pure state machine.
//!
//! ```text
//! Draft ── propose ──► Proposed ── enough approvals ──► Approved ── carried out ──► Released
//!   │                     │  ▲ ◄── one is taken back ──────┘                           │
//!   └── withdraw, lapse ──┴──┴── reject, withdraw, lapse ──────► Rejected │ Withdrawn │ Expired
//! ```
//!
//! Every step is a method of [`Release`] that refuses what the state does not allow. Whether enough people agreed is
//! judged anew each time it matters ([`judge()`]), against who everybody is at that instant; only that judgement makes a
//! [`Cleared`], and without one nothing is released. An approval is over a digest of everything that was decided
//! ([`Release::digest`]): whatever changes afterwards leaves the approval behind.
//!
//! Owns the rules ([`rules`]), the judgement ([`judge`]) and the form as an object ([`record`]). Refuses to know how
//! approvals are signed, and how what was decided is carried out.

pub mod judge;
pub mod record;
pub mod report;
pub mod rules;

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_stix::{Id, canonical, time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Label;
use crate::party::{MemberId, PersonId};

pub use judge::{Cleared, Standing, Why, judge};
pub use rules::{Direct, Needs, On, Rules};

/// The STIX type of a release.
pub const RELEASE_KIND: &str = "kizuna-release";

/// How far a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Being put together; nobody is asked yet.
    Draft,
    Proposed,
    /// Enough people agreed; it is about to be carried out.
    Approved,
    Released,
    Rejected,
    /// The time to decide ran out, or what was released had an end.
    Expired,
    Withdrawn,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Proposed,
        Self::Approved,
        Self::Released,
        Self::Rejected,
        Self::Expired,
        Self::Withdrawn,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether somebody still has to decide.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Proposed | Self::Approved)
    }
}

/// Why something was not released, by kind: the report counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Political,
    Operational,
    Procedural,
    Technical,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Political, Self::Operational, Self::Procedural, Self::Technical];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Political => "political",
            Self::Operational => "operational",
            Self::Procedural => "procedural",
            Self::Technical => "technical",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Why something is not released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub kind: Kind,
    pub text: String,
}

/// How a version leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Its author's: a new version with the label written into it.
    Mint,
    /// Somebody else's bytes, unaltered, under a label object.
    Label,
}

/// One version that a release lets out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub object_ref: Id,
    /// `modified` of what leaves, where the object has one.
    pub object_modified: Option<Timestamp>,
    /// SHA-256 of the bytes that leave, in hexadecimal.
    pub digest: String,
    /// What is known on the high side alone; absent from what recipients get.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<High>,
}

impl High {
    /// What a reader of all that was decided about is asked for.
    pub fn asks(&self) -> Label {
        self.fields.iter().fold(self.from.clone(), |all, field| all.and(field))
    }
}

/// What a released version was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct High {
    /// SHA-256 of the version that was decided about, in hexadecimal.
    pub from_digest: String,
    /// The label that it had.
    pub from: Label,
    pub way: Way,
    /// The member whose content it is.
    pub originator: MemberId,
    /// Whether that member has to agree.
    pub consent: bool,
    /// What its fields asked for beside that, as far as they were decided about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Label>,
    /// Its authors among the own member's people: none of them may approve.
    pub authors: BTreeSet<PersonId>,
}

/// What a release rests on: an agreement, or nothing, which every surface says. Whether the agreement holds is asked
/// when it matters ([`crate::agreement::Agreement::refusals`]); here it is only cited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Basis {
    pub agreement: Option<Cited>,
    /// What else there is to say of it, in words. It is no basis.
    pub note: Option<String>,
}

/// One version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    pub id: Id,
    /// Its `modified`: a newer version is another agreement.
    pub version: Timestamp,
}

/// What is decided. Any change of it leaves earlier approvals behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Sorted by id, each once.
    pub objects: Vec<Item>,
    /// The label given: whom it names are the recipients.
    pub label: Label,
    /// The policies and rules under which it is decided, see [`Rules::version`].
    pub policy: String,
    /// What the release rests on.
    pub basis: Basis,
    /// When the release ends by itself, exclusive.
    pub expires: Option<Timestamp>,
    /// Whose nodes may pass it on, where it is originator controlled: nobody's but those.
    pub through: BTreeSet<MemberId>,
}

/// One person's agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub person: PersonId,
    /// SHA-256 of what was agreed to ([`Release::statement`]), in hexadecimal.
    pub statement: String,
    /// Of the person's own key.
    pub fingerprint: String,
    /// Over the statement's digest.
    pub signature: String,
    pub at: Timestamp,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    Drafted,
    Proposed,
    Amended,
    Approved,
    TookBack,
    /// The last approval that was needed is there.
    Cleared,
    Released,
    Rejected,
    Expired,
    Withdrawn,
}

impl Act {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Proposed => "proposed",
            Self::Amended => "amended",
            Self::Approved => "approved",
            Self::TookBack => "took-back",
            Self::Cleared => "cleared",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether recipients are told of it.
    fn is_told(self) -> bool {
        matches!(self, Self::Proposed | Self::Cleared | Self::Released | Self::Expired | Self::Withdrawn)
    }
}

/// One step, and who took it; nobody where time did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub act: Act,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

/// A release and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub id: Id,
    /// The member that releases.
    pub by: MemberId,
    pub created: Timestamp,
    /// Of this version of the record.
    pub modified: Timestamp,
    pub state: State,
    pub decided: Decided,
    pub proposer: PersonId,
    /// Why it should be released; for the own side.
    pub reason: Option<String>,
    /// When a proposal that nobody decided lapses.
    pub decide_by: Timestamp,
    /// At most one a person, in order.
    pub approvals: Vec<Approval>,
    pub refusal: Option<Refusal>,
    pub steps: Vec<Step>,
}

/// The step is not open from here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    #[error("it is {} already", .0.as_str())]
    Is(State),
    #[error("it is a draft that nobody has been asked about yet: propose it first")]
    OnlyDraft,
    #[error("the time to decide ran out at {0}")]
    Late(Timestamp),
    #[error("the approval is for something else than what is proposed now")]
    OtherStatement,
    #[error("this person has not approved it")]
    NotApproved,
    #[error("not enough people agree to what would be carried out")]
    NotCleared,
}

impl Release {
    /// Puts a release together. It asks nobody yet.
    pub fn draft(
        id: Id,
        by: MemberId,
        proposer: PersonId,
        decided: Decided,
        decide_by: Timestamp,
        now: Timestamp,
    ) -> Self {
        let step = Step { act: Act::Drafted, at: now, by: Some(proposer) };
        Self {
            id,
            by,
            created: now,
            modified: now,
            state: State::Draft,
            decided: decided.normal(),
            proposer,
            reason: None,
            decide_by,
            approvals: Vec::new(),
            refusal: None,
            steps: vec![step],
        }
    }

    /// What an approval is over, in canonical JSON: the release, who releases, the bytes that leave, the label given,
    /// the policies and rules, the basis and the end.
    pub fn statement(&self) -> Vec<u8> {
        let object = |item: &Item| json!({ "object_ref": item.object_ref.as_str(), "digest": item.digest });
        let objects: Vec<Value> = self.decided.objects.iter().map(object).collect();
        let end = self.decided.expires.map(|expires| expires.to_string());
        let Basis { agreement, note } = &self.decided.basis;
        let cited = agreement.as_ref().map(|cited| cited.id.as_str());
        let mut says = json!({
            "release": self.id.as_str(),
            "by": self.by.to_string(),
            "objects": objects,
            "label": self.decided.label.canonical(),
            "policy": self.decided.policy,
            "basis": cited.or(note.as_deref()),
            "expires": end,
        });
        if let Some(cited) = agreement {
            says["basis_version"] = json!(time::format(cited.version));
            says["basis_note"] = json!(note);
        }
        if !self.decided.through.is_empty() {
            says["through"] = json!(self.decided.through);
        }
        says.as_object().map(canonical::map_to_vec).unwrap_or_default()
    }

    /// SHA-256 of the statement.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.statement()).into()
    }

    /// Asks for approval.
    pub fn propose(&mut self, by: PersonId, now: Timestamp) -> Result<(), NotNow> {
        self.needs_open(now)?;
        if self.state != State::Draft {
            return Err(NotNow::Is(self.state));
        }
        self.proposer = by;
        self.go(State::Proposed, Act::Proposed, Some(by), now);
        Ok(())
    }

    /// Changes what is decided. Nobody has agreed to that yet, so every approval is gone; who changes it is its
    /// proposer from now on.
    pub fn amend(&mut self, decided: Decided, by: PersonId, now: Timestamp) -> Result<(), NotNow> {
        self.needs_open(now)?;
        self.decided = decided.normal();
        self.approvals.clear();
        self.proposer = by;
        let state = if self.state == State::Draft { State::Draft } else { State::Proposed };
        self.go(state, Act::Amended, Some(by), now);
        Ok(())
    }

    /// Takes an approval in. Whether it counts is for [`judge()`] to say, now and whenever it matters.
    pub fn approve(&mut self, approval: Approval, now: Timestamp) -> Result<(), NotNow> {
        self.needs_proposed(now)?;
        if approval.statement != hex::encode(self.digest()) {
            return Err(NotNow::OtherStatement);
        }
        let person = approval.person;
        self.approvals.retain(|known| known.person != person);
        self.approvals.push(approval);
        self.go(self.state, Act::Approved, Some(person), now);
        Ok(())
    }

    /// Takes an approval back.
    pub fn take_back(&mut self, person: PersonId, now: Timestamp) -> Result<(), NotNow> {
        self.needs_proposed(now)?;
        let before = self.approvals.len();
        self.approvals.retain(|known| known.person != person);
        if self.approvals.len() == before {
            return Err(NotNow::NotApproved);
        }
        self.go(State::Proposed, Act::TookBack, Some(person), now);
        Ok(())
    }

    /// Notes that enough people agreed.
    pub fn clear(&mut self, cleared: &Cleared, now: Timestamp) -> Result<(), NotNow> {
        self.needs_proposed(now)?;
        self.needs_match(cleared)?;
        if self.state == State::Proposed {
            self.go(State::Approved, Act::Cleared, None, now);
        }
        Ok(())
    }

    /// Notes that it was carried out.
    pub fn released(
        &mut self,
        cleared: &Cleared,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<(), NotNow> {
        self.needs_proposed(now)?;
        self.needs_match(cleared)?;
        self.go(State::Released, Act::Released, by, now);
        Ok(())
    }

    /// Refuses it.
    pub fn reject(&mut self, refusal: Refusal, by: PersonId, now: Timestamp) -> Result<(), NotNow> {
        self.needs_proposed(now)?;
        self.refusal = Some(refusal);
        self.go(State::Rejected, Act::Rejected, Some(by), now);
        Ok(())
    }

    /// Takes it back: a proposal before it is decided, or what was released.
    pub fn withdraw(&mut self, refusal: Option<Refusal>, by: PersonId, now: Timestamp) -> Result<(), NotNow> {
        if !self.state.is_open() && self.state != State::Released {
            return Err(NotNow::Is(self.state));
        }
        self.refusal = refusal;
        self.go(State::Withdrawn, Act::Withdrawn, Some(by), now);
        Ok(())
    }

    /// When time next changes it by itself.
    pub fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Draft | State::Proposed | State::Approved => {
                Some(self.decided.expires.map_or(self.decide_by, |expires| expires.min(self.decide_by)))
            }
            State::Released => self.decided.expires,
            State::Rejected | State::Expired | State::Withdrawn => None,
        }
    }

    /// Lets time have its effect; whether it had any.
    pub fn lapse(&mut self, now: Timestamp) -> bool {
        let is_due = self.due().is_some_and(|due| due <= now);
        if is_due {
            self.go(State::Expired, Act::Expired, None, now);
        }
        is_due
    }

    /// When it was last asked for, if it was.
    pub fn proposed_at(&self) -> Option<Timestamp> {
        self.last(Act::Proposed)
    }

    /// When it was carried out, if it was, whatever became of it later.
    pub fn released_at(&self) -> Option<Timestamp> {
        self.last(Act::Released)
    }

    fn last(&self, act: Act) -> Option<Timestamp> {
        self.steps.iter().rev().find(|step| step.act == act).map(|step| step.at)
    }

    fn needs_open(&self, now: Timestamp) -> Result<(), NotNow> {
        if !self.state.is_open() {
            return Err(NotNow::Is(self.state));
        }
        match self.due() {
            Some(due) if due <= now => Err(NotNow::Late(due)),
            _ => Ok(()),
        }
    }

    fn needs_proposed(&self, now: Timestamp) -> Result<(), NotNow> {
        self.needs_open(now)?;
        if self.state == State::Draft { Err(NotNow::OnlyDraft) } else { Ok(()) }
    }

    fn needs_match(&self, cleared: &Cleared) -> Result<(), NotNow> {
        if cleared.is_for(self) { Ok(()) } else { Err(NotNow::NotCleared) }
    }

    fn go(&mut self, state: State, act: Act, by: Option<PersonId>, now: Timestamp) {
        self.state = state;
        // A version is later than the one before it, to the millisecond that STIX writes.
        let next = self.modified.as_millisecond().saturating_add(1).max(now.as_millisecond());
        self.modified = Timestamp::from_millisecond(next).unwrap_or(now);
        self.steps.push(Step { act, at: now, by });
    }
}

impl Decided {
    fn normal(mut self) -> Self {
        self.objects.sort_by(|one, other| one.object_ref.cmp(&other.object_ref));
        self.objects.dedup_by(|one, other| one.object_ref == other.object_ref);
        self
    }
}

#[cfg(test)]
mod tests;
