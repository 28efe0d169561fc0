//! A leaf a second, and witnesses asked every so often.

use std::time::Duration;

use crate::schedule::Schedule;
use crate::{AppError, Node};

/// How often witnesses are asked.
const WITNESSED: Duration = Duration::from_secs(20);

/// What looks after the log; it ends when this is dropped.
pub struct LogSchedules {
    _leaves: Schedule,
    _witnesses: Schedule,
}

impl Node {
    /// From now on each second has a leaf, and witnesses are asked.
    pub fn schedule_log(&self) -> Result<LogSchedules, AppError> {
        let node = self.clone();
        let leaves =
            Schedule::start(self, "log", move || node.store.seal().map(drop).map_err(AppError::from))?;
        let (node, mut asked) = (self.clone(), None::<Duration>);
        let witnesses = Schedule::start(self, "log-witnesses", move || {
            let now = node.store.steady();
            let is_due = asked.is_none_or(|before| now.saturating_sub(before) >= WITNESSED);
            if !is_due || node.log_witnesses()?.is_empty() {
                return Ok(());
            }
            asked = Some(now);
            node.ask_witnesses().map(drop)
        })?;
        Ok(LogSchedules { _leaves: leaves, _witnesses: witnesses })
    }
}
