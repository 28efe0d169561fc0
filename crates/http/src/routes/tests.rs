#![allow(clippy::unwrap_used)]

use crate::registry::{Face, node};
use crate::routes::{BuildError, Routes, face_of};

#[test]
fn a_route_that_is_missing_twice_or_undeclared_is_refused() {
    let answer = || async { "ok" };
    let expected = || [&node::HEALTHZ, &node::READYZ];
    let both = Routes::new().add(&node::HEALTHZ, answer).add(&node::READYZ, answer);
    assert_eq!(both.check(expected()), Ok(()));
    let one = Routes::new().add(&node::HEALTHZ, answer);
    assert_eq!(one.check(expected()), Err(BuildError::Missing("node.readyz")));
    let twice = Routes::new().add(&node::HEALTHZ, answer).add(&node::HEALTHZ, answer);
    assert_eq!(twice.check(expected()), Err(BuildError::Twice("node.healthz")));
    let undeclared = Routes::new().add(&node::HEALTHZ, answer);
    assert_eq!(undeclared.check([&node::READYZ]), Err(BuildError::Undeclared("node.healthz")));
}

#[test]
fn every_entry_is_under_its_face() {
    for entry in crate::registry::all() {
        assert_eq!(face_of(entry.path), entry.face, "{}", entry.name);
    }
    assert_eq!(face_of("/taxii2/nothing"), Face::Taxii);
    assert_eq!(face_of("/taxii22"), Face::Pages);
}
