//! A node with three members and one community, asked as a browser would.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::Body;
use http::Request;
use kizuna_access::rights::{Role, Sector};
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
    pub body: String,
}

impl Shown {
    /// Status, kind and body without what is of the moment: times of arrival, sealed names and cursors, and the ids
    /// of labels, which are minted with their time.
    pub fn plain(&self) -> String {
        let mut plain = cut(&self.body, "<time ", "</time>");
        for opaque in ["/quarantine/", "next=", "/objects/kizuna-label--"] {
            plain = cut(&plain, opaque, "\"");
        }
        format!("{} {}\n{plain}", self.status, self.kind)
    }
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
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Attestations have random salts: two nodes never show the same ones.
        let node = Node::open(Config { attests: false, ..Config::new(directory.path()) }).unwrap();
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
        for (name, member) in [("ana", arvonia), ("bea", borduria), ("cai", cascadia)] {
            let roles = BTreeSet::from([Role::Analyst]);
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
        let mut request =
            Request::get(path).header("host", "node.example").header("accept-language", language);
        if let Some(key) = self.keys.get(who) {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let status = response.status().as_u16();
            let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let body = String::from_utf8(bytes.to_vec()).unwrap();
            Shown { status, kind: kind.unwrap_or_default(), body }
        })
    }
}
