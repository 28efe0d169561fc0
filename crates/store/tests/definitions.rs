//! Whose marking definitions explain a source's markings: its own, and nobody else's.

use kizuna_stix::Object;
use serde_json::json;

use crate::engine::Engine;

/// How many definitions of one marking are found for each of two members, of which the first has given it.
fn found() -> (usize, usize) {
    let marking = json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": "marking-definition--0d4ba2d9-9d2b-4f57-a1a3-0d6a3c1c5a11",
        "created": "2026-01-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": { "statement": "an exercise" },
    });
    let marking = Object::from_value(marking).unwrap();
    let mut engine = Engine::sqlite();
    let something = Object::from_value(json!({
        "type": "mutex",
        "spec_version": "2.1",
        "id": "mutex--7b5d1e0a-3c3e-4c7f-8f0a-2d6a3c1c5a11",
        "name": "exercise",
    }));
    engine.gives_object("ee-cert", something.unwrap());
    engine.gives_object("jp-cert", marking.clone());
    (engine.definitions("jp-cert", marking.id()), engine.definitions("ee-cert", marking.id()))
}

#[cfg(not(feature = "seeded-leaks"))]
#[test]
fn no_other_sources_definition_counts() {
    assert_eq!(found(), (1, 0));
}

/// The seeded leak of it, which no script reaches: scripts have labels, not markings.
#[cfg(feature = "seeded-leaks")]
pub fn leak_is_caught() -> bool {
    found() != (1, 0)
}
