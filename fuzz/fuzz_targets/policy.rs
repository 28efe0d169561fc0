//! A SPIF is read or refused, and what was read is written and read back as the same policy.
#![no_main]

use kizuna_access::policy::spif;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(read) = spif::read(text) else { return };
    let written = spif::write(&read.policy);
    let again = spif::read(&written).expect("what was written can be read");
    assert_eq!(again.policy, read.policy, "{written}");
});
