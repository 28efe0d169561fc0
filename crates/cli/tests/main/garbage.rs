//! A peer that answers garbage where it should give objects: it is told what is wrong, nothing is stored of it, and the
//! next answer that makes sense is taken up.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::peers::{Two, give, ids};

/// More than a head has.
const HEAD: usize = 64 << 10;

/// Stands between two nodes, and answers in place of the second one where objects are asked for.
struct Between {
    url: String,
    garbage: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Between {
    fn new(peer: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let garbage = Arc::new(Mutex::new(None));
        let held = Arc::clone(&garbage);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let garbage: Option<Vec<u8>> = held.lock().unwrap().clone();
                // Who asks may hang up on what it is told.
                std::thread::spawn(move || drop(pass(stream, peer, garbage)));
            }
        });
        Self { url, garbage }
    }

    fn answer(&self, garbage: Option<&[u8]>) {
        *self.garbage.lock().unwrap() = garbage.map(<[u8]>::to_vec);
    }
}

/// One request and its answer.
fn pass(mut from: TcpStream, peer: SocketAddr, garbage: Option<Vec<u8>>) -> std::io::Result<()> {
    from.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD {
        let mut octet = [0];
        from.read_exact(&mut octet)?;
        head.push(octet[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let asks_for_objects =
        text.starts_with("GET") && text.lines().next().is_some_and(|line| line.contains("/objects/"));
    if let (true, Some(garbage)) = (asks_for_objects, garbage) {
        return from.write_all(&garbage);
    }
    let mut to = TcpStream::connect(peer)?;
    to.write_all(text.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes())?;
    let (mut up_from, mut up_to) = (from.try_clone()?, to.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut up_from, &mut up_to));
    std::io::copy(&mut to, &mut from)?;
    from.shutdown(std::net::Shutdown::Both)
}

fn http(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{head}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn taxii(body: &[u8]) -> Vec<u8> {
    http(&format!("content-type: application/taxii+json;version=2.1\r\ncontent-length: {}", body.len()), body)
}

#[test]
fn a_peer_that_answers_garbage_is_named_and_harms_nothing() {
    let two = Two::new();
    let server = two.velkar.serve("127.0.0.1:0");
    let between = Between::new(server.address().parse().unwrap());
    two.befriend(&between.url, "1h");
    two.asterin.run(&["peer", "sync"]).ok();
    give(&two.velkar, "v@xve.example", 200..205, "rel:Circle");

    let deep = [b"{\"objects\":".to_vec(), b"[".repeat(100_000)].concat();
    let garbage: [(&str, Vec<u8>); 10] = [
        ("no HTTP", (0..=255).cycle().take(5_000).collect()),
        ("nothing", Vec::new()),
        ("a page", taxii(b"<html><body>Sign in to the network</body></html>")),
        ("another form", taxii(b"{\"objects\":\"none\",\"more\":7}")),
        ("brackets without end", taxii(&deep)),
        ("an answer cut off", http("content-length: 100000", b"{\"objects\":[")),
        ("no gzip", http("content-encoding: gzip\r\ncontent-length: 9", b"{\"more\":1")),
        ("broken chunks", http("transfer-encoding: chunked", b"zz\r\nwhat\r\n")),
        ("headers without end", [b"HTTP/1.1 200 OK\r\n".to_vec(), b"a: b\r\n".repeat(100_000)].concat()),
        ("terminal escapes", taxii(b"\x1b[2J\x1b]0;owned\x07")),
    ];
    for (what, garbage) in &garbage {
        between.answer(Some(garbage));
        let done = two.asterin.run(&["peer", "sync"]);
        assert_ne!(done.code, 0, "{what}: {}", done.out);
        let status = two.asterin.run(&["peer", "status", "--json"]).ok();
        let status: Value = serde_json::from_str(&status).unwrap();
        let error = status["status"]["error"].as_str().unwrap_or_default().to_owned();
        assert!(error.contains("/objects/"), "{what}: it names the place: {error:?}");
        assert!(!error.contains(char::is_control), "{what}: {error:?}");
        assert!(two.asterin.reads("a@xas.example", "indicator").is_empty(), "{what}");
    }
    between.answer(None);
    two.asterin.run(&["peer", "sync"]).ok();
    assert_eq!(two.asterin.reads("a@xas.example", "indicator"), ids(200..205));
}
