//! Deciding: approving, taking an approval back, rejecting, withdrawing.

use kizuna_access::Principal;
use kizuna_access::release::judge::{consents, needs, unfit};
use kizuna_access::release::{NotNow, Refusal, Release, State, Why};
use kizuna_access::rights::Role;
use kizuna_stix::Id;
use kizuna_store::writer::Actor;

use super::check::{unchanged, unless_blocked};
use super::desk::load;
use super::propose::{conflict, said};
use super::{Shown, deciding};
use crate::read::Reading;
use crate::{AppError, Node};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

impl Node {
    /// Approves what a release says now, with the approver's own key. Where that is enough it is carried out at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a release that is hidden or absent; [`AppError::Forbidden`] for who may not approve
    /// this one; [`AppError::Conflict`] where it is decided or what it is about has changed; [`AppError::Invalid`]
    /// with what stands in its way.
    pub fn approve_release(&self, who: &Principal, id: &Id) -> Result<Shown, AppError> {
        let _one_at_a_time = self.releasing.lock();
        let reading = self.read(who)?;
        let mut release = self.load_open(&reading, id)?;
        let now = self.now();
        self.needs_to_approve(&reading, &release)?;
        let assembled = self.assembled(&reading, &release)?;
        let mut findings = self.findings(&reading, &assembled, said(&release), release.by)?;
        findings.extend(unchanged(&release, &assembled));
        unless_blocked(&findings)?;

        let approval = self.sign_approval(who, &release)?;
        release.approve(approval, now).map_err(|not_now| conflict(&not_now))?;
        let standing = self.judge_release(&release, now)?;
        let actor = Actor::Person(who.person());
        match standing.cleared() {
            None => self.keep_release(&release, actor)?,
            Some(cleared) => {
                release.clear(&cleared, now).map_err(|not_now| conflict(&not_now))?;
                self.keep_release(&release, actor.clone())?;
                self.carry_out(&mut release, assembled, &cleared, actor)?;
            }
        }
        drop(reading);
        self.show_release(who, id)
    }

    /// Takes one's own approval back while nothing has left yet.
    ///
    /// # Errors
    /// [`AppError::NotFound`], hidden and absent alike; [`AppError::Conflict`] where there is none, or it is decided.
    pub fn take_back_approval(&self, who: &Principal, id: &Id) -> Result<Shown, AppError> {
        self.step(who, id, |_, release, now| {
            release.take_back(who.person(), now).map_err(|not_now| conflict(&not_now))
        })
    }

    /// Refuses a release.
    ///
    /// # Errors
    /// [`AppError::NotFound`], hidden and absent alike; [`AppError::Forbidden`] for who is no releaser of a member that
    /// decides about it.
    pub fn reject_release(&self, who: &Principal, id: &Id, refusal: Refusal) -> Result<Shown, AppError> {
        check(&refusal)?;
        self.step(who, id, |reading, release, now| {
            needs_releaser(reading, release)?;
            release.reject(refusal, who.person(), now).map_err(|not_now| conflict(&not_now))
        })
    }

    /// Takes a release back: a proposal, by whoever proposed it or a releaser; what was released, by a releaser. Who
    /// could read what was released gets a recall in its place.
    ///
    /// # Errors
    /// As [`Node::reject_release`].
    pub fn withdraw_release(
        &self,
        who: &Principal,
        id: &Id,
        refusal: Option<Refusal>,
    ) -> Result<Shown, AppError> {
        refusal.iter().try_for_each(check)?;
        let _one_at_a_time = self.releasing.lock();
        let reading = self.read(who)?;
        let mut release = load(&reading, id)?;
        if !release.is_full() {
            return Err(AppError::NotFound);
        }
        let is_own_proposal = release.state.is_open() && release.proposer == who.person();
        if !is_own_proposal || !reading.reader().may_write() {
            needs_releaser(&reading, &release)?;
        }
        drop(reading);
        let was_released = release.state == State::Released;
        release.withdraw(refusal, who.person(), self.now()).map_err(|not_now| conflict(&not_now))?;
        let actor = Actor::Person(who.person());
        if was_released {
            self.undo(&release, &actor)?;
        }
        self.keep_release(&release, actor)?;
        self.show_release(who, id)
    }

    /// One step of an open release that changes nothing but its record.
    fn step(
        &self,
        who: &Principal,
        id: &Id,
        take: impl FnOnce(&Reading, &mut Release, jiff::Timestamp) -> Result<(), AppError>,
    ) -> Result<Shown, AppError> {
        let _one_at_a_time = self.releasing.lock();
        let reading = self.read(who)?;
        let mut release = self.load_open(&reading, id)?;
        if !reading.reader().may_write() {
            return Err(AppError::Forbidden("this takes a key that is not read-only".to_owned()));
        }
        take(&reading, &mut release, self.now())?;
        drop(reading);
        self.keep_release(&release, Actor::Person(who.person()))?;
        self.show_release(who, id)
    }

    /// A release that a viewer may decide about: it reads the record in full. One whose time has run out is expired
    /// there and then.
    fn load_open(&self, reading: &Reading, id: &Id) -> Result<Release, AppError> {
        let mut release = load(reading, id)?;
        if !release.is_full() {
            return Err(conflict(&NotNow::Is(release.state)));
        }
        if release.state.is_open() && release.lapse(self.now()) {
            self.keep_release(&release, Actor::Node)?;
        }
        if release.state.is_open() { Ok(release) } else { Err(conflict(&NotNow::Is(release.state))) }
    }

    fn needs_to_approve(&self, reading: &Reading, release: &Release) -> Result<(), AppError> {
        let directory = reading.directory();
        let who = reading.reader().principal();
        let asked = consents(release, needs(release, directory));
        if directory.release_rules().version(kizuna_access::release::judge::labels(release))
            != release.decided.policy
        {
            let reason =
                "the rules or policies have changed since it was proposed: withdraw it, and propose it anew";
            return Err(AppError::Conflict(reason.to_owned()));
        }
        match unfit(release, directory, who.person(), &asked, self.now()) {
            None => Ok(()),
            Some(why) => Err(AppError::Forbidden(words(why).to_owned())),
        }
    }
}

/// Who decides: a releaser of the member that releases, or of one whose content it is.
fn needs_releaser(reading: &Reading, release: &Release) -> Result<(), AppError> {
    let reader = reading.reader();
    let is_asked = deciding(release).contains(&reader.principal().member());
    if is_asked && reader.has(Role::Releaser) && reader.may_write() {
        return Ok(());
    }
    Err(AppError::Forbidden("this takes the role releaser, in a member that decides about it".to_owned()))
}

fn check(refusal: &Refusal) -> Result<(), AppError> {
    if refusal.text.chars().count() > LONGEST {
        return Err(AppError::invalid("$.text", format!("is longer than {LONGEST} characters")));
    }
    Ok(())
}

/// Why somebody may not approve, to that person.
fn words(why: Why) -> &'static str {
    match why {
        Why::NoReleaser => "approving takes the role releaser",
        Why::Proposer => "who proposed it does not approve it: ask another releaser",
        Why::Author => "who wrote a version of it does not approve it: ask another releaser",
        Why::CannotRead => "approving takes a clearance for all that would be released",
        Why::OtherMember => "approving takes the role releaser in a member that decides about it",
        Why::OtherStatement | Why::OtherPolicy | Why::NotSigned | Why::Gone => {
            "this approval would not count"
        }
    }
}
