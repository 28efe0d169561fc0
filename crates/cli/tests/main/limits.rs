//! Every cap of the settings, met by a real client at a real server: who goes past it is told so, others are served.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::kit::{Desk, Server, bundle, indicator};

const INBOX: &str = "/taxii2/own/collections/inbox/objects/";
const ALL: &str = "/taxii2/own/collections/all/objects/";
const PATIENCE: Duration = Duration::from_mins(1);

const TIGHT: &str = "
[rates]
account_per_second = 0
stranger_per_second = 0
[limits]
body_bytes = 20_000
bodies_bytes = 40_000
object_depth = 12
envelope_objects = 10
page_objects = 5
head_seconds = 1
stall_seconds = 1
connections = 8
";

fn serve(desk: &Desk, settings: &str) -> Server {
    desk.file("settings.toml", settings);
    desk.serve_with(&["--listen", "127.0.0.1:0", "--settings", "settings.toml"])
}

fn envelope(objects: &[Value]) -> Vec<u8> {
    json!({ "objects": objects }).to_string().into_bytes()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn what_is_too_large_too_deep_or_too_much_is_refused_and_the_rest_is_taken() {
    let desk = Desk::peopled();
    let (key, other) = (desk.key("a@xas.example"), desk.key("v@xve.example"));
    let server = serve(&desk, TIGHT);
    let caller = server.caller(&key);
    let add = |body: &[u8]| caller.add(INBOX, None, body).unwrap();

    let mut large = indicator(1);
    large["description"] = "x".repeat(20_000).into();
    assert_eq!(add(&envelope(&[large])).status, 413, "a body over body_bytes");
    let bomb = gzipped(&envelope(&[json!(" ".repeat(1 << 20))]));
    assert!(bomb.len() < 20_000);
    assert_eq!(caller.add(INBOX, Some("gzip"), &bomb).unwrap().status, 413, "also when it is unpacked");
    let many: Vec<Value> = (0..11).map(indicator).collect();
    let refused = add(&envelope(&many));
    assert_eq!(refused.status, 413);
    assert!(refused.body.contains("over the limit of 10"), "{}", refused.body);

    let mut deep = indicator(2);
    deep["x_deep"] = (0..12).fold(json!(1), |inner, _| json!([inner]));
    let status = add(&envelope(&[deep, indicator(3)])).json();
    assert_eq!((&status["failure_count"], &status["success_count"]), (&1.into(), &1.into()), "{status}");
    assert_eq!(caller.get(ALL).names(), ["Beacon 3"], "what is too deep is put aside alone");

    for number in 10..18 {
        assert_eq!(add(&envelope(&[indicator(number)])).status, 202);
    }
    let page = caller.get(&format!("{ALL}?limit=1000")).json();
    assert_eq!((page["objects"].as_array().unwrap().len(), &page["more"]), (5, &true.into()));
    assert_eq!(server.caller(&other).get("/taxii2/").status, 200, "others are served");
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again_and_others_are_served() {
    let desk = Desk::peopled();
    let (key, other) = (desk.key("a@xas.example"), desk.key("v@xve.example"));
    let server = serve(&desk, "[rates]\naccount_per_second = 1\naccount_burst = 3\n");
    let caller = server.caller(&key);
    let answers: Vec<_> = (0..6).map(|_| caller.get("/taxii2/")).collect();
    assert_eq!(answers[0].status, 200);
    let told = answers.iter().find(|answer| answer.status == 429).expect("the fourth is one too many");
    assert_eq!(told.retry_after.as_deref(), Some("1"));
    assert_eq!(server.caller(&other).get("/taxii2/").status, 200);
}

/// How long until the server closes a connection on which nothing more is sent.
fn closed_after(mut stream: TcpStream) -> Duration {
    let begun = Instant::now();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // Whether it says so first or not.
    let _ = stream.read_to_end(&mut Vec::new());
    begun.elapsed()
}

#[test]
fn who_is_silent_slow_or_does_not_read_is_cut_off_and_others_are_served() {
    let desk = Desk::peopled();
    let key = desk.key("a@xas.example");
    let huge = |number: u32| {
        let mut object = indicator(number);
        object["description"] = "x".repeat(6 << 20).into();
        object
    };
    let many: Vec<Value> = (0..4).map(huge).collect();
    desk.run_with_input(&["import", "-", "--as", "a@xas.example"], bundle(&many).as_bytes()).ok();
    let server = serve(&desk, TIGHT);
    let connect = || TcpStream::connect(server.address()).unwrap();

    assert!(closed_after(connect()) < PATIENCE, "a connection on which nothing comes");
    let mut slow = connect();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n").unwrap();
    assert!(closed_after(slow) < PATIENCE, "a head that does not come to its end");
    let mut idle = connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(closed_after(idle) < PATIENCE, "a connection that is kept and not used");

    let mut deaf = connect();
    let head = format!("GET {ALL}?limit=5 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n");
    deaf.write_all(head.as_bytes()).unwrap();
    deaf.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut first = [0; 12];
    deaf.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    assert_eq!(server.caller(&key).get("/taxii2/").status, 200, "others are served meanwhile");
    std::thread::sleep(Duration::from_secs(4));
    let mut rest = Vec::new();
    let _ = deaf.read_to_end(&mut rest);
    assert!(rest.len() < 24 << 20, "who takes nothing in for a while gets no more: {}", rest.len());

    // More than there are places: they are silent, lose their places, and the next one is served.
    let _silent: Vec<TcpStream> = (0..8).map(|_| connect()).collect();
    assert_eq!(server.caller(&key).get("/taxii2/").status, 200);
}
