//! The patterns of published bundles.

use std::collections::BTreeMap;

use kizuna_stix::observable::{guess, of_object};
use kizuna_stix::pattern::Pattern;
use kizuna_stix::read::{Element, Limits, read};

use crate::shared::bundles;

#[test]
fn every_pattern_of_the_shared_bundles_parses_and_has_atoms() {
    let mut kinds = BTreeMap::new();
    let mut without_atoms = Vec::new();
    for (_, bytes) in bundles() {
        let has_patterns = bytes.windows(10).any(|window| window == b"\"pattern\":");
        if !has_patterns {
            continue;
        }
        for element in read(&bytes, &Limits::default()).unwrap() {
            let Element::Object(object) = element else { continue };
            let Some(text) = object.text("pattern") else { continue };
            let pattern = Pattern::parse(text).unwrap_or_else(|error| panic!("{}", error.picture()));
            assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern.clone()));

            let atoms = of_object(&object);
            assert_eq!(atoms, pattern.atoms());
            without_atoms.extend(atoms.is_empty().then(|| text.to_owned()));
            for atom in atoms {
                assert!(guess(&atom.value).contains(&atom), "{atom} is not found when it is pasted");
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
