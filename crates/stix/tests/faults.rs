//! What is said of bad objects: golden, so that a change of wording or weight shows in review.

use std::fmt::Write;
use std::path::Path;

use kizuna_stix::read::{Element, Limits, read};
use kizuna_stix::{Fault, Object, Severity};

fn report(bytes: &[u8]) -> String {
    let mut report = String::new();
    for (index, element) in read(bytes, &Limits::default()).unwrap().iter().enumerate() {
        let (verdict, kind, faults): (_, _, &[Fault]) = match element {
            Element::Object(object) => ("kept", object.kind().to_owned(), object.warnings()),
            Element::Refused(refused) => {
                let errors = refused.faults.iter().filter(|fault| fault.is_error()).count();
                assert!(errors > 0, "refused without an error: {refused:?}");
                ("refused", refused.id.clone().unwrap_or_default(), &refused.faults)
            }
        };
        writeln!(report, "[{index}] {verdict} {kind}").unwrap();
        for fault in faults {
            let weight = if fault.severity == Severity::Error { "error" } else { "warning" };
            writeln!(report, "  {weight} {fault}").unwrap();
        }
    }
    report
}

#[test]
fn every_fault_of_a_bad_object_is_named() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/stix/bad");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 5);
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, report(&std::fs::read(&file).unwrap()));
    }
}

#[test]
fn a_full_object_of_every_type_has_no_fault() {
    let mut kinds = std::collections::BTreeSet::new();
    for value in crate::good() {
        let object = Object::from_value(value).unwrap();
        assert_eq!(object.warnings(), [], "{}", object.id());
        kinds.insert(object.kind().to_owned());
    }
    assert_eq!(kinds.len(), 42, "19 domain, 2 relationship, 18 observable and 3 meta types");
}
