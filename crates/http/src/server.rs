//! What handlers share: the node, the caps, and the bridge to blocking threads.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use kizuna_access::PersonId;
use kizuna_app::{AppError, Limits, Node};
use tokio::sync::Semaphore;

use crate::Failure;
use crate::metrics::{Metrics, UnderWay};
use crate::places::{Patience, Places};
use crate::rates::{Asker, Meter, Rates};
use crate::shares::{Share, Shares, StreamPlace};

/// Caps on what a client may ask of the node.
#[derive(Debug, Clone)]
pub struct Caps {
    /// Bytes of one request's body, as sent and after decompression.
    pub body_bytes: usize,
    /// From the request's head to the answer's head. Streams last longer.
    pub request_time: Duration,
    /// Connections open at once; more wait to be accepted.
    pub connections: usize,
    /// How long a client may take to send a request's head, and a silent connection stays open.
    pub head_time: Duration,
    /// How long what was sent to a client may stay unacknowledged: one that does not read is cut off.
    pub stall_time: Duration,
    /// Bytes of all bodies that are held at once; more are turned away with 503.
    pub bodies_bytes: usize,
    /// Requests under way at once; more are turned away with 503.
    pub requests: usize,
    /// Reads under way at once; more wait, as long as `patience` says. Two for each processor by default, and four at
    /// least: what more would begin only shares the processors, and nobody is served in time.
    pub reads: usize,
    /// How long one read may take in the store; then it is given up with 503, and gives its place back.
    pub read_time: Duration,
    /// Writes under way at once; more wait, as long as `patience` says.
    pub writes: usize,
    /// How long work waits for its place before it is turned away with 503.
    pub patience: Patience,
    /// Streams open at once, of which one person has a quarter at most; more are turned away with 503.
    pub streams: usize,
    /// Objects of one page.
    pub page: usize,
    /// Objects of one envelope: each costs time, however small it is.
    pub objects: usize,
    /// How often somebody may ask; more is turned away with 429.
    pub rates: Rates,
    /// Proxies whose word about the client's address is taken (`X-Forwarded-For`).
    pub proxies: Vec<IpAddr>,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            body_bytes: 32 << 20,
            request_time: Duration::from_mins(1),
            connections: 16_384,
            head_time: Duration::from_secs(30),
            stall_time: Duration::from_mins(1),
            bodies_bytes: 512 << 20,
            requests: 1024,
            reads: reads_at_once(),
            read_time: Duration::from_secs(30),
            writes: 64,
            patience: Patience::default(),
            streams: 12_000,
            page: 1000,
            objects: 200_000,
            rates: Rates::default(),
            proxies: Vec::new(),
        }
    }
}

fn reads_at_once() -> usize {
    std::thread::available_parallelism().map_or(4, |count| (2 * count.get()).max(4))
}

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    node: Node,
    shared: Arc<Shared>,
}

struct Shared {
    caps: Caps,
    secure_cookies: bool,
    requests: Places,
    /// For bodies, in KiB.
    bodies: Arc<Semaphore>,
    /// Requests under way of each person.
    under_way: Arc<Shares>,
    /// Streams of each person.
    streaming: Arc<Shares>,
    reads: Places,
    writes: Places,
    streams: Places,
    meter: Meter,
    metrics: Metrics,
}

const KIB: usize = 1024;

/// A place among those that are under way at once, given back when dropped.
pub type Permit = tokio::sync::OwnedSemaphorePermit;

tokio::task_local! {
    /// The entry of the registry that is asked.
    static ASKED: &'static str;
}

/// Does what is done for one entry of the registry: reads that are on record stand in the audit under its name.
pub async fn asked<F: Future>(name: &'static str, work: F) -> F::Output {
    ASKED.scope(name, work).await
}

impl Server {
    /// `secure_cookies` where clients reach the node over TLS: session cookies are then never sent without it.
    pub fn new(node: Node, caps: Caps, secure_cookies: bool) -> Self {
        let shared = Shared {
            secure_cookies,
            requests: Places::new(caps.requests, caps.patience),
            bodies: Arc::new(Semaphore::new((caps.bodies_bytes / KIB).min(Semaphore::MAX_PERMITS))),
            under_way: Shares::of(caps.requests),
            streaming: Shares::of(caps.streams),
            reads: Places::new(caps.reads, caps.patience),
            writes: Places::new(caps.writes, caps.patience),
            streams: Places::new(caps.streams, caps.patience),
            meter: Meter::new(caps.rates),
            metrics: Metrics::new(),
            caps,
        };
        Self { node, shared: Arc::new(shared) }
    }

    pub fn node(&self) -> &Node {
        &self.node
    }

    pub fn caps(&self) -> &Caps {
        &self.shared.caps
    }

    /// Caps on an envelope that comes in a request.
    pub fn envelope(&self) -> Limits {
        let caps = self.caps();
        Limits { envelope_bytes: caps.body_bytes, objects: caps.objects, ..*self.node.limits() }
    }

    pub fn secure_cookies(&self) -> bool {
        self.shared.secure_cookies
    }

    /// Reads on a blocking thread.
    pub async fn blocking<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Node) -> Result<T, AppError> + Send + 'static,
    {
        let permit = self.shared.reads.take().await?;
        self.at_place(self.reader(), permit, work).await
    }

    /// Writes on a blocking thread: its result means that the write is durable. Counted apart from reads, so that
    /// those who wait for the disk do not keep readers out.
    pub async fn writing<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Node) -> Result<T, AppError> + Send + 'static,
    {
        let permit = self.shared.writes.take().await?;
        self.at_place(self.node.clone(), permit, work).await
    }

    /// Reads for something that was begun, such as a stream: waits for its place however long it takes.
    pub async fn patiently<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Node) -> Result<T, AppError> + Send + 'static,
    {
        let permit = self.shared.reads.wait().await?;
        self.at_place(self.reader(), permit, work).await
    }

    /// The node as a request reads it.
    fn reader(&self) -> Node {
        self.node.within(self.shared.caps.read_time)
    }

    async fn at_place<T, F>(&self, node: Node, permit: Permit, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Node) -> Result<T, AppError> + Send + 'static,
    {
        let path = ASKED.try_with(|path| *path).unwrap_or("http");
        let task = tokio::task::spawn_blocking(move || {
            // Work goes on when its client is gone; it keeps its place until it is done.
            let _permit = permit;
            node.traced(path, work)
        });
        match task.await {
            Ok(outcome) => outcome.map_err(Failure::from),
            Err(_) => Err(Failure::internal("blocking work panicked")),
        }
    }

    /// A place for a stream of this person.
    ///
    /// # Errors
    /// 503 with `Retry-After` where the node, or the person, has as many as it may have.
    pub fn stream_place(&self, person: PersonId) -> Result<StreamPlace, Failure> {
        let share = self.shared.streaming.take(Some(person))?;
        Ok(StreamPlace { _place: self.shared.streams.at_once()?, _share: share })
    }

    /// A place among the requests of one person. Nobody takes all places of the node, however slowly he sends.
    pub(crate) fn share(&self, person: Option<PersonId>) -> Result<Share, Failure> {
        self.shared.under_way.take(person)
    }

    pub(crate) fn request_permit(&self) -> Result<Permit, Failure> {
        self.shared.requests.at_once()
    }

    /// Room for a body of so many bytes.
    pub(crate) fn body_permit(&self, bytes: usize) -> Result<Permit, Failure> {
        let kib = u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX);
        Arc::clone(&self.shared.bodies).try_acquire_many_owned(kib).map_err(|_| Failure::busy())
    }

    /// Takes one request from its asker's bucket.
    pub(crate) fn meter(&self, asker: Asker) -> Result<(), Failure> {
        self.shared.meter.take(asker)
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// What the node tells those who run it, as text for Prometheus.
    pub async fn metrics_text(&self) -> Result<String, Failure> {
        let vitals = self.blocking(Node::vitals).await?;
        let shared = &self.shared;
        let under_way = UnderWay {
            requests: shared.requests.taken(),
            reads: shared.reads.taken(),
            writes: shared.writes.taken(),
            streams: shared.streams.taken(),
        };
        let text = self.metrics().text(under_way, vitals);
        text.map_err(|_| Failure::internal("the metrics cannot be written"))
    }
}
