//! One line as an object at the guard: whatever it is, it is judged.
#![no_main]

use std::sync::LazyLock;

use kizuna_federation::guard::object::Parsed;
use kizuna_federation::guard::{Rules, Schemas};
use libfuzzer_sys::fuzz_target;

static RULES: LazyLock<(Rules, Option<Schemas>)> = LazyLock::new(|| {
    let rules = Rules::default();
    let schemas = Schemas::under(&rules).ok();
    (rules, schemas)
});

fuzz_target!(|octets: &[u8]| {
    let (rules, Some(schemas)) = &*RULES else { return };
    let Ok(parsed) = Parsed::read(octets, rules) else { return };
    let Ok(normal) = parsed.normal(octets, rules) else { return };
    let _ = normal.allowed(rules, schemas);
});
