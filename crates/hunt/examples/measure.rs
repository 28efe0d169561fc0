//! `measure LOG LIST`: how fast one thread scans what is in memory, and how long the index takes; also `make`, `sweep`,
//! `patterns`, `rules`, `records`, `index` and `gzip`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::time::Instant;

use kizuna_hunt::index::{Builder, Index};
use kizuna_hunt::machine::Vectors;
use kizuna_hunt::scan::{Prose, Scanner};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "make" => return make(&arguments),
        "sweep" => return sweep(&arguments),
        "patterns" => return patterns(&arguments),
        "rules" => return rules(&arguments),
        "records" => return records(&arguments),
        "index" => return index(&arguments),
        "gzip" => return gzip(&arguments),
        _ => {}
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
    let used = of_process();
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
    let used = of_process() - used;
    println!(
        "{:.3} GB/s of text, {:.3} for a processor",
        summary.text as f64 / seconds / 1e9,
        summary.text as f64 / used / 1e9
    );
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
    let sought = Sought { index: &index, rules: Some(&rules), yara: None };
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

/// `records FOLDER OUT MEGABYTES COUNT`: event logs of that size each, of the chunks of all logs below a folder, repeated.
fn records(arguments: &[String]) {
    const HEAD: usize = 4 << 10;
    const CHUNK: usize = 64 << 10;
    let files = kizuna_hunt::input::walk(&[arguments[2].clone().into()], &mut Vec::new());
    let logs: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(&file.path).unwrap()).collect();
    let logs: Vec<&[u8]> =
        logs.iter().map(Vec::as_slice).filter(|log| log.starts_with(b"ElfFile\0")).collect();
    let chunks: Vec<&[u8]> = logs
        .iter()
        .flat_map(|log| log[HEAD..].chunks_exact(CHUNK))
        .filter(|chunk| chunk.starts_with(b"ElfChnk\0"))
        .collect();
    let wanted = (arguments[4].parse::<usize>().unwrap() << 20) / CHUNK;
    for number in 0..arguments[5].parse::<usize>().unwrap() {
        let mut log = logs[0][..HEAD].to_vec();
        let rest = chunks.iter().cycle().skip(number * wanted).take(wanted);
        rest.for_each(|chunk| log.extend_from_slice(chunk));
        std::fs::write(format!("{}/{number}.evtx", arguments[3]), log).unwrap();
    }
    println!("{} chunks of {} logs", chunks.len(), logs.len());
}

/// `index LIST THREADS`: how long an index takes from a file to its use, and from its image.
fn index(arguments: &[String]) {
    let begun = Instant::now();
    let mut builder = Builder::new();
    let file = std::fs::File::open(&arguments[2]).unwrap();
    let length = file.metadata().unwrap().len();
    let taken = builder.read_of_length(file, length, arguments[3].parse().unwrap()).unwrap();
    let read = begun.elapsed();
    let index = builder.build();
    println!("{} values: read in {read:.2?}, ready in {:.2?}", taken.values, begun.elapsed());
    println!("{:.2} s of processors, {} MB of index", of_process(), index.bytes() >> 20);
    let image = std::env::temp_dir().join(format!("measure.{}.kzh", std::process::id()));
    index.save(&image).unwrap();
    drop(index);
    let begun = Instant::now();
    let index = Index::open(&image).unwrap();
    let values = index.len();
    println!("opened in {:.2?}, {values} values", begun.elapsed());
    std::fs::remove_file(&image).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap());
}

/// Seconds that this process had processors.
fn of_process() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    // utime and stime, in hundredths of a second.
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// `gzip FILE`: the reading of a packed file beside bare inflating of the same bytes.
fn gzip(arguments: &[String]) {
    use kizuna_hunt::input::{Contents, Limits, Sink, Trouble};
    use std::io::Read;
    use std::sync::atomic::AtomicU64;
    struct Counter(u64);
    impl Sink for Counter {
        fn text(&mut self, _: &str, piece: &[u8]) {
            self.0 += piece.len() as u64;
        }
        fn end(&mut self, _: &str) {}
        fn trouble(&mut self, trouble: Trouble) {
            println!("{trouble:?}");
        }
    }
    let packed = std::fs::read(&arguments[2]).unwrap();
    let (mut bare, mut through) = (f64::MAX, f64::MAX);
    let mut length = 0;
    let mut room = vec![0; 1 << 18];
    for _ in 0..5 {
        let begun = processor();
        let mut plain = flate2::bufread::MultiGzDecoder::new(packed.as_slice());
        length = 0;
        loop {
            let read = plain.read(&mut room).unwrap();
            if read == 0 {
                break;
            }
            length += read as u64;
        }
        bare = bare.min(processor() - begun);
        let mut counter = Counter(0);
        let begun = processor();
        Contents::new(Limits::default(), &mut counter, &AtomicU64::new(0)).of_file(arguments[2].as_ref());
        through = through.min(processor() - begun);
        assert_eq!(counter.0, length);
    }
    let rate = |seconds: f64| length as f64 / seconds / 1e6;
    println!("bare {:.0} MB/s, read as input {:.0} MB/s: {:.2}", rate(bare), rate(through), bare / through);
}
