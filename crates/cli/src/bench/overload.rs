//! More than the node can do: many clients that ask again at once, whatever they are told.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::client::Client;
use super::{Figures, Loaded, mebibytes, millis};

/// Clients of the flood. Each keeps one request under way, which is far beyond what the node answers at a time.
const CLIENTS: usize = 48;
/// How long each of both measurements takes.
const TIME: Duration = Duration::from_secs(4);
/// Objects of a page.
const PAGE: usize = 100;

/// What one or more clients met.
#[derive(Default)]
struct Met {
    /// Times of answers with content, from the request until the last byte.
    served: Vec<Duration>,
    turned_away: usize,
}

impl Met {
    fn and(mut self, other: Self) -> Self {
        self.served.extend(other.served);
        self.turned_away += other.turned_away;
        self
    }

    fn p99(&mut self) -> Duration {
        self.served.sort();
        self.served.get(self.served.len() * 99 / 100).copied().unwrap_or_default()
    }
}

pub fn measure(figures: &mut Figures, loaded: &Loaded) -> anyhow::Result<()> {
    let client = Client::new(&loaded.node.url(""), &loaded.wide);
    let all = client.collection(0, |collection| collection.is("all"))?;
    let mut alone = ask(loaded, &all)?;
    let flood: Vec<anyhow::Result<Met>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| ask(loaded, &all))).collect();
        clients.into_iter().filter_map(|client| client.join().ok()).collect()
    });
    let memory = loaded.node.memory();
    let mut flooded =
        flood.into_iter().try_fold(Met::default(), |sum, met| Ok::<_, anyhow::Error>(sum.and(met?)))?;
    ensure!(!flooded.served.is_empty(), "nobody was served in the flood");
    let (quiet, loud) = (alone.p99(), flooded.p99());
    figures.above("page of 100, one client, p99", millis(quiet), "ms", 0.0, None);
    figures.above(
        "served in the flood against one client",
        ratio(flooded.served.len(), alone.served.len()),
        "ratio",
        1.0,
        None,
    );
    figures.above(
        "asked in the flood, of what was served",
        ratio(flooded.served.len() + flooded.turned_away, flooded.served.len()),
        "ratio",
        10.0,
        None,
    );
    figures.below(
        "p99 of what is served in the flood, of one client's",
        loud.as_secs_f64() / quiet.as_secs_f64(),
        "ratio",
        3.0,
        None,
    );
    if let Some(bytes) = memory {
        figures.below(
            "memory not backed by files, in the flood",
            mebibytes(bytes),
            "MiB",
            400.0,
            Some(600.0),
        );
    }
    Ok(())
}

/// Asks for the same page again and again.
fn ask(loaded: &Loaded, collection: &str) -> anyhow::Result<Met> {
    let client = Client::new(&loaded.node.url(""), &loaded.wide);
    let mut met = Met::default();
    let begun = Instant::now();
    while begun.elapsed() < TIME {
        match client.try_page(collection, PAGE)? {
            (200, took) => met.served.push(took),
            (503, _) => met.turned_away += 1,
            (status, _) => anyhow::bail!("a page answered {status}"),
        }
    }
    Ok(met)
}

#[allow(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]
fn ratio(one: usize, other: usize) -> f64 {
    one as f64 / other.max(1) as f64
}
