#![allow(clippy::unwrap_used)]
//! Patterns against evidence: a pattern and a text, cut at the first zero byte; the text is read as observed data and as a
//! log. A pattern decides the same whether it stands alone or among others.
#![no_main]

use kizuna_hunt::event::Layout;
use kizuna_hunt::pattern::{Objects, Observation, Origin, Patterns, Scratch, Track, bundle};
use kizuna_stix::pattern::{Limits, Pattern};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (pattern, text) = data.split_at(cut);
    let Ok(pattern) = std::str::from_utf8(pattern) else { return };
    let limits = Limits { bytes: 4096, depth: 16, nodes: 100 };
    let Ok(pattern) = Pattern::parse_within(pattern, &limits) else { return };
    let other: Pattern = "[file:name LIKE '%' OR domain-name:value = 'a.example']".parse().unwrap();
    let (alone, refused) = Patterns::compile([(0, &pattern)]);
    let (among, _) = Patterns::compile([(1, &other), (0, &pattern)]);
    if !refused.is_empty() {
        return;
    }
    let text = text.strip_prefix(b"\0").unwrap_or(text);
    let found = |patterns: &Patterns| {
        let outcome = bundle::evaluate(patterns, text, &mut Scratch::default())?;
        let mut track = Track::new(patterns, 64);
        for part in outcome.parts {
            track.add("", part.line, part);
        }
        let (matches, _) = track.finish();
        let alone = outcome.alone.iter().filter(|(pattern, _)| *pattern == 0).count();
        Some((alone, matches.len()))
    };
    assert_eq!(found(&alone), found(&among));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let mut layout = Layout::default();
    for line in text.lines() {
        let Some(event) = layout.event(line) else { continue };
        let objects = Objects::of(&event, &alone);
        let (values, pool) = (objects.values(), objects.pool());
        let observation = Observation { objects: &values, pool: &pool, origin: Origin::Log };
        alone.tests(&observation, &mut Scratch::default(), &mut Vec::new());
    }
});
