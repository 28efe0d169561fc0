//! Changes of rights that take two people: one admin proposes, another confirms. Lowering takes one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holder, Proposed, Role};
use kizuna_access::threshold::Threshold;
use kizuna_access::{Directory, MemberId, PersonId, Rights, directory, spec};
use uuid::Uuid;

use super::{Caller, People, Standing};
use crate::AppError;

/// Roles by which one person could confirm what it proposed, let content out, or read past its member.
const TAKES_TWO: [Role; 4] = [Role::Admin, Role::Releaser, Role::Auditor, Role::Quarantine];

/// A change that one person proposed, as pages and programs show it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Proposal {
    pub id: Uuid,
    pub change: Proposed,
    /// Whose rights change, in words: an address, a member's name, `node`, or a key's id.
    pub whose: String,
    /// What it would be, in words.
    pub wanted: String,
    /// What it is now, in words.
    pub now: String,
    /// The address of who proposed it.
    pub by: String,
    pub reason: String,
    pub made: Timestamp,
    /// Until when it can be confirmed.
    pub until: Timestamp,
    pub state: ProposalState,
    /// The address of who confirmed or dropped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<String>,
    /// Whether the caller may confirm it.
    pub may_confirm: bool,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProposalState {
    Open,
    Confirmed,
    Dropped,
    Expired,
}

impl ProposalState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Dropped => "dropped",
            Self::Expired => "expired",
        }
    }
}

impl People<'_> {
    /// Sets what a person, a key, a member or the node may hold at most.
    ///
    /// Lowering takes one admin. Raising takes two ([`Self::propose`]); at the machine's command line, before there are
    /// two, it is dangerous, and audited as such (design, semantic 12).
    pub fn clear(&self, holder: Holder, clearance: Clearance) -> Result<(), AppError> {
        if self.caller == Caller::Operator {
            let reason = format!("a grant from the command line: {holder:?}");
            self.node.store.dangerous(&reason, self.actor())?;
            return self.record(Rights::ClearanceSet { holder, clearance });
        }
        let directory = self.node.directory()?;
        self.needs_admin_over(&directory, holder)?;
        if directory.raises(&holder, &clearance) {
            let reason =
                "a clearance is raised by two people, not by one: propose it, and another admin confirms";
            return Err(AppError::Forbidden(reason.to_owned()));
        }
        self.record(Rights::ClearanceSet { holder, clearance })
    }

    /// Proposes a change that takes two people.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who does not administer whose rights would change, and for the operator, who is
    /// nobody: a command says `--as`.
    pub fn propose(&self, change: Proposed, reason: &str) -> Result<Proposal, AppError> {
        let directory = self.node.directory()?;
        let by = self.somebody()?;
        self.needs_admin_for(&directory, &change)?;
        if let Proposed::Roles { person, roles } = &change {
            let known = self.known_person(&directory, *person)?;
            self.needs_reach(&directory, &known.roles(), roles)?;
        }
        let proposal = Uuid::new_v4();
        let reason = reason.trim().to_owned();
        self.record(Rights::ChangeProposed { proposal, change, by, reason })?;
        let directory = self.node.directory()?;
        let made = directory.proposal(proposal).ok_or(AppError::NotFound)?;
        Ok(self.described(&directory, made))
    }

    /// The proposals that the caller may know of, newest first: those about what it administers, and its own.
    pub fn proposals(&self) -> Result<Vec<Proposal>, AppError> {
        let directory = self.node.directory()?;
        self.standing(&directory)?;
        let shown = directory.proposals().filter(|known| self.may_know(&directory, known));
        let mut proposals: Vec<Proposal> = shown.map(|known| self.described(&directory, known)).collect();
        proposals.reverse();
        Ok(proposals)
    }

    /// Confirms what another person proposed, and so carries it out.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a proposal that the caller may not know of.
    pub fn confirm(&self, proposal: Uuid) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        let known = self.known_proposal(&directory, proposal)?;
        self.needs_admin_for(&directory, &known.change)?;
        if let Proposed::Roles { person, roles } = &known.change {
            let held = self.known_person(&directory, *person)?.roles();
            self.needs_reach(&directory, &held, roles)?;
        }
        self.record(Rights::ProposalSettled { proposal, by: self.somebody()?, confirmed: true })
    }

    /// Drops a proposal: its own, or one about what the caller administers.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a proposal that the caller may not know of.
    pub fn drop_proposal(&self, proposal: Uuid) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        let known = self.known_proposal(&directory, proposal)?;
        let by = self.somebody()?;
        if known.by != by {
            self.needs_admin_for(&directory, &known.change)?;
        }
        self.record(Rights::ProposalSettled { proposal, by, confirmed: false })
    }

    /// Says from which label on reads of content are recorded: `class:EXERCISE/CONFIDENTIAL`, `tlp:red`, or `none`.
    /// Only who runs the node.
    pub fn record_reads_above(&self, words: &str) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let words = words.trim();
        let threshold = match words {
            "" | "none" => Threshold::default(),
            words => threshold(&directory, words)?,
        };
        self.record(Rights::ReadsAboveSet { threshold })
    }

    /// Who may give these roles alone: anybody who may at all, unless there is a second admin who could confirm it.
    pub(super) fn needs_no_second(
        &self,
        directory: &Directory,
        member: MemberId,
        held: &BTreeSet<Role>,
        given: &BTreeSet<Role>,
    ) -> Result<(), AppError> {
        let Caller::Person(who) = &self.caller else { return Ok(()) };
        let adds_one = TAKES_TWO.iter().any(|role| given.contains(role) && !held.contains(role));
        let own = directory.own_member().map(|own| own.id);
        let mut others = directory.people().filter(|person| {
            let may = person.member == member || Some(person.member) == own;
            may && person.removed.is_none()
                && person.roles().contains(&Role::Admin)
                && person.id != who.person()
        });
        if !adds_one || others.next().is_none() {
            return Ok(());
        }
        let reason = "these roles are given by two people: add the account without them, propose them, and another \
                      admin confirms";
        Err(AppError::Forbidden(reason.to_owned()))
    }

    fn somebody(&self) -> Result<PersonId, AppError> {
        match &self.caller {
            Caller::Person(who) => Ok(who.person()),
            Caller::Operator => {
                Err(AppError::Forbidden("this is done by a person: say who (--as)".to_owned()))
            }
        }
    }

    fn needs_admin_for(&self, directory: &Directory, change: &Proposed) -> Result<(), AppError> {
        match change {
            Proposed::Clearance { holder, .. } => self.needs_admin_over(directory, *holder),
            Proposed::Roles { person, .. } => self.needs_admin_over(directory, Holder::Person(*person)),
        }
    }

    /// Only who administers whose clearance this is. Ceilings of members and of the node are for who runs the node.
    fn needs_admin_over(&self, directory: &Directory, holder: Holder) -> Result<(), AppError> {
        match holder {
            Holder::Node | Holder::Member(_) => self.needs_node_admin(directory),
            Holder::Person(person) => {
                let member = self.known_person(directory, person)?.member;
                self.needs_admin_of(directory, member)
            }
            Holder::Key(key) => {
                let person = directory.key(key).map(|key| key.person).ok_or(AppError::NotFound)?;
                let member = self.known_person(directory, person)?.member;
                self.needs_admin_of(directory, member)
            }
        }
    }

    fn known_proposal<'d>(
        &self,
        directory: &'d Directory,
        id: Uuid,
    ) -> Result<&'d directory::Proposal, AppError> {
        let found = directory.proposal(id).ok_or(AppError::NotFound)?;
        if self.may_know(directory, found) { Ok(found) } else { Err(AppError::NotFound) }
    }

    fn may_know(&self, directory: &Directory, proposal: &directory::Proposal) -> bool {
        let is_own = matches!(&self.caller, Caller::Person(who) if who.person() == proposal.by);
        match self.standing(directory) {
            Err(_) => false,
            Ok(Standing::Plain(_)) => is_own,
            Ok(_) => is_own || self.needs_admin_for(directory, &proposal.change).is_ok(),
        }
    }

    fn described(&self, directory: &Directory, known: &directory::Proposal) -> Proposal {
        let now = self.node.now();
        let email = |person: PersonId| {
            directory.person(person).map_or_else(|| person.to_string(), |known| known.email.clone())
        };
        let state = match known.settled {
            Some(settled) if settled.confirmed => ProposalState::Confirmed,
            Some(_) => ProposalState::Dropped,
            None if known.is_open(now) => ProposalState::Open,
            None => ProposalState::Expired,
        };
        let (whose, wanted, held) = match &known.change {
            Proposed::Roles { person, roles } => {
                let held = directory.person(*person).map(directory::Person::roles).unwrap_or_default();
                (email(*person), roles_text(roles), roles_text(&held))
            }
            Proposed::Clearance { holder, clearance } => {
                let whose = match holder {
                    Holder::Node => "node".to_owned(),
                    Holder::Member(member) => directory
                        .member(*member)
                        .map_or_else(|| member.to_string(), |known| known.name.clone()),
                    Holder::Person(person) => email(*person),
                    Holder::Key(key) => key.to_string(),
                };
                let held = directory.clearance(holder).map(clearance_text).unwrap_or_default();
                (whose, clearance_text(clearance), held)
            }
        };
        let may_confirm = state == ProposalState::Open
            && self.somebody().is_ok_and(|me| {
                let settling = Rights::ProposalSettled { proposal: known.id, by: me, confirmed: true };
                self.needs_admin_for(directory, &known.change).is_ok()
                    && directory.allows(&settling, now).is_ok()
            });
        Proposal {
            id: known.id,
            change: known.change.clone(),
            whose,
            wanted,
            now: held,
            by: email(known.by),
            reason: known.reason.clone(),
            made: known.made,
            until: known.until,
            state,
            settled_by: known.settled.map(|settled| email(settled.by)),
            may_confirm,
        }
    }
}

/// A clearance in the words of `--clear`.
pub fn clearance_text(clearance: &Clearance) -> String {
    let one = |(policy, cleared): (&String, &kizuna_access::rights::Cleared)| {
        let sets = cleared.categories.iter().map(|(set, tags)| {
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            format!(" {set}={}", tags.join(","))
        });
        format!("{policy}:{}{}", cleared.level, sets.collect::<String>())
    };
    clearance.0.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn roles_text(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
}

/// A threshold in the words of a label.
pub fn threshold_text(threshold: &Threshold) -> String {
    let levels = threshold.levels.iter().map(|(policy, level)| format!("class:{policy}/{level}"));
    let tlp = threshold.tlp.map(|tlp| format!("tlp:{}", tlp.as_str()));
    levels.chain(tlp).collect::<Vec<_>>().join(" ")
}

fn threshold(directory: &Directory, words: &str) -> Result<Threshold, AppError> {
    let terms =
        spec::parse(words, directory).map_err(|error| AppError::invalid("above", error.to_string()))?;
    let label = terms.label();
    if says_more(&terms) {
        let rule = "a threshold is a level of a policy, a TLP, or both: class:EXERCISE/CONFIDENTIAL tlp:red";
        return Err(AppError::invalid("above", rule));
    }
    let levels = label.classification().iter();
    Ok(Threshold {
        levels: levels.map(|(policy, asked)| (policy.clone(), asked.level.clone())).collect(),
        tlp: label.tlp(),
    })
}

/// Whether a label says anything beside levels and TLP.
fn says_more(terms: &kizuna_access::Terms) -> bool {
    let label = terms.label();
    let has_categories = label.classification().values().any(|asked| {
        !asked.restrictive.is_empty() || !asked.permissive.is_empty() || !asked.informative.is_empty()
    });
    has_categories || label.pap().is_some() || !label.handling().is_empty() || terms.audience().is_some()
}

#[cfg(test)]
mod tests;
