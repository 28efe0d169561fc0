//! A restart after `kill -9` in the middle of writing.

use std::time::Duration;

use anyhow::ensure;
use kizuna_app::generate::{Generator, bundles};

use super::client::Client;
use super::{Figures, Loaded, green, poll};
use crate::child::Node;

/// Objects of an envelope that is added while the node is killed, and of all of them.
const BATCH: usize = 100;
const MOST: usize = 200_000;
/// How long is written before the kill.
const WRITES: Duration = Duration::from_millis(700);

/// Kills the node under a writer and starts it again. What was acknowledged must be there.
pub fn measure(figures: &mut Figures, loaded: &mut Loaded) -> anyhow::Result<()> {
    let (before, _) = poll(loaded)?;
    let acknowledged = write_until_killed(loaded)?;
    ensure!(acknowledged > 0, "nothing was acknowledged before the kill");
    loaded.node = Node::start_unmetered(&loaded.data.0)?;
    let took = loaded.node.ready_after.as_secs_f64();
    figures.below("start after kill -9 in the middle of writing, until ready", took, "s", 2.0, Some(2.0));
    let (after, _) = poll(loaded)?;
    ensure!(
        after >= before + acknowledged,
        "{before} objects and {acknowledged} acknowledged ones before the kill, {after} after it"
    );
    Ok(())
}

/// How many objects were acknowledged.
fn write_until_killed(loaded: &mut Loaded) -> anyhow::Result<usize> {
    let client = Client::new(&loaded.node.url(""), &loaded.wide);
    let own = client.collection(0, |collection| collection.is("inbox"))?;
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            let envelopes = bundles(Generator::new(20_270_101, None, vec![green()]), MOST, BATCH);
            // The first that fails is the one that the kill met.
            envelopes.take_while(|envelope| client.add(&own, envelope).is_ok()).count() * BATCH
        });
        std::thread::sleep(WRITES);
        loaded.node.kill();
        writer.join().map_err(|_| anyhow::anyhow!("the writer of the measurement failed"))
    })
}
