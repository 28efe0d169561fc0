#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    if let Ok(text) = std::str::from_utf8(octets) {
        let _ = kizuna_tlog::Checkpoint::read(text);
        let _ = text.parse::<kizuna_tlog::Tile>();
        let _ = text.parse::<kizuna_tlog::Verifier>();
    }
});
