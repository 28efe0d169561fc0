//! Carrying a release out, and taking it back.

use kizuna_access::leak;
use kizuna_access::release::{Cleared, Release, State};
use kizuna_store::StoreError;
use kizuna_store::writer::Actor;

use super::assemble::{Assembled, channel, giver_of};
use super::check::{unchanged, unless_blocked};
use super::propose::conflict;
use crate::ingest::store_plan;
use crate::{AppError, Node};

impl Node {
    /// Stores what was decided and notes that it is released. Doing it again, after a crash in between, stores the same
    /// bytes through the same channel, which changes nothing.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where what would be stored is not what people agreed to; then nothing is.
    pub(super) fn carry_out(
        &self,
        release: &mut Release,
        assembled: Vec<Assembled>,
        cleared: &Cleared,
        actor: Actor,
    ) -> Result<(), AppError> {
        if !cleared.is_for(release) {
            return Err(conflict(&kizuna_access::release::NotNow::NotCleared));
        }
        unless_blocked(&unchanged(release, &assembled))?;
        for one in assembled {
            store_plan(self, one.plan)?;
        }
        let by = match &actor {
            Actor::Person(person) => Some(*person),
            Actor::Operator | Actor::Node => None,
        };
        release.released(cleared, by, self.now()).map_err(|not_now| conflict(&not_now))?;
        self.keep_release(release, actor)?;
        if let Err(error) = self.tell_granted(release) {
            tracing::warn!(object.id = %release.id, %error, "who asked for this release cannot be told of it");
        }
        Ok(())
    }

    /// Takes what was released back to the member that gave it. Everybody else who could read it gets a recall.
    pub(super) fn undo(&self, release: &Release, actor: &Actor) -> Result<(), AppError> {
        let channel = channel(&release.id);
        let is_over = release.state == State::Expired;
        if leak::is(if is_over { 67 } else { 66 }) {
            return Ok(());
        }
        for item in &release.decided.objects {
            let Some(high) = &item.high else { continue };
            let source = giver_of(high, release.by);
            match self.store.writer().narrow_channel(&item.object_ref, &channel, source, actor.clone()) {
                // Its source took it back already.
                Ok(_) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
