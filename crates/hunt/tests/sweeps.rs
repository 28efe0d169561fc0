//! Patterns asked of files.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use kizuna_hunt::index::{Builder, Index};
use kizuna_hunt::input::walk;
use kizuna_hunt::output::Line;
use kizuna_hunt::sweep::{Done, Event, Options, Sweep};
use serde_json::{Value, json};

/// An index of a list of patterns, one a line.
fn patterns(list: &str) -> Index {
    let mut builder = Builder::new();
    let taken = builder.read(list.as_bytes(), 1).unwrap();
    assert_eq!(taken.reasons, []);
    builder.build()
}

struct Told {
    hits: Vec<Line>,
    done: HashMap<String, Done>,
    troubles: Vec<String>,
}

impl Told {
    /// File, line and whether the hit is only a hint.
    fn places(&self) -> Vec<(String, u64, bool)> {
        let name = |path: &str| Path::new(path).file_name().unwrap().to_string_lossy().into_owned();
        self.hits.iter().map(|hit| (name(&hit.path), hit.line, hit.partial)).collect()
    }

    fn lines(&self) -> Vec<u64> {
        assert!(self.places().iter().all(|(_, _, hint)| !hint), "{:?}", self.hits);
        self.hits.iter().map(|hit| hit.line).collect()
    }
}

fn sweep(index: &Index, place: &Path, before: &HashMap<String, Done>) -> Told {
    let files = walk(&[place.to_path_buf()], &mut Vec::new());
    let mut told = Told { hits: Vec::new(), done: HashMap::new(), troubles: Vec::new() };
    let stop = AtomicBool::new(false);
    let options = Options { threads: 2, ..Options::default() };
    Sweep { sought: index.into(), options, stop: &stop }.run(&files, before, &mut |event| match event {
        Event::Hit(hit) => told.hits.push(Line::of(index, hit)),
        Event::Done(done) => drop(told.done.insert(done.path.clone(), done.clone())),
        Event::Trouble(trouble) => told.troubles.push(trouble.reason.clone()),
        Event::Progress(..) => {}
    });
    told
}

fn swept(list: &str, files: &[(&str, &str)]) -> Told {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(place.path().join(name), text).unwrap();
    }
    sweep(&patterns(list), place.path(), &HashMap::new())
}

#[test]
fn a_value_is_a_hit_only_where_the_rest_holds_too() {
    let list = "[network-traffic:dst_ref.value = '192.0.2.7' AND network-traffic:dst_port = 4444]\n";
    let zeek = "{\"ts\":1767225600.5,\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"192.0.2.7\",\"id.resp_p\":443,\"proto\":\"tcp\"}\n\
                {\"ts\":1767225601.5,\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"192.0.2.7\",\"id.resp_p\":4444,\"proto\":\"tcp\"}\n\
                {\"ts\":1767225601.5,\"id.orig_h\":\"192.0.2.7\",\"id.resp_h\":\"10.0.0.1\",\"id.resp_p\":4444,\"proto\":\"tcp\"}\n\
                {\"ts\":1767225601.5,\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\",\"id.resp_p\":4444,\"proto\":\"tcp\"}\n";
    let told = swept(list, &[("conn.log", zeek)]);
    assert_eq!(told.lines(), [2]);
    let hit = &told.hits[0];
    assert_eq!((hit.kind, hit.asset.as_deref()), ("stix-pattern", Some("10.0.0.1")));
    assert!(hit.indicator.starts_with("indicator--") && hit.value.contains("4444"), "{hit:?}");
    assert_eq!(hit.time.unwrap().to_string(), "2026-01-01T00:00:01.5Z");
    let json = serde_json::to_value(hit).unwrap();
    assert_eq!(json.get("partial"), None, "{json}");
    // Text tells nobody what the address is; the value stays a hint.
    let text = swept(list, &[("fw.txt", "Jan  1 00:00:00 fw denied 192.0.2.7\n")]);
    assert_eq!(text.places(), [("fw.txt".to_owned(), 1, true)]);
    // The same in a table, and as other products write it.
    let tsv = "#separator \\x09\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\n#types\ttime\taddr\taddr\tport\n\
               1767225600.5\t10.0.0.1\t192.0.2.7\t443\n1767225600.5\t10.0.0.1\t192.0.2.7\t4444\n";
    assert_eq!(swept(list, &[("conn.tsv", tsv)]).lines(), [5]);
    let csv = "time,src_ip,dst_ip,dst_port\n2026-01-01T00:00:00Z,10.0.0.1,192.0.2.7,4444\n";
    assert_eq!(swept(list, &[("fw.csv", csv)]).lines(), [2]);
    let ecs =
        json!({ "@timestamp": "2026-01-01T00:00:00Z", "destination": { "ip": "192.0.2.7", "port": 4444 } });
    assert_eq!(swept(list, &[("ecs.json", &ecs.to_string())]).lines(), [1]);
    let eve = json!({ "timestamp": "2026-01-01T00:00:00Z", "dest_ip": "192.0.2.7", "dest_port": 4444, "proto": "TCP" });
    assert_eq!(swept(list, &[("eve.json", &eve.to_string())]).lines(), [1]);
}

#[test]
fn what_has_no_exact_value_is_asked_of_every_line() {
    let sysmon = |image: &str, command: &str, hashes: &str| {
        json!({ "Event": { "System": { "EventID": 1, "Computer": "pc1" }, "EventData": {
            "UtcTime": "2026-01-01 00:00:00.000", "Image": image, "CommandLine": command, "ProcessId": 77,
            "ParentImage": "C:\\Windows\\explorer.exe", "User": "CORP\\ana", "Hashes": hashes,
        }}})
        .to_string()
    };
    let log = [
        sysmon("C:\\Windows\\System32\\PowerShell.exe", "powershell -EncodedCommand AAAA", "MD5=AB"),
        sysmon("C:\\Windows\\notepad.exe", "notepad x.txt", "SHA256=CD,MD5=EF"),
    ]
    .join("\n");
    let lines = |pattern: &str| swept(pattern, &[("sysmon.json", &log)]).lines();
    assert_eq!(lines("[process:command_line MATCHES '(?i)-enc[a-z]* ']"), [1]);
    assert_eq!(lines("[process:image_ref.name LIKE 'powershell.%']"), [1]);
    assert_eq!(lines("[process:image_ref.name MATCHES '^powershell']"), [0_u64; 0]);
    assert_eq!(lines("[file:name LIKE 'powershell.%']"), [1]);
    assert_eq!(lines("[process:image_ref.hashes.MD5 IN ('ef', 'zz') AND process:pid = 77]"), [2]);
    assert_eq!(lines("[process:parent_ref.image_ref.name = 'explorer.exe' AND process:pid > 76]"), [1, 2]);
    assert_eq!(lines("[user-account:account_login = 'ana' AND user-account:account_login != 'x']"), [1, 2]);
    let registry =
        json!({ "EventID": 13, "TargetObject": "HKLM\\Software\\Evil\\Run", "Details": "calc.exe" });
    let pattern = "[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\Evil' AND \
                   windows-registry-key:values[*].data LIKE 'calc%']";
    assert_eq!(swept(pattern, &[("reg.json", &registry.to_string())]).lines(), [1]);
}

#[test]
fn a_pattern_over_several_files_is_told_of_at_its_last_line() {
    let list = "([domain-name:value = 'Evil.example'] FOLLOWEDBY [process:command_line LIKE '%rundll32%']) WITHIN 60 SECONDS\n";
    let dns = "{\"ts\":1767225600,\"query\":\"a.example\"}\n{\"ts\":1767225600,\"query\":\"evil.example\"}\n";
    let late = "{\"ts\":1767225700,\"CommandLine\":\"rundll32 x\"}\n";
    let soon = "{\"ts\":1767225650,\"CommandLine\":\"RUNDLL32 x\"}\n{\"ts\":1767225650,\"CommandLine\":\"rundll32 x\"}\n";
    assert_eq!(swept(list, &[("dns.log", dns), ("process.log", late)]).places(), []);
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a-process.log"), soon).unwrap();
    std::fs::write(place.path().join("b-dns.log"), dns).unwrap();
    let index = patterns(list);
    let told = sweep(&index, place.path(), &HashMap::new());
    assert_eq!(told.places(), [("a-process.log".to_owned(), 2, false)]);
    assert!(told.hits[0].also.len() == 1 && told.hits[0].also[0].ends_with("b-dns.log:2"), "{:?}", told.hits);
    // A sweep that goes on knows what it read before.
    let first: HashMap<String, Done> = told
        .done
        .iter()
        .filter(|(path, _)| path.ends_with("b-dns.log"))
        .map(|(p, d)| (p.clone(), d.clone()))
        .collect();
    assert_eq!(first.len(), 1);
    assert_eq!(sweep(&index, place.path(), &first).places(), told.places());
}

#[test]
fn observed_data_is_evidence() {
    let bundle = json!({ "type": "bundle", "id": "bundle--1", "objects": [
        { "type": "observed-data", "id": "observed-data--1", "first_observed": "2026-01-01T00:00:00Z",
          "last_observed": "2026-01-01T00:00:00Z", "number_observed": 1, "object_refs": ["file--1"] },
        { "type": "file", "id": "file--1", "name": "evil.exe", "size": 10 },
        { "type": "file", "id": "file--2", "name": "evil.exe", "size": 11 },
    ]});
    let list = "[file:name = 'evil.exe' AND file:size = 10]\n[file:name = 'evil.exe'] AND [file:size > 10]";
    let pretty = serde_json::to_string_pretty(&bundle).unwrap();
    let told = swept(list, &[("bundle.json", &pretty)]);
    assert_eq!(told.troubles, [""; 0]);
    let lines = told.lines();
    assert_eq!(lines.len(), 2, "{:?}", told.hits);
    assert!(pretty.lines().nth(lines[0] as usize).unwrap().contains("observed-data"));
    // A line for each.
    let line = format!("{}\n{}\n", json!({ "type": "bundle", "objects": [] }), bundle);
    assert_eq!(swept(list, &[("bundles.jsonl", &line)]).lines(), [2, 2]);
    // What only looks like a bundle at its beginning is a log.
    let log = "{\"objects\":[],\"file\":{\"name\":\"evil.exe\",\"size\":10}}\n{\"x\":1}\n";
    assert_eq!(swept(list, &[("log.jsonl", log)]).lines(), [1]);
}

#[test]
fn indicators_say_which_pattern_was_met_and_an_image_keeps_it() {
    let id = "indicator--00000000-0000-4000-8000-000000000001";
    let indicator = |id: &str, pattern: &str| -> Value {
        json!({
            "type": "indicator", "spec_version": "2.1", "id": id, "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "beacon", "pattern": pattern, "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z",
        })
    };
    let bundle = json!({ "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000009", "objects": [
        indicator(id, "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '192.0.2.9']"),
        indicator("indicator--00000000-0000-4000-8000-000000000002", "[file:name MATCHES '(']"),
    ]});
    let mut builder = Builder::new();
    let taken = builder.read(bundle.to_string().as_bytes(), 1).unwrap();
    assert_eq!((taken.values, taken.refused), (1, 1));
    assert!(taken.reasons[0].1.contains("regular expression"), "{:?}", taken.reasons);
    let place = tempfile::tempdir().unwrap();
    let image = place.path().join("index.kzh");
    builder.build().save(&image).unwrap();
    let index = Index::open(&image).unwrap();
    let logs = place.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    let log = "{\"ts\":1,\"query\":\"evil.example\",\"answers\":[\"192.0.2.8\"]}\n\
               {\"ts\":1,\"query\":\"EVIL.example.\",\"answers\":[\"x.example\",\"192.0.2.9\"]}\n";
    std::fs::write(logs.join("dns.log"), log).unwrap();
    let told = sweep(&index, &logs, &HashMap::new());
    assert_eq!(told.lines(), [2]);
    assert_eq!((told.hits[0].indicator.as_str(), told.hits[0].name.as_str()), (id, "beacon"));
}

#[test]
fn rules_are_numbered_behind_every_entry() {
    // The host of the URL is an entry of its own.
    let index = patterns("http://a.example/x\n");
    assert_eq!((index.len(), kizuna_hunt::sweep::Sought::from(&index).first_rule()), (1, 2));
}
