//! Several servers on one database, as processes: what one takes in, the clients of the others get; what one takes back
//! is gone on all; work that one of them does is another's when it dies.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use kizuna_testkit::postgres::schema;
use serde_json::{Value, json};

use crate::kit::{Desk, Server, bundle, indicator, uuid};

const ALL: &str = "/taxii2/own/collections/all/objects/";
const PATIENCE: Duration = Duration::from_secs(90);

/// A client of a server's stream of changes.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(server: &Server, key: &str) -> Self {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "GET /api/v1/changes HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\r\n",
            server.address()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.contains("200"), "{line}");
        Self(reader)
    }

    /// Reads until a line holds this.
    fn wait_for(&mut self, what: &str) {
        let mut line = String::new();
        while !line.contains(what) {
            line.clear();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream ended before {what}");
        }
    }

    fn reads_to_its_end(mut self) {
        self.0.read_to_end(&mut Vec::new()).unwrap();
    }
}

#[test]
fn what_one_front_end_takes_in_and_back_holds_for_the_clients_of_all() {
    let Some(schema) = schema() else { return };
    let desks: Vec<Desk> = (0..3).map(|_| Desk::on(schema.url())).collect();
    desks[0].people();
    let key = desks[0].key("a@xas.example");
    let other_key = desks[0].key("v@xve.example");
    let servers: Vec<Server> = desks.iter().map(|desk| desk.serve("127.0.0.1:0")).collect();
    let mut streams: Vec<Stream> = servers.iter().map(|server| Stream::open(server, &other_key)).collect();

    let circle = servers[0].caller(&key).get("/taxii2/").json();
    let root = circle["api_roots"].as_array().unwrap().iter().map(|root| root.as_str().unwrap().to_owned());
    let root = root.map(|root| root.split_once("/taxii2/").unwrap().1.to_owned()).find(|root| root != "own/");
    let collections = format!("/taxii2/{}collections/", root.unwrap());
    let listed = servers[0].caller(&key).get(&collections).json();
    let writable = listed["collections"].as_array().unwrap().iter().find(|one| one["can_write"] == true);
    let inbox = format!("{collections}{}/objects/", writable.unwrap()["id"].as_str().unwrap());
    for (number, server) in (1_u32..).zip(&servers) {
        let envelope = json!({ "objects": [indicator(number)] }).to_string();
        assert_eq!(server.caller(&key).add(&inbox, None, envelope.as_bytes()).unwrap().status, 202);
        for stream in &mut streams {
            stream.wait_for(&uuid(number));
        }
        for other in &servers {
            assert!(other.caller(&other_key).get(ALL).names().contains(&format!("Beacon {number}")));
        }
    }

    desks[1].run(&["community", "leave", "Circle", "--member", "Velkar Shield"]).ok();
    for server in &servers {
        assert!(server.caller(&other_key).get(ALL).names().is_empty(), "the membership has ended everywhere");
    }
    let listed = desks[2].run(&["key", "list"]).ok();
    let of_velkar = listed.lines().filter(|line| line.contains("v@xve.example"));
    let ids: Vec<&str> = of_velkar.filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(ids.len(), 2, "{listed}");
    for id in ids {
        desks[2].run(&["key", "revoke", id]).ok();
    }
    for server in &servers {
        assert_eq!(server.caller(&other_key).get(ALL).status, 401, "the key opens nothing anywhere");
    }
    for stream in streams {
        stream.reads_to_its_end();
    }
}

#[test]
fn peers_are_looked_after_by_one_front_end_and_by_another_when_it_dies() {
    let Some(schema) = schema() else { return };
    let velkar = Desk::new();
    velkar.run(&["member", "add", "Velkar Shield", "--country", "XVE"]).ok();
    velkar.run(&["community", "add", "Circle", "--member", "Velkar Shield"]).ok();
    velkar.run(&["member", "add", "Asterin CERT", "--country", "XAS", "--community", "Circle"]).ok();
    velkar.user("v@xve.example", "Velkar Shield", &[]);
    let key = velkar.user("node@xas.example", "Asterin CERT", &[]);
    let partner = velkar.serve("127.0.0.1:0");
    let give = |number: u32| {
        let object = bundle(&[indicator(number)]);
        let typed = ["import", "-", "--as", "v@xve.example", "--label", "rel:Circle"];
        velkar.run_with_input(&typed, object.as_bytes()).ok();
    };

    let (one, other) = (Desk::on(schema.url()), Desk::on(schema.url()));
    one.run(&["member", "add", "Asterin CERT", "--country", "XAS"]).ok();
    one.run(&["member", "add", "Velkar Shield", "--country", "XVE", "--elsewhere"]).ok();
    let roster = velkar.run(&["community", "export", "Circle"]).ok();
    let signed: Value = serde_json::from_str(&roster).unwrap();
    let signing_key = signed["signed"]["key"].as_str().unwrap();
    one.run_with_input(&["community", "import", "-", "--key", signing_key], roster.as_bytes()).ok();
    let reader = one.user("a@xas.example", "Asterin CERT", &[]);
    let first = ["peer", "add", &partner.url, "--name", "velkar", "--member", "Velkar Shield"];
    let more = ["--user", "node@xas.example", "--key", &key, "--every", "1s"];
    one.run(&[&first[..], &more].concat()).ok();

    let wait_for = |server: &Server, number: u32| {
        let (caller, begun) = (server.caller(&reader), Instant::now());
        while !caller.get(ALL).names().contains(&format!("Beacon {number}")) {
            assert!(begun.elapsed() < PATIENCE, "Beacon {number} never came");
            std::thread::sleep(Duration::from_millis(50));
        }
        begun.elapsed()
    };
    let first = one.serve("127.0.0.1:0");
    give(1);
    wait_for(&first, 1);
    // The first one has that work; the second one only serves.
    let second = other.serve("127.0.0.1:0");
    give(2);
    wait_for(&second, 2);
    first.kill();
    give(3);
    println!("taken over after {:?}", wait_for(&second, 3));
    assert_eq!(second.caller(&reader).get(ALL).names().iter().filter(|name| *name == "Beacon 2").count(), 1);
}
