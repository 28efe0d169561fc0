//! What other processes commit: a thread that looks at the head row, woken by notifications and anyway every so often.

use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator as _;

use super::connection::{Connection, Connector};
use super::failed;
use super::read::get;
use crate::StoreError;
use crate::backend::Commits;

/// The longest that a commit elsewhere goes unseen where no notification comes.
const LOOK: Duration = Duration::from_millis(500);
/// How long a database that is away is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Starts the thread. It ends when nobody listens any more.
pub(super) fn start(connector: Connector, commits: Commits) -> Result<(), StoreError> {
    let run = move || {
        let mut seen = None;
        while commits.receiver_count() > 0 {
            if let Err(error) = watch(&connector, &commits, &mut seen) {
                tracing::warn!(error = %error, "what other front-ends commit is not seen for now");
                std::thread::sleep(PAUSE);
            }
        }
    };
    let started = std::thread::Builder::new().name("kizuna-watch".to_owned()).spawn(run);
    started.map(drop).map_err(|e| StoreError::Engine(format!("the watching thread does not start: {e}")))
}

/// Watches until nobody listens any more, or until the connection breaks.
fn watch(connector: &Connector, commits: &Commits, seen: &mut Option<i64>) -> Result<(), StoreError> {
    let mut connection = connector.reader()?;
    if let Err(error) = connection.run("LISTEN kizuna") {
        tracing::info!(error = %error, "the database sends no notifications: it is looked at every half second");
    }
    while commits.receiver_count() > 0 {
        let (number, seq) = look(&mut connection)?;
        if seen.replace(number) != Some(number) {
            commits.send_replace(seq.unsigned_abs());
        }
        let mut notifications = connection.client().notifications();
        notifications.timeout_iter(LOOK).next().map_err(|e| failed(&e))?;
        // Many at once are one wake-up.
        let mut waiting = notifications.iter();
        while waiting.next().map_err(|e| failed(&e))?.is_some() {}
    }
    Ok(())
}

fn look(connection: &mut Connection) -> Result<(i64, i64), StoreError> {
    let found = connection.query("SELECT commits, seq FROM head WHERE one = 1", &[])?;
    let row = found.first().ok_or_else(|| StoreError::Engine("the database has lost its head row".into()))?;
    Ok((get(row, 0)?, get(row, 1)?))
}
