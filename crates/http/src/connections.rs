//! Connections: accepted up to a cap, with a time for each request's head, ended in order.

mod linger;
mod peers;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_http::add_extension::AddExtension;

use crate::viewer::Remote;
use crate::{Caps, Permit};

pub use peers::serve_peers;

/// Bytes that are held for one connection, of a request's head as of what its client has not taken in yet.
const HELD_BYTES: usize = 64 << 10;

/// How long to wait before accepting again when the system has no more descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `stop`, then lets requests under way end. Streams never end by themselves: the caller cuts them off.
pub async fn serve(listener: TcpListener, router: Router, caps: &Caps, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(caps.connections));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(caps.head_time).max_buf_size(HELD_BYTES);
    let mut stop = pin!(stop);
    loop {
        let (stream, remote, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        if let Err(error) = SockRef::from(&stream).set_tcp_user_timeout(Some(caps.stall_time)) {
            tracing::debug!(%error, "a client that does not read cannot be cut off");
        }
        // A mapped address is the IPv4 client's that it maps.
        let remote = Remote(remote.ip().to_canonical());
        let service = TowerToHyperService::new(AddExtension::new(router.clone(), remote));
        let (lent, returned) = linger::lend(stream);
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(lent), service));
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            if let Ok(remains) = returned.await {
                remains.end().await;
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, Option<Permit>) {
    // Never closed: there is always a place in the end.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                // An answer's last piece does not wait for the client's acknowledgement of the one before.
                let _ = stream.set_nodelay(true);
                return (stream, remote, place);
            }
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted now");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// Whether a client went away before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests;
