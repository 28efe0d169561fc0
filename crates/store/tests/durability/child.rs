//! The process that is killed: this test binary again, with four writers, one line of output per acknowledgement.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::node::Node;

/// How many threads write at once, and how many batches each gives at most.
const THREADS: &str = "KIZUNA_CHILD_THREADS";
const ROUNDS: &str = "KIZUNA_CHILD_ROUNDS";
const DIRECTORY: &str = "KIZUNA_CHILD_DIRECTORY";
const NAME: &str = "KIZUNA_CHILD_NAME";
/// `failpoint:passes`: the process aborts when it passes the point for the last of so many times.
const FAILPOINT: &str = "KIZUNA_CHILD_FAILPOINT";

/// Begins a child that writes batches whose names begin with `name`.
pub fn begin(directory: &Path, name: &str, threads: usize, rounds: usize, failpoint: Option<&str>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    arguments(&mut command, directory, name, threads, rounds);
    if let Some(failpoint) = failpoint {
        command.env(FAILPOINT, failpoint);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// What makes this binary a child.
pub fn arguments(command: &mut Command, directory: &Path, name: &str, threads: usize, rounds: usize) {
    command
        .args(["--exact", "durability::child::writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(NAME, name)
        .env(THREADS, threads.to_string())
        .env(ROUNDS, rounds.to_string());
}

/// The batches that a child's output acknowledges. A line that was cut off is none.
pub fn acknowledged(output: &str) -> Vec<String> {
    let whole = output.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.filter_map(|line| line.trim_end().strip_prefix("ack ")).map(str::to_owned).collect()
}

#[test]
#[ignore = "the child of the other tests of this module"]
fn writes_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else { return };
    let number = |name| std::env::var(name).unwrap().parse::<usize>().unwrap();
    let (threads, rounds) = (number(THREADS), number(ROUNDS));
    let name = std::env::var(NAME).unwrap();
    let node = Node::open(&directory);
    if let Ok(failpoint) = std::env::var(FAILPOINT) {
        abort_at(&failpoint);
    }
    println!("open");
    let is_done = AtomicBool::new(false);
    let write = |thread: usize| {
        for round in 0..rounds {
            let batch = format!("{name}-{thread}-{round}");
            node.give(&batch, 1 + (round * 7 + thread) % 20).unwrap();
            let mut out = std::io::stdout().lock();
            out.write_all(format!("ack {batch}\n").as_bytes()).unwrap();
            out.flush().unwrap();
        }
    };
    let write = &write;
    std::thread::scope(|scope| {
        // The log grows beside it.
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                // The database may be away: then there is no leaf.
                let _ = node.store.seal();
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let writers: Vec<_> = (0..threads).map(|thread| scope.spawn(move || write(thread))).collect();
        for writer in writers {
            writer.join().unwrap();
        }
        is_done.store(true, Ordering::Relaxed);
    });
}

fn abort_at(failpoint: &str) {
    let (point, passes) = failpoint.split_once(':').unwrap();
    let left = AtomicUsize::new(passes.parse().unwrap());
    let pass = move || {
        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // As sudden as a kill: nothing is unwound, flushed or closed.
            std::process::abort();
        }
    };
    fail::cfg_callback(point, pass).unwrap();
}
