//! Security policies: what this node knows, and what an import would change before it does.

use jiff::Timestamp;
use kizuna_access::loss::Loss;
use kizuna_access::policy::difference::{Change, difference};
use kizuna_access::policy::{self, Applied, Names, Policy, TagSet, spif};
use kizuna_access::{Directory, Rights};

use super::{Caller, People};
use crate::AppError;
use crate::forecast::Forecast;

/// A policy, as pages and programs show it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PolicyInfo {
    pub id: String,
    pub uri: String,
    pub version: u64,
    pub names: Names,
    pub originator: String,
    pub created: String,
    /// Whether it comes with the program.
    pub built_in: bool,
    /// When this version was imported.
    pub imported: Option<Timestamp>,
    /// Lowest first.
    pub levels: Vec<LevelInfo>,
    pub sets: Vec<TagSet>,
    /// What this policy says of others, and they of it.
    pub equivalences: Vec<EquivalenceInfo>,
}

/// A level of a policy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LevelInfo {
    pub id: String,
    pub number: u64,
    pub names: Names,
    /// `#rrggbb`.
    pub colour: String,
    pub obsolete: bool,
}

/// One equivalence between a level of this policy and one of another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EquivalenceInfo {
    pub level: String,
    /// The other policy's id here, or its name in the file where this node does not know it.
    pub policy: String,
    /// Its level, where this node knows it.
    pub other: Option<String>,
    pub number: u64,
    /// Seen from this policy: `encrypt` lets those cleared under the other policy read content of this one.
    pub applied: Applied,
    /// The id of the policy that states it.
    pub stated_by: String,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub in_force: bool,
}

/// What an import does or did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PolicyImport {
    pub id: String,
    pub version: u64,
    /// The version that it replaces.
    pub replaces: Option<u64>,
    pub changes: Vec<Change>,
    /// What of the file is kept and not applied.
    pub losses: Vec<Loss>,
    /// Who would gain or lose what, over what the caller itself may read; nothing for the operator, who reads nothing.
    pub forecast: Option<Forecast>,
    pub imported: bool,
}

impl People<'_> {
    /// The policies that this node knows. They are no secret to who may sign in.
    pub fn policies(&self) -> Result<Vec<PolicyInfo>, AppError> {
        let directory = self.node.directory()?;
        self.standing(&directory)?;
        let now = self.node.now();
        Ok(directory.policies().into_iter().map(|policy| describe(&directory, policy, now)).collect())
    }

    /// One policy, by its id in any case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where this node does not know it.
    pub fn policy(&self, id: &str) -> Result<PolicyInfo, AppError> {
        let directory = self.node.directory()?;
        self.standing(&directory)?;
        Ok(describe(&directory, find(&directory, id)?, self.node.now()))
    }

    /// The policy's file, as it was imported.
    pub fn policy_file(&self, id: &str) -> Result<String, AppError> {
        let directory = self.node.directory()?;
        self.standing(&directory)?;
        let id = find(&directory, id)?.id.clone();
        directory.policy_file(&id).ok_or(AppError::NotFound)
    }

    /// How two policies differ, or what a file would change.
    pub fn policy_difference(&self, before: &str, after: &str) -> Result<Vec<Change>, AppError> {
        let directory = self.node.directory()?;
        self.standing(&directory)?;
        Ok(difference(Some(find(&directory, before)?), find(&directory, after)?))
    }

    /// What importing this file would change.
    pub fn try_policy(&self, file: &[u8]) -> Result<PolicyImport, AppError> {
        self.try_policy_at(file, None)
    }

    /// What importing this file would change, to what is read on a date to come.
    pub fn try_policy_at(&self, file: &[u8], at: Option<Timestamp>) -> Result<PolicyImport, AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let (read, rights) = event(file)?;
        directory.allows(&rights, self.node.now())?;
        let before = directory.policy(&read.policy.id);
        let forecast = match &self.caller {
            Caller::Operator => None,
            Caller::Person(who) => Some(self.node.forecast(who, std::slice::from_ref(&rights), at)?),
        };
        Ok(PolicyImport {
            id: read.policy.id.clone(),
            version: read.policy.version,
            replaces: before.map(|before| before.version),
            changes: difference(before, &read.policy),
            losses: read.losses,
            forecast,
            imported: false,
        })
    }

    /// Imports a policy, or a newer version of one: it holds from here on. Only who runs the node.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with line and rule for a file that is no policy; [`AppError::Conflict`] for a version
    /// that is not newer or an identifier that is taken.
    pub fn import_policy(&self, file: &[u8]) -> Result<PolicyImport, AppError> {
        let told = self.try_policy(file)?;
        self.record(event(file)?.1)?;
        Ok(PolicyImport { imported: true, ..told })
    }
}

fn find<'a>(directory: &'a Directory, id: &str) -> Result<&'a Policy, AppError> {
    let exact = directory.policy(id);
    let in_any_case = || directory.policies().into_iter().find(|policy| policy.id.eq_ignore_ascii_case(id));
    exact.or_else(in_any_case).ok_or(AppError::NotFound)
}

/// The event of a policy's import, and what was read.
pub(crate) fn event(file: &[u8]) -> Result<(spif::Read, Rights), AppError> {
    let text = std::str::from_utf8(file).map_err(|_| AppError::invalid("$", "a policy is XML in UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    let read = spif::read(text)
        .map_err(|error| AppError::invalid(format!("line {}", error.line), error.rule.clone()))?;
    let policy = Box::new(read.policy.clone());
    Ok((read, Rights::PolicyImported { policy, spif: text.to_owned() }))
}

fn describe(directory: &Directory, policy: &Policy, now: Timestamp) -> PolicyInfo {
    let level = |level: &policy::Level| LevelInfo {
        id: level.id.clone(),
        number: level.lacv,
        names: level.names.clone(),
        colour: level.colour.clone(),
        obsolete: level.obsolete,
    };
    PolicyInfo {
        id: policy.id.clone(),
        uri: policy.uri(),
        version: policy.version,
        names: policy.names.clone(),
        originator: policy.originator.clone(),
        created: policy.created.clone(),
        built_in: policy::find(&policy.id).is_some(),
        imported: directory.policy_versions(&policy.id).last().map(|version| version.at),
        levels: policy.levels.iter().map(level).collect(),
        sets: policy.sets.clone(),
        equivalences: equivalences(directory, policy, now),
    }
}

fn equivalences(directory: &Directory, policy: &Policy, now: Timestamp) -> Vec<EquivalenceInfo> {
    let known = directory.policies();
    let mut found = Vec::new();
    for one in &policy.equivalences {
        let other = known.iter().find(|other| other.oid == one.oid);
        let named = policy.equivalent.iter().find(|other| other.oid == one.oid);
        let name = other.map(|other| other.id.clone()).or_else(|| named.map(|named| named.name.clone()));
        let level = other.and_then(|other| other.levels.iter().find(|level| level.lacv == one.lacv));
        found.push(EquivalenceInfo {
            level: one.level.clone(),
            policy: name.unwrap_or_else(|| one.oid.clone()),
            other: level.map(|level| level.id.clone()),
            number: one.lacv,
            applied: one.applied,
            stated_by: policy.id.clone(),
            from: one.from,
            until: one.until,
            in_force: one.in_force(now),
        });
    }
    for other in known.iter().filter(|other| other.oid != policy.oid) {
        for one in other.equivalences.iter().filter(|one| one.oid == policy.oid) {
            let level = policy.levels.iter().find(|level| level.lacv == one.lacv);
            let number = other.level(&one.level).map(|level| level.lacv).unwrap_or_default();
            let applied = match one.applied {
                Applied::Encrypt => Applied::Decrypt,
                Applied::Decrypt => Applied::Encrypt,
                Applied::Both => Applied::Both,
            };
            found.push(EquivalenceInfo {
                level: level.map_or_else(|| format!("number {}", one.lacv), |level| level.id.clone()),
                policy: other.id.clone(),
                other: Some(one.level.clone()),
                number,
                applied,
                stated_by: other.id.clone(),
                from: one.from,
                until: one.until,
                in_force: one.in_force(now),
            });
        }
    }
    found
}
