//! From a script's names to identifiers and back.

use std::collections::BTreeMap;

use kizuna_access::label::{Classification, Handling, Label, Tlp};
use kizuna_access::redact::Part;
use kizuna_access::rights::{Clearance, Cleared, Holds, Role};
use kizuna_access::{CommunityId, MemberId, Party, PersonId};
use kizuna_stix::observable::{Kind, Observable};
use kizuna_store::writer::Erasure;
use kizuna_store::{Relabelled, Waiting};
use kizuna_testkit::{script, stix};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The names that a script has used.
#[derive(Default)]
pub struct Names {
    known: BTreeMap<Uuid, String>,
}

impl Names {
    pub fn uuid(&mut self, name: &str) -> Uuid {
        let uuid = stix::uuid(name);
        self.known.insert(uuid, name.to_owned());
        uuid
    }

    pub fn member(&mut self, name: &str) -> MemberId {
        MemberId(self.uuid(name))
    }

    /// Decided by two people of whom nothing hangs here.
    pub fn erasure(&mut self, source: &str, object: u32, version: Option<script::Second>) -> Erasure {
        Erasure {
            object: stix::id(object),
            version: version.map(stix::instant),
            source: self.member(source),
            requested_by: PersonId(stix::uuid("who asks")),
            confirmed_by: PersonId(stix::uuid("who confirms")),
            reason: "a script".to_owned(),
            basis: "none".to_owned(),
        }
    }

    pub fn name(&self, uuid: Uuid) -> String {
        self.known.get(&uuid).cloned().unwrap_or_else(|| uuid.to_string())
    }

    fn party(&mut self, party: &script::Party) -> Party {
        match party {
            script::Party::World => Party::World,
            script::Party::Country(code) => Party::Country(code.parse().unwrap()),
            script::Party::Community(name) => Party::Community(CommunityId(self.uuid(name))),
            script::Party::Member(name) => Party::Member(self.member(name)),
            script::Party::ClientsOf(name) => Party::ClientsOf(self.member(name)),
            script::Party::Person(name) => Party::Person(PersonId(self.uuid(name))),
        }
    }

    pub fn label(&mut self, label: &script::Label) -> Label {
        let mut terms = Label::builder();
        for clause in &label.audience {
            let clause: Vec<Party> = clause.iter().map(|party| self.party(party)).collect();
            terms = terms.rel(clause);
        }
        for (policy, asks) in &label.asks {
            let mut asked = Classification::level(asks.level.clone());
            asked.restrictive.clone_from(&asks.restrictive);
            asked.permissive.clone_from(&asks.permissive);
            terms = terms.classified(policy, asked);
        }
        if let Some(tlp) = label.tlp {
            terms = terms.tlp(match tlp {
                script::Tlp::Clear => Tlp::Clear,
                script::Tlp::Green => Tlp::Green,
                script::Tlp::Amber => Tlp::Amber,
                script::Tlp::AmberStrict => Tlp::AmberStrict,
                script::Tlp::Red => Tlp::Red,
            });
        }
        for handling in &label.handling {
            terms = terms.handling(match handling {
                script::Handling::Orcon => Handling::Orcon,
                script::Handling::Exercise => Handling::Exercise,
                script::Handling::Draft => Handling::Draft,
                script::Handling::OneHop => Handling::OneHop,
                script::Handling::ThisNode => Handling::ThisNode,
            });
        }
        terms.label()
    }

    /// The parts of a contribution, as its source marked them.
    pub fn parts(&mut self, given: &script::Contribution) -> Vec<Part> {
        let content = &given.content;
        let part = |mark: &script::Mark| Part {
            label: self.label(&mark.asks),
            selectors: vec![stix::selector(content.object, mark.field)],
        };
        content.marks.iter().map(part).collect()
    }

    /// What waited for a marking, now that this is what it means: for the fields that it marks, or for the object.
    pub fn settled(waiting: Waiting, meaning: &Label) -> Relabelled {
        let selectors = stix::selectors(&waiting.object);
        let (label, parts) = if selectors.is_empty() {
            (meaning.clone(), Vec::new())
        } else {
            (waiting.label.clone(), vec![Part { label: meaning.clone(), selectors }])
        };
        Relabelled { waiting, label, parts, dangling: Vec::new() }
    }

    pub fn read_label(&self, label: &Label) -> script::Label {
        let party = |party: &Party| match party {
            Party::World => script::Party::World,
            Party::Country(code) => script::Party::Country(code.to_string()),
            Party::Community(id) => script::Party::Community(self.name(id.0)),
            Party::Member(id) => script::Party::Member(self.name(id.0)),
            Party::ClientsOf(id) => script::Party::ClientsOf(self.name(id.0)),
            Party::Person(id) => script::Party::Person(self.name(id.0)),
        };
        let asks = |asked: &Classification| script::Asks {
            level: asked.level.clone(),
            restrictive: asked.restrictive.clone(),
            permissive: asked.permissive.clone(),
        };
        script::Label {
            audience: label.audience().iter().map(|clause| clause.iter().map(party).collect()).collect(),
            asks: label
                .classification()
                .iter()
                .map(|(policy, asked)| (policy.clone(), asks(asked)))
                .collect(),
            tlp: label.tlp().map(|tlp| match tlp {
                Tlp::Clear => script::Tlp::Clear,
                Tlp::Green => script::Tlp::Green,
                Tlp::Amber => script::Tlp::Amber,
                Tlp::AmberStrict => script::Tlp::AmberStrict,
                Tlp::Red => script::Tlp::Red,
            }),
            handling: label
                .handling()
                .iter()
                .map(|handling| match handling {
                    Handling::Orcon => script::Handling::Orcon,
                    Handling::Exercise => script::Handling::Exercise,
                    Handling::Draft => script::Handling::Draft,
                    Handling::OneHop => script::Handling::OneHop,
                    Handling::ThisNode => script::Handling::ThisNode,
                })
                .collect(),
        }
    }

    pub fn selection(&mut self, selection: &script::Selection) -> kizuna_store::Selection {
        let versions = match &selection.versions {
            script::Versions::Latest => kizuna_store::Versions::Latest,
            script::Versions::First => kizuna_store::Versions::First,
            script::Versions::All => kizuna_store::Versions::All,
            script::Versions::Any { latest, first, at } => kizuna_store::Versions::Any {
                latest: *latest,
                first: *first,
                at: at.iter().map(|second| stix::instant(*second)).collect(),
            },
        };
        let holds = match &selection.holds {
            script::Holds::All => Holds::All,
            script::Holds::Naming(party) => Holds::Naming(self.party(party)),
        };
        kizuna_store::Selection {
            holds,
            ids: selection.objects.iter().map(|object| stix::id(*object)).collect(),
            kinds: selection.kinds.clone(),
            versions,
            own: selection.own,
        }
    }
}

pub fn search(search: &script::Search) -> kizuna_store::Search {
    let value = search.value_of.map(|object| Observable { kind: Kind::Domain, value: stix::domain(object) });
    kizuna_store::Search {
        text: (!search.words.is_empty()).then(|| search.words.join(" ")),
        observables: value.into_iter().collect(),
        refers_to: search.refers_to.map(stix::id),
        kinds: search.kinds.clone(),
    }
}

pub fn role(role: script::Role) -> Role {
    match role {
        script::Role::Reader => Role::Reader,
        script::Role::Analyst => Role::Analyst,
        script::Role::Releaser => Role::Releaser,
        script::Role::Admin => Role::Admin,
        script::Role::Auditor => Role::Auditor,
        script::Role::Quarantine => Role::Quarantine,
    }
}

pub fn clearance(clearance: &script::Clearance) -> Clearance {
    let cleared =
        |held: &script::Held| Cleared { level: held.level.clone(), categories: held.categories.clone() };
    Clearance(clearance.iter().map(|(policy, held)| (policy.clone(), cleared(held))).collect())
}

/// The secret of a key.
pub fn secret(key: &str) -> [u8; 32] {
    Sha256::digest(format!("the secret of {key}")).into()
}

/// What the directory keeps of it.
pub fn digest_of_secret(key: &str) -> String {
    hex::encode(Sha256::digest(secret(key)))
}
