//! All literals of a field, searched for at once.

use ahash::HashMap;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::check::Anchor;

/// Bytes of literals for which a table with every next step is made: faster, and about 200 times as large.
const DENSE: usize = 100_000;

/// The literals that rules look for in one field.
#[derive(Debug, Default)]
pub(super) struct Literals {
    whole: HashMap<Box<str>, u32>,
    parts: Option<Parts>,
}

#[derive(Debug)]
struct Parts {
    automaton: AhoCorasick,
    /// What each pattern of the automaton means: anchor and number of the test.
    meanings: Vec<Vec<(Anchor, u32)>>,
}

impl Literals {
    /// Of literals in small letters, each with the number of its test.
    pub fn new<'a>(literals: impl Iterator<Item = (Anchor, &'a str, u32)>) -> Result<Self, String> {
        let mut whole = HashMap::default();
        let mut patterns: Vec<&str> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::default();
        let mut meanings: Vec<Vec<(Anchor, u32)>> = Vec::new();
        for (anchor, text, test) in literals {
            if anchor == Anchor::Whole {
                whole.insert(text.into(), test);
                continue;
            }
            let place = *places.entry(text).or_insert_with(|| {
                patterns.push(text);
                meanings.push(Vec::new());
                patterns.len() - 1
            });
            meanings[place].push((anchor, test));
        }
        let parts = if patterns.is_empty() {
            None
        } else {
            let dense = patterns.iter().map(|pattern| pattern.len()).sum::<usize>() <= DENSE;
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(dense.then_some(AhoCorasickKind::DFA))
                .build(&patterns)
                .map_err(|error| error.to_string())?;
            Some(Parts { automaton, meanings })
        };
        Ok(Self { whole, parts })
    }

    /// Whether a value is searched at all, and not only looked up as a whole.
    pub fn has_parts(&self) -> bool {
        self.parts.is_some()
    }

    /// Appends the number of each test that a value in small letters passes; some more than once.
    pub fn search(&self, value: &str, found: &mut Vec<u32>) {
        found.extend(self.whole.get(value));
        let Some(parts) = &self.parts else { return };
        for hit in parts.automaton.find_overlapping_iter(value) {
            for (anchor, test) in &parts.meanings[hit.pattern().as_usize()] {
                let stands = match anchor {
                    Anchor::Begin => hit.start() == 0,
                    Anchor::End => hit.end() == value.len(),
                    Anchor::Anywhere | Anchor::Whole => true,
                };
                if stands {
                    found.push(*test);
                }
            }
        }
    }
}
