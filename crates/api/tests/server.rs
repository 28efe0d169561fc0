//! What stands around every request.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use kizuna_http::{Caps, Rate, Rates};

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
fn a_read_that_takes_too_long_in_the_store_is_given_up() {
    let world = World::with(Caps { read_time: Duration::ZERO, ..Caps::default() });
    let answer = world.ana.get("/api/v1/me");
    assert_eq!((answer.status, answer.header("retry-after")), (503, "10"));
    assert!(answer.text().contains("longer than a read may take"), "{}", answer.text());
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

fn rate(per_second: u32, burst: u32) -> Rate {
    Rate { per_second: per_second.try_into().unwrap(), burst: burst.try_into().unwrap() }
}

#[test]
fn whoever_asks_too_often_is_told_to_wait_while_others_are_served() {
    let rates = Rates { account: Some(rate(1, 5)), stranger: None };
    let world = World::with(Caps { rates, ..Caps::default() });
    let answers: Vec<_> = (0..6).map(|_| world.ana.get("/api/v1/me")).collect();
    assert!(answers[..5].iter().all(|answer| answer.status == 200));
    assert_eq!((answers[5].status, answers[5].header("retry-after")), (429, "1"));
    assert_eq!(answers[5].header("content-type"), "application/problem+json");
    assert_eq!(world.ana.get("/taxii2/").header("content-type"), crate::world::TAXII);
    assert_eq!(world.bea.get("/api/v1/me").status, 200);
    assert_eq!(world.ana.get("/healthz").status, 200);
}

#[test]
fn whoever_guesses_keys_is_held_back_and_does_not_hold_back_who_has_one() {
    let rates = Rates { account: None, stranger: Some(rate(1, 3)) };
    let world = World::with(Caps { rates, ..Caps::default() });
    let guess = |n: usize| {
        world
            .anon
            .send(http::Method::GET, "/api/v1/me", &[("authorization", &format!("Bearer guess{n}"))], None)
            .status
    };
    assert_eq!((0..5).map(guess).collect::<Vec<_>>(), [401, 401, 401, 429, 429]);
    assert_eq!(world.ana.get("/api/v1/me").status, 200);
}

#[test]
fn only_a_trusted_proxy_says_whose_address_it_is() {
    let rates = Rates { account: None, stranger: Some(rate(1, 1)) };
    let ask = |world: &World, from: &str| {
        world.anon.send(http::Method::GET, "/api/v1/me", &[("x-forwarded-for", from)], None).status
    };
    let world = World::with(Caps { rates, ..Caps::default() });
    assert_eq!((ask(&world, "192.0.2.1"), ask(&world, "192.0.2.2")), (401, 429));
    let proxies = vec!["127.0.0.1".parse().unwrap()];
    let world = World::with(Caps { rates, proxies, ..Caps::default() });
    assert_eq!((ask(&world, "192.0.2.1"), ask(&world, "192.0.2.2")), (401, 401));
    assert_eq!(ask(&world, "198.51.100.7, 192.0.2.1"), 429);
}

#[test]
fn bodies_beyond_the_room_for_them_are_turned_away() {
    let world = World::with(Caps { bodies_bytes: 1024, ..Caps::default() });
    let path = "/api/v1/objects";
    let small = world.ana.send(
        http::Method::POST,
        path,
        &[("content-type", "application/json")],
        Some(vec![b' '; 900].as_slice()),
    );
    assert_ne!(small.status, 503);
    let large = world.ana.send(
        http::Method::POST,
        path,
        &[("content-type", "application/json")],
        Some(vec![b' '; 9_000].as_slice()),
    );
    assert_eq!((large.status, large.header("retry-after")), (503, "1"));
}

#[test]
fn metrics_are_for_the_watch_token_and_for_no_account() {
    let world = World::new();
    let token = world.node.watch_token().unwrap();
    let with = |token: &str| {
        world.anon.send(http::Method::GET, "/metrics", &[("authorization", &format!("Bearer {token}"))], None)
    };
    assert_eq!(world.anon.get("/metrics").status, 401);
    assert_eq!(world.ada.get("/metrics").status, 401);
    let scraped = with(&token);
    assert_eq!(scraped.status, 200);
    let text = scraped.text();
    assert!(text.contains("kizuna_http_requests_total{route=\"node.metrics\",status=\"401\"} 2"), "{text}");
    assert!(text.ends_with("# EOF\n"));
    assert_eq!(
        world
            .anon
            .send(http::Method::GET, "/api/v1/me", &[("authorization", &format!("Bearer {token}"))], None)
            .status,
        401
    );
    world.node.renew_watch_token().unwrap();
    assert_eq!(with(&token).status, 401);
}

#[test]
fn a_page_of_large_objects_ends_early_and_goes_on() {
    let world = World::new();
    let large = |n: usize| {
        let mut object = tool(&format!("large {n}"));
        object["description"] = "x".repeat(3 << 20).into();
        object
    };
    for n in 0..14 {
        world.ana.give("", &[large(n)]);
    }
    let first = world.ana.get("/taxii2/own/collections/all/objects/").json();
    assert_eq!((first["objects"].as_array().unwrap().len(), &first["more"]), (12, &true.into()));
    let next = first["next"].as_str().unwrap();
    let rest = world.ana.get(&format!("/taxii2/own/collections/all/objects/?next={next}")).json();
    assert_eq!(rest["objects"].as_array().unwrap().len(), 2);
}
