//! `yara PATH THREADS RULES…`: processor seconds of a sweep with YARA rules, beside those of a loop over `yara-x` that does
//! nothing else than asking the same rules about the same files.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kizuna_hunt::index::Builder;
use kizuna_hunt::input::{Found, walk};
use kizuna_hunt::sweep::{Event, Options, Sought, Sweep};
use kizuna_hunt::yara::Loader;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs of each, in turn; the best counts.
const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let threads = arguments[2].parse().unwrap();
    let folders: Vec<PathBuf> = arguments[3..].iter().map(Into::into).collect();
    let mut sources = walk(&folders, &mut Vec::new());
    sources.retain(|file| file.path.extension().is_some_and(|end| end == "yar" || end == "yara"));
    let begun = Instant::now();
    let mut loader = Loader::new();
    for source in &sources {
        loader.read(&source.path.display().to_string(), std::fs::read(&source.path).unwrap());
    }
    let (rules, refused) = loader.finish();
    println!(
        "{} rules of {} files in {:.2?}, {} refused",
        rules.len(),
        sources.len(),
        begun.elapsed(),
        refused.len()
    );
    for refused in &refused {
        println!("  {}:{}: {}: {}", refused.source, refused.line, refused.rule, refused.reason);
    }
    let files = walk(&[arguments[1].clone().into()], &mut Vec::new());
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    println!("{} files, {:.1} MB", files.len(), bytes as f64 / 1e6);
    let bare = bare_rules(&sources);
    let mut best = [(f64::MAX, f64::MAX, 0); 3];
    for _ in 0..RUNS {
        let runs: [&dyn Fn() -> u64; 3] = [
            &|| loop_over(&bare, &files, threads, false),
            &|| loop_over(&bare, &files, threads, true),
            &|| swept(&rules, &files, threads),
        ];
        for (run, best) in runs.iter().zip(&mut best) {
            let (begun, wall) = (processor(), Instant::now());
            let hits = run();
            let (used, wall) = (processor() - begun, wall.elapsed().as_secs_f64());
            if used < best.0 {
                *best = (used, wall, hits);
            }
        }
    }
    for (name, (used, wall, hits)) in ["yara-x", "yara-x, fast scan", "the sweep"].iter().zip(best) {
        println!("{name}: {used:.2} s of processors, {wall:.2} s of wall clock, {hits} matches");
    }
}

/// Seconds that this process had a processor.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// The same rules, as `yara-x` takes them.
fn bare_rules(sources: &[Found]) -> yara_x::Rules {
    let mut compiler = yara_x::Compiler::new();
    compiler.relaxed_re_syntax(true).enable_includes(false);
    for name in ["filename", "filepath", "extension", "filetype", "owner"] {
        compiler.define_global(name, "").unwrap();
    }
    for source in sources {
        compiler.new_namespace(&source.path.display().to_string());
        let text = std::fs::read(&source.path).unwrap();
        // Rules with faults are left out, as in the sweep.
        let _ = compiler.add_source(text.as_slice());
    }
    compiler.build()
}

fn loop_over(rules: &yara_x::Rules, files: &[Found], threads: usize, fast: bool) -> u64 {
    let (next, matches) = (AtomicUsize::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut scanner = yara_x::Scanner::new(rules);
                scanner.set_timeout(Duration::from_mins(1)).fast_scan(fast);
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = file.path.file_name().unwrap().to_string_lossy();
                    scanner.set_global("filename", &*name).unwrap();
                    match scanner.scan_file(&file.path) {
                        Ok(results) => {
                            let found = results.matching_rules().count() as u64;
                            matches.fetch_add(found, Ordering::Relaxed);
                        }
                        Err(error) => println!("{}: {error}", file.path.display()),
                    }
                }
            });
        }
    });
    matches.into_inner()
}

fn swept(rules: &kizuna_hunt::yara::Rules, files: &[Found], threads: usize) -> u64 {
    let index = Builder::new().build();
    let sought = Sought { index: &index, rules: None, yara: Some(rules) };
    let options = Options { threads, ..Options::default() };
    let stop = AtomicBool::new(false);
    let mut troubles = 0;
    let summary = Sweep { sought, options, stop: &stop }.run(files, &HashMap::new(), &mut |event| {
        if let Event::Trouble(trouble) = event {
            troubles += 1;
            if troubles < 10 {
                println!("  {}: {}", trouble.path, trouble.reason);
            }
        }
    });
    summary.hits
}
