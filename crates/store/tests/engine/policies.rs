//! From a script's policies to the store's.

use std::collections::BTreeMap;

use kizuna_access::Rights;
use kizuna_access::policy::{self, Applied, Equivalence, Level, Policy, Reference, spif};
use kizuna_testkit::{script, stix};

/// The event that importing a policy is: its file, and what is read from it.
pub fn imported(policy: &script::Policy) -> Rights {
    let spif = spif::write(&written(policy));
    let read = spif::read(&spif).unwrap_or_else(|error| panic!("{error}\n{spif}"));
    Rights::PolicyImported { policy: Box::new(read.policy), spif }
}

fn written(stated: &script::Policy) -> Policy {
    let levels = stated.levels.iter().enumerate().map(|(hierarchy, level)| Level {
        id: level.clone(),
        lacv: number(&stated.name, level),
        hierarchy: hierarchy as u64,
        names: BTreeMap::new(),
        colour: "#59636e".to_owned(),
        obsolete: false,
    });
    let mut others: Vec<&str> = stated.equivalences.iter().map(|one| one.other.0.as_str()).collect();
    others.sort_unstable();
    others.dedup();
    Policy {
        id: stated.name.clone(),
        oid: oid(&stated.name),
        version: stated.version,
        created: String::new(),
        originator: String::new(),
        names: BTreeMap::new(),
        levels: levels.collect(),
        sets: Vec::new(),
        equivalent: others
            .iter()
            .map(|name| Reference { name: (*name).to_owned(), oid: oid(name) })
            .collect(),
        equivalences: stated.equivalences.iter().map(equivalence).collect(),
    }
}

fn equivalence(stated: &script::Equivalence) -> Equivalence {
    Equivalence {
        level: stated.level.clone(),
        oid: oid(&stated.other.0),
        lacv: number(&stated.other.0, &stated.other.1),
        applied: match stated.applied {
            script::Applied::Out => Applied::Encrypt,
            script::Applied::In => Applied::Decrypt,
            script::Applied::Both => Applied::Both,
        },
        from: stated.from.map(stix::instant),
        until: stated.until.map(stix::instant),
    }
}

fn oid(policy: &str) -> String {
    let built_in = policy::find(policy).map(|known| known.oid.clone());
    built_in.unwrap_or_else(|| format!("2.25.{}", stix::uuid(policy).as_u128()))
}

/// The same for the same level in every version.
fn number(policy: &str, level: &str) -> u64 {
    let built_in = policy::find(policy).and_then(|known| known.level(level)).map(|level| level.lacv);
    built_in.unwrap_or_else(|| stix::uuid(level).as_u64_pair().0 >> 16)
}
