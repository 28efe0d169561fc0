//! A pattern is parsed or explained, and what prints reads back as the same tree.
#![no_main]

use kizuna_stix::pattern::{Pattern, lenient};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = lenient(text);
    match Pattern::parse(text) {
        Ok(pattern) => {
            let _ = pattern.atoms();
            assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
        Err(error) => assert!(!error.picture().is_empty()),
    }
});
