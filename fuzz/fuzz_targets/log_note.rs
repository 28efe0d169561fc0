#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let _ = kizuna_tlog::Note::read(octets);
    let _ = kizuna_tlog::AddCheckpoint::read(octets);
});
