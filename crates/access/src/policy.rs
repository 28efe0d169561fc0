//! Security policies: named levels in an order of their own. No ladder spans policies.

use std::borrow::Cow;

/// One level of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// As labels write it.
    pub id: Cow<'static, str>,
    pub name_en: Cow<'static, str>,
    pub name_ja: Cow<'static, str>,
    /// Banner background, `#rrggbb`.
    pub colour: Cow<'static, str>,
}

/// A policy: its levels, lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub id: Cow<'static, str>,
    pub name_en: Cow<'static, str>,
    pub name_ja: Cow<'static, str>,
    pub levels: Cow<'static, [Level]>,
}

impl Policy {
    /// Where a level stands in this policy's order, the lowest 0; nothing where the policy does not have it.
    pub fn rank(&self, level: &str) -> Option<usize> {
        self.levels.iter().position(|known| known.id == level)
    }

    pub fn level(&self, level: &str) -> Option<&Level> {
        self.levels.iter().find(|known| known.id == level)
    }
}

const fn level(
    id: &'static str,
    name_en: &'static str,
    name_ja: &'static str,
    colour: &'static str,
) -> Level {
    Level {
        id: Cow::Borrowed(id),
        name_en: Cow::Borrowed(name_en),
        name_ja: Cow::Borrowed(name_ja),
        colour: Cow::Borrowed(colour),
    }
}

const EXERCISE_LEVELS: [Level; 4] = [
    level("UNCLASSIFIED", "Unclassified", "区分なし", "#007a33"),
    level("RESTRICTED", "Restricted", "取扱注意", "#0033a0"),
    level("CONFIDENTIAL", "Confidential", "秘", "#5b2c83"),
    level("SECRET", "Secret", "極秘", "#c8102e"),
];

/// The built-in policy, for invented content: it belongs to no state and claims no equivalence.
pub const EXERCISE: Policy = Policy {
    id: Cow::Borrowed("EXERCISE"),
    name_en: Cow::Borrowed("Exercise"),
    name_ja: Cow::Borrowed("演習"),
    levels: Cow::Borrowed(&EXERCISE_LEVELS),
};

const BUILT_IN: [Policy; 1] = [EXERCISE];

/// The policies that every node knows. Combining labels uses their order; a policy that is not among them keeps
/// all levels asked for side by side (see [`crate::label::Classification::also`]).
pub fn built_in() -> &'static [Policy] {
    static POLICIES: [Policy; 1] = BUILT_IN;
    &POLICIES
}

/// The built-in policy of this id.
pub fn find(id: &str) -> Option<&'static Policy> {
    built_in().iter().find(|policy| policy.id == id)
}
