//! Text repeated from a source that not all new readers may read.
//!
//! The sources are indexed once, by their runs of words and by their whole texts; each text of a draft is then looked up
//! in one pass, however many sources there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, BuildError};
use kizuna_stix::Object;

use super::leaves::Leaf;
use super::names::{is_cjk, normal};
use super::{Check, Finding, Rule, Source};

/// As many words in the same order are a repetition and no accident.
const WORDS: usize = 6;
/// The same in characters of a script without spaces.
const CHARACTERS: usize = 10;
/// A whole text of a source that is as long is looked for in the draft, in characters.
const WHOLE: usize = 8;

/// Where a source says something: the place of the source, and of the first of its leaves that says it.
type Said = (usize, usize);

/// What the sources say, by what can be repeated of it.
pub(super) struct Texts {
    /// Run of words or characters → where it is said, once for each source.
    runs: HashMap<String, Vec<Said>>,
    /// Whole texts, and in their order where each is said.
    whole: AhoCorasick,
    wholes: Vec<(String, Vec<Said>)>,
}

impl Texts {
    /// Indexes what the sources say.
    ///
    /// # Errors
    /// Where there is more text than one automaton holds (2³¹ states).
    pub fn of(sources: &[Source]) -> Result<Self, BuildError> {
        let mut by_run: HashMap<String, Vec<Said>> = HashMap::new();
        let mut by_whole: BTreeMap<String, Vec<Said>> = BTreeMap::new();
        for (place, source) in sources.iter().enumerate() {
            for (leaf, text) in source.leaves.iter().enumerate() {
                let Some(text) = text.text().filter(|_| speaks(text)).map(normal) else { continue };
                for run in runs(&text) {
                    note(by_run.entry(run).or_default(), (place, leaf));
                }
                if text.chars().count() >= WHOLE {
                    note(by_whole.entry(text).or_default(), (place, leaf));
                }
            }
        }
        let wholes: Vec<(String, Vec<Said>)> = by_whole.into_iter().collect();
        let whole = AhoCorasick::new(wholes.iter().map(|(text, _)| text))?;
        Ok(Self { runs: by_run, whole, wholes })
    }

    /// What each source's text repeats of this one, by the place of the source: of its first leaf that does, and there
    /// the whole text before a run of it.
    fn repeated_in(&self, text: &str) -> BTreeMap<usize, &str> {
        let mut first: BTreeMap<usize, Repetition<'_>> = BTreeMap::new();
        let mut find = |said: &[Said], is_run: bool, repeated| {
            for (source, leaf) in said {
                let found = Repetition { leaf: *leaf, is_run, repeated };
                first.entry(*source).and_modify(|known| *known = (*known).min(found)).or_insert(found);
            }
        };
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        for found in self.whole.find_overlapping_iter(text) {
            let number = found.pattern().as_usize();
            if let Some((whole, said)) = self.wholes.get(number).filter(|_| seen.insert(number)) {
                find(said, false, whole.as_str());
            }
        }
        for run in runs(text) {
            if let Some((run, said)) = self.runs.get_key_value(&run) {
                find(said, true, run.as_str());
            }
        }
        first.into_iter().map(|(source, found)| (source, found.repeated)).collect()
    }
}

/// A repetition; the least one is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Repetition<'a> {
    leaf: usize,
    is_run: bool,
    repeated: &'a str,
}

/// Notes where something is said. Sources are gone through in order, so only the last one can say it again.
fn note(said: &mut Vec<Said>, here: Said) {
    if said.last().is_none_or(|(source, _)| *source != here.0) {
        said.push(here);
    }
}

impl Check<'_> {
    #[expect(clippy::unused_self, reason = "a check like its siblings")]
    pub(super) fn repeated(
        &self,
        object: &Object,
        leaves: &[Leaf],
        (sources, texts): (&[Source], &Texts),
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for leaf in leaves.iter().filter(|leaf| speaks(leaf)) {
            let Some(text) = leaf.text().map(normal) else { continue };
            for (source, repeated) in texts.repeated_in(&text) {
                let betrayed = sources.get(source).map(|source| &source.id);
                findings.push(Finding::new(object.id(), &leaf.place, Rule::Text, betrayed, repeated));
            }
        }
        findings
    }
}

fn speaks(leaf: &Leaf) -> bool {
    !leaf.is_reference() && !leaf.is_vocabulary() && !leaf.is_instant()
}

/// Every run of words, or of characters where the script has no spaces.
fn runs(text: &str) -> BTreeSet<String> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut runs: BTreeSet<String> = words.windows(WORDS).map(|run| run.join(" ")).collect();
    for word in words.iter().filter(|word| word.chars().any(is_cjk)) {
        let characters: Vec<char> = word.chars().collect();
        runs.extend(characters.windows(CHARACTERS).map(|run| run.iter().collect::<String>()));
    }
    runs
}

#[cfg(test)]
mod tests;
