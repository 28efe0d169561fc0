//! A check of the whole store, for who runs the node.

use kizuna_store::writer::Actor;

pub use kizuna_store::{Checked, Lost};

use crate::{AppError, Node};

impl Node {
    /// Checks every contribution against its digest, the numbers and instants, the engine's own structures and the
    /// audit's chain; says what is lost. Looks past the gate, so it is audited. `done` is told how many of how many
    /// contributions are done.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where not even the ends of the tables can be read.
    pub fn check(&self, done: &dyn Fn(u64, u64)) -> Result<Checked, AppError> {
        Ok(self.store.dangerous("check", Actor::Operator)?.check(done)?)
    }
}
