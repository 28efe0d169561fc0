//! What rules are called, and who may mean them by it.

use std::collections::{HashMap, HashSet};

use rsigma_parser::CorrelationRule;

use super::Loader;

/// What a rule may be called by others.
pub(super) fn names_of(id: Option<&str>, name: Option<&str>, title: &str) -> Vec<String> {
    [id, name, Some(title)].into_iter().flatten().map(str::to_owned).collect()
}

/// The numbers of rules by what they may be called.
///
/// The rules of an indicator in a bundle have names among themselves alone: whoever gave it could call his rule like that of
/// another, and so have it counted in its place, or silence it.
#[derive(Debug, Default)]
pub(super) struct Names {
    own: HashMap<String, u32>,
    carried: HashMap<String, HashMap<String, u32>>,
    /// Of those that were carried, the first of each name.
    first: HashMap<String, u32>,
    /// What rules in files are called, whether or not they can be looked for.
    of_files: HashSet<String>,
}

impl Names {
    /// Before any rule has its number.
    pub fn of(loader: &Loader) -> Self {
        let is_of_file = |source: &str| loader.carried.said(source).is_none();
        let rules = loader.rules.iter().filter(|(source, _)| is_of_file(&source.0));
        let correlations = loader.correlations.iter().filter(|(source, _)| is_of_file(&source.0));
        let rules =
            rules.flat_map(|(_, rule)| names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title));
        let correlations = correlations
            .flat_map(|(_, rule)| names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title));
        Self { of_files: rules.chain(correlations).collect(), ..Self::default() }
    }

    /// `carried` is the source of a text that a bundle carried.
    pub fn add(&mut self, carried: Option<&str>, name: String, number: u32) {
        let Some(source) = carried else {
            self.own.entry(name).or_insert(number);
            return;
        };
        self.first.entry(name.clone()).or_insert(number);
        self.carried.entry(source.to_owned()).or_default().entry(name).or_insert(number);
    }

    /// The rule that another one means by a name. One in a file may mean a carried one that is called like none in a file.
    pub fn get(&self, carried: Option<&str>, name: &str) -> Option<u32> {
        if let Some(source) = carried {
            return self.carried.get(source)?.get(name).copied();
        }
        let first = || self.first.get(name).filter(|_| !self.of_files.contains(name));
        self.own.get(name).or_else(first).copied()
    }

    /// The rules that a correlation counts; else the names of those that are not there.
    pub fn counted(
        &self,
        carried: Option<&str>,
        rule: &CorrelationRule,
    ) -> Result<HashMap<String, u32>, Vec<String>> {
        let number = |name: &String| self.get(carried, name);
        let missing: Vec<String> = rule.rules.iter().filter(|name| number(name).is_none()).cloned().collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        Ok(rule.rules.iter().filter_map(|name| Some((name.clone(), number(name)?))).collect())
    }
}
