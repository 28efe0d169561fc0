//! What the node tells those who run it, in the text form that Prometheus reads (`OpenMetrics` 1.0).
//!
//! Counts here know of no view: they are for whoever holds the node's watch token, which opens nothing else, and for
//! no account. Nothing in them names content, people or members; peers go by the names that the operator gave them.

use std::fmt;
use std::time::Duration;

use kizuna_app::vitals::{self, PeerVitals, StoreVitals, Vitals, WitnessVitals};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the classes of time, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    /// The name of the registry's entry; empty where there is none.
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Shaken {
    outcome: Handshake,
}

/// How a handshake at the listener for peers ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(crate) enum Handshake {
    Done,
    /// No certificate, one that is not known, another version of TLS, or no TLS.
    Refused,
    /// More at once than may be, of one address or of all.
    Turned,
    Slow,
}

type Times = Family<Route, Histogram, fn() -> Histogram>;

/// What is counted while requests are answered.
pub(crate) struct Metrics {
    answered: Family<Answered, Counter>,
    times: Times,
    handshakes: Family<Shaken, Counter>,
}

/// What is under way now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnderWay {
    pub requests: usize,
    pub reads: usize,
    pub writes: usize,
    pub streams: usize,
}

impl Metrics {
    pub fn new() -> Self {
        let times = Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        Self { answered: Family::default(), times, handshakes: Family::default() }
    }

    /// Counts a handshake.
    pub fn shaken(&self, outcome: Handshake) {
        self.handshakes.get_or_create(&Shaken { outcome }).inc();
    }

    /// Counts an answer.
    pub fn count(&self, route: &'static str, status: u16, took: Duration) {
        self.answered.get_or_create(&Answered { route, status }).inc();
        self.times.get_or_create(&Route { route }).observe(took.as_secs_f64());
    }

    /// Everything, as text.
    pub fn text(&self, under_way: UnderWay, vitals: Vitals) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("kizuna");
        registry.register("http_requests", "Requests answered", self.answered.clone());
        registry.register_with_unit(
            "http_request_time",
            "From a request's head to the answer's head",
            Unit::Seconds,
            self.times.clone(),
        );
        let help = "Handshakes at the listener for peers";
        registry.register("peer_handshakes", help, self.handshakes.clone());
        registry.register_collector(Box::new(Now { under_way, vitals }));
        let mut text = String::new();
        text::encode(&mut text, &registry)?;
        Ok(text)
    }
}

/// What is read off the node when it is asked.
#[derive(Debug)]
struct Now {
    under_way: UnderWay,
    vitals: Vitals,
}

impl Collector for Now {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        let kinds = [
            ("requests", self.under_way.requests),
            ("reads", self.under_way.reads),
            ("writes", self.under_way.writes),
            ("streams", self.under_way.streams),
        ];
        page.gauges(
            "http_under_way",
            "Under way now",
            None,
            kinds.map(|(kind, count)| ([("kind", kind)], count)),
        )?;
        let store = &self.vitals.store;
        page.gauge("write_queue", "Writes that wait for the writer", None, store.queued)?;
        page.commits(store)?;
        page.counter("commits_failed", "Groups of writes that were not stored", store.failed)?;
        page.gauge("log_seq", "The latest number of the log", None, store.seq)?;
        let help = "How far the machine's clock is behind what the store has recorded";
        page.gauge("clock_behind", help, Some(&Unit::Seconds), store.clock_behind.as_secs())?;
        if let Some(bytes) = self.vitals.store_bytes {
            page.gauge("store_size", "What the store's files take up", Some(&Unit::Bytes), bytes)?;
        }
        self.log(&mut page)?;
        self.peers(&mut page)
    }
}

impl Now {
    fn log(&self, page: &mut Page<'_>) -> fmt::Result {
        let log = &self.vitals.log;
        page.gauge("log_leaves", "Leaves of the witnessed log", None, log.leaves)?;
        if let Some(age) = log.age {
            page.gauge("log_age", "Since the second of its last leaf", Some(&Unit::Seconds), age)?;
        }
        let each = |read: fn(&WitnessVitals) -> u64| {
            log.witnesses.iter().map(move |witness| ([("witness", witness.name.as_str())], read(witness)))
        };
        page.gauges("log_witnessed", "Leaves that a witness co-signed", None, each(|one| one.leaves))?;
        page.gauges(
            "log_witness_fails",
            "Whether a witness failed last",
            None,
            each(|one| one.fails.into()),
        )?;
        page.gauge("log_splits", "Logs of partners that showed two histories", None, log.splits)
    }

    fn peers(&self, page: &mut Page<'_>) -> fmt::Result {
        let peers = &self.vitals.peers;
        let each = |read: fn(&PeerVitals) -> u64| {
            peers.iter().map(move |peer| ([("peer", peer.name.as_str())], read(peer)))
        };
        let lags = peers.iter().filter_map(|peer| Some(([("peer", peer.name.as_str())], peer.lag?)));
        page.gauges("peer_lag", "Since both ends were level", Some(&Unit::Seconds), lags)?;
        page.gauges("peer_fails", "Whether the last exchange failed", None, each(|peer| peer.fails.into()))?;
        page.counters("peer_pulled", "Objects fetched", each(|peer| peer.pulled))?;
        page.counters("peer_pushed", "Objects sent", each(|peer| peer.pushed))?;
        page.counters("peer_quarantined", "Objects fetched and put aside", each(|peer| peer.quarantined))?;
        page.gauges("peer_waiting", "Versions that stand to be sent", None, each(|peer| peer.waiting))?;
        page.gauges("peer_aside", "Versions that it did not take so far", None, each(|peer| peer.aside))?;
        page.gauges("peer_rate", "Octets a second that it took last", None, each(|peer| peer.rate))?;
        page.counters("peer_refused", "Objects sent that the peer did not take", each(|peer| peer.refused))
    }
}

/// Writes one metric after another.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn gauge(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        value: impl TryInto<i64>,
    ) -> fmt::Result {
        self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?.encode_gauge(&whole(value))
    }

    fn gauges<S: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        values: impl IntoIterator<Item = (S, impl TryInto<i64>)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?;
        values
            .into_iter()
            .try_for_each(|(labels, value)| family.encode_family(&labels)?.encode_gauge(&whole(value)))
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        metric.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    fn counters<S: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (S, u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        values.into_iter().try_for_each(|(labels, value)| {
            family.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&value, None)
        })
    }

    fn commits(&mut self, store: &StoreVitals) -> fmt::Result {
        let help = "From the begin of a group of writes until it is durable";
        let mut metric =
            self.0.encode_descriptor("commit_time", help, Some(&Unit::Seconds), MetricType::Histogram)?;
        let bounds = vitals::BOUNDS.into_iter().chain([f64::INFINITY]);
        let classes: Vec<(f64, u64)> = bounds.zip(store.commits).collect();
        let count = store.commits.iter().sum();
        metric.encode_histogram::<NoLabelSet>(store.committing.as_secs_f64(), count, &classes, None)
    }
}

fn whole(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
