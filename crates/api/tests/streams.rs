//! Changes as server-sent events.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use kizuna_http::Caps;

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
            "GET /api/v1/changes{query} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {key}\r\n{last}\r\n",
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

#[test]
fn streams_past_the_cap_and_past_a_persons_share_are_turned_away() {
    let world = World::with(Caps { streams: 5, ..Caps::default() });
    let streams: Vec<Stream> = [&world.ana, &world.bea, &world.cai, &world.ron]
        .map(|who| Stream::open(&world, who, "", None))
        .into();
    let again = world.ana.get("/api/v1/changes");
    assert_eq!((again.status, again.header("retry-after")), (503, "1"), "a person has a quarter");
    let last = Stream::open(&world, &world.ada, "", None);
    let full = world.ana.get("/api/v1/changes");
    assert_eq!((full.status, full.header("retry-after")), (503, "1"));
    drop((streams, last));
}

#[test]
fn a_place_that_a_client_left_is_free_again() {
    let world = World::with(Caps { streams: 1, ..Caps::default() });
    drop(Stream::open(&world, &world.ana, "", None));
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        let mut stream = TcpStream::connect(world.address).unwrap();
        let key = world.bea.key.as_ref().unwrap();
        write!(stream, "GET /api/v1/changes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n")
            .unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        if line.contains("200") {
            return;
        }
    }
    panic!("the place was never free");
}

/// Streams of several colleagues and of others, all cut at once: each goes on where it was, also those that shared.
#[test]
fn all_streams_that_come_back_at_once_go_on_where_each_was() {
    const EACH: usize = 20;
    let world = World::new();
    let viewers = [&world.ana, &world.ron, &world.ada, &world.bea];
    let mut streams = Vec::new();
    for number in 0..EACH * viewers.len() {
        let viewer = viewers[number % viewers.len()];
        streams.push((viewer, Stream::open(&world, viewer, "?type=tool", None)));
    }
    world.ana.give("rel:Circle", &[tool("first"), tool("second")]);
    let mut cursors = Vec::new();
    for (number, (viewer, stream)) in streams.iter_mut().enumerate() {
        let event = stream.next().unwrap();
        // Some were cut before they had taken everything.
        let last = if number % 3 == 0 { event } else { stream.next().unwrap() };
        cursors.push((*viewer, last.id));
    }
    drop(streams);
    world.ana.give("rel:Circle", &[tool("missed")]);
    world.bea.give("", &[tool("of Borduria")]);
    std::thread::scope(|scope| {
        for (number, (viewer, cursor)) in cursors.iter().enumerate() {
            let world = &world;
            scope.spawn(move || {
                let mut stream = Stream::open(world, viewer, "?type=tool", Some(cursor));
                if number % 3 == 0 {
                    assert_eq!(stream.next_name(), "second");
                }
                assert_eq!(stream.next_name(), "missed");
                if viewer.email == world.bea.email {
                    assert_eq!(stream.next_name(), "of Borduria");
                }
            });
        }
    });
}

#[test]
fn a_client_that_takes_nothing_is_ended_and_holds_up_nobody() {
    let caps = Caps { stall_time: Duration::from_secs(8), ..Caps::default() };
    let world = World::with(caps);
    let slow = Stream::open(&world, &world.bea, "?type=tool", None);
    let mut quick = Stream::open(&world, &world.ron, "?type=tool", None);
    let mut long = tool("long");
    long["description"] = "x".repeat(2_000_000).into();
    for number in 0..12_u32 {
        long["id"] = format!("tool--00000000-0000-4000-8000-{number:012}").into();
        world.ana.give("rel:Circle", std::slice::from_ref(&long));
        assert_eq!(quick.next_name(), "long");
    }
    let token = format!("Bearer {}", world.node.watch_token().unwrap());
    let open = || {
        let scraped =
            world.anon.send(http::Method::GET, "/metrics", &[("authorization", &token)], None).text();
        let count =
            scraped.lines().find_map(|line| line.strip_prefix("kizuna_http_under_way{kind=\"streams\"} "));
        count.unwrap().parse::<usize>().unwrap()
    };
    let begun = std::time::Instant::now();
    while open() > 1 {
        assert!(begun.elapsed() < Duration::from_mins(1), "it still has its place");
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(slow);
}
