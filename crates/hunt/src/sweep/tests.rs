use std::collections::HashMap;
use std::path::Path;

use super::*;
use crate::index::{Builder, Context};
use crate::input::walk;
use kizuna_stix::observable::Kind;

fn index() -> Index {
    let mut builder = Builder::new();
    builder.add(Kind::Domain, "evil.example", Context::default()).unwrap();
    builder.build()
}

type Told = (Vec<Hit>, Vec<Done>, Summary);

fn swept(place: &Path, options: Options, before: &HashMap<String, Done>) -> Told {
    let index = index();
    let mut troubles = Vec::new();
    let files = walk(&[place.to_path_buf()], &mut troubles);
    assert_eq!(troubles, []);
    let (mut hits, mut done) = (Vec::new(), Vec::new());
    let stop = AtomicBool::new(false);
    let summary =
        Sweep { sought: (&index).into(), options, stop: &stop }.run(
            &files,
            before,
            &mut |event| match event {
                Event::Hit(hit) => hits.push(hit.clone()),
                Event::Done(file) => done.push(file.clone()),
                Event::Trouble(_) | Event::Progress(..) => {}
            },
        );
    (hits, done, summary)
}

#[test]
fn a_large_file_read_in_parts_gives_the_lines_of_the_whole() {
    let place = tempfile::tempdir().unwrap();
    let mut text = String::new();
    let mut truth = Vec::new();
    for line in 1..=400_000_u64 {
        // Every hit at another place in its part, some at the very ends.
        if line % 9973 == 0 {
            truth.push(line);
            text.push_str("{\"q\":\"www.evil.example\"}\n");
        } else {
            text.push_str(&"x".repeat((line % 97) as usize));
            text.push('\n');
        }
    }
    text.push_str("evil.example");
    truth.push(400_001);
    std::fs::write(place.path().join("a.log"), &text).unwrap();
    std::fs::write(place.path().join("b.log"), "none\nevil.example\n").unwrap();
    for threads in [1, 3] {
        let (hits, _, summary) =
            swept(place.path(), Options { threads, ..Options::default() }, &HashMap::new());
        let lines: Vec<u64> =
            hits.iter().filter(|hit| hit.path.ends_with("a.log")).map(|hit| hit.line).collect();
        assert_eq!(lines, truth);
        assert_eq!(hits.last().map(|hit| hit.line), Some(2));
        assert_eq!((summary.files, summary.lines), (2, 400_003));
        assert_eq!(summary.text, text.len() as u64 + 18);
    }
}

#[test]
fn what_is_done_is_not_read_again_and_told_again() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.log"), "evil.example\n").unwrap();
    std::fs::write(place.path().join("b.log"), "x\nevil.example\n").unwrap();
    let (hits, done, summary) = swept(place.path(), Options::default(), &HashMap::new());
    let before: HashMap<String, Done> =
        done.iter().take(1).map(|done| (done.path.clone(), done.clone())).collect();
    let (again, redone, summary_again) = swept(place.path(), Options::default(), &before);
    assert_eq!(again, hits);
    assert_eq!(redone.len(), 1);
    assert_eq!(summary_again, summary);
}

#[test]
fn lines_outside_the_time_are_left_out_and_lines_without_kept() {
    let place = tempfile::tempdir().unwrap();
    let text = "{\"ts\":1767225600.5,\"q\":\"evil.example\"}\n{\"ts\":1767312000,\"q\":\"evil.example\"}\nevil.example\n";
    std::fs::write(place.path().join("a.log"), text).unwrap();
    let from = "2026-01-01T12:00:00Z".parse().ok();
    let (hits, ..) = swept(place.path(), Options { from, ..Options::default() }, &HashMap::new());
    assert_eq!(hits.iter().map(|hit| hit.line).collect::<Vec<_>>(), [2, 3]);
    let to = from;
    let (hits, ..) = swept(place.path(), Options { to, ..Options::default() }, &HashMap::new());
    assert_eq!(hits.iter().map(|hit| hit.line).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn times_and_machines_are_read_as_logs_write_them() {
    let time = |line: &str| moment_of(line.as_bytes()).map(|time| time.to_string());
    let expected = Some("2026-01-02T03:04:05Z".to_owned());
    for line in [
        r#"{"@timestamp":"2026-01-02T03:04:05.000Z"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.000000+0000"}"#,
        r#"{"time":1767323045000}"#,
        r#"{"Event":{"System":{"TimeCreated_attributes":{"SystemTime":"2026-01-02T03:04:05Z"}}}}"#,
        "1767323045.000000\tx",
        "<134>1 2026-01-02T12:04:05+09:00 host app - - -",
        "2026-01-02 03:04:05 GET /",
        "2026/01/02 03:04:05 x",
    ] {
        assert_eq!(time(line), expected, "{line}");
    }
    assert_eq!(time("no time"), None);
    let asset = |line: &str| asset_of(line.as_bytes());
    assert_eq!(asset(r#"{"host":{"name":"pc1"}}"#).as_deref(), Some("pc1"));
    assert_eq!(asset(r#"{"id.orig_h":"10.0.0.1"}"#).as_deref(), Some("10.0.0.1"));
    assert_eq!(asset("<134>1 2026-01-02T12:04:05Z gate app - -").as_deref(), Some("gate"));
    assert_eq!(asset("<13>Jan  2 03:04:05 gate app: x").as_deref(), Some("gate"));
}
