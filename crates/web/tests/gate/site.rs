//! A node with three members and one community, asked as a browser would.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::Body;
use http::Request;
use kizuna_access::rights::{Holder, Role, Sector};
use kizuna_access::spec;
use kizuna_app::package::{NewIncoming, NewOutgoing};
use kizuna_app::people::NewMember;
use kizuna_app::{Caller, Config, Delivery, Node};
use kizuna_http::{Caps, Server, registry};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Arvonia (the node's own) and Borduria are in the circle; Cascadia is not.
pub struct Site {
    node: Node,
    router: Router,
    keys: BTreeMap<&'static str, String>,
    runtime: tokio::runtime::Runtime,
    _directory: tempfile::TempDir,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    pub status: u16,
    pub kind: String,
    /// Where it leads.
    pub place: String,
    pub body: String,
}

impl Shown {
    /// What stands in the page, without its frame and without drawings.
    pub fn main(&self) -> String {
        let from = self.body.find("<main ").unwrap_or_default();
        let to = self.body.find("</main>").unwrap_or(self.body.len());
        cut(&self.body[from..to], "<svg ", "</svg>")
    }

    /// Status, kind and body without what is of the moment: times of arrival, sealed names and cursors, and the ids
    /// of labels, which are minted with their time.
    pub fn plain(&self) -> String {
        let mut plain = cut(&self.body, "<time ", "</time>");
        for opaque in ["/quarantine/", "next=", "kizuna-label--"] {
            plain = cut(&plain, opaque, "\"");
        }
        format!("{} {}\n{plain}", self.status, self.kind)
    }
}

/// A text as a form sends it.
fn encoded(text: &str) -> String {
    let letter = |byte: u8| {
        let plain = byte.is_ascii_alphanumeric();
        if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(letter).collect()
}

fn cut(text: &str, start: &str, end: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(from) = rest.find(start) {
        let to = rest[from..].find(end).map_or(rest.len(), |to| from + to);
        out.push_str(&rest[..from]);
        out.push('…');
        rest = &rest[to..];
    }
    out + rest
}

impl Site {
    /// Without attestations, which have random salts: two nodes never show the same ones.
    pub fn new() -> Self {
        Self::with(false)
    }

    /// One whose members sign what they say.
    pub fn attesting() -> Self {
        Self::with(true)
    }

    fn with(attests: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let node = Node::open(Config { attests, ..Config::new(directory.path()) }).unwrap();
        let people = node.people(Caller::Operator);
        let member = |name: &str, country: &str| {
            let country = country.parse().unwrap();
            let new = NewMember {
                name: name.into(),
                country,
                sector: Sector::Public,
                identity: None,
                hosted: true,
            };
            people.add_member(new).unwrap().id
        };
        let arvonia = member("Arvonia", "XAA");
        let borduria = member("Borduria", "XBB");
        let cascadia = member("Cascadia", "XCC");
        let circle = people.add_community("Circle", false).unwrap().id;
        for member in [arvonia, borduria] {
            people.join(circle, member, None, None).unwrap();
        }
        let mut keys = BTreeMap::new();
        let accounts = [
            ("ana", arvonia, Role::Analyst),
            ("bea", borduria, Role::Analyst),
            ("cai", cascadia, Role::Analyst),
            ("ada", arvonia, Role::Admin),
            ("rex", arvonia, Role::Releaser),
            ("rea", arvonia, Role::Releaser),
            ("roy", arvonia, Role::Releaser),
        ];
        for (name, member, role) in accounts {
            let roles = BTreeSet::from([role]);
            let (_, key) = people.add_user(&format!("{name}@example.org"), member, roles).unwrap();
            keys.insert(name, key.secret);
        }
        let server = Server::new(node.clone(), Caps::default(), false);
        let router = kizuna_web::routes().build(&server, registry::pages::ALL.iter().copied()).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        Self { node, router, keys, runtime, _directory: directory }
    }

    /// Takes in a bundle of somebody's.
    pub fn give(&self, who: &str, label: &str, objects: &[Value]) {
        let who = self.node.authenticate(&self.keys[who], None).unwrap();
        let bundle = json!({ "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": objects });
        let delivery = Delivery { label: Some(label), ..Delivery::default() };
        self.node.ingest(&who, bundle.to_string().as_bytes(), &delivery).unwrap();
    }

    /// Clears somebody, and with him his member and the node, as the operator at the machine can.
    pub fn clear(&self, who: &str, clearance: &str) {
        let who = self.node.authenticate(&self.keys[who], None).unwrap();
        let directory = self.node.directory().unwrap();
        let clearance = spec::clearance([clearance], &*directory).unwrap();
        let people = self.node.people(Caller::Operator);
        for holder in [Holder::Node, Holder::Member(who.member()), Holder::Person(who.person())] {
            people.clear(holder, clearance.clone()).unwrap();
        }
    }

    /// Expects packages of Cascadia's on a channel.
    pub fn expect_packages(&self, name: &str) {
        let directory = self.node.directory().unwrap();
        let cascadia = directory.members().find(|member| member.name == "Cascadia").unwrap().id;
        let ceiling = self.node.label("tlp:amber").unwrap();
        let new = NewIncoming {
            name: name.to_owned(),
            from: cascadia,
            ceiling,
            log: None,
            witnesses: Vec::new(),
            rules: None,
        };
        self.node.expect_channel(&Caller::Operator, new).unwrap();
    }

    /// Sends packages to Cascadia on a channel, to a recipient whose identity this node made.
    pub fn send_packages(&self, name: &str) {
        let directory = self.node.directory().unwrap();
        let cascadia = directory.members().find(|member| member.name == "Cascadia").unwrap().id;
        self.expect_packages("back");
        let back = self.node.channel(&Caller::Operator, "back").unwrap().remove(0);
        let new = NewOutgoing {
            name: name.to_owned(),
            to: cascadia,
            recipients: back.recipients,
            ceiling: self.node.label("tlp:amber").unwrap(),
            rules: None,
        };
        self.node.add_channel(&Caller::Operator, new).unwrap();
    }

    /// The key that checks the node's own log.
    pub fn log_key(&self) -> String {
        self.node.log_verifier().unwrap().to_string()
    }

    /// Tags an object in somebody's name.
    pub fn judge(&self, who: &str, object: &str, tag: &str, label: Option<&str>) {
        let who = self.node.authenticate(&self.keys[who], None).unwrap();
        let note = if tag == "mark" { "veiled-note" } else { "shown note" };
        let add = |said: &mut kizuna_access::overlay::Judgement| {
            said.tags.extend([tag.to_owned()]);
            said.note = Some(note.to_owned());
        };
        self.node.judge(&who, &object.parse().unwrap(), label, add).unwrap();
    }

    /// Asks for a page as somebody whose key is known, or as nobody.
    pub fn ask(&self, who: &str, path: &str, language: &str) -> Shown {
        let request = Request::get(path).header("accept-language", language);
        self.answer(who, request, Body::empty())
    }

    /// Sends a form as somebody whose key is known.
    pub fn send(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        let body = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.answer(who, request, Body::from(body.collect::<Vec<_>>().join("&")))
    }

    /// Sends a form with files: `(name, file name, content)`.
    pub fn upload(&self, who: &str, path: &str, parts: &[(&str, Option<&str>, &str)]) -> Shown {
        let part = |(name, file, content): &(&str, Option<&str>, &str)| {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
        };
        let body: String = parts.iter().map(part).chain(["--edge--\r\n".to_owned()]).collect();
        let request = Request::post(path).header("content-type", "multipart/form-data; boundary=edge");
        self.answer(who, request, Body::from(body))
    }

    fn answer(&self, who: &str, request: http::request::Builder, body: Body) -> Shown {
        let mut request = request.header("host", "node.example").header("origin", "http://node.example");
        if let Some(key) = self.keys.get(who) {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            let status = response.status().as_u16();
            let header = |name: &str| response.headers().get(name).map(|it| it.to_str().unwrap().to_owned());
            let kind = header("content-type").unwrap_or_default();
            let place = header("location").unwrap_or_default();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let body = String::from_utf8(bytes.to_vec()).unwrap();
            Shown { status, kind, place, body }
        })
    }
}
