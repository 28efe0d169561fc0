//! Choosing a label, on every form on which one is given.

use crate::view::sign_in::Choice;

/// A group of parties.
#[derive(Debug, Clone)]
pub struct PartyGroup {
    pub name: String,
    pub parties: Vec<Choice>,
}

/// What can be chosen for a label.
#[derive(Debug, Clone, Default)]
pub struct MarkingForm {
    /// `POLICY/LEVEL`, lowest first.
    pub levels: Vec<Choice>,
    pub tlps: Vec<Choice>,
    pub paps: Vec<Choice>,
    pub parties: Vec<PartyGroup>,
    pub handlings: Vec<Choice>,
}

impl MarkingForm {
    /// Whether somebody is chosen to read it.
    pub fn names_somebody(&self) -> bool {
        self.parties.iter().flat_map(|group| &group.parties).any(|party| party.chosen)
    }
}
