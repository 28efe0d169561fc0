//! The rules of the node, shown and set.

use kizuna_access::Rights;
use kizuna_access::release::{Direct, Needs, On};

use crate::people::Caller;
use crate::{AppError, Node};

/// A rule, as every surface shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleShown {
    /// `everything`, `class:POLICY/LEVEL`, `tlp:LEVEL`, `orcon`, `exercise`.
    pub on: String,
    pub releasers: u8,
    pub originator: bool,
    pub direct: Direct,
    /// Whether it must rest on an agreement.
    pub basis: bool,
    /// Whether it was set here, or is a default.
    pub set: bool,
}

impl Node {
    /// What releases take on this node, for anybody who may sign in: it tells of no content.
    pub fn release_rules(&self) -> Result<Vec<RuleShown>, AppError> {
        let directory = self.directory()?;
        let shown = |(on, needs, set): (On, Needs, bool)| RuleShown {
            on: on.to_string(),
            releasers: needs.releasers,
            originator: needs.originator,
            direct: needs.direct,
            basis: needs.basis,
            set,
        };
        Ok(directory.release_rules().in_force().into_iter().map(shown).collect())
    }

    /// Sets a rule, or with nothing goes back to the default. What is proposed under other rules has to be agreed to
    /// anew.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node, and for a rule that may not be set.
    pub fn set_release_rule(&self, caller: &Caller, on: On, needs: Option<Needs>) -> Result<(), AppError> {
        let people = self.people(caller.clone());
        people.needs_to_run_node()?;
        people.record(Rights::ReleaseRuleSet { on, needs })
    }
}
