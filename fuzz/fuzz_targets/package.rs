//! Octets as a transfer package, to its end: reading is total and what is read is written in one form only.
#![no_main]

use kizuna_federation::package::{Content, Manifest, Opened, Proofs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let Ok(mut package) = Opened::read(octets) else { return };
    let manifest = package.manifest().clone();
    assert_eq!(Manifest::read(&manifest.octets()).ok(), Some(manifest));
    while let Ok(Some(content)) = package.content() {
        if let Content::Objects { count, proofs, .. } = content {
            let _ = Proofs::read(&proofs, count);
        }
    }
});
