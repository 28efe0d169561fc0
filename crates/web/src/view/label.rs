//! Labels as readers see them: a banner over a page, a chip in a row. Never by colour alone: always the words.

use crate::view::Run;

/// A level of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The policy's name, such as `EXERCISE`.
    pub policy: String,
    /// As the policy writes it.
    pub original: Run,
    /// In the reader's language, where the policy itself gives it.
    pub translated: Option<Run>,
    /// Categories, each as the policy writes it.
    pub categories: Vec<String>,
    /// Where it stands in its policy, from 0 for the lowest; picks a colour where no policy says one.
    pub rank: u8,
    /// The class that carries the policy's own colour; empty for a level that is not known.
    pub class: String,
}

/// TLP, PAP or handling: a word with a colour of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Such as `TLP:AMBER+STRICT`.
    pub word: String,
    /// The style's class, such as `tlp-amber`.
    pub class: &'static str,
    /// What it means, in the reader's language.
    pub meaning: String,
}

/// A label in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelView {
    pub levels: Vec<Level>,
    /// A reader must be in one party of every clause.
    pub audience: Vec<Vec<String>>,
    pub marks: Vec<Mark>,
}

impl LabelView {
    /// The audience in one line: the parties of a clause with commas, clauses with `∩`.
    pub fn audience_line(&self) -> String {
        let clauses: Vec<String> = self.audience.iter().map(|clause| clause.join(", ")).collect();
        clauses.join(" ∩ ")
    }

    /// The audience, cut for a chip.
    pub fn audience_short(&self) -> String {
        const PARTIES: usize = 3;
        let clauses: Vec<String> = self
            .audience
            .iter()
            .map(|clause| match clause.len() {
                0..=PARTIES => clause.join(", "),
                more => format!("{} +{}", clause[..PARTIES].join(", "), more - PARTIES),
            })
            .collect();
        clauses.join(" ∩ ")
    }
}

/// What stands over a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    pub label: LabelView,
    /// The page mixes labels: this is the highest of each part, and each row carries its own.
    pub mixed: bool,
}

impl Banner {
    /// The style's classes: the highest level's colour, or none where no policy says a level.
    pub fn class(&self) -> String {
        let Some(highest) = self.label.levels.iter().max_by_key(|level| level.rank) else {
            return "banner-none".to_owned();
        };
        let class = format!("banner-{} {}", highest.rank.min(3), highest.class);
        class.trim_end().to_owned()
    }
}
