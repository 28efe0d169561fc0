//! The label that is chosen on a form: its words, and what the form offers.

use kizuna_access::label::{Handling, Pap, Tlp};
use kizuna_access::{Directory, Party, policy, spec};
use kizuna_app::{AppError, Node};

use super::desk::Desk;
use crate::label;
use crate::view::marking::{MarkingForm, PartyGroup};
use crate::view::sign_in::Choice;

/// What was chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Marking {
    pub level: String,
    pub tlp: String,
    pub pap: String,
    pub parties: Vec<String>,
    pub handlings: Vec<String>,
}

impl Marking {
    /// Takes a field of the form; whether it was one of the label's.
    pub fn take(&mut self, name: &str, value: String) -> bool {
        match name {
            "class" => self.level = value,
            "tlp" => self.tlp = value,
            "pap" => self.pap = value,
            "rel" => self.parties.push(value),
            "handling" => self.handlings.push(value),
            _ => return false,
        }
        true
    }

    /// The label in words, as a command would take it; empty where nothing was chosen.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        let mut add = |key: &str, value: &str| {
            if !value.is_empty() {
                words.push(format!("{key}{value}"));
            }
        };
        add("class:", &self.level);
        add("tlp:", &self.tlp);
        add("pap:", &self.pap);
        add("rel:", &self.parties.join(","));
        for handling in &self.handlings {
            add("", handling);
        }
        words.join(" ")
    }

    pub fn form(&self, node: &Node, desk: &Desk, directory: &Directory) -> Result<MarkingForm, AppError> {
        let t = desk.t();
        let of_policy = |policy: &policy::Policy| -> Vec<String> {
            let given = policy.levels.iter().filter(|level| !level.obsolete);
            given.map(|level| format!("{}/{}", policy.id, level.id)).collect()
        };
        let levels = directory.policies().into_iter().flat_map(of_policy);
        let handlings = Handling::ALL.into_iter().filter(|handling| *handling != Handling::Draft);
        Ok(MarkingForm {
            levels: levels.map(|value| choice(value.clone(), value.replace('/', " "), &self.level)).collect(),
            tlps: Tlp::ALL.into_iter().map(|tlp| marked("TLP", tlp.as_str(), &self.tlp)).collect(),
            paps: Pap::ALL.into_iter().map(|pap| marked("PAP", pap.as_str(), &self.pap)).collect(),
            parties: parties(node, desk, directory, &self.parties)?,
            handlings: handlings
                .map(|handling| Choice {
                    value: handling.as_str().to_owned(),
                    name: t.say(&format!("handling-{}", handling.as_str())),
                    chosen: self.handlings.iter().any(|word| word == handling.as_str()),
                })
                .collect(),
        })
    }
}

fn choice(value: String, name: String, chosen: &str) -> Choice {
    Choice { chosen: value == chosen, value, name }
}

fn marked(scale: &str, word: &str, chosen: &str) -> Choice {
    choice(word.to_owned(), format!("{scale}:{}", word.to_uppercase()), chosen)
}

/// Whom this reader may know of, and so name.
pub(super) fn parties(
    node: &Node,
    desk: &Desk,
    directory: &Directory,
    chosen: &[String],
) -> Result<Vec<PartyGroup>, AppError> {
    let t = desk.t();
    let people = node.people(desk.caller());
    let members = people.members()?;
    let mut countries: Vec<Party> = members.iter().map(|member| Party::Country(member.country)).collect();
    countries.sort();
    countries.dedup();
    let communities = people.communities()?.into_iter().map(|community| Party::Community(community.id));
    let members = members.into_iter().map(|member| Party::Member(member.id));
    let group = |key: &str, named: Vec<Party>| {
        let offer = |party: &Party| {
            let value = spec::party_text(party, directory);
            Choice { chosen: chosen.contains(&value), name: label::party(t, party, directory), value }
        };
        PartyGroup { name: t.say(key), parties: named.iter().map(offer).collect() }
    };
    let groups = vec![
        group("import-countries", countries),
        group("import-communities", communities.collect()),
        group("import-members", members.collect()),
    ];
    Ok(groups.into_iter().filter(|group| !group.parties.is_empty()).collect())
}
