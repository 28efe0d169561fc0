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

/// The first of four ports in a row, from below those that the system gives to whoever asks for any.
fn four_free_ports() -> u16 {
    let first = 12_000 + u16::try_from(std::process::id() % 4_000).unwrap() * 4;
    let is_free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    let mut rows = (first..28_000).step_by(4).chain((12_000..first).step_by(4));
    rows.find(|row| (*row..row + 4).all(is_free)).unwrap()
}

#[test]
fn the_demonstration_ends_in_its_page_and_an_alert_arrives_everywhere() {
    use std::io::{BufRead, BufReader, Write as _};
    let desk = Desk::new();
    let port = four_free_ports();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_kizuna"))
        .args(["demo", "--listen", &format!("127.0.0.1:{port}")])
        .current_dir(desk.place.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    let mut says = |until: &dyn Fn(&str) -> bool| {
        for line in lines.by_ref().map_while(Result::ok) {
            said.push(line);
            if said.last().is_some_and(|line| until(line)) {
                return;
            }
        }
        panic!("{said:#?}");
    };
    says(&|line| line.starts_with("see the same object"));
    says(&|line| line.starts_with("Enter fires an alert"));
    // The key that is pressed.
    child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    says(&|line| line.contains("receipts came back"));
    // As Ctrl-C does, so that the nodes end with it.
    let ended = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    child.wait().unwrap();
    assert!(ended.success());
    let arrivals: Vec<&String> = said.iter().filter(|line| line.contains(" ms  █")).collect();
    assert_eq!(arrivals.len(), 4, "at both nations, the hub and the operator: {said:#?}");
}
