//! `kizuna check` on stores that a disk has spoilt.

use std::fs;

use crate::kit::{Desk, bundle, indicator};

/// The store's file with 600 indicators, and where the name of one of them lies in it.
fn stored(desk: &Desk) -> (std::path::PathBuf, Vec<u8>, usize, String) {
    let all: Vec<_> = (0..600).map(indicator).collect();
    desk.run_with_input(&["import", "-", "--as", "a@xas.example"], bundle(&all).as_bytes()).ok();
    assert!(desk.run(&["check"]).ok().is_empty(), "nothing is lost before");
    let id = indicator(300)["id"].as_str().unwrap().to_owned();
    let file = desk.data().join("kizuna.db");
    let bytes = fs::read(&file).unwrap();
    let needle = format!("\"id\":\"{id}\"");
    let at = bytes.windows(needle.len()).position(|window| window == needle.as_bytes()).unwrap();
    (file, bytes, at, id)
}

#[test]
fn a_changed_byte_is_found_and_the_object_is_named() {
    let desk = Desk::peopled();
    let (file, mut bytes, at, id) = stored(&desk);
    bytes[at + 9] ^= 1;
    fs::write(&file, bytes).unwrap();
    let done = desk.run(&["check"]);
    assert_eq!(done.code, 1, "{}", done.err);
    assert!(done.out.contains(&id) && done.out.contains("does not have its digest"), "{}", done.out);
    assert_eq!(done.out.lines().count(), 1, "{}", done.out);
    assert!(
        done.err.contains("1 contributions are lost") && done.err.contains("restore a backup"),
        "{}",
        done.err
    );
}

#[test]
fn a_page_that_cannot_be_read_costs_what_is_on_it_and_nothing_else() {
    let desk = Desk::peopled();
    let (file, mut bytes, at, id) = stored(&desk);
    let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let page = at / size * size;
    bytes[page..page + size].fill(0xAA);
    fs::write(&file, bytes).unwrap();
    let done = desk.run(&["--json", "check"]);
    assert_eq!(done.code, 1, "{}", done.err);
    let checked: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let lost = checked["lost"].as_array().unwrap();
    assert!(lost.iter().any(|one| one["object"] == id.as_str()), "{}", done.out);
    assert!(lost.len() < 100, "one page holds no more: {}", lost.len());
    assert!(!checked["faults"].as_array().unwrap().is_empty(), "the engine finds its own fault too");
}
