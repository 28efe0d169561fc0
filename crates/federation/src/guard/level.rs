//! Labels against a ceiling.

use kizuna_access::Label;

/// How levels of policies are ordered, as of now.
pub trait Levels {
    /// Where a level stands in its policy's order, the lowest 0; nothing where it is not known.
    fn rank(&self, policy: &str, level: &str) -> Option<usize>;
}

/// Why a label is above a ceiling; nothing where it is under it.
///
/// A policy that the ceiling does not name is above it, and so is a level that is not known: of both only the sender
/// knows how high they are. A ceiling without a TLP lets every TLP in. The audience is no height.
pub fn above(label: &Label, ceiling: &Label, levels: &dyn Levels) -> Option<String> {
    if let (Some(top), Some(tlp)) = (ceiling.tlp(), label.tlp())
        && tlp > top
    {
        return Some(format!("TLP:{} is over TLP:{}", upper(tlp.as_str()), upper(top.as_str())));
    }
    for (policy, asked) in label.classification() {
        let Some(top) = ceiling.classification().get(policy) else {
            return Some(format!("it is classified under {policy}, which the ceiling does not name"));
        };
        let highest = top.levels().filter_map(|level| levels.rank(policy, level)).max();
        for level in asked.levels() {
            let rank = levels.rank(policy, level);
            if rank.is_none() || rank > highest {
                return Some(format!("{policy}/{level} is over {policy}/{}", top.level));
            }
        }
        for (set, tags) in &asked.restrictive {
            let held = top.restrictive.get(set);
            if let Some(tag) = tags.iter().find(|tag| !held.is_some_and(|held| held.contains(*tag))) {
                return Some(format!("it asks for {policy}/{set}/{tag}, which the ceiling does not name"));
            }
        }
    }
    None
}

fn upper(word: &str) -> String {
    word.to_uppercase()
}
