//! Sweeping logs: the exit codes, and what standard output holds.

use serde_json::Value;

use crate::kit::Desk;

#[test]
fn the_exit_code_says_what_was_found_and_whether_all_was_read() {
    let desk = Desk::new();
    desk.file("list.txt", "domain\tevil.example\n192.0.2.1\n");
    desk.file("clean.log", "nothing here\n");
    desk.file("bad.log", "{\"q\":\"notevil.example\"}\n{\"q\":\"www.evil.example\"}\n");
    desk.file("broken.gz", [0x1f, 0x8b, 8, 0]);
    let hunt =
        |paths: &[&str], more: &[&str]| desk.run(&[&["hunt"], paths, &["--with", "list.txt"], more].concat());
    assert_eq!(hunt(&["clean.log"], &[]).code, 0);
    let found = hunt(&["clean.log", "bad.log"], &["--json"]);
    assert_eq!(found.code, 1, "{found:#?}");
    let lines: Vec<Value> = found.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert!(lines[0]["path"].as_str().unwrap().ends_with("bad.log"));
    assert_eq!(lines[0]["line"], 2);
    assert_eq!(lines[0]["value"], "evil.example");
    assert_eq!(lines[0]["kind"], "domain");
    assert!(lines[0]["indicator"].as_str().unwrap().starts_with("indicator--"));
    assert_eq!(hunt(&["nowhere"], &[]).code, 2);
    assert_eq!(desk.run(&["hunt", "clean.log", "--with", "nowhere"]).code, 2);
    assert_eq!(desk.run(&["hunt", "clean.log"]).code, 2);
    let partial = hunt(&["clean.log", "broken.gz"], &[]);
    assert_eq!(partial.code, 3, "{partial:#?}");
    assert!(partial.err.contains("broken.gz"));
}

#[test]
fn an_index_is_saved_and_used_and_a_sweep_goes_on() {
    let desk = Desk::new();
    desk.file("list.txt", "evil.example\n");
    desk.file("bad.log", "evil.example\n");
    desk.run(&["hunt", "--with", "list.txt", "--save-index", "list.kzh"]).ok();
    let typed = ["hunt", "bad.log", "--with", "list.kzh", "--json", "--resume", "journal"];
    let first = desk.run(&typed);
    let second = desk.run(&typed);
    assert_eq!((first.code, second.code), (1, 1), "{first:#?} {second:#?}");
    assert_eq!(first.out, second.out);
    assert!(second.err.contains("1 files are done already"), "{second:#?}");
    let outputs = [
        "hunt",
        "bad.log",
        "--with",
        "list.txt",
        "--html",
        "r.html",
        "--timeline",
        "t.csv",
        "--ecs",
        "e.json",
        "--report",
        "s.json",
    ];
    assert_eq!(desk.run(&outputs).code, 1);
    for name in ["r.html", "t.csv", "e.json", "s.json"] {
        assert!(desk.place.path().join(name).metadata().unwrap().len() > 50, "{name}");
    }
}
