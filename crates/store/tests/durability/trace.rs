//! Seen from the kernel: no acknowledgement without a sync before it.

use std::process::{Command, Stdio};

use super::child;

#[test]
fn a_sync_comes_before_every_acknowledgement() {
    let place = tempfile::tempdir().unwrap();
    let trace = place.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-o"]).arg(&trace);
    strace.arg(std::env::current_exe().unwrap());
    child::arguments(&mut strace, &place.path().join("store"), "traced", 1, 25);
    let status = match strace.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) => status,
        Err(error) => {
            println!("skipped: strace cannot be run ({error})");
            return;
        }
    };
    let Ok(lines) = std::fs::read_to_string(&trace) else {
        println!("skipped: strace traced nothing ({status})");
        return;
    };
    let (mut acknowledged, mut synced) = (0, false);
    for line in lines.lines() {
        let sync = line.contains("fsync(") || line.contains("fdatasync(") || line.contains("sync resumed");
        let done = !line.contains("unfinished") && line.trim_end().ends_with("= 0");
        if sync && done {
            synced = true;
        }
        if line.contains("write(1, \"ack ") {
            assert!(synced, "acknowledged without a sync: {line}");
            acknowledged += 1;
            synced = false;
        }
    }
    if lines.is_empty() || (acknowledged == 0 && !status.success()) {
        println!("skipped: strace may not trace here ({status})");
        return;
    }
    assert_eq!(acknowledged, 25);
}
