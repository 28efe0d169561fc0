//! Looking at releases: the queue, one of them with its history, and the report. All of it through a view.

use jiff::Timestamp;
use kizuna_access::release::judge::{consents, needs, unfit};
use kizuna_access::release::report::{self, Report};
use kizuna_access::release::{Decided, High, RELEASE_KIND, Release, State};
use kizuna_access::rights::Role;
use kizuna_access::{Label, MemberId, Party, Principal, leak};
use kizuna_stix::Id;

use super::check::basis_findings;
use super::desk::load;
use super::{May, Reached, Shown, deciding, desk};
use crate::people::Caller;
use crate::read::Reading;
use crate::{AppError, Node, Search};

/// Releases read for one step of a listing.
const STEP: usize = 100;
/// The most that a report sums up; it says so where there are more.
const MOST: usize = 10_000;

/// Which releases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Nothing: all of them.
    pub state: Option<State>,
    /// Only what still waits for a decision.
    pub open: bool,
    /// Only what was decided and released by others than the viewer's member, or only its own.
    pub own: bool,
}

/// A report over what its viewer may read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    #[serde(flatten)]
    pub report: Report,
    /// Whether there are more releases than were summed up.
    pub capped: bool,
}

impl Filter {
    fn admits(&self, release: &Release, member: MemberId) -> bool {
        let state = self.state.is_none_or(|state| state == release.state);
        let open = !self.open || release.state.is_open();
        let own = !self.own || release.by == member;
        state && open && own
    }
}

impl Node {
    /// Releases that a viewer reads, the newest step first, up to `limit`.
    pub fn releases(&self, who: &Principal, filter: &Filter, limit: usize) -> Result<Vec<Shown>, AppError> {
        let reading = self.read(who)?;
        let (found, _) =
            self.all_releases(&reading, limit, |release| filter.admits(release, who.member()))?;
        found.into_iter().map(|release| self.shown(&reading, release)).collect()
    }

    /// One release.
    ///
    /// # Errors
    /// [`AppError::NotFound`], hidden and absent alike.
    pub fn show_release(&self, who: &Principal, id: &Id) -> Result<Shown, AppError> {
        let reading = self.read(who)?;
        let release = load(&reading, id)?;
        self.shown(&reading, release)
    }

    /// Where sharing gets stuck: how long releases took and why some were refused, over the viewer's own member's.
    pub fn release_report(&self, who: &Principal) -> Result<Summary, AppError> {
        let reading = self.read(who)?;
        let own = |release: &Release| release.by == who.member() || leak::is(68);
        let (releases, capped) = self.all_releases(&reading, MOST, own)?;
        Ok(Summary { report: report::report(&releases, self.now()), capped })
    }

    fn all_releases(
        &self,
        reading: &Reading,
        limit: usize,
        admits: impl Fn(&Release) -> bool,
    ) -> Result<(Vec<Release>, bool), AppError> {
        let search = Search { kinds: vec![RELEASE_KIND.to_owned()], ..Search::default() };
        let mut found: Vec<Release> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = reading.search(&search, cursor.as_deref(), STEP)?;
            for item in &page.items {
                if found.iter().any(|known| known.id == item.id) {
                    continue;
                }
                let Some(mut release) = desk::newest(&reading.claims(&item.id)?) else { continue };
                // What time has changed is shown so before the schedule has written it down.
                release.lapse(self.now());
                if admits(&release) {
                    if found.len() == limit {
                        return Ok((found, true));
                    }
                    found.push(release);
                }
            }
            match page.next.filter(|_| page.more) {
                Some(next) => cursor = Some(next),
                None => return Ok((found, false)),
            }
        }
    }

    pub(super) fn shown(&self, reading: &Reading, mut release: Release) -> Result<Shown, AppError> {
        release.lapse(self.now());
        let is_full = release.is_full();
        let standing = if is_full && release.state.is_open() {
            Some(self.judge_release(&release, self.now())?)
        } else {
            None
        };
        let mut from: Vec<Label> = Vec::new();
        for high in release.decided.objects.iter().filter_map(|item| item.high.as_ref()) {
            if !from.contains(&high.from) {
                from.push(high.from.clone());
            }
        }
        let highs: Vec<&High> =
            release.decided.objects.iter().filter_map(|item| item.high.as_ref()).collect();
        let Decided { basis, label, .. } = &release.decided;
        let basis_findings = if is_full && release.state.is_open() {
            basis_findings(reading, basis, label, release.by, &highs)?
        } else {
            Vec::new()
        };
        let basis_title = basis.agreement.as_ref().and_then(|cited| reading.agreement(&cited.id).ok());
        let reached = self.reached(reading, &release.decided.label)?;
        let may = self.may(reading, &release);
        let may_know = |member: &&MemberId| reading.knows(&Party::Member(**member));
        let through = release.decided.through.iter().filter(may_know);
        Ok(Shown {
            by: release.by,
            state: release.state,
            created: release.created,
            modified: release.modified,
            label_words: reading.label_text(&release.decided.label),
            from_words: from.iter().map(|label| reading.label_text(label)).collect(),
            from,
            objects: release.decided.objects,
            label: release.decided.label,
            policy_version: release.decided.policy,
            basis: release.decided.basis.agreement.map(|cited| cited.id),
            basis_title: basis_title.map(|agreement| agreement.title),
            basis_note: release.decided.basis.note,
            basis_findings,
            through: through.map(|member| reading.member_name(*member)).collect(),
            expires: release.decided.expires,
            decide_by: is_full.then_some(release.decide_by),
            proposer: release.proposer,
            reason: release.reason,
            approvals: release.approvals,
            refusal: release.refusal,
            steps: release.steps,
            id: release.id,
            standing,
            reached,
            may,
        })
    }

    /// Whom a label reaches, as far as the viewer may know of them.
    pub fn reached(&self, reading: &Reading, label: &Label) -> Result<Reached, AppError> {
        let who = reading.reader().principal();
        self.people(Caller::Person(who.clone())).reached(label)
    }

    fn may(&self, reading: &Reading, release: &Release) -> May {
        let reader = reading.reader();
        let who = reader.principal();
        if !release.is_full() || !reader.may_write() {
            return May::default();
        }
        let directory = reading.directory();
        let is_open = release.state.is_open();
        let is_asked = matches!(release.state, State::Proposed | State::Approved);
        let asked = consents(release, needs(release, directory));
        let now: Timestamp = self.now();
        let is_fit = unfit(release, directory, who.person(), &asked, now).is_none();
        let has_approved = release.approvals.iter().any(|approval| approval.person == who.person());
        let decides = reader.has(Role::Releaser) && deciding(release).contains(&who.member());
        let is_own = who.member() == release.by;
        May {
            propose: release.state == State::Draft && is_own,
            amend: is_open && is_own,
            approve: is_asked && is_fit && !has_approved,
            take_back: is_asked && has_approved,
            reject: is_asked && decides,
            withdraw: (is_open && (release.proposer == who.person() || decides))
                || (release.state == State::Released && decides),
        }
    }

    /// The id of a release, for callers that have text.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for text that is none.
    pub fn release_id(text: &str) -> Result<Id, AppError> {
        let id = if text.contains("--") { text.parse() } else { format!("{RELEASE_KIND}--{text}").parse() };
        id.ok().filter(|id: &Id| id.kind() == RELEASE_KIND).ok_or(AppError::NotFound)
    }
}
