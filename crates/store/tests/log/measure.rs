//! What the log costs, and how quick proofs are. Measured by hand:
//! `cargo test --profile quick -p kizuna-store --test main -- --ignored --nocapture log::measure`.

use std::time::Instant;

use kizuna_store::Store;
use kizuna_tlog::second;
use kizuna_tlog::{Checkpoint, Hash, Note, ProofFile, Signer, Tile, leaf_hash};
use sha2::{Digest, Sha256};

use super::{Hand, open, sealed};

const LEAVES: u64 = 10_000_000;
/// What happened in the second that is asked about.
const BESIDE: usize = 5_000;
const ASKED: usize = 300;

/// Seconds of processor time that this process has used.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// Puts ten million leaves into a database, as if a node had served for four months.
fn fill(file: &std::path::Path) {
    let mut database = rusqlite::Connection::open(file).unwrap();
    let write = database.transaction().unwrap();
    let mut levels: Vec<Vec<Hash>> = vec![Vec::new()];
    let mut bundle: Vec<u8> = Vec::new();
    let first = 1_700_000_000;
    for leaf in 0..LEAVES {
        let root = Hash(Sha256::digest(leaf.to_be_bytes()).into());
        let entry = second::entry(first + leaf, &root);
        bundle.extend_from_slice(&entry);
        levels[0].push(leaf_hash(&entry));
        if (leaf + 1) % 256 == 0 {
            let number = (2_i64 << 59) | i64::try_from(leaf / 256).unwrap();
            write.execute("INSERT INTO log_piece VALUES (?1, ?2)", (number, &bundle)).unwrap();
            bundle.clear();
        }
        let mut level = 0;
        while levels[level].len() == 256 {
            let root = Tile::root(&levels[level]).unwrap();
            levels[level].clear();
            level += 1;
            if levels.len() == level {
                levels.push(Vec::new());
            }
            levels[level].push(root);
            let index = i64::try_from(leaf / 256_u64.pow(u32::try_from(level).unwrap())).unwrap();
            let number = (3_i64 << 59) | (i64::try_from(level).unwrap() << 52) | index;
            write.execute("INSERT INTO log_piece VALUES (?1, ?2)", (number, root.0)).unwrap();
        }
    }
    for (at, entry) in bundle.chunks_exact(second::ENTRY_SIZE).enumerate() {
        let leaf = LEAVES / 256 * 256 + at as u64;
        let number = (1_i64 << 59) | i64::try_from(leaf).unwrap();
        write.execute("INSERT INTO log_piece VALUES (?1, ?2)", (number, entry)).unwrap();
    }
    let last = first + LEAVES - 1;
    write
        .execute(
            "UPDATE log_head SET size = ?1, second = ?2",
            (i64::try_from(LEAVES).unwrap(), i64::try_from(last).unwrap()),
        )
        .unwrap();
    write.commit().unwrap();
}

fn median(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

#[test]
#[ignore = "measures; takes a minute"]
fn proofs_in_a_log_of_ten_million_leaves() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Hand::new();
    let node = open(directory.path(), None, &clock);
    drop(node);
    fill(&directory.path().join("kizuna.db"));
    let node = open(directory.path(), None, &clock);
    node.give("a", BESIDE).unwrap();
    let size = sealed(&node.store, &clock);
    let head = node.store.log().unwrap().head_at(size).unwrap();
    let signer = Signer::new("kizuna.example/log".parse().unwrap(), &[1; 32]);
    let text = Checkpoint::new("kizuna.example/log", head).text();
    let mut checkpoint = Note::new(text.clone(), vec![signer.sign(&text)]).unwrap();
    for witness in 0..3 {
        let name = format!("witness-{witness}.example/log");
        checkpoint.add(Signer::new(name.parse().unwrap(), &[witness; 32]).cosigner().sign(&text, 1));
    }
    let items = node.read(None).0;
    let (mut made, mut checked, mut octets) = (Vec::new(), Vec::new(), 0);
    for item in items.iter().step_by(BESIDE / ASKED) {
        let view = node.store.view(&node.principal()).unwrap();
        let begun = Instant::now();
        let logged = view.logged(item, size).unwrap().expect("it is in the log");
        made.push(begun.elapsed().as_secs_f64() * 1e6);
        let file = ProofFile {
            extra: Some(logged.opening.octets()),
            index: logged.index,
            path: logged.path,
            checkpoint: checkpoint.clone(),
        };
        let text = file.to_string();
        octets = octets.max(text.len());
        let begun = Instant::now();
        let file = ProofFile::read(text.as_bytes()).unwrap();
        let opening = second::Opening::read(file.extra.as_deref().unwrap()).unwrap();
        let bytes: [u8; 32] = Sha256::digest(&item.bytes).into();
        file.check(&opening.leaf(&bytes).unwrap(), &signer.verifier()).unwrap();
        checked.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    let ((made, made_worst), (checked, checked_worst)) = (median(made), median(checked));
    println!("{size} leaves, {BESIDE} entries in the second, three witnesses:");
    println!("made    {made:.0} µs (p99 {made_worst:.0})");
    println!("checked {checked:.0} µs (p99 {checked_worst:.0}), with the text and one signature");
    println!("size    {octets} octets");
}

/// Gives objects in batches of 1,000; with the log, a leaf after so many as come in a second.
fn ingest(store: &Store, node: &super::Node, batches: usize, clock: Option<&Hand>) -> (f64, f64) {
    let (begun, before) = (Instant::now(), processor());
    for batch in 0..batches {
        node.give(&format!("b{batch}"), 1_000).unwrap();
        if let Some(clock) = clock.filter(|_| batch % 20 == 19) {
            sealed(store, clock);
        }
    }
    (processor() - before, begun.elapsed().as_secs_f64())
}

#[test]
#[ignore = "measures; takes a minute"]
fn what_the_log_adds_to_ingest() {
    for round in 0..3 {
        for with_log in [false, true] {
            let directory = tempfile::tempdir().unwrap();
            let clock = Hand::new();
            let node = open(directory.path(), None, &clock);
            let (cpu, wall) = ingest(&node.store, &node, 60, with_log.then_some(&clock));
            println!("round {round}, log {with_log}: 60,000 objects in {cpu:.2} s of processor, {wall:.2} s");
        }
    }
}
