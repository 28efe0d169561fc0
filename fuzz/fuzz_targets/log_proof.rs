#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    if let Ok(proof) = kizuna_tlog::ProofFile::read(octets)
        && let Some(extra) = &proof.extra
    {
        let _ = kizuna_tlog::second::Opening::read(extra);
    }
});
