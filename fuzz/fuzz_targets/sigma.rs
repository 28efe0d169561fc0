//! Sigma: a file of rules and lines of a log, cut at the first zero byte. Loading ends, every rule is loaded or refused, and
//! a matcher that has seen other events says the same as a fresh one.
#![no_main]

use kizuna_hunt::event::{Layout, text_of};
use kizuna_hunt::sigma::{Loader, Matcher};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (rules, log) = data.split_at(cut);
    let Ok(rules) = std::str::from_utf8(rules) else { return };
    let mut loader = Loader::new();
    loader.read("rules.yml", rules);
    let (rules, _, _) = loader.finish();
    let mut layout = Layout::default();
    let mut used = Matcher::new(&rules);
    for line in log.split(|byte| *byte == b'\n' || *byte == 0).take(64) {
        let text = text_of(line);
        let Some(event) = layout.event(&text) else { continue };
        let (mut found, mut again) = (Vec::new(), Vec::new());
        used.test(&event, "dns.log", &mut found);
        Matcher::new(&rules).test(&event, "dns.log", &mut again);
        assert_eq!(found, again);
    }
});
