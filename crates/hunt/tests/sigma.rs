//! Sigma rules against events: the project's own, those of pySigma, and real ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use kizuna_hunt::event::Layout;
use kizuna_hunt::index::Builder;
use kizuna_hunt::input::walk;
use kizuna_hunt::sigma::{Loader, Matcher, Refused, Rules};
use kizuna_hunt::sweep::{Event, Options, Sought, Sweep};
use serde_json::{Map, Value, json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sigma")
}

fn rules_of(folder: &Path) -> Vec<PathBuf> {
    let found = walk(&[folder.to_path_buf()], &mut Vec::new());
    found
        .into_iter()
        .map(|file| file.path)
        .filter(|path| path.extension().is_some_and(|end| end == "yml"))
        .collect()
}

fn loaded(paths: &[PathBuf]) -> (Rules, Vec<Refused>) {
    let mut loader = Loader::new();
    for path in paths {
        loader.read(&path.display().to_string(), &std::fs::read_to_string(path).unwrap());
    }
    let (rules, refused, _) = loader.finish();
    (rules, refused)
}

/// Titles with lines, by a whole sweep.
fn swept(rules: &Rules, place: &Path, threads: usize) -> Vec<(String, u64)> {
    let index = Builder::new().build();
    let sought = Sought { index: &index, rules: Some(rules), yara: None };
    let files = walk(&[place.to_path_buf()], &mut Vec::new());
    let stop = AtomicBool::new(false);
    let mut hits = Vec::new();
    let options = Options { threads, ..Options::default() };
    Sweep { sought, options, stop: &stop }.run(&files, &std::collections::HashMap::new(), &mut |event| {
        if let Event::Hit(hit) = event {
            hits.push((rules.head(hit.entry - sought.first_rule()).title.clone(), hit.line));
        }
    });
    hits
}

#[test]
fn rules_of_the_fixtures_hit_the_lines_that_they_mean() {
    let (rules, refused) = loaded(&rules_of(&fixtures().join("rules")));
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].reason.contains("regular expression"), "{refused:?}");
    let expected = [
        ("A word typed into a shell", 1),
        ("A program out of its place", 4),
        ("Words in base64", 6),
        ("A short or a spaced name", 7),
        ("A short or a spaced name", 8),
        ("Many logins that failed", 16),
    ];
    let expected: Vec<(String, u64)> = expected.map(|(title, line)| (title.to_owned(), line)).to_vec();
    for threads in [1, 3] {
        assert_eq!(swept(&rules, &fixtures().join("logs"), threads), expected);
    }
}

#[test]
fn a_table_in_parts_keeps_the_names_of_its_columns() {
    let place = tempfile::tempdir().unwrap();
    let mut table = "EventID,Channel,Image,CommandLine\n".to_owned();
    let mut truth = Vec::new();
    for line in 2..=260_000_u64 {
        if line % 9973 == 0 {
            truth.push(("A word typed into a shell".to_owned(), line));
            table.push_str(
                "1,Microsoft-Windows-Sysmon/Operational,C:\\x\\shell.exe,\"shell \"\"x\"\" -who a\"\n",
            );
        } else {
            table.push_str(
                "1,Microsoft-Windows-Sysmon/Operational,C:\\x\\other.exe,nothing of any interest here\n",
            );
        }
    }
    assert!(table.len() > 16 << 20);
    std::fs::write(place.path().join("table.csv"), table).unwrap();
    let (rules, _) = loaded(&[fixtures().join("rules/programs.yml")]);
    assert_eq!(swept(&rules, place.path(), 3), truth);
}

/// Rules that pySigma's queries judge otherwise, each with the reason why the query is not what Sigma means.
const EXCLUDED: [(&str, &str); 3] = [
    (
        "f239b326-2f41-4d6b-9dfa-c846a60ef505",
        "asks for an empty text, which in the table is also a field that is missing",
    ),
    (
        "f01d1f70-cd41-42ec-9c0b-26dd9c22bf29",
        "compares two fields, which in the table are alike where both are missing",
    ),
    (
        "64e8e417-c19a-475a-8d19-98ea705394cc",
        "asks for any text, which in the table is also a field that is missing",
    ),
];

/// What pySigma says of flat events: hits by rule id. Nothing where there is no pySigma.
fn by_pysigma(events: &Path, rules: &[PathBuf]) -> Option<Value> {
    let Some(python) = std::env::var_os("KIZUNA_PYTHON") else {
        println!("skipped: KIZUNA_PYTHON names no Python that has pySigma and pySigma-backend-sqlite");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/sigma_sqlite.py");
    let output = Command::new(python).arg(script).arg(events).args(rules).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// A record of Windows as one flat object, without empty fields.
fn flat(line: &str) -> Map<String, Value> {
    let event: Value = serde_json::from_str(line).unwrap();
    let mut flat = Map::new();
    let provider = &event["Event"]["System"]["Provider_attributes"]["Name"];
    if provider.is_string() {
        flat.insert("Provider_Name".to_owned(), provider.clone());
    }
    for part in ["EventData", "System", "UserData"] {
        let Some(fields) = event["Event"][part].as_object() else { continue };
        for (name, value) in fields {
            let known = flat.keys().any(|known| known.eq_ignore_ascii_case(name));
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !known && !value.is_object() && !value.is_null() && !value.is_array() && !text.is_empty() {
                flat.insert(name.clone(), json!(text));
            }
        }
    }
    flat
}

/// Asks the same rules about the same events here and by pySigma's queries. Rules here are about every event.
fn compare(lines: &[String], rules: &[PathBuf]) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("events.jsonl");
    let events: Vec<String> = lines.iter().map(|line| Value::Object(flat(line)).to_string()).collect();
    std::fs::write(&path, events.join("\n")).unwrap();
    let Some(theirs) = by_pysigma(&path, rules) else { return };
    let mut loader = Loader::new();
    for path in rules {
        loader.read(&path.display().to_string(), &anywhere(&std::fs::read_to_string(path).unwrap()));
    }
    let (rules, _, _) = loader.finish();
    let mut ours: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut matcher = Matcher::new(&rules);
    for (line, text) in (1..).zip(&events) {
        let event = Layout::default().event(text).unwrap();
        let mut found = Vec::new();
        matcher.test(&event, "x", &mut found);
        for found in found {
            ours.entry(rules.head(found.rule).id.clone()).or_default().insert(line);
        }
    }
    let (mut compared, mut differ) = (0, Vec::new());
    for (id, lines) in theirs["hits"].as_object().unwrap() {
        if EXCLUDED.iter().any(|(excluded, _)| excluded == id)
            || !rules.heads().iter().any(|head| head.id == *id)
        {
            continue;
        }
        compared += 1;
        let theirs: BTreeSet<u64> = lines.as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        let ours = ours.get(id).cloned().unwrap_or_default();
        if ours != theirs {
            differ.push(format!("{id}: here {ours:?}, pySigma {theirs:?}"));
        }
    }
    let refused = theirs["refused"].as_object().unwrap();
    let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
    for reason in refused.values() {
        let reason: String = reason.as_str().unwrap_or_default().chars().take(80).collect();
        *reasons.entry(reason).or_default() += 1;
    }
    println!("{compared} rules compared over {} events; not by pySigma's queries: {reasons:?}", events.len());
    assert_eq!(differ, Vec::<String>::new());
    assert!(compared > 0);
}

/// A rule that is about every event.
fn anywhere(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("logsource:") {
            inside = true;
            out.push_str("logsource:\n  definition: any\n");
            continue;
        }
        inside &= line.starts_with([' ', '#']) || line.is_empty();
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[test]
fn pysigma_means_the_same_by_the_fixtures() {
    let log = std::fs::read_to_string(fixtures().join("logs/windows.jsonl")).unwrap();
    let lines: Vec<String> = log.lines().map(str::to_owned).collect();
    compare(&lines, &[fixtures().join("rules/programs.yml")]);
}

/// Real rules and records, where they are.
#[test]
fn pysigma_means_the_same_by_real_rules() {
    let shared = std::env::var_os("KIZUNA_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let archive = shared.join("data/sigma/sigma-rules.tar.gz");
    let logs = shared.join("data/logs/evtx");
    if !archive.exists() || !logs.exists() {
        println!("skipped: there are no real rules and records in {}", shared.display());
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let unpacked = flate2::read::GzDecoder::new(std::fs::File::open(&archive).unwrap());
    tar::Archive::new(unpacked).unpack(place.path()).unwrap();
    let rules = rules_of(&place.path().join("rules/windows"));
    let (all, refused) = loaded(&rules_of(place.path()));
    let reasons: Vec<&str> = refused.iter().map(|refused| refused.reason.as_str()).collect();
    assert!(all.len() > 3_500, "{}", all.len());
    assert!(reasons.len() < 40, "{reasons:?}");
    compare(&records(&logs), &rules);
}

/// The lines of all records below a folder.
fn records(logs: &Path) -> Vec<String> {
    use kizuna_hunt::input::{Contents, Limits, Sink, Trouble};
    struct Lines(Vec<String>);
    impl Sink for Lines {
        fn text(&mut self, _: &str, piece: &[u8]) {
            self.0.extend(String::from_utf8_lossy(piece).lines().map(str::to_owned));
        }
        fn end(&mut self, _: &str) {}
        fn trouble(&mut self, _: Trouble) {}
    }
    let mut lines = Lines(Vec::new());
    let read = std::sync::atomic::AtomicU64::new(0);
    for file in walk(&[logs.to_path_buf()], &mut Vec::new()) {
        Contents::new(Limits::default(), &mut lines, &read).of_file(&file.path);
    }
    lines.0
}
