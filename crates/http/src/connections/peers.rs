//! The listener for peers: TLS 1.3 with a certificate on either side, and nothing but what peers need behind it.
//!
//! A handshake costs this node a signature and a check before it knows who asks, so their number at once is capped, in
//! all and for each address, and their time.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use kizuna_app::Node;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower_http::add_extension::AddExtension;

use super::{HELD_BYTES, accept, linger};
use crate::metrics::Handshake;
use crate::viewer::{Presented, Remote};
use crate::{Permit, Server};

/// Handshakes under way at once.
const HANDSHAKES: usize = 64;
/// Of one address: whoever begins many and ends none leaves places to others.
const HANDSHAKES_OF_ADDRESS: usize = 16;
/// For one handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Connections of one address, those whose handshake is under way included.
const OF_ADDRESS: usize = 64;

/// Serves peers until `stop`, then lets requests under way end.
pub async fn serve_peers(
    listener: TcpListener,
    router: Router,
    server: Server,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(server.caps().connections));
    let door = Door {
        server,
        router,
        shaking: Arc::new(Semaphore::new(HANDSHAKES)),
        of: Arc::default(),
        shaking_of: Arc::default(),
    };
    let mut stop = pin!(stop);
    loop {
        let (stream, remote, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let counted = count(&door.of, remote, OF_ADDRESS);
        let shaking = count(&door.shaking_of, remote, HANDSHAKES_OF_ADDRESS);
        let (Some(counted), Some(shaking)) = (counted, shaking) else {
            door.server.metrics().shaken(Handshake::Turned);
            continue;
        };
        let (door, watcher) = (door.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _kept: (Option<Permit>, Counted) = (place, counted);
            door.open(stream, remote, shaking, watcher).await;
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

type Addresses = Arc<Mutex<HashMap<IpAddr, usize>>>;

#[derive(Clone)]
struct Door {
    server: Server,
    router: Router,
    shaking: Arc<Semaphore>,
    of: Addresses,
    shaking_of: Addresses,
}

/// A connection of an address, given back when dropped.
struct Counted {
    of: Addresses,
    address: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let count = of.get(&self.address).copied().unwrap_or_default();
        if count > 1 {
            of.insert(self.address, count - 1);
        } else {
            of.remove(&self.address);
        }
    }
}

/// One more of an address; nothing where it has as many as it may.
fn count(of: &Addresses, remote: SocketAddr, most: usize) -> Option<Counted> {
    let address = remote.ip().to_canonical();
    let mut counts = of.lock().unwrap_or_else(PoisonError::into_inner);
    let count = counts.entry(address).or_default();
    if *count >= most {
        return None;
    }
    *count += 1;
    Some(Counted { of: Arc::clone(of), address })
}

impl Door {
    async fn open(self, stream: TcpStream, remote: SocketAddr, of_address: Counted, watcher: Watcher) {
        let Ok(shaking) = Arc::clone(&self.shaking).try_acquire_owned() else {
            self.server.metrics().shaken(Handshake::Turned);
            return;
        };
        if let Err(error) = SockRef::from(&stream).set_tcp_user_timeout(Some(self.server.caps().stall_time)) {
            tracing::debug!(%error, "a peer that does not read cannot be cut off");
        }
        let shaken = tokio::time::timeout(HANDSHAKE_TIME, self.shake(stream)).await;
        drop((shaking, of_address));
        let outcome = match &shaken {
            Ok(Some(_)) => Handshake::Done,
            Ok(None) => Handshake::Refused,
            Err(_) => Handshake::Slow,
        };
        self.server.metrics().shaken(outcome);
        let Ok(Some((stream, presented))) = shaken else { return };
        let remote = Remote(remote.ip().to_canonical());
        let service = AddExtension::new(AddExtension::new(self.router.clone(), remote), presented);
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.server.caps().head_time)
            .max_buf_size(HELD_BYTES);
        let (lent, returned) = linger::lend(stream);
        let connection = builder.serve_connection(TokioIo::new(lent), TowerToHyperService::new(service));
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a peer's connection ended early");
        }
        if let Ok(remains) = returned.await {
            remains.end().await;
        }
    }

    /// The handshake, with the certificates that count at this moment.
    async fn shake(&self, stream: TcpStream) -> Option<(TlsStream<TcpStream>, Presented)> {
        let config = match self.server.blocking(Node::channel_server).await {
            Ok(config) => config,
            Err(failure) => {
                tracing::error!(cause = %failure.cause, "no peer can be heard");
                return None;
            }
        };
        let stream = match TlsAcceptor::from(config).accept(stream).await {
            Ok(stream) => stream,
            Err(error) => {
                tracing::info!(%error, "a handshake was refused");
                return None;
            }
        };
        let certificate = stream.get_ref().1.peer_certificates()?.first()?;
        let pin = Node::pin_of(certificate)?;
        Some((stream, Presented(pin)))
    }
}
