//! Why a label can or cannot be read, rule by rule.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Facts, Reader, clients_read, names_only};
use crate::directory::Directory;
use crate::label::{Classification, Handling, Label};
use crate::party::Party;
use crate::spec;

/// Which rule a step applies. The texts of pages are chosen by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The label names somebody at all.
    Named,
    /// One clause of the audience.
    Clause,
    /// A policy's level.
    Level,
    /// A policy's restrictive categories: all must be held.
    Restrictive,
    /// A policy's permissive categories: one must be held.
    Permissive,
    /// A draft asks for the role to write.
    Draft,
    /// What the viewer's system is known to express and honour.
    Honours,
    /// Content from before the viewer's membership in a community `from-joining`.
    FromJoining,
    /// What all rules together say.
    Decision,
}

/// One rule applied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    pub rule: Rule,
    /// English, for people.
    pub text: String,
    pub holds: bool,
}

impl Step {
    fn new(rule: Rule, holds: bool, text: String) -> Self {
        Self { rule, text, holds }
    }
}

impl Reader {
    /// Why content with this label that arrived at `arrival` can or cannot be read, rule by rule; the last step is
    /// the decision itself. Names only parties of the label, so it is for those who may see the label, and of these only
    /// those that whoever is told knows.
    pub fn explain(
        &self,
        label: &Label,
        arrival: Timestamp,
        names: &Directory,
        knows: &dyn Fn(&Party) -> bool,
    ) -> Vec<Step> {
        let Some((_, facts)) = self.history.last() else { return Vec::new() };
        let mut steps = Vec::new();
        if label.audience.is_empty() {
            steps.push(Step::new(Rule::Named, false, "the label names nobody".to_owned()));
        }
        for clause in &label.audience {
            steps.push(facts.explain_clause(label, clause, names, knows));
        }
        for (policy, asked) in &label.classification {
            facts.explain_policy(policy, asked, names, &mut steps);
        }
        if label.handling.contains(&Handling::Draft) {
            let text = "a draft is read by analysts, releasers and admins of the members that it names";
            steps.push(Step::new(Rule::Draft, facts.may_draft, text.to_owned()));
        }
        if let Some(unmet) = facts.honours.as_ref().and_then(|honours| honours.unmet(label)) {
            steps.push(Step::new(Rule::Honours, false, format!("the viewer's system: {unmet}")));
        }
        if let Some(floor) = facts.audience_floor(label).filter(|floor| *floor > Timestamp::MIN) {
            let text = format!("membership opens what arrived from {floor} on; this arrived at {arrival}");
            steps.push(Step::new(Rule::FromJoining, floor <= arrival, text));
        }
        steps.push(self.explain_decision(label, arrival));
        steps
    }

    fn explain_decision(&self, label: &Label, arrival: Timestamp) -> Step {
        let gained = self.gained_for(label, arrival);
        let text = match gained {
            None => "hidden: not every rule holds".to_owned(),
            Some(gained) if gained == Timestamp::MIN => "readable, since this viewer exists".to_owned(),
            Some(gained) => format!("readable, since {gained}"),
        };
        Step::new(Rule::Decision, gained.is_some(), text)
    }
}

impl Facts {
    fn explain_clause(
        &self,
        label: &Label,
        clause: &BTreeSet<Party>,
        names: &Directory,
        knows: &dyn Fn(&Party) -> bool,
    ) -> Step {
        let listed = spec::clause_text(clause, names, knows).join(", ");
        if self.clause_floor(label, clause).is_none() {
            let clients = if clients_read(label) { ", nor a client of one of them" } else { "" };
            let text = format!("the viewer is none of: {listed}{clients}");
            return Step::new(Rule::Clause, false, text);
        }
        let is_in = |party: &&Party| self.direct.iter().any(|(known, _)| known == *party);
        let counts = |party: &&Party| !names_only(label) || crate::label::is_named(party);
        let text = match clause.iter().filter(counts).find(is_in) {
            Some(party) if knows(party) => {
                format!("the viewer is in {}, one of: {listed}", spec::party_text(party, names))
            }
            Some(_) => format!("the viewer is in one of: {listed}"),
            None => {
                format!("AMBER and below is read by clients of those named; the viewer is one, of: {listed}")
            }
        };
        Step::new(Rule::Clause, true, text)
    }

    fn explain_policy(&self, policy: &str, asked: &Classification, names: &Directory, steps: &mut Vec<Step>) {
        let known = names.policy(policy);
        let held = self.held.get(policy);
        let holding = held.map_or("nothing", |held| held.highest.as_str());
        let by = held.and_then(|held| held.by.as_ref());
        let by = by.map(|by| format!(", by the equivalence with {by}")).unwrap_or_default();
        for level in asked.levels() {
            let holds = held.is_some_and(|held| held.levels.contains(level));
            let text = match known.and_then(|known| known.rank(level)) {
                None => format!("{policy}/{level} is not a level that this node knows"),
                Some(_) => format!("asks for {policy}/{level}; the viewer effectively holds {holding}{by}"),
            };
            steps.push(Step::new(Rule::Level, holds, text));
        }
        let has = |set: &String, tag: &String| {
            held.and_then(|held| held.categories.get(set)).is_some_and(|held| held.contains(tag))
        };
        for (set, tags) in &asked.restrictive {
            let holds = tags.iter().all(|tag| has(set, tag));
            steps.push(Step::new(Rule::Restrictive, holds, format!("asks for all of {set}: {}", list(tags))));
        }
        for (set, tags) in &asked.permissive {
            let holds = tags.iter().any(|tag| has(set, tag));
            steps.push(Step::new(Rule::Permissive, holds, format!("asks for one of {set}: {}", list(tags))));
        }
    }
}

fn list(tags: &BTreeSet<String>) -> String {
    tags.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
