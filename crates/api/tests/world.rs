//! A node with three members, one community, people of every role, and a server on a port of its own.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderMap, Method};
use kizuna_access::rights::{Role, Sector};
use kizuna_access::{CommunityId, MemberId};
use kizuna_app::people::NewMember;
use kizuna_app::sign_in::Session;
use kizuna_app::{Caller, Config, Node};
use kizuna_http::{Caps, Server, registry, serve};
use serde_json::{Value, json};
use uuid::Uuid;

pub const TAXII: &str = "application/taxii+json;version=2.1";

/// Arvonia (the node's own) and Borduria are in the circle; Cascadia is not.
pub struct World {
    pub node: Node,
    pub address: SocketAddr,
    pub circle: CommunityId,
    pub arvonia: MemberId,
    pub borduria: MemberId,
    pub cascadia: MemberId,
    /// Analyst of Arvonia.
    pub ana: Client,
    /// Reader of Arvonia.
    pub ron: Client,
    /// Admin of Arvonia.
    pub ada: Client,
    /// Analyst of Borduria.
    pub bea: Client,
    /// Analyst of Cascadia.
    pub cai: Client,
    pub anon: Client,
    // In this order: the server ends before its directory is removed.
    _runtime: tokio::runtime::Runtime,
    _directory: tempfile::TempDir,
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub email: String,
    pub key: Option<String>,
    pub agent: ureq::Agent,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl World {
    pub fn new() -> Self {
        Self::with(Caps::default())
    }

    pub fn with(caps: Caps) -> Self {
        Self::open(caps, false)
    }

    /// With attestations beside content, as a node has them: most stories count content and leave them off.
    pub fn attesting() -> Self {
        Self::open(Caps::default(), true)
    }

    fn open(caps: Caps, attests: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let node = Node::open(Config { attests, ..Config::new(directory.path()) }).unwrap();
        let people = node.people(Caller::Operator);
        let member = |name: &str, country: &str| {
            let new = NewMember {
                name: name.to_owned(),
                country: country.parse().unwrap(),
                sector: Sector::Public,
                identity: None,
                hosted: true,
            };
            people.add_member(new).unwrap().id
        };
        let (arvonia, borduria, cascadia) =
            (member("Arvonia", "XAA"), member("Borduria", "XBB"), member("Cascadia", "XCC"));
        let circle = people.add_community("Circle", false).unwrap().id;
        for member in [arvonia, borduria] {
            people.join(circle, member, None, None).unwrap();
        }
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let server = Server::new(node.clone(), caps.clone(), false);
        let router = kizuna_api::routes().build(&server, registry::api()).unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { serve(listener, router, &caps, std::future::pending()).await });
        let anon = Client::new(address, "", None);
        let user = |email: &str, member: MemberId, role: Role| {
            let (_, key) = people.add_user(email, member, BTreeSet::from([role])).unwrap();
            Client::new(address, email, Some(key.secret))
        };
        let ana = user("ana@arvonia.example", arvonia, Role::Analyst);
        let ron = user("ron@arvonia.example", arvonia, Role::Reader);
        let ada = user("ada@arvonia.example", arvonia, Role::Admin);
        let bea = user("bea@borduria.example", borduria, Role::Analyst);
        let cai = user("cai@cascadia.example", cascadia, Role::Analyst);
        Self {
            node,
            address,
            circle,
            arvonia,
            borduria,
            cascadia,
            ana,
            ron,
            ada,
            bea,
            cai,
            anon,
            _runtime: runtime,
            _directory: directory,
        }
    }

    /// A session of the pages, as a one-time link gives it.
    pub fn session(&self, client: &Client) -> Session {
        let user = client.get("/api/v1/me").json();
        let person: Uuid = user["id"].as_str().unwrap().parse().unwrap();
        let link = self.node.link(Some(kizuna_access::PersonId(person))).unwrap();
        match self.node.sign_in(&link.token).unwrap() {
            kizuna_app::sign_in::SignIn::Session(session) => session,
            kizuna_app::sign_in::SignIn::SetUp => panic!("the node is set up"),
        }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The circle's API root.
    pub fn circle_root(&self) -> String {
        format!("/taxii2/{}/", self.circle)
    }
}

/// An invented object; `name` makes its id, so that the same name is the same object.
pub fn tool(name: &str) -> Value {
    tool_at(name, "2026-01-01T00:00:00.000Z")
}

/// A version of it.
pub fn tool_at(name: &str, modified: &str) -> Value {
    json!({
        "type": "tool", "spec_version": "2.1",
        "id": id_of(name),
        "created": "2026-01-01T00:00:00.000Z", "modified": modified,
        "name": name,
    })
}

pub fn id_of(name: &str) -> String {
    format!("tool--{}", Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()))
}

pub fn envelope(objects: &[Value]) -> Vec<u8> {
    json!({ "objects": objects }).to_string().into_bytes()
}

impl Client {
    fn new(address: SocketAddr, email: &str, key: Option<String>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self { base: format!("http://{address}"), email: email.to_owned(), key, agent: config.into() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None)
    }

    pub fn head(&self, path: &str) -> Answer {
        self.send(Method::HEAD, path, &[], None)
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None)
    }

    /// Posts JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let bytes = body.to_string().into_bytes();
        self.send(Method::POST, path, &[("content-type", "application/json")], Some(&bytes))
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        let bytes = body.to_string().into_bytes();
        self.send(Method::PUT, path, &[("content-type", "application/json")], Some(&bytes))
    }

    /// Adds objects to a TAXII collection.
    pub fn add(&self, collection: &str, objects: &[Value]) -> Answer {
        let path = format!("{collection}objects/");
        self.send(Method::POST, &path, &[("content-type", TAXII)], Some(&envelope(objects)))
    }

    /// Adds objects natively under a label in words.
    pub fn give(&self, label: &str, objects: &[Value]) -> Answer {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("label", label).finish();
        let answer = self.post(&format!("/api/v1/objects?{query}"), &json!({ "objects": objects }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }

    pub fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        let is_given = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        if let Some(key) = self.key.as_ref().filter(|_| !is_given("authorization")) {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if !is_given("accept-encoding") {
            request = request.header("accept-encoding", "identity");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = sent.unwrap();
        let bytes = response.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        Answer { status: response.status().as_u16(), headers: response.headers().clone(), bytes }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The names of the tools of an envelope, in order.
    pub fn names(&self) -> Vec<String> {
        let json = self.json();
        let objects = json["objects"].as_array().cloned().unwrap_or_default();
        let tools = objects.iter().filter(|object| object["type"] == "tool");
        tools.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    /// All that a client can compare: status, headers but for those of the moment, body.
    pub fn whole(&self) -> (u16, Vec<(String, String)>, String) {
        let of_the_moment = ["date", "x-request-id"];
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .filter(|(name, _)| !of_the_moment.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        (self.status, headers, self.text())
    }
}
