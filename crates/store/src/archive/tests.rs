#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn sample() -> Vec<u8> {
    let mut out = Vec::new();
    let mut sink = Sink::begin(&mut out).unwrap();
    sink.put(Kind::Header, &Header { format: FORMAT, seq: 0, epoch: 0, now: 7 }, &[]).unwrap();
    sink.put(Kind::State, &State { kind: "k".into(), key: "n".into(), expires: None }, b"value").unwrap();
    sink.end().unwrap();
    out
}

#[test]
fn a_backup_is_verified_as_a_whole() {
    assert_eq!(verify(&mut sample().as_slice()).unwrap().now, 7);
}

#[test]
fn every_changed_or_missing_byte_is_found() {
    let whole = sample();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        assert!(verify(&mut changed.as_slice()).is_err(), "byte {at} changed");
        assert!(verify(&mut &whole[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn a_backup_of_a_newer_program_is_refused() {
    let mut out = Vec::new();
    let mut sink = Sink::begin(&mut out).unwrap();
    sink.put(Kind::Header, &Header { format: FORMAT + 1, seq: 0, epoch: 0, now: 0 }, &[]).unwrap();
    sink.end().unwrap();
    assert!(matches!(verify(&mut out.as_slice()), Err(StoreError::TooNew { .. })));
}
