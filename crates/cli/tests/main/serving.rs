//! The server, and commands that reach it over its control socket.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::kit::{Desk, bundle, indicator};

#[test]
fn a_fresh_server_is_ready_in_under_a_second_and_prints_one_sign_in_link() {
    let desk = Desk::new();
    let begun = Instant::now();
    let server = desk.serve("127.0.0.1:0");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(server.said.contains("synchronous=FULL"), "{}", server.said);
    assert_eq!(server.said.matches("/sign-in/").count(), 1, "{}", server.said);
    assert_eq!(server.interrupt(), 0);
    assert!(!desk.data().join("control.sock").exists());
}

#[test]
fn commands_reach_a_running_server_and_read_their_own_files_and_input() {
    let desk = Desk::peopled();
    let server = desk.serve("127.0.0.1:0");
    let mode = std::fs::metadata(desk.data().join("control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    desk.file("a.json", bundle(&[indicator(1)]));
    desk.run(&["import", "a.json"]).ok();
    let many: Vec<_> = (10..2_000).map(indicator).collect();
    let said = desk.run_with_input(&["import", "-"], bundle(&many).as_bytes()).ok();
    assert!(said.contains("1990 stored"), "{said}");
    assert_eq!(desk.reads("a@xas.example", "indicator").len(), 1_991);
    let wrong = desk.run(&["import", "--no-such-thing"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert!(wrong.err.contains("unexpected argument"), "{}", wrong.err);
    assert_eq!(desk.run(&["get", "indicator--1", "--as", "a@xas.example"]).code, 2);
    drop(server);
    assert_eq!(desk.reads("a@xas.example", "indicator").len(), 1_991, "and without a server just so");
}

#[test]
fn a_taken_port_is_said_with_the_way_out() {
    let desk = Desk::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let done = desk.run(&["serve", "--listen", &address]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("is taken") && done.err.contains("--listen"), "{}", done.err);
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let desk = Desk::peopled();
    let _server = desk.serve("127.0.0.1:0");
    let done = desk.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("another process owns this data directory"), "{}", done.err);
}

#[test]
fn a_killed_server_leaves_a_node_that_opens() {
    let desk = Desk::peopled();
    let server = desk.serve("127.0.0.1:0");
    desk.run_with_input(&["import", "-"], bundle(&[indicator(1)]).as_bytes()).ok();
    server.kill();
    assert_eq!(desk.reads("a@xas.example", "indicator").len(), 1, "acknowledged is durable");
    let again = desk.serve("127.0.0.1:0");
    assert_eq!(again.interrupt(), 0);
}
