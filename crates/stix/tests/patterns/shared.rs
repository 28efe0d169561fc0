//! The patterns of published bundles.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use kizuna_stix::pattern::Pattern;
use serde_json::Value;

fn directory() -> PathBuf {
    let shared =
        std::env::var_os("KIZUNA_SHARED").map_or_else(|| super::workspace().join("../shared"), PathBuf::from);
    shared.join("data/stix")
}

#[test]
fn every_pattern_of_the_shared_bundles_parses_and_has_atoms() {
    let directory = directory();
    let Ok(files) = std::fs::read_dir(&directory) else {
        println!("skipped: no bundles at {}; set KIZUNA_SHARED", directory.display());
        return;
    };
    let mut kinds = BTreeMap::new();
    let mut without_atoms = Vec::new();
    for file in files {
        let file = std::fs::File::open(file.unwrap().path()).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
        let bundle: Value = serde_json::from_str(&text).unwrap();
        for object in bundle["objects"].as_array().into_iter().flatten() {
            let Some(pattern) = object["pattern"].as_str() else { continue };
            let parsed = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{}", error.picture()));
            assert_eq!(Pattern::parse(&parsed.to_string()), Ok(parsed.clone()));
            let atoms = parsed.atoms();
            without_atoms.extend(atoms.is_empty().then(|| pattern.to_owned()));
            for atom in atoms {
                *kinds.entry(atom.kind).or_insert(0) += 1;
            }
        }
    }
    println!("{kinds:?}");
    // Types of their authors' own, and a directory.
    without_atoms
        .retain(|pattern| !pattern.starts_with("[configuration-profile:") && !pattern.ends_with("/']"));
    assert!(without_atoms.is_empty(), "{}", without_atoms.join("\n"));
}
