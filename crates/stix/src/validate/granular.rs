//! Granular markings: selectors (STIX 2.1 §7.2.3.1).

use serde_json::{Map, Value};

use crate::Fault;
use crate::fault::Path;

/// Every selector is well formed and selects something of the object.
pub(super) fn check(map: &Map<String, Value>, faults: &mut Vec<Fault>) {
    let Some(Value::Array(markings)) = map.get("granular_markings") else { return };
    let root = Path::Root;
    let list = root.key("granular_markings");
    for (index, marking) in markings.iter().enumerate() {
        let Some(Value::Array(selectors)) = marking.get("selectors") else { continue };
        let marking = list.index(index);
        let place = marking.key("selectors");
        for (index, selector) in selectors.iter().enumerate() {
            let Value::String(selector) = selector else { continue };
            let place = place.index(index);
            if !is_selector(selector) {
                let rule =
                    "STIX 2.1 §7.2.3.1: a selector is names and list indexes in brackets, joined by points";
                faults.push(Fault::warning(&place, rule));
            } else if resolve(map, selector).is_none() {
                let rule = format!("STIX 2.1 §7.2.3.1: {selector:?} selects nothing in this object");
                faults.push(Fault::warning(&place, rule));
            }
        }
    }
}

fn is_selector(selector: &str) -> bool {
    let mut segments = selector.split('.');
    let first = segments.next().unwrap_or_default();
    is_name(first) && segments.all(|segment| list_index(segment).is_some() || is_name(segment))
}

/// Dictionary keys may be upper case, as in `hashes.MD5`.
fn is_name(segment: &str) -> bool {
    (1..=250).contains(&segment.len())
        && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn list_index(segment: &str) -> Option<usize> {
    let digits = segment.strip_prefix('[')?.strip_suffix(']')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn resolve<'a>(map: &'a Map<String, Value>, selector: &str) -> Option<&'a Value> {
    let mut segments = selector.split('.');
    let mut value = map.get(segments.next()?)?;
    for segment in segments {
        value = match list_index(segment) {
            Some(index) => value.as_array()?.get(index)?,
            None => value.as_object()?.get(segment)?,
        };
    }
    Some(value)
}
