//! Parsing patterns and taking their atoms, as ingest does for each indicator.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kizuna_stix::observable::guess;
use kizuna_stix::pattern::Pattern;

fn patterns(criterion: &mut Criterion) {
    let hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let many: Vec<String> = (0..500).map(|n| format!("domain-name:value = 'host{n}.example.org'")).collect();
    let cases = [
        ("domain", "[domain-name:value = 'relay.example.org']".to_owned()),
        ("address", "[ipv4-addr:value = '198.51.100.7']".to_owned()),
        ("hash", format!("[file:hashes.'SHA-256' = '{hash}']")),
        ("url", "[url:value = 'http://relay.example.org/gate.php?id=7']".to_owned()),
        (
            "compound",
            "([network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port IN (80, 8080)] \
             FOLLOWEDBY [file:name LIKE '%.exe']) WITHIN 300 SECONDS"
                .to_owned(),
        ),
        ("500 domains", format!("[{}]", many.join(" OR "))),
    ];
    let mut group = criterion.benchmark_group("pattern");
    group.throughput(Throughput::Elements(1));
    for (name, text) in &cases {
        group.bench_function(format!("parse/{name}"), |bencher| {
            bencher.iter(|| Pattern::parse(black_box(text)).unwrap());
        });
        group.bench_function(format!("parse and atoms/{name}"), |bencher| {
            bencher.iter(|| Pattern::parse(black_box(text)).unwrap().atoms());
        });
    }
    group.finish();
    criterion.bench_function("guess/defanged URL", |bencher| {
        bencher.iter(|| guess(black_box("hxxps[://]relay[.]example[.]org/gate.php")));
    });
}

criterion_group!(benches, patterns);
criterion_main!(benches);
