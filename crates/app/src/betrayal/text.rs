//! Text repeated from a source that not all new readers may read.

use std::collections::BTreeSet;

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

impl Check<'_> {
    #[expect(clippy::unused_self, reason = "a check like its siblings")]
    pub(super) fn repeated(&self, object: &Object, leaves: &[Leaf], sources: &[Source]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for leaf in leaves.iter().filter(|leaf| speaks(leaf)) {
            let Some(text) = leaf.text().map(normal) else { continue };
            let runs = runs(&text);
            for source in sources {
                let mut theirs = source.leaves.iter().filter(|leaf| speaks(leaf)).filter_map(Leaf::text);
                let repeated = theirs.find_map(|theirs| repetition(&text, &runs, &normal(theirs)));
                if let Some(repeated) = repeated {
                    findings.push(Finding::new(
                        object.id(),
                        &leaf.place,
                        Rule::Text,
                        Some(&source.id),
                        &repeated,
                    ));
                }
            }
        }
        findings
    }
}

fn speaks(leaf: &Leaf) -> bool {
    !leaf.is_reference() && !leaf.is_vocabulary() && !leaf.is_instant()
}

/// What of a source's text the draft's text repeats.
fn repetition(text: &str, runs_of_text: &BTreeSet<String>, theirs: &str) -> Option<String> {
    let is_long = theirs.chars().count() >= WHOLE;
    if is_long && text.contains(theirs) {
        return Some(theirs.to_owned());
    }
    runs(theirs).into_iter().find(|run| runs_of_text.contains(run))
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
