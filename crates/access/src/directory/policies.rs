//! The policies that this node knows, version by version.

use std::sync::Arc;

use jiff::Timestamp;

use super::allows::{Allowed, ensure, refused};
use super::{Directory, RightsError};
use crate::policy::{self, Policy, spif};

/// Most policies on a node.
const LIMIT: usize = 64;

/// One version of a policy, as it was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// It holds from this instant, until the next version of the same policy.
    pub at: Timestamp,
    pub policy: Arc<Policy>,
    /// The file as it came.
    pub spif: Arc<str>,
}

impl Directory {
    /// The newest version of a policy, by the id that labels write.
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        let imported = self.policies.get(id).and_then(|versions| versions.last());
        imported.map(|version| version.policy.as_ref()).or_else(|| policy::find(id))
    }

    /// Every policy, in its newest version: the built-in ones first.
    pub fn policies(&self) -> Vec<&Policy> {
        let built_in = policy::built_in().iter().filter_map(|known| self.policy(&known.id));
        let imported = self.policies.keys().filter(|id| policy::find(id).is_none());
        built_in.chain(imported.filter_map(|id| self.policy(id))).collect()
    }

    /// The versions of a policy that were imported, oldest first.
    pub fn policy_versions(&self, id: &str) -> &[Imported] {
        self.policies.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The file of a policy's newest version, as it came.
    pub fn policy_file(&self, id: &str) -> Option<String> {
        let imported = self.policies.get(id).and_then(|versions| versions.last());
        if let Some(version) = imported {
            return Some(version.spif.to_string());
        }
        policy::find(id).map(|known| {
            if known.id == "EXERCISE" { policy::EXERCISE_SPIF.to_owned() } else { spif::write(known) }
        })
    }

    /// The version of a policy that held at an instant.
    pub(super) fn policy_at(&self, id: &str, at: Timestamp) -> Option<&Policy> {
        let versions = self.policies.get(id).into_iter().flatten();
        let held = versions.take_while(|version| version.at <= at).last();
        held.map(|version| version.policy.as_ref()).or_else(|| policy::find(id))
    }

    /// Every policy that was known at an instant.
    pub(super) fn policies_at(&self, at: Timestamp) -> impl Iterator<Item = &Policy> {
        let built_in = policy::built_in().iter().map(|known| known.id.as_str());
        let imported = self.policies.keys().map(String::as_str).filter(|id| policy::find(id).is_none());
        built_in.chain(imported).filter_map(move |id| self.policy_at(id, at))
    }

    /// Every instant at which what policies say changed or will change: versions, and dates of equivalences.
    pub(super) fn policy_instants(&self) -> impl Iterator<Item = Timestamp> {
        let versions = self.policies.values().flatten();
        versions.flat_map(|version| {
            let dates = version.policy.equivalences.iter().flat_map(policy::Equivalence::instants);
            std::iter::once(version.at).chain(dates)
        })
    }

    /// The dates of the equivalences that newest versions state.
    pub(super) fn equivalence_instants(&self) -> impl Iterator<Item = Timestamp> {
        let newest = self.policies.values().filter_map(|versions| versions.last());
        newest.flat_map(|version| version.policy.equivalences.iter().flat_map(policy::Equivalence::instants))
    }

    pub(super) fn import_policy(&mut self, policy: &Policy, spif: &str, at: Timestamp) {
        let imported = Imported { at, policy: Arc::new(policy.clone()), spif: Arc::from(spif) };
        self.policies.entry(policy.id.clone()).or_default().push(imported);
    }

    /// Whether this policy may be imported next. Labels name policies by id and files by object identifier, so the
    /// two must go together for good.
    pub(super) fn allows_policy(&self, policy: &Policy, file: &str) -> Allowed {
        let read = spif::read(file).map_err(|error| refused(format!("the policy's file: {error}")))?;
        ensure(read.policy == *policy, || refused("the policy is not the one in its file"))?;
        let (id, oid) = (&policy.id, &policy.oid);
        for other in self.policies() {
            let same_name = super::names::same(&other.id, id);
            let same_policy = other.oid == *oid;
            let clashes = same_name != same_policy || (same_name && other.id != *id);
            ensure(!clashes, || RightsError::Exists(format!("a policy {} ({})", other.id, other.uri())))?;
        }
        let Some(before) = self.policy(id) else {
            return ensure(self.policies().len() < LIMIT, || {
                refused(format!("this node knows {LIMIT} policies already"))
            });
        };
        ensure(policy.version > before.version, || {
            let (new, old) = (policy.version, before.version);
            refused(format!("version {new} of {id} is not newer than version {old}, which this node has"))
        })?;
        // The normal form of labels is the same on every node because the order of these levels is.
        let order = |policy: &Policy| -> Vec<(String, u64)> {
            policy.levels.iter().map(|level| (level.id.clone(), level.lacv)).collect()
        };
        let keeps_order = policy::find(id).is_none_or(|built_in| order(built_in) == order(policy));
        ensure(keeps_order, || refused(format!("the levels of the built-in policy {id} stay as they are")))
    }
}
