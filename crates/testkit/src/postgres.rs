//! A PostgreSQL of the tests' own: no running service is assumed, and none is touched.
//!
//! Tests that only need the engine share one instance, each in a schema of its own ([`schema`]): the first process that
//! needs it starts it, and it ends by itself when nobody has used it for a while. What is lost in a crash does not
//! matter there, so it does not sync. A test that kills the server has an [`Instance`] to itself, which does.
//!
//! PostgreSQL refuses to run as root: there it runs as the user `postgres`, or `nobody`.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use uuid::Uuid;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);
const SOCKET: &str = ".s.PGSQL.5432";
/// Settings of every instance: it is reached over a socket in its own directory, by its own user.
const SETTINGS: &str =
    "listen_addresses = ''\nmax_connections = 200\nshared_buffers = 128MB\nmax_wal_size = 2GB\n";
/// Those of the shared one.
const FAST: &str = "fsync = off\nfull_page_writes = off\nsynchronous_commit = on\n";

/// A schema of its own in the shared instance; it is dropped with this.
pub struct Schema {
    name: String,
    url: String,
}

impl Schema {
    /// The address of a store in this schema.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements in it, past any store.
    pub fn run(&self, sql: &str) {
        let mut client = postgres::Client::connect(&self.url, postgres::NoTls).expect("the instance answers");
        client.batch_execute(sql).expect("statements that hold");
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let Some(base) = shared() else { return };
        let Ok(mut client) = postgres::Client::connect(&address(base), postgres::NoTls) else { return };
        let _ = client.batch_execute(&format!("SET lock_timeout = '5s'; DROP SCHEMA {} CASCADE", self.name));
    }
}

/// A new schema; nothing, and a line that says so, where PostgreSQL is not installed.
pub fn schema() -> Option<Schema> {
    let base = shared()?;
    let name = format!("t{}", Uuid::new_v4().simple());
    let url = format!("{}?options=-csearch_path%3D{name}", address(base));
    let mut client =
        postgres::Client::connect(&address(base), postgres::NoTls).expect("the instance answers");
    client.batch_execute(&format!("CREATE SCHEMA {name}")).expect("a new schema");
    Some(Schema { name, url })
}

/// Whether PostgreSQL is installed; a line says so where it is not.
pub fn is_installed() -> bool {
    let found = programs().is_some();
    if !found {
        println!("skipped on PostgreSQL: it is not installed (Debian: postgresql)");
    }
    found
}

/// An instance of one test, which may kill it.
pub struct Instance {
    base: PathBuf,
    server: Option<Child>,
}

impl Instance {
    /// A new instance that keeps what it acknowledges; nothing where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        if !is_installed() {
            return None;
        }
        Self::start_in(&std::env::temp_dir().join(format!("kizuna-pg-{}", Uuid::new_v4().simple())))
    }

    /// The same in this directory, which is made.
    pub fn start_in(base: &Path) -> Option<Self> {
        if !is_installed() {
            return None;
        }
        make_cluster(base, "");
        let mut instance = Self { base: base.to_owned(), server: None };
        instance.restart();
        Some(instance)
    }

    /// Starts it again after a kill.
    pub fn restart(&mut self) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let mut server = as_its_user(&program("postgres"), &self.base)
                .arg("-D")
                .arg(self.base.join("data"))
                .spawn()
                .expect("postgres starts");
            // It refuses while children of the killed one still end.
            loop {
                if answers(&self.base) {
                    self.server = Some(server);
                    return;
                }
                if server.try_wait().is_ok_and(|ended| ended.is_some()) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(30));
            }
        }
        panic!("PostgreSQL does not start: see {}", self.base.join("log").display());
    }

    /// Ends it as a crash would: nothing is written out, and its children go with it.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    /// The same, and waits until the last of its processes has gone: nothing of it writes any more.
    pub fn kill_all(&mut self) {
        let begun = Instant::now();
        loop {
            let processes = self.processes();
            self.kill();
            for process in &processes {
                let _ = Command::new("kill").args(["-KILL", process]).stderr(Stdio::null()).status();
            }
            if processes.is_empty() {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The processes whose directory is the cluster.
    fn processes(&self) -> Vec<String> {
        let data = self.base.join("data");
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let here =
            entries.filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == data));
        here.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    /// Runs statements that only its operator may.
    pub fn run(&self, sql: &str) {
        let mut client =
            postgres::Client::connect(&self.url(), postgres::NoTls).expect("the instance answers");
        client.batch_execute(sql).expect("statements that hold");
    }

    /// The one text that a statement gives.
    pub fn text(&self, sql: &str) -> String {
        let mut client =
            postgres::Client::connect(&self.url(), postgres::NoTls).expect("the instance answers");
        client.query_one(sql, &[]).expect("a statement that holds").get(0)
    }

    /// Gives a directory to the user that the server runs as.
    pub fn give_to_server(path: &Path) {
        if let Some((uid, gid)) = server_user() {
            chown(path, Some(uid), Some(gid)).expect("a directory is given to the server's user");
        }
    }

    pub fn url(&self) -> String {
        address(&self.base)
    }

    /// The directory with its cluster in `data`.
    pub fn base(&self) -> &Path {
        &self.base
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.base);
    }
}

/// The directory of the shared instance, running.
fn shared() -> Option<&'static PathBuf> {
    /// Held as long as this process lives: the instance stays while anybody holds it.
    static USED: OnceLock<Option<(PathBuf, File)>> = OnceLock::new();
    USED.get_or_init(|| is_installed().then(start_shared)).as_ref().map(|(base, _)| base)
}

fn start_shared() -> (PathBuf, File) {
    let place =
        Uuid::new_v5(&Uuid::NAMESPACE_OID, env!("CARGO_MANIFEST_DIR").as_bytes()).simple().to_string();
    let base = std::env::temp_dir().join(format!("kizuna-pg-{}-{}", user_id(), &place[..8]));
    fs::create_dir_all(&base).expect("a directory for PostgreSQL");
    let users = lock_file(&base, "users.lock");
    users.lock_shared().expect("a lock of its users");
    let start = lock_file(&base, "start.lock");
    start.lock().expect("the lock of who starts it");
    if !answers(&base) {
        make_cluster(&base, FAST);
        let script = format!(
            "'{postgres}' -D data & pid=$!; while sleep 10; do kill -0 $pid 2>/dev/null || exit; \
             flock -n start.lock flock -n users.lock sh -c \
             \"kill -INT $pid; while [ -e data/postmaster.pid ]; do sleep 0.1; done\" && exit; done",
            postgres = program("postgres").display()
        );
        // It outlives this process, which has nothing to wait for.
        drop(
            as_its_user(Path::new("/bin/sh"), &base).arg("-c").arg(script).spawn().expect("postgres starts"),
        );
        await_answer(&base);
    }
    (base, users)
}

fn lock_file(base: &Path, name: &str) -> File {
    let path = base.join(name);
    let file = File::options().create(true).truncate(false).write(true).open(&path).expect("a lock file");
    // Whoever runs the server looks at it too.
    let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o666));
    file
}

/// A new, empty cluster in `data`.
fn make_cluster(base: &Path, settings: &str) {
    let data = base.join("data");
    let _ = fs::remove_dir_all(&data);
    let _ = fs::remove_file(base.join(SOCKET));
    fs::create_dir_all(base).expect("a directory for PostgreSQL");
    if let Some((uid, gid)) = server_user() {
        chown(base, Some(uid), Some(gid)).expect("the directory is given to its user");
    }
    let made = as_its_user(&program("initdb"), base)
        .args(["-U", "kizuna", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D"])
        .arg(&data)
        .status()
        .expect("initdb runs");
    assert!(made.success(), "initdb failed: see {}", base.join("log").display());
    let file = data.join("postgresql.conf");
    let mut configuration = fs::read_to_string(&file).expect("the configuration");
    configuration.push_str(SETTINGS);
    configuration += settings;
    let place = format!("unix_socket_directories = '{}'\n", base.display());
    fs::write(&file, configuration + &place).expect("the configuration is written");
}

/// A program that runs in the directory as the server's user and outlives this process's terminal.
fn as_its_user(program: &Path, base: &Path) -> Command {
    let log = File::options().create(true).append(true).open(base.join("log")).expect("a log");
    let errors = log.try_clone().expect("a log");
    let mut command = Command::new(program);
    command.current_dir(base).stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    command
}

fn await_answer(base: &Path) {
    let begun = Instant::now();
    while !answers(base) {
        assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not start: see {}", base.join("log").display());
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Whether the server takes connections.
fn answers(base: &Path) -> bool {
    UnixStream::connect(base.join(SOCKET)).is_ok()
        && postgres::Client::connect(&address(base), postgres::NoTls).is_ok()
}

fn address(base: &Path) -> String {
    let host = base.display().to_string().replace('/', "%2F");
    format!("postgres://kizuna@{host}/postgres")
}

fn user_id() -> u32 {
    fs::metadata("/proc/self").map_or(0, |process| process.uid())
}

/// Whom the server runs as where this is root.
fn server_user() -> Option<(u32, u32)> {
    if user_id() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the list of users");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse::<u32>);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    find("postgres").or_else(|| find("nobody"))
}

fn program(name: &str) -> PathBuf {
    programs().expect("PostgreSQL is installed").join(name)
}

/// Where Debian puts the server's programs: the newest version, or any place on the path.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        let version = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let place = entry.path().join("bin");
        if let Some(version) = version.filter(|_| place.join("initdb").exists()) {
            versions.push((version, place));
        }
    }
    versions.sort();
    let newest = versions.pop().map(|(_, place)| place);
    newest.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|place| place.join("initdb").exists())
    })
}
