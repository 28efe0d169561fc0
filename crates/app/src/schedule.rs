//! Work that is looked after in the background, again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::{AppError, Node};

/// How often it is looked what is due.
const LOOK: Duration = Duration::from_millis(500);

/// A schedule; it ends when this is dropped. What is under way then goes on to its end.
pub struct Schedule {
    ended: Arc<AtomicBool>,
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl Schedule {
    /// Starts a thread of this name that looks what is due; a failure is logged, and the next look is taken. Of the
    /// processes that have the node open one looks; when it is gone, another does.
    pub(crate) fn start(
        node: &Node,
        name: &'static str,
        mut look: impl FnMut() -> Result<(), AppError> + Send + 'static,
    ) -> Result<Self, AppError> {
        let node = node.clone();
        Self::run(name, move |stop| {
            while !stop.load(Ordering::Relaxed) {
                let looked = match node.is_mine(name) {
                    Ok(true) => look(),
                    Ok(false) => Ok(()),
                    Err(error) => Err(error),
                };
                if let Err(error) = looked {
                    tracing::warn!(schedule = name, error = %error, "what is due cannot be looked up");
                }
                std::thread::sleep(LOOK);
            }
        })
    }

    /// Starts a thread of this name that looks after something itself, until it is told that it is over.
    pub(crate) fn run(
        name: &'static str,
        work: impl FnOnce(&AtomicBool) + Send + 'static,
    ) -> Result<Self, AppError> {
        let ended = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&ended);
        let run = move || work(&stop);
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        started
            .map_err(|error| AppError::Internal(format!("the schedule of {name} cannot start: {error}")))?;
        Ok(Self { ended })
    }
}
