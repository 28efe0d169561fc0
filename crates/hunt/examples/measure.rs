//! `measure LOG LIST`: how fast one thread scans what is in memory, and how long the index takes; also `make`, `sweep`,
//! `patterns` and `rules`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::time::Instant;

use kizuna_hunt::index::{Builder, Index};
use kizuna_hunt::machine::Vectors;
use kizuna_hunt::scan::{Prose, Scanner};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments[1] == "make" {
        make(&arguments);
        return;
    }
    if arguments[1] == "sweep" {
        sweep(&arguments);
        return;
    }
    if arguments[1] == "patterns" {
        patterns(&arguments);
        return;
    }
    if arguments[1] == "rules" {
        rules(&arguments);
        return;
    }
    let text = std::fs::read(&arguments[1]).unwrap();
    let begun = Instant::now();
    let mut builder = Builder::new();
    let taken = builder.read(std::fs::File::open(&arguments[2]).unwrap(), 2).unwrap();
    let index = builder.build();
    println!("index of {} in {:.2?}, {} MB", taken.values, begun.elapsed(), index.bytes() >> 20);
    let begun = Instant::now();
    let image = std::env::temp_dir().join("measure.kzh");
    index.save(&image).unwrap();
    println!("saved in {:.2?}", begun.elapsed());
    let begun = Instant::now();
    let mapped = Index::open(&image).unwrap();
    println!("mapped in {:.2?}, {} entries", begun.elapsed(), mapped.facts().entries);
    for vectors in [Vectors::Avx512, Vectors::Avx2, Vectors::Scalar] {
        let mut words = Vec::new();
        let mut best = f64::MAX;
        for _ in 0..5 {
            let begun = processor();
            for tile in text.chunks(32 << 10) {
                words.clear();
                kizuna_hunt::machine::classify(vectors, tile, &mut words);
                std::hint::black_box(&words);
            }
            best = best.min(processor() - begun);
        }
        println!("{vectors:?}: masks alone {:.3} GB/s", text.len() as f64 / best / 1e9);
        let mut scanner = Scanner::with_vectors(&index, Prose::Logs, vectors);
        let mut best = f64::MAX;
        let mut count = 0;
        for _ in 0..5 {
            let mut hits = Vec::new();
            let begun = processor();
            scanner.scan(&text, &mut hits);
            best = best.min(processor() - begun);
            count = hits.len();
        }
        println!("{vectors:?}: {:.3} GB/s, {count} hits", text.len() as f64 / best / 1e9);
    }
    let mut best = f64::MAX;
    for _ in 0..5 {
        let begun = processor();
        std::hint::black_box(memchr::memchr_iter(b'\n', &text).count());
        best = best.min(processor() - begun);
    }
    println!("lines counted at {:.3} GB/s", text.len() as f64 / best / 1e9);
}

/// Seconds that this thread had a processor: others may be busy on the same one.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// `sweep PATH LIST THREADS`: files from disk, unpacked, in parts, their hits in order.
fn sweep(arguments: &[String]) {
    use kizuna_hunt::sweep::{Event, Options, Sweep};
    use std::sync::atomic::AtomicBool;
    let mut builder = Builder::new();
    builder.read(std::fs::File::open(&arguments[3]).unwrap(), 2).unwrap();
    let index = builder.build();
    let options = Options { threads: arguments[4].parse().unwrap(), ..Options::default() };
    let mut troubles = Vec::new();
    let files = kizuna_hunt::input::walk(&[arguments[2].clone().into()], &mut troubles);
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let summary = Sweep { sought: (&index).into(), options, stop: &stop }.run(
        &files,
        &std::collections::HashMap::new(),
        &mut |event| match event {
            Event::Trouble(trouble) => println!("{trouble:?}"),
            Event::Hit(hit) if index.len() < 100 => println!("{hit:?}"),
            _ => {}
        },
    );
    let seconds = begun.elapsed().as_secs_f64();
    println!("{summary:?}");
    println!("{:.3} GB/s of text", summary.text as f64 / seconds / 1e9);
}

/// `patterns COUNT OBSERVATIONS`: generated patterns over generated observed data, in pairs of a pattern and an observation.
fn patterns(arguments: &[String]) {
    use kizuna_hunt::generate::Observed;
    use kizuna_hunt::pattern::{Patterns, Scratch, Track, bundle};
    use kizuna_stix::pattern::Pattern;
    let (count, observations): (u32, u64) = (arguments[2].parse().unwrap(), arguments[3].parse().unwrap());
    let mut generator = Observed::new(1);
    let evidence = generator.bundle(observations).to_string();
    // One expression each, such as most indicators are, none of which is another.
    let mut texts = std::collections::BTreeSet::new();
    while texts.len() < count as usize {
        let text = generator.pattern();
        if text.starts_with('[')
            && text.ends_with(']')
            && text.matches('[').count() == 1 + text.matches(":to_refs[").count()
        {
            texts.insert(text);
        }
    }
    let parsed: Vec<Pattern> = texts.iter().map(|text| text.parse().unwrap()).collect();
    let begun = processor();
    let (compiled, refused) = Patterns::compile((0..).zip(&parsed));
    println!("{count} patterns compiled in {:.3} s, {} refused", processor() - begun, refused.len());
    let mut best = f64::MAX;
    let mut found = (0, 0);
    for _ in 0..3 {
        let begun = processor();
        let outcome = bundle::evaluate(&compiled, evidence.as_bytes(), &mut Scratch::default()).unwrap();
        let alone = outcome.alone.len();
        let mut track = Track::new(&compiled, Track::MOST);
        for part in outcome.parts {
            track.add("", part.line, part);
        }
        found = (alone, track.finish().0.len());
        best = best.min(processor() - begun);
    }
    let pairs = f64::from(count) * observations as f64;
    println!("{found:?} matches; {:.2} million pairs/s, reading the bundle included", pairs / best / 1e6);
}

/// `make INDICATORS MEGABYTES LOG LIST`
fn make(arguments: &[String]) {
    use kizuna_hunt::generate::{Generator, Plan};
    use std::io::BufWriter;
    let plan = Plan { indicators: arguments[2].parse().unwrap(), ..Plan::default() };
    let mut generator = Generator::new(plan);
    let mut list = BufWriter::new(std::fs::File::create(&arguments[5]).unwrap());
    generator.write_indicators(&mut list).unwrap();
    let mut log = BufWriter::new(std::fs::File::create(&arguments[4]).unwrap());
    let mut planted = 0;
    let bytes = arguments[3].parse::<u64>().unwrap() << 20;
    generator.write_logs(bytes, &mut log, &mut |_| planted += 1).unwrap();
    println!("{planted} planted");
}

/// `rules LOGS THREADS FOLDER…`: events a second against Sigma rules, from the start of the process to its end.
fn rules(arguments: &[String]) {
    use kizuna_hunt::sigma::Loader;
    use kizuna_hunt::sweep::{Event, Options, Sought, Sweep};
    use std::sync::atomic::AtomicBool;
    let begun = Instant::now();
    let folders: Vec<std::path::PathBuf> = arguments[4..].iter().map(Into::into).collect();
    let mut loader = Loader::new();
    let threads = arguments[3].parse().unwrap();
    let mut files = kizuna_hunt::input::walk(&folders, &mut Vec::new());
    files.retain(|file| file.path.extension().is_some_and(|end| end == "yml"));
    let texts: Vec<(String, String)> = files
        .iter()
        .map(|file| (file.path.display().to_string(), std::fs::read_to_string(&file.path).unwrap()))
        .collect();
    loader.read_all(&texts, threads);
    let (rules, refused, _) = loader.finish();
    println!("{} rules in {:.2?}, {} refused", rules.len(), begun.elapsed(), refused.len());
    for refused in &refused {
        println!("  {}: {}: {}", refused.source, refused.title, refused.reason);
    }
    let index = Builder::new().build();
    let options = Options { threads, ..Options::default() };
    let files = kizuna_hunt::input::walk(&[arguments[2].clone().into()], &mut Vec::new());
    let stop = AtomicBool::new(false);
    let mut counts = std::collections::BTreeMap::new();
    let sought = Sought { index: &index, rules: Some(&rules) };
    let summary =
        Sweep { sought, options, stop: &stop }.run(&files, &std::collections::HashMap::new(), &mut |event| {
            match event {
                Event::Trouble(trouble) => println!("{trouble:?}"),
                Event::Hit(hit) => *counts.entry(hit.entry - sought.first_rule()).or_insert(0_u64) += 1,
                _ => {}
            }
        });
    let seconds = begun.elapsed().as_secs_f64();
    for (rule, count) in &counts {
        println!("{count:>8} {}", rules.head(*rule).title);
    }
    println!("{summary:?}");
    println!("{} events, {:.0} a second", summary.lines, summary.lines as f64 / seconds);
}
