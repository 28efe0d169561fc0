//! The sweep: a list of indicators and a text, cut at the first zero byte, with every kind of vectors.
#![no_main]

use kizuna_hunt::index::Builder;
use kizuna_hunt::machine::Vectors;
use kizuna_hunt::scan::{Prose, Scanner};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (list, text) = data.split_at(cut);
    let mut builder = Builder::new();
    if builder.read(list, 1).is_err() {
        return;
    }
    let index = builder.build();
    for prose in [Prose::Logs, Prose::Defanged] {
        let mut expected = Vec::new();
        Scanner::with_vectors(&index, prose, Vectors::Scalar).scan(text, &mut expected);
        for vectors in [Vectors::Avx2, Vectors::Avx512] {
            let mut hits = Vec::new();
            Scanner::with_vectors(&index, prose, vectors).scan(text, &mut hits);
            assert_eq!(hits, expected);
        }
    }
});
