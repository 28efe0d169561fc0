//! Objects per second from bytes, one core: reading and validating (canonical bytes included), beside
//! `serde_json` into plain values on the same bytes.
//!
//! The input is ATT&CK where the shared data is present, else generated objects.

use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kizuna_stix::read::{Limits, read};
use serde_json::{Value, json};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn attack() -> Option<Vec<u8>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("KIZUNA_SHARED").map_or_else(beside, PathBuf::from);
    let file = std::fs::File::open(root.join("data/stix/enterprise-attack-assembled.json.gz")).ok()?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn generated() -> Vec<u8> {
    let indicator = |n: u32| {
        json!({
            "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{n:08x}-1111-4111-8111-111111111111"),
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
            "name": format!("indicator {n}"), "indicator_types": ["malicious-activity"],
            "pattern": format!("[domain-name:value = 'host-{n}.example']"), "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00.000Z",
            "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]
        })
    };
    let objects: Vec<Value> = (0..20_000).map(indicator).collect();
    let bundle =
        json!({"type": "bundle", "id": "bundle--11111111-1111-4111-8111-111111111111", "objects": objects});
    bundle.to_string().into_bytes()
}

fn bench(criterion: &mut Criterion) {
    let (name, bytes) = attack().map_or_else(|| ("generated", generated()), |bytes| ("attack", bytes));
    let elements = read(&bytes, &Limits::default()).unwrap_or_default();
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    group.throughput(Throughput::Elements(elements.len() as u64));
    drop(elements);
    group.bench_function("read and validate", |bencher| {
        bencher.iter_with_large_drop(|| read(black_box(&bytes), &Limits::default()));
    });
    group.bench_function("serde_json values", |bencher| {
        bencher.iter_with_large_drop(|| serde_json::from_slice::<Value>(black_box(&bytes)));
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
