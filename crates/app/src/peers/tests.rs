#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use kizuna_access::rights::Clearance;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{NewPeer, Peer};
use crate::ingest::tests::{Story, indicator};
use crate::people::Caller;
use crate::{AppError, From, Selection};

const COLLECTION: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";

/// A TAXII server of somebody else's making: one root, one collection, pages of two.
#[derive(Default)]
pub(super) struct Elsewhere {
    pub objects: Mutex<Vec<Value>>,
    /// What was asked, method and path.
    asked: Mutex<Vec<String>>,
    /// Answers that are still to fail.
    failing: Mutex<usize>,
    pub taken: Mutex<Vec<Value>>,
    /// An id with which an envelope is refused.
    pub refusing: Mutex<Option<String>>,
    /// Envelopes that are still to be put off.
    pub busy: Mutex<usize>,
}

impl Elsewhere {
    /// Serves on a port of the system's choice, until the test ends.
    pub fn open() -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Arc::new(Self::default());
        let serving = Arc::clone(&server);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serving.answer(stream.unwrap());
            }
        });
        (server, url)
    }

    fn answer(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut first = String::new();
        reader.read_line(&mut first).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let asked = first.rsplit_once(' ').unwrap().0.to_owned();
        self.asked.lock().push(asked.clone());
        let (status, headers, answer) = self.respond(&asked, &body);
        let answer = answer.to_string();
        let media = "application/taxii+json;version=2.1";
        let mut stream = reader.into_inner();
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{answer}",
            answer.len()
        )
        .unwrap();
    }

    fn respond(&self, asked: &str, body: &[u8]) -> (&'static str, String, Value) {
        if asked.starts_with("POST") {
            let envelope: Value = serde_json::from_slice(body).unwrap();
            let objects = envelope["objects"].as_array().unwrap().clone();
            let count = objects.len();
            let mut busy = self.busy.lock();
            if *busy > 0 {
                *busy -= 1;
                let later = "retry-after: 1\r\n".to_owned();
                return ("503 Service Unavailable", later, json!({ "title": "Later" }));
            }
            let refusing = self.refusing.lock().clone();
            if objects.iter().any(|object| object["id"].as_str() == refusing.as_deref()) {
                return ("422 Unprocessable Content", String::new(), json!({ "title": "Not that" }));
            }
            self.taken.lock().extend(objects);
            let status = json!({
                "id": COLLECTION, "status": "complete", "request_timestamp": "2026-03-01T12:00:00.000Z",
                "total_count": count, "success_count": count, "failure_count": 0, "pending_count": 0,
            });
            return ("202 Accepted", String::new(), status);
        }
        let path = asked.strip_prefix("GET ").unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path {
            "/taxii2/" => ("200 OK", String::new(), json!({ "title": "Elsewhere", "api_roots": ["/root"] })),
            "/root/" => {
                let versions = ["application/taxii+json;version=2.1"];
                let about = json!({ "title": "Root", "versions": versions, "max_content_length": 2000 });
                ("200 OK", String::new(), about)
            }
            "/root/collections/" => {
                let one = json!({ "id": COLLECTION, "title": "Feed", "can_read": true, "can_write": true });
                ("200 OK", String::new(), json!({ "collections": [one] }))
            }
            path if path.ends_with("/objects/") => self.page(query),
            _ => ("404 Not Found", String::new(), json!({ "title": "Not here" })),
        }
    }

    /// Objects are numbered by the second in which they were added.
    fn page(&self, query: &str) -> (&'static str, String, Value) {
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let after = value("added_after").map_or(0, |at| at[17..19].parse::<usize>().unwrap());
        let start = value("next").map_or(after, |next| next.parse().unwrap());
        let mut failing = self.failing.lock();
        if *failing > 0 && start > 0 {
            *failing -= 1;
            return ("503 Service Unavailable", String::new(), json!({ "title": "Tired" }));
        }
        let objects = self.objects.lock();
        let end = objects.len().min(start + 2);
        let page = &objects[start.min(end)..end];
        let header = if page.is_empty() {
            String::new()
        } else {
            format!("x-taxii-date-added-last: 2026-01-01T00:00:{end:02}.000000Z\r\n")
        };
        let mut envelope = json!({ "more": end < objects.len() });
        if !page.is_empty() {
            envelope["objects"] = json!(page);
        }
        if end < objects.len() {
            envelope["next"] = json!(end.to_string());
        }
        ("200 OK", header, envelope)
    }
}

pub(super) fn befriend(story: &Story, url: &str, label: Option<&str>) -> Peer {
    let new = NewPeer {
        name: "elsewhere".to_owned(),
        url: url.parse().unwrap(),
        members: vec![story.member("Velkar Shield")],
        user: None,
        key: None,
        collections: Vec::new(),
        pull: true,
        push: true,
        every: Duration::from_secs(30),
        label: label.map(str::to_owned),
        clearance: Clearance::default(),
    };
    story.node.add_peer(&Caller::Operator, new).unwrap()
}

#[test]
fn every_page_of_a_foreign_server_is_taken_in_once() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    *server.objects.lock() = (1..=5).map(indicator).collect();
    befriend(&story, &url, None);
    let told = story.node.sync_peers(&Caller::Operator, None).unwrap();
    let status = &told[0].1;
    assert_eq!(
        (status.error.as_deref(), status.pulled, status.known),
        (None, 5, 0),
        "{:?}",
        server.asked.lock()
    );
    assert_eq!(story.reads("xas").len(), 5, "given to this node's own member");
    assert_eq!(story.reads("xve").len(), 5, "by the member that lives there");
    assert_eq!(story.reads("xor"), []);

    server.objects.lock().push(indicator(6));
    let told = story.node.sync_peers(&Caller::Operator, None).unwrap();
    assert_eq!((told[0].1.pulled, told[0].1.pushed), (6, 0), "only what is new, and nothing goes back");
    assert!(server.taken.lock().is_empty());
}

#[test]
fn a_failure_between_pages_is_told_and_the_next_attempt_goes_on_there() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    *server.objects.lock() = (1..=5).map(indicator).collect();
    *server.failing.lock() = 2;
    befriend(&story, &url, Some("rel:Circle tlp:green"));
    let told = story.node.sync_peers(&Caller::Operator, None).unwrap();
    let error = told[0].1.error.clone().unwrap();
    assert!(error.contains("503: Tired"), "{error}");
    assert_eq!((told[0].1.pulled, told[0].1.last_success), (2, None));

    let told = story.node.sync_peers(&Caller::Operator, None).unwrap();
    assert_eq!((told[0].1.error.as_deref(), told[0].1.pulled, told[0].1.known), (None, 5, 0));
    let labels: Vec<String> = story.reads("xas").into_iter().map(|(_, label)| label).collect();
    assert_eq!(labels, vec!["tlp:green rel:Circle"; 5]);
}

#[test]
fn what_the_peer_s_member_may_read_is_pushed_in_envelopes_that_fit() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    befriend(&story, &url, None);
    story.give("xas", &(1..=9).map(indicator).collect::<Vec<_>>(), Some("rel:Circle tlp:amber"));
    story.give("xas", &[indicator(10)], None);
    story.give("xve", &[indicator(11)], Some("rel:Circle"));
    story.give("xor", &[indicator(12)], Some("rel:world tlp:clear"));
    story.give("xas", &[indicator(13)], Some("rel:Circle orcon"));
    story.give("xas", &[indicator(14)], Some("rel:Circle draft"));
    let told = story.node.sync_peers(&Caller::Operator, None).unwrap();
    assert_eq!(told[0].1.error, None);
    let taken: Vec<String> =
        server.taken.lock().iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect();
    let mut indicators: Vec<&str> =
        taken.iter().filter(|id| id.starts_with("indicator")).map(|id| &id[id.len() - 2..]).collect();
    indicators.sort_unstable();
    assert_eq!(
        indicators,
        ["01", "02", "03", "04", "05", "06", "07", "08", "09", "12"],
        "a foreign server honours no ORCON"
    );
    let first = |kind: &str| taken.iter().position(|id| id.starts_with(kind)).unwrap();
    assert!(
        first("marking-definition") < first("kizuna-label") && first("kizuna-label") < first("indicator")
    );
    let posts = server.asked.lock().iter().filter(|asked| asked.starts_with("POST")).count();
    assert!(posts > 3, "envelopes of 2,000 octets: {posts}");
    let again = story.node.sync_peers(&Caller::Operator, None).unwrap();
    assert_eq!(again[0].1.pushed, told[0].1.pushed);
}

#[test]
fn only_who_runs_the_node_adds_and_sees_peers() {
    let story = Story::begin();
    let peer = befriend(&story, "http://127.0.0.1:9/", None);
    let analyst = Caller::Person(story.who("xas"));
    assert!(matches!(story.node.peers(&analyst), Err(AppError::Forbidden(_))));
    let told = story.node.sync_peers(&Caller::Operator, Some(&peer.name)).unwrap();
    assert!(told[0].1.error.as_deref().is_some_and(|error| error.contains("127.0.0.1:9")), "{told:?}");
    let reading = story.node.read(&story.who("xas")).unwrap();
    assert!(reading.page(&Selection::default(), &From::First, 10).unwrap().items.is_empty());
}
