//! `kizuna serve`: the node over HTTP, and commands over its control socket.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use kizuna_api::http::{self, Caps, Server, registry};
use kizuna_app::{Config, Node};
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::{Place, Serve};
use crate::desk::Desk;
use crate::fail::Fail;
use crate::settings::{Log, LogFormat};
use crate::{command, control, descriptors};

/// How long requests under way may take to end after Ctrl-C. Streams never end by themselves.
const GRACE: Duration = Duration::from_secs(3);

/// Clients that may wait to be accepted, as far as the system has room (`net.core.somaxconn`).
const BACKLOG: u32 = 4_096;

pub fn run(place: &Place, serve: &Serve, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let data = place.data.as_path();
    let settings = command::settings::of(&serve.settings)?;
    start_log(&settings.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // The port comes first: a second server is told about its port before it is told about the lock.
    let address = serve.listen.unwrap_or(settings.http.listen);
    let listener = runtime.block_on(async { listen(address, "--listen") })?;
    let of_peers = serve.peers_listen.or(settings.peers.listen);
    let of_peers = of_peers.map(|address| runtime.block_on(async { listen(address, "--peers-listen") }));
    let of_peers = of_peers.transpose()?;
    let node = Node::open(Config {
        limits: settings.intake(),
        database: place.database.clone(),
        tells_delivery: settings.receipts.delivered,
        ..Config::new(data)
    })?;
    let _control = control::open(data, &node)
        .with_context(|| format!("{}: the control socket cannot be opened", data.display()))?;
    let schedule = node.schedule_peers()?;
    let releases = node.schedule_releases()?;
    let log = node.schedule_log()?;
    // From here on Ctrl-C ends the server gracefully, so that it does as soon as it says it is ready.
    let ends = runtime.block_on(async { Ends::listen() })?;
    if let Some(listener) = &of_peers {
        let said = serve.peers_address.as_ref().or(settings.peers.address.as_ref());
        tell_peers(&node, listener.local_addr()?, said, desk)?;
    } else {
        node.set_peers_address(None)?;
    }
    welcome(&node, &listener, desk)?;
    let mut caps = settings.caps();
    let connections = descriptors::connections(caps.connections, descriptors::raise());
    if connections < caps.connections {
        desk.say(format!(
            "the system lets this process open too few files for limits.connections: {connections} instead of {}",
            caps.connections
        ))?;
        caps.connections = connections;
    }
    let served = runtime.block_on(answer(listener, of_peers, &node, caps, settings.http.behind_tls, ends));
    drop((schedule, releases, log));
    runtime.shutdown_timeout(GRACE);
    served?;
    desk.say("stopped; everything that was acknowledged is on disk")?;
    Ok(())
}

/// A listener with room for many clients that come at once.
fn bound(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, Fail> {
    bound(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Fail::work(format!(
            "{address} is taken: another program listens there. Stop it, or choose another port with {option} {}:{}",
            address.ip(),
            address.port().checked_add(1).unwrap_or(8480)
        )),
        ErrorKind::PermissionDenied => Fail::work(format!(
            "{address} may not be opened by this user: choose a port above 1023 with {option}"
        )),
        _ => Fail::work(format!("{address}: {error}")),
    })
}

/// Says where peers reach the node, and keeps it for those who enrol.
fn tell_peers(
    node: &Node,
    listens: SocketAddr,
    said: Option<&String>,
    desk: &mut Desk<'_>,
) -> Result<(), Fail> {
    let address = match said {
        Some(said) => Some(said.clone()),
        None if listens.ip().is_unspecified() => None,
        None => Some(listens.to_string()),
    };
    if let Some(address) = &address {
        kizuna_app::peers::reached_at(address)?;
    }
    node.set_peers_address(address.as_deref())?;
    let reached = address.unwrap_or_else(|| {
        format!("port {}; say under which name with --peers-address HOST:PORT", listens.port())
    });
    desk.say(format!("peers reach it at {reached} · transport key {}", node.transport_pin()?.grouped()))?;
    Ok(())
}

/// Says where the node is and how it keeps what it is given; on a node without people also how to sign in.
fn welcome(node: &Node, listener: &TcpListener, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    desk.say(format!("durability: {}", node.durability()?))?;
    if node.directory()?.people().all(|person| person.removed.is_some()) {
        let link = node.link(None)?;
        desk.say(format!("nobody has an account yet; sign in once with\n  {url}/sign-in/{}", link.token))?;
        desk.say("(kizuna user link prints another link)")?;
    }
    desk.say(format!("ready on {url} · data in {} · Ctrl-C ends", node.data().display()))?;
    desk.err.flush()?;
    Ok(())
}

/// The signals that end a server.
struct Ends {
    interrupt: Signal,
    terminate: Signal,
}

impl Ends {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn come(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

async fn answer(
    listener: TcpListener,
    of_peers: Option<TcpListener>,
    node: &Node,
    caps: Caps,
    behind_tls: bool,
    ends: Ends,
) -> Result<(), Fail> {
    let server = Server::new(node.clone(), caps.clone(), behind_tls);
    let router = kizuna_api::routes()
        .merge(kizuna_web::routes())
        .build(&server, registry::all())
        .map_err(|error| Fail::work(error.to_string()))?;
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let graceful = || {
        let mut stopped = stopped.clone();
        async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        }
    };
    let (people, peers) = (graceful(), graceful());
    let of_peers = match of_peers {
        Some(listener) => {
            let router = kizuna_api::routes().only(registry::federation::for_peers());
            let router = router
                .build(&server, registry::federation::for_peers())
                .map_err(|error| Fail::work(error.to_string()))?;
            Some((listener, router))
        }
        None => None,
    };
    let serving = tokio::spawn(async move {
        let people = http::serve(listener, router, &caps, people);
        match of_peers {
            Some((listener, router)) => {
                tokio::join!(people, http::serve_peers(listener, router, server, peers));
            }
            None => people.await,
        }
    });
    ends.come().await;
    let _ = stop.send(true);
    let _ = stopped.changed().await;
    match tokio::time::timeout(GRACE, serving).await {
        Ok(Ok(())) => {}
        Ok(Err(failed)) => return Err(Fail::work(format!("the server failed: {failed}"))),
        Err(_) => tracing::info!("streams were cut at the end"),
    }
    Ok(())
}

/// Logs go to standard error; `RUST_LOG` goes before the settings.
fn start_log(log: &Log) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(&log.level));
    let writer = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process, as in tests, keeps the first.
    let _ = match log.format {
        LogFormat::Text => writer.try_init(),
        LogFormat::Json => writer.json().flatten_event(true).try_init(),
    };
}
