//! Real bundles. They are no part of the repository: the test is skipped where they are absent.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use kizuna_stix::read::{Element, Limits, read};
use kizuna_stix::{Fault, Object};

/// `KIZUNA_SHARED`, or `../shared` beside the workspace.
fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("KIZUNA_SHARED").map_or_else(beside, PathBuf::from);
    let folder = root.join("data/stix");
    folder.is_dir().then_some(folder)
}

pub fn bundles() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = shared() else {
        println!("skipped: no shared data (set KIZUNA_SHARED)");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let unpack = |path: &PathBuf| {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
        (path.file_name().unwrap().to_string_lossy().into_owned(), bytes)
    };
    files.iter().map(unpack).collect()
}

#[test]
fn every_real_bundle_is_read_and_every_refusal_is_explained() {
    for (name, bytes) in bundles() {
        let elements = read(&bytes, &Limits::default()).unwrap();
        let mut objects = 0;
        let mut refused = 0;
        let mut faults: BTreeMap<String, usize> = BTreeMap::new();
        let mut note = |fault: &Fault| {
            let place = fault.path.replace(|c: char| c.is_ascii_digit(), "");
            *faults.entry(format!("{:?} {place} {}", fault.severity, fault.rule)).or_default() += 1;
        };
        for element in &elements {
            match element {
                Element::Object(object) => {
                    objects += 1;
                    object.warnings().iter().for_each(&mut note);
                    assert!(object.warnings().iter().all(|fault| !fault.is_error()));
                    let again = serde_json::from_slice(object.canonical()).unwrap();
                    let again = Object::from_value(again).expect("canonical bytes are accepted again");
                    assert_eq!(again.canonical(), object.canonical());
                }
                Element::Refused(element) => {
                    refused += 1;
                    element.faults.iter().for_each(&mut note);
                    assert!(element.faults.iter().any(Fault::is_error), "refused without an error");
                }
            }
        }
        println!("{name}: {objects} objects, {refused} refused");
        for (fault, count) in faults.iter().take(20) {
            println!("  {count} × {fault}");
        }
        assert_eq!(refused, 0, "{name}");
    }
}
