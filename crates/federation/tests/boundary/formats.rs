//! The form of a package, as it was written once and is read forever.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use kizuna_federation::guard::Stand;
use kizuna_federation::package::{Content, Manifest, Opened};

use super::scene::{Scene, passed, tool};

fn golden() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formats/package-1.txt")
}

#[test]
fn a_package_is_written_as_it_always_was() {
    let mut scene = Scene::new();
    let first = scene.export(&[tool(1), tool(2)]);
    let second = scene.export(&[tool(3)]);
    let made = [first, second].concat();
    if std::env::var_os("KIZUNA_GOLDEN").is_some() {
        std::fs::write(golden(), &made).unwrap();
    }
    let kept = std::fs::read(golden()).unwrap();
    assert!(made == kept, "the form of packages has changed: a new form needs a new number");
    let end = kept.windows(5).position(|octets| octets == b"\nend\n").unwrap() + 5;
    let (first, second) = kept.split_at(end);
    let stand = passed(scene.guard(first, &Stand::default()), Stand::default());
    passed(scene.guard(second, &stand), stand);
}

#[test]
fn a_package_survives_its_octets_in_any_number_of_parts() {
    let mut scene = Scene::new();
    let objects: Vec<_> = (0..3_000).map(tool).collect();
    let octets = scene.export(&objects);
    let mut reader = Opened::read(&octets[..]).unwrap();
    let manifest = reader.manifest().clone();
    assert_eq!(Manifest::read(&manifest.octets()).unwrap(), manifest);
    let mut lines = Vec::new();
    while let Some(content) = reader.content().unwrap() {
        if let Content::Objects { objects, count, .. } = content {
            let before = lines.len();
            lines.extend(
                objects.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec),
            );
            assert_eq!(lines.len() - before, count);
        }
    }
    let written: Vec<Vec<u8>> = objects.iter().map(kizuna_stix::canonical::to_vec).collect();
    assert_eq!(lines, written);
}
