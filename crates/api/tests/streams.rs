//! Changes as server-sent events.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Client, World, tool};

/// A client of the stream. Reading gives up after a while.
struct Stream {
    reader: BufReader<TcpStream>,
}

#[derive(Debug, Default, PartialEq)]
struct Event {
    name: String,
    id: String,
    data: String,
}

impl Stream {
    fn open(world: &World, client: &Client, query: &str, last: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(world.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        let key = client.key.as_ref().unwrap();
        write!(
            stream,
            "GET /api/v1/changes{query} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{last}\r\n",
            world.address
        )
        .unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.contains("200"), "{line}");
        Self { reader }
    }

    /// The next event that is more than a sign of life; nothing at the end.
    fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            let line = line.trim_end();
            if let Some(text) = line.strip_prefix("event: ") {
                text.clone_into(&mut event.name);
            } else if let Some(text) = line.strip_prefix("id: ") {
                text.clone_into(&mut event.id);
            } else if let Some(text) = line.strip_prefix("data: ") {
                text.clone_into(&mut event.data);
            } else if line.is_empty() && !event.name.is_empty() {
                return Some(event);
            }
        }
    }

    fn next_name(&mut self) -> String {
        let event = self.next().unwrap();
        let item: Value = serde_json::from_str(&event.data).unwrap();
        item["object"]["name"].as_str().unwrap().to_owned()
    }
}

const FROM_THE_START: &str = "?type=tool&added_after=2000-01-01T00:00:00Z";

#[test]
fn what_becomes_readable_comes_at_once_and_only_that() {
    let world = World::new();
    let mut stream = Stream::open(&world, &world.bea, FROM_THE_START, None);
    world.ana.give("", &[tool("hidden")]);
    world.ana.give("rel:Circle", &[tool("seen")]);
    assert_eq!(stream.next_name(), "seen");
    world.ana.give("rel:Circle", &[tool("next")]);
    assert_eq!(stream.next_name(), "next");
}

#[test]
fn a_stream_goes_on_after_the_last_event() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("a"), tool("b"), tool("c")]);
    let mut stream = Stream::open(&world, &world.bea, FROM_THE_START, None);
    let first = stream.next().unwrap();
    drop(stream);
    let mut again = Stream::open(&world, &world.bea, "?type=tool", Some(&first.id));
    assert_eq!((again.next_name(), again.next_name()), ("b".to_owned(), "c".to_owned()));
}

#[test]
fn a_right_gained_brings_the_older_content_and_a_right_lost_ends_it() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("older")]);
    let mut stream = Stream::open(&world, &world.cai, FROM_THE_START, None);
    let place = format!("/api/v1/communities/{}/members/{}", world.circle, world.cascadia);
    assert_eq!(world.ada.put(&place, &json!({})).status, 204);
    assert_eq!(stream.next_name(), "older");
    assert_eq!(world.ada.delete(&place).status, 204);
    world.ana.give("rel:Circle", &[tool("not his")]);
    world.cai.give("", &[tool("his own")]);
    assert_eq!(stream.next_name(), "his own");
}

#[test]
fn a_closed_account_ends_its_streams() {
    let world = World::new();
    let mut stream = Stream::open(&world, &world.cai, "", None);
    let person = world.cai.get("/api/v1/me").json()["id"].as_str().unwrap().to_owned();
    assert_eq!(world.ada.delete(&format!("/api/v1/users/{person}")).status, 204);
    world.ana.give("", &[tool("a")]);
    assert_eq!(stream.next().unwrap().name, "end");
    assert_eq!(stream.next(), None);
}

#[test]
fn a_cursor_of_another_is_an_error_of_the_request() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("a")]);
    let event = Stream::open(&world, &world.bea, FROM_THE_START, None).next().unwrap();
    assert_eq!(world.ana.get(&format!("/api/v1/changes?type=tool&cursor={}", event.id)).status, 400);
}
