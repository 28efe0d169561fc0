//! Taking places out of an object.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::selector::{Place, Step};

/// Places as a tree. A node without further nodes is taken out whole.
#[derive(Default)]
struct Tree {
    whole: bool,
    within: BTreeMap<Step, Tree>,
}

impl Tree {
    fn of(places: &[Place]) -> Self {
        let mut root = Self::default();
        for place in places {
            let mut node = &mut root;
            for step in &place.0 {
                node = node.within.entry(step.clone()).or_default();
            }
            node.whole = true;
        }
        root
    }
}

/// Takes these places out of an object. A list or structure that has nothing left goes too, as STIX allows no empty
/// ones (STIX 2.1 §2.4, §3.1). Gives all that is gone, in the terms of the object as it was.
pub(super) fn cut(object: &mut Map<String, Value>, places: &[Place]) -> Vec<Place> {
    let mut gone = Vec::new();
    let mut here = Vec::new();
    cut_members(object, &Tree::of(places), &mut here, &mut gone);
    gone
}

fn cut_members(map: &mut Map<String, Value>, tree: &Tree, here: &mut Vec<Step>, gone: &mut Vec<Place>) {
    for (step, node) in &tree.within {
        let Step::Key(key) = step else { continue };
        let Some(value) = map.get_mut(key) else { continue };
        here.push(step.clone());
        if goes(value, node, here, gone) {
            map.shift_remove(key);
            gone.push(Place(here.clone()));
        }
        here.pop();
    }
}

/// Whether a value goes: it is selected, or nothing is left in it.
fn goes(value: &mut Value, node: &Tree, here: &mut Vec<Step>, gone: &mut Vec<Place>) -> bool {
    if node.whole {
        return true;
    }
    match value {
        Value::Object(map) => {
            cut_members(map, node, here, gone);
            map.is_empty()
        }
        Value::Array(items) => {
            // From the end, so that what is still to be found has not moved.
            for (step, node) in node.within.iter().rev() {
                let Step::Index(index) = step else { continue };
                let Some(item) = items.get_mut(*index) else { continue };
                here.push(step.clone());
                if goes(item, node, here, gone) {
                    items.remove(*index);
                    gone.push(Place(here.clone()));
                }
                here.pop();
            }
            items.is_empty()
        }
        _ => false,
    }
}
