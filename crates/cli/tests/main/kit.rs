//! A node in a directory of its own, and the commands typed at it.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a command did.
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Done {
    /// Its results, where it had to succeed.
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:#?}");
        self.out
    }
}

/// A data directory.
pub struct Desk {
    pub place: TempDir,
    /// The address of its store, where that is in a database.
    store: Option<String>,
    /// What goes before the program's name: in which network and by which clock it runs.
    around: Vec<String>,
}

impl Desk {
    pub fn new() -> Self {
        Self { place: tempfile::tempdir().unwrap(), store: None, around: Vec::new() }
    }

    /// A front-end of the node that is in this database.
    pub fn on(store: &str) -> Self {
        Self { store: Some(store.to_owned()), ..Self::new() }
    }

    /// Its program runs as the last words of this command.
    pub fn around(mut self, words: &[&str]) -> Self {
        self.around.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// A node whose own member is Asterin CERT, in a circle with Velkar Shield, and Orinthia Watch outside it; an
    /// analyst each, the first cleared for SECRET.
    pub fn peopled() -> Self {
        let desk = Self::new();
        desk.people();
        desk
    }

    /// Gives it the people of [`Self::peopled`].
    pub fn people(&self) {
        self.run(&["member", "add", "Asterin CERT", "--country", "XAS"]).ok();
        self.run(&["community", "add", "Circle", "--member", "Asterin CERT"]).ok();
        self.run(&["member", "add", "Velkar Shield", "--country", "XVE", "--community", "Circle"]).ok();
        self.run(&["member", "add", "Orinthia Watch", "--country", "XOR"]).ok();
        self.user("a@xas.example", "Asterin CERT", &["--clear", "EXERCISE:SECRET"]);
        self.user("v@xve.example", "Velkar Shield", &[]);
        self.user("o@xor.example", "Orinthia Watch", &[]);
    }

    /// A person's key, made anew.
    pub fn key(&self, email: &str) -> String {
        self.run(&["key", "add", email]).ok().trim().to_owned()
    }

    pub fn user(&self, email: &str, member: &str, more: &[&str]) -> String {
        let first = ["user", "add", email, "--member", member, "--role", "analyst"];
        self.run(&[&first[..], more].concat()).ok().trim().to_owned()
    }

    pub fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn command(&self, typed: &[&str]) -> Command {
        let mut words = self.around.iter().map(String::as_str).chain([env!("CARGO_BIN_EXE_kizuna")]);
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .args(typed)
            .current_dir(self.place.path())
            .env("KIZUNA_DATA", "data")
            .env_remove("RUST_LOG");
        match &self.store {
            Some(store) => command.env("KIZUNA_STORE", store),
            None => command.env_remove("KIZUNA_STORE"),
        };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, typed: &[&str]) -> Done {
        let output = self.command(typed).output().unwrap();
        Done {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn run_with_input(&self, typed: &[&str], input: &[u8]) -> Done {
        self.run_with(typed, input, &[])
    }

    /// The same, with variables of the environment. What is typed may go unread.
    pub fn run_with(&self, typed: &[&str], input: &[u8], variables: &[(&str, &str)]) -> Done {
        let mut command = self.command(typed);
        command.envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Done {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Writes a file beside the data directory.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Starts the server on a port of the system's choice, or on the one given, and waits until it is ready.
    pub fn serve(&self, address: &str) -> Server {
        self.serve_with(&["--listen", address])
    }

    /// The same, with other arguments.
    pub fn serve_with(&self, arguments: &[&str]) -> Server {
        let mut child = self.command(&[&["serve"], arguments].concat()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        for line in lines.by_ref() {
            let line = line.unwrap();
            writeln!(said, "{line}").unwrap();
            if line.starts_with("ready on ") {
                break;
            }
        }
        let url =
            said.split_whitespace().find(|word| word.starts_with("http://") && !word.contains("sign-in"));
        let url = url.unwrap_or_else(|| panic!("the server did not start: {said}")).to_owned();
        // Whatever it says later is read, so that it never waits for us.
        let log = Arc::new(Mutex::new(Vec::new()));
        let later = Arc::clone(&log);
        let keep = move |line| later.lock().unwrap().push(line);
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(keep));
        Server { child, url, said, log }
    }

    /// What a viewer reads, as `id label` lines in order.
    pub fn reads(&self, email: &str, kind: &str) -> Vec<String> {
        let lines = self.run(&["export", "--as", email, "--format", "csv", "--type", kind]).ok();
        let mut ids: Vec<String> =
            lines.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub url: String,
    pub said: String,
    log: Arc<Mutex<Vec<String>>>,
}

/// Somebody who calls a server with a key.
pub struct Caller {
    agent: ureq::Agent,
    base: String,
    key: String,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<String>,
    pub request_id: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    /// The names of the objects in it.
    pub fn names(&self) -> Vec<String> {
        let named = |object: &Value| object["name"].as_str().map(str::to_owned);
        // An envelope without objects has no list of them.
        self.json()["objects"].as_array().into_iter().flatten().filter_map(named).collect()
    }
}

impl Caller {
    pub fn get(&self, path: &str) -> Answer {
        let asked = self.agent.get(format!("{}{path}", self.base));
        let asked = asked.header("authorization", format!("Bearer {}", self.key)).header("accept", ACCEPTED);
        answer(asked.call()).unwrap()
    }

    /// Adds a TAXII envelope, or whatever it is; nothing where the server is gone.
    pub fn add(&self, path: &str, encoding: Option<&str>, body: &[u8]) -> Option<Answer> {
        let asked = self.agent.post(format!("{}{path}", self.base));
        let asked = asked.header("authorization", format!("Bearer {}", self.key)).header("accept", ACCEPTED);
        let asked = asked.header("content-type", TAXII);
        let asked = match encoding {
            Some(encoding) => asked.header("content-encoding", encoding),
            None => asked,
        };
        answer(asked.send(body))
    }
}

const TAXII: &str = "application/taxii+json;version=2.1";
const ACCEPTED: &str = "application/taxii+json;version=2.1, application/json;q=0.9";

fn answer(answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut answered = answered.ok()?;
    let header = |name| answered.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (retry_after, request_id) = (header("retry-after"), header("x-request-id").unwrap_or_default());
    let status = answered.status().as_u16();
    let body = answered.body_mut().with_config().limit(64 << 20).read_to_string().ok()?;
    Some(Answer { status, retry_after, request_id, body })
}

impl Server {
    pub fn caller(&self, key: &str) -> Caller {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Caller { agent: config.new_agent(), base: self.url.clone(), key: key.to_owned() }
    }

    /// What it has written since it was ready.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Ends it as Ctrl-C does, and gives its exit code.
    pub fn interrupt(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Ends it as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn uuid(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub fn indicator(number: u32) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{}", uuid(number)),
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "name": format!("Beacon {number}"), "pattern": format!("[domain-name:value = 'c{number}.example']"),
        "pattern_type": "stix", "valid_from": "2026-02-01T00:00:00Z",
    })
}

pub fn bundle(objects: &[Value]) -> String {
    json!({ "type": "bundle", "id": format!("bundle--{}", uuid(1)), "objects": objects }).to_string()
}

/// A text without what differs from run to run: random ids, times of now, places.
pub fn settled(text: &str, place: &Path) -> String {
    let text = text.replace(&place.display().to_string(), "PLACE");
    let words = text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "-:.".contains(c)));
    words.map(settled_word).collect()
}

fn settled_word(word: &str) -> String {
    let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || "-:.".contains(c))).unwrap_or(word.len());
    let (inner, rest) = word.split_at(end);
    let is_uuid = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
    if let Some((kind, uuid)) = inner.split_once("--")
        && is_uuid(uuid)
        && !uuid.starts_with("00000000")
    {
        return format!("{kind}--UUID{rest}");
    }
    if is_uuid(inner) {
        return format!("UUID{rest}");
    }
    let is_now =
        inner.len() > 19 && inner.contains('T') && inner.ends_with('Z') && !inner.starts_with("2026-02-01");
    if is_now { format!("NOW{rest}") } else { word.to_owned() }
}
