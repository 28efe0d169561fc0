//! Settings, the watch token, logs for programs.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kit::Desk;

#[test]
fn settings_are_printed_as_they_hold_and_wrong_ones_are_refused_with_their_line() {
    let desk = Desk::new();
    desk.file("s.toml", "[limits]\npage_objects = 50\n");
    let printed = desk.run(&["settings", "--settings", "s.toml"]).ok();
    assert!(
        printed.contains("page_objects = 50") && printed.contains("account_per_second = 500"),
        "{printed}"
    );
    desk.file("wrong.toml", "[limits]\npage_objcts = 50\n");
    for command in [["settings", "--settings", "wrong.toml"], ["serve", "--settings", "wrong.toml"]] {
        let done = desk.run(&command);
        assert_eq!(done.code, 2);
        assert!(done.err.contains("line 2") && done.err.contains("page_objcts"), "{}", done.err);
    }
    assert_eq!(desk.run(&["serve", "--settings", "none.toml"]).code, 2);
}

#[test]
fn a_node_serves_by_its_settings_and_tells_who_watches_how_it_does() {
    let desk = Desk::peopled();
    desk.file(
        "s.toml",
        "[http]\nlisten = \"127.0.0.1:0\"\n[rates]\nstranger_per_second = 1\nstranger_burst = 2\n",
    );
    let server = desk.serve_with(&["--settings", "s.toml"]);
    let token = desk.run(&["watch-token"]).ok();
    let scrape = |token: &str| {
        let url = format!("{}/metrics", server.url);
        ureq::get(&url).header("authorization", &format!("Bearer {}", token.trim())).call()
    };
    let text = scrape(&token).unwrap().body_mut().read_to_string().unwrap();
    assert!(text.contains("kizuna_log_seq") && text.contains("kizuna_commit_time_seconds_count"), "{text}");
    let renewed = desk.run(&["watch-token", "--renew"]).ok();
    assert_ne!(token, renewed);
    assert!(matches!(scrape(&token), Err(ureq::Error::StatusCode(401))));
    assert!(
        matches!(scrape(&renewed), Err(ureq::Error::StatusCode(429))),
        "the bucket of this address is empty"
    );
}

#[test]
fn a_log_for_programs_has_one_object_a_line_with_the_id_that_the_answer_has() {
    let desk = Desk::peopled();
    let key = desk.key("a@xas.example");
    desk.file("s.toml", "[log]\nformat = \"json\"\nlevel = \"info\"\n");
    let server = desk.serve_with(&["--listen", "127.0.0.1:0", "--settings", "s.toml"]);
    let answer = server.caller(&key).get("/api/v1/me");
    assert_eq!(answer.status, 200);
    let begun = Instant::now();
    let line = loop {
        if let Some(line) = server.log().into_iter().find(|line| line.contains(&answer.request_id)) {
            break line;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", server.log());
        std::thread::sleep(Duration::from_millis(10));
    };
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["request.id"], answer.request_id.as_str());
    assert_eq!((&line["http.status"], &line["http.path"]), (&200.into(), &"native.me".into()));
    assert!(!server.log().concat().contains(&key), "keys are never logged");
}
