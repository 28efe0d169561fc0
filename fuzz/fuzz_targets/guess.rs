//! Whatever is pasted, each guess is in its normal form.
#![no_main]

use kizuna_stix::observable::{guess, normal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for found in guess(text) {
        assert_eq!(normal(found.kind, &found.value).as_deref(), Some(found.value.as_str()));
    }
});
