//! Waiting on a peer of our kind: its stream of events says when there is something to fetch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kizuna_federation::backoff::Backoff;
use url::Url;

use super::bell::Bell;
use super::client::Client;

/// Waited before a stream that broke is opened again: at first, and at most.
const FIRST: Duration = Duration::from_millis(500);
const MOST: Duration = Duration::from_mins(1);
/// A stream that lasts so long is one: its end is no failure of the place.
const LASTS: Duration = Duration::from_secs(10);

/// Listens until dropped, in a thread of its own, and rings the bell when the peer has something.
pub(super) struct Listener {
    ended: Arc<AtomicBool>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl Listener {
    /// Listens at this place of a node of our kind.
    pub fn start(client: Client, changes: Url, bell: &Arc<Bell>) -> std::io::Result<Self> {
        let listener = Self { ended: Arc::default() };
        let (ended, bell) = (Arc::clone(&listener.ended), Arc::clone(bell));
        std::thread::Builder::new().name("peer-events".to_owned()).spawn(move || {
            let mut backoff = Backoff::new(FIRST, MOST);
            while !ended.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let is_stream = hear(&client, &changes, &bell, &ended);
                if is_stream || begun.elapsed() >= LASTS {
                    backoff.succeeded();
                }
                let waits = backoff.failed(rand::random(), None);
                if !bell.rest(Instant::now() + waits) {
                    return;
                }
            }
        })?;
        Ok(listener)
    }
}

/// Rings for what is heard, until the stream breaks, falls silent, or nobody listens any more. Says whether anything
/// was heard.
fn hear(client: &Client, changes: &Url, bell: &Bell, ended: &AtomicBool) -> bool {
    let events = match client.stream(changes, None) {
        Ok(events) => events,
        Err(error) => {
            tracing::debug!(url = %changes, error = %error, "a stream of events cannot be opened");
            return false;
        }
    };
    // What came while nobody listened.
    bell.pull();
    let mut is_stream = false;
    for event in events {
        if ended.load(Ordering::Relaxed) {
            break;
        }
        match event {
            Ok(_) => bell.pull(),
            Err(error) => {
                tracing::debug!(url = %changes, error = %error, "a stream of events broke");
                break;
            }
        }
        is_stream = true;
    }
    is_stream
}
