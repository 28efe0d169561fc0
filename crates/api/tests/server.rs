//! What stands around every request.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use kizuna_http::Caps;

use crate::world::{World, tool};

#[test]
fn the_node_says_how_it_is_to_anybody() {
    let world = World::new();
    assert_eq!(world.anon.get("/healthz").text(), "ok\n");
    assert_eq!(world.anon.get("/readyz").text(), "ok\n");
}

#[test]
fn every_answer_has_an_id_and_is_kept_out_of_caches() {
    let world = World::new();
    let (one, other) = (world.ana.get("/api/v1/me"), world.ana.get("/api/v1/me"));
    assert_ne!(one.header("x-request-id"), "");
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    assert_eq!(one.header("cache-control"), "no-store");
    assert_eq!(one.header("x-content-type-options"), "nosniff");
}

#[test]
fn a_path_that_is_not_there_is_a_problem_in_its_form() {
    let world = World::new();
    let answer = world.ana.get("/api/v1/nothing");
    assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
    assert_eq!(answer.json()["title"], "Not found");
}

#[test]
fn too_many_requests_are_turned_away() {
    let world = World::with(Caps { requests: 0, ..Caps::default() });
    let answer = world.anon.get("/healthz");
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
}

#[test]
fn a_request_that_takes_too_long_ends() {
    let caps = Caps { request_time: Duration::from_millis(50), reads: 0, ..Caps::default() };
    assert_eq!(World::with(caps).anon.get("/readyz").status, 503);
}

#[test]
fn many_clients_at_once_are_all_answered() {
    let world = World::with(Caps { reads: 2, ..Caps::default() });
    world.ana.give("", &[tool("a")]);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(world.ana.get("/taxii2/own/collections/all/objects/").names(), ["a"]);
                }
            });
        }
    });
}

#[test]
fn a_client_that_never_finishes_its_head_is_cut_off() {
    let world = World::with(Caps { head_time: Duration::from_millis(100), ..Caps::default() });
    let mut slow = std::net::TcpStream::connect(world.address).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n").unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).unwrap();
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    assert_eq!(world.anon.get("/healthz").status, 200);
}

#[test]
fn connections_beyond_the_cap_wait_for_a_place() {
    let world =
        World::with(Caps { connections: 1, head_time: Duration::from_millis(200), ..Caps::default() });
    let _silent = std::net::TcpStream::connect(world.address).unwrap();
    assert_eq!(world.anon.get("/healthz").status, 200);
}
