//! What time does to releases: proposals lapse, releases end, and what a crash interrupted is finished.

use kizuna_access::release::{Release, State};
use kizuna_stix::Object;
use kizuna_store::writer::Actor;

use super::desk::OPEN;
use crate::schedule::Schedule;
use crate::{AppError, Node};

impl Node {
    /// Starts to let time have its effect on releases.
    pub fn schedule_releases(&self) -> Result<Schedule, AppError> {
        let node = self.clone();
        Schedule::start(self, "releases", move || node.settle_releases())
    }

    /// Lets time have its effect now: what is due expires, and what was approved when the node stopped is carried out.
    /// One that fails does not keep the others.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn settle_releases(&self) -> Result<(), AppError> {
        let now = self.now();
        for (id, record) in self.store.states(OPEN)? {
            let Some(release) = read(&record) else {
                tracing::error!(object.id = %id, "a release's note cannot be read");
                continue;
            };
            let is_due = release.due().is_some_and(|due| due <= now);
            if !is_due && release.state != State::Approved {
                continue;
            }
            let _one_at_a_time = self.releasing.lock();
            // Somebody may have decided in between.
            let Some(release) = self.store.state(OPEN, &id)?.and_then(|record| read(&record)) else {
                continue;
            };
            if let Err(error) = self.settle_one(release) {
                tracing::warn!(object.id = %id, error = %error, "a release cannot be settled");
            }
        }
        Ok(())
    }

    fn settle_one(&self, mut release: Release) -> Result<(), AppError> {
        let was_released = release.state == State::Released;
        if release.lapse(self.now()) {
            if was_released {
                self.undo(&release, &Actor::Node)?;
            }
            return self.keep_release(&release, Actor::Node);
        }
        if release.state == State::Approved { self.finish(release) } else { Ok(()) }
    }

    /// Carries out what was approved and not carried out, read through the view of one who approved it. Where that is
    /// no longer enough it waits for a further approval.
    fn finish(&self, mut release: Release) -> Result<(), AppError> {
        let now = self.now();
        let Some(cleared) = self.judge_release(&release, now)?.cleared() else { return Ok(()) };
        let Some(approval) = release.approvals.last() else { return Ok(()) };
        let who = self.directory()?.authenticate_person(approval.person, now)?;
        let reading = self.read(&who)?;
        let assembled = self.assembled(&reading, &release)?;
        drop(reading);
        self.carry_out(&mut release, assembled, &cleared, Actor::Node)
    }
}

fn read(record: &[u8]) -> Option<Release> {
    let object = Object::from_value(serde_json::from_slice(record).ok()?).ok()?;
    Release::read(&object).ok()
}
