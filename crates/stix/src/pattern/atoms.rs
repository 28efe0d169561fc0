//! The exact values of a pattern.

use super::ast::{Comparison, Constant, Observation, Operator, Predicate, Proposition, Step};
use crate::observable::{Kind, Observable, state};

pub(super) fn of(root: &Observation) -> Vec<Observable> {
    let mut found = Vec::new();
    observation(root, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn observation(expression: &Observation, found: &mut Vec<Observable>) {
    match expression {
        Observation::Test(test) => comparison(test, found),
        Observation::And(all) | Observation::Or(all) | Observation::FollowedBy(all) => {
            for inner in all {
                observation(inner, found);
            }
        }
        Observation::Qualified(inner, _) => observation(inner, found),
    }
}

fn comparison(expression: &Comparison, found: &mut Vec<Observable>) {
    match expression {
        Comparison::And(all) | Comparison::Or(all) => {
            for inner in all {
                comparison(inner, found);
            }
        }
        Comparison::Proposition(test) => proposition(test, found),
    }
}

fn proposition(test: &Proposition, found: &mut Vec<Observable>) {
    if test.negated {
        // `NOT x != v` is `x = v`; nobody writes it, and the canonical text keeps it, so it is not read here.
        return;
    }
    let mut keys: Vec<&str> = Vec::with_capacity(4);
    for step in &test.path.steps {
        if let Step::Key(key) = step {
            keys.push(key);
        }
    }
    match &test.predicate {
        Predicate::Compare(Operator::Equal, value) => constant(&test.path.kind, &keys, value, found),
        Predicate::In(values) => {
            for value in values {
                constant(&test.path.kind, &keys, value, found);
            }
        }
        Predicate::IsSubset(network) => {
            let mut networks = Vec::new();
            state(&test.path.kind, &keys, network, &mut networks);
            networks.retain(|atom| matches!(atom.kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr));
            found.append(&mut networks);
        }
        _ => {}
    }
}

fn constant(kind: &str, keys: &[&str], value: &Constant, found: &mut Vec<Observable>) {
    match value {
        Constant::Text(text) => state(kind, keys, text, found),
        Constant::Integer(number) => state(kind, keys, &number.to_string(), found),
        _ => {}
    }
}
