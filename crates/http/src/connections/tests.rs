#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use http::StatusCode;

use super::serve;
use crate::Caps;

const LENGTH: usize = 400_000;

/// A server that refuses everything without reading a body.
fn refusing() -> (tokio::runtime::Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", post(async || (StatusCode::UNAUTHORIZED, "who are you?")));
    runtime.spawn(async move { serve(listener, router, &Caps::default(), std::future::pending()).await });
    (runtime, address)
}

fn begin(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "POST / HTTP/1.1\r\nhost: kizuna.example\r\ncontent-length: {LENGTH}\r\n\r\n").unwrap();
    stream
}

#[test]
fn who_is_refused_while_still_sending_reads_the_answer() {
    let (_runtime, address) = refusing();
    let mut stream = begin(address);
    stream.write_all(&vec![b' '; LENGTH / 2]).unwrap();
    // The answer is there, and the server has let go.
    stream.peek(&mut [0]).unwrap();
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(50));
        stream.write_all(&vec![b' '; LENGTH / 4]).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.ends_with("who are you?"), "{answer}");
}

#[test]
fn who_never_stops_sending_is_cut_off() {
    let (_runtime, address) = refusing();
    let mut stream = begin(address);
    let started = std::time::Instant::now();
    while stream.write_all(b" ").is_ok() {
        std::thread::sleep(Duration::from_millis(20));
        assert!(started.elapsed() < Duration::from_secs(8), "still taken in");
    }
    let mut stream = begin(address);
    let mut sent = 0;
    while stream.write_all(&vec![b' '; 1 << 16]).is_ok() {
        sent += 1 << 16;
        assert!(sent < 64 << 20, "still taken in");
    }
}
