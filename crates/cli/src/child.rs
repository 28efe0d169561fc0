//! This same program as a child: its commands, and nodes of its own for a measurement or a demonstration.

use std::ffi::OsStr;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

/// Settings without rates.
const UNMETERED: &str = "[rates]\naccount_per_second = 0\nstranger_per_second = 0\n";

/// A data directory that goes when it is dropped, and with it the schema of its node, where the nodes of a measurement
/// are in a database.
pub struct Scratch(pub PathBuf);

/// The database in which the nodes of a measurement are, each in a schema of its own; `None` in their directories.
static STORE: OnceLock<String> = OnceLock::new();

/// Keeps the nodes of a measurement in this database.
pub fn keep_in(store: &str) {
    let _ = STORE.set(store.to_owned());
}

/// The address of the store of a data directory, where it is in a database: the schema is named after the directory's
/// first part, which the front-ends of one node share.
fn store_of(data: &Path) -> Option<String> {
    let base = STORE.get()?;
    let name = data.file_name()?.to_str()?;
    let node = name.split('.').next()?.replace('-', "_");
    let more = if base.contains('?') { '&' } else { '?' };
    Some(format!("{base}{more}options=-csearch_path%3D{node}"))
}

/// This program with a data directory, and the database where there is one.
fn program(data: &Path) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let mut command = Command::new(program);
    command.env_remove("KIZUNA_STORE").arg("--data").arg(data);
    if let Some(store) = store_of(data) {
        command.args(["--store", &store]);
    }
    Ok(command)
}

impl Scratch {
    pub fn new(name: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("kizuna-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    /// The data directory of a further front-end of the node of another.
    pub fn front(of: &Self, number: usize) -> anyhow::Result<Self> {
        let path = of.0.with_extension(number.to_string());
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    /// The address of its store, where that is in a database.
    pub fn store(&self) -> Option<String> {
        store_of(&self.0)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is in the machine's temporary directory, which cleans itself.
        let _ = std::fs::remove_dir_all(&self.0);
        let is_further = self.0.extension().is_some();
        if let Some(store) = self.store().filter(|_| !is_further) {
            let _ = kizuna_app::baseline::postgres::forget(&store);
        }
    }
}

/// Runs one command of this same program against a data directory and returns what it printed.
pub fn command(data: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    command_with_input(data, arguments, &[])
}

/// The same, with something on its standard input.
pub fn command_with_input(data: &Path, arguments: &[&str], input: &[u8]) -> anyhow::Result<String> {
    let mut child = program(data)?
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run kizuna {}", arguments.join(" ")))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input)?;
    }
    let done = child.wait_with_output()?;
    ensure!(
        done.status.success(),
        "kizuna {} failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&done.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// A running node. Killed when dropped.
pub struct Node {
    child: Child,
    address: SocketAddr,
    /// From the start of the process to the first answer.
    pub ready_after: Duration,
}

impl Node {
    /// On a port of 127.0.0.1 that is free, with no limit on how often somebody may ask: for measuring.
    pub fn start_unmetered(data: &Path) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no free port")?;
        let address = listener.local_addr()?;
        drop(listener);
        Self::start_unmetered_at(data, address)
    }

    /// The same at an address.
    pub fn start_unmetered_at(data: &Path, address: SocketAddr) -> anyhow::Result<Self> {
        let settings = data.join("unmetered.toml");
        std::fs::write(&settings, UNMETERED)?;
        Self::start_with(data, address, &["--settings".as_ref(), settings.as_os_str()])
    }

    /// The same; its peers reach it over mutual TLS, on a port of that address that is free.
    pub fn start_for_peers(data: &Path, address: SocketAddr) -> anyhow::Result<Self> {
        let peers = SocketAddr::new(address.ip(), 0).to_string();
        Self::start_with(data, address, &["--peers-listen".as_ref(), peers.as_ref()])
    }

    fn start_with(data: &Path, address: SocketAddr, more: &[&OsStr]) -> anyhow::Result<Self> {
        let mut command = program(data)?;
        let started = Instant::now();
        let child = command
            .args(["serve", "--listen", &address.to_string()])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the node")?;
        let mut node = Self { child, address, ready_after: Duration::ZERO };
        let url = node.url("/readyz");
        while started.elapsed() < Duration::from_mins(1) {
            if ureq::get(&url).call().is_ok() {
                node.ready_after = started.elapsed();
                return Ok(node);
            }
            if let Some(status) = node.child.try_wait()? {
                bail!("the node ended before it was ready: {status}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the node was not ready after 60 s")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Memory that no file backs, in bytes (`Anonymous` of `smaps_rollup`; Linux alone tells it).
    pub fn memory(&self) -> Option<u64> {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).ok()?;
        let line = rollup.lines().find(|line| line.starts_with("Anonymous:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}
