//! Who there is, and the changes of rights that are allowed next.

use std::collections::{BTreeMap, BTreeSet};

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::labels::tag;
use super::member;
use crate::script::{
    Clearance, Contribution, Follow, Held, Holder, Name, Op, Policy, Role, Second, Step, Viewer,
};

/// The members, the node's own first, and their countries.
pub const MEMBERS: [(&str, &str); 4] =
    [("jp-cert", "JPN"), ("jp-power", "JPN"), ("ee-cert", "EST"), ("fr-cert", "FRA")];

/// The communities, and whether they open content from joining on.
const COMMUNITIES: [(&str, bool); 2] = [("quad", false), ("ring", true)];

/// The people there are at first: member, roles, level.
const PEOPLE: [(&str, &str, &[Role], Option<&str>); 6] = [
    ("jp-ana", "jp-cert", &[Role::Analyst], Some("SECRET")),
    ("jp-low", "jp-cert", &[Role::Reader], None),
    ("jp-ops", "jp-power", &[Role::Reader], Some("UNCLASSIFIED")),
    ("ee-ana", "ee-cert", &[Role::Analyst, Role::Auditor], Some("RESTRICTED")),
    ("fr-aud", "fr-cert", &[Role::Auditor, Role::Quarantine], Some("SECRET")),
    ("fr-adm", "fr-cert", &[Role::Admin], Some("RESTRICTED")),
];

/// What a script has made so far.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub now: Second,
    pub given: Vec<Contribution>,
    creators: BTreeMap<u32, Option<Name>>,
    pub(super) opening: Vec<Op>,
    /// Community and member → until when.
    joined: BTreeMap<(Name, Name), Option<Second>>,
    clients: BTreeSet<(Name, Name)>,
    people: BTreeMap<Name, Name>,
    /// Key → person.
    keys: BTreeMap<Name, Name>,
    expiries: BTreeMap<Name, Second>,
    auditors: BTreeSet<Name>,
    removed: BTreeSet<Name>,
    revoked: BTreeSet<Name>,
    /// The newest version of each imported policy.
    pub(super) policies: BTreeMap<Name, Policy>,
    numbered: u32,
}

impl World {
    /// A node with its members, people and communities.
    pub fn found(random: &mut StdRng) -> Self {
        let mut world = Self::default();
        for (name, country) in MEMBERS {
            world.opening.push(Op::AddMember { name: name.to_owned(), country: country.to_owned() });
        }
        for (name, from_joining) in COMMUNITIES {
            world.opening.push(Op::AddCommunity { name: name.to_owned(), from_joining });
        }
        world.enter("quad", "jp-cert");
        world.enter("quad", "ee-cert");
        world.enter("ring", "fr-cert");
        world.opening.push(Op::ClientOf { client: "jp-power".to_owned(), of: "jp-cert".to_owned() });
        world.clients.insert(("jp-power".to_owned(), "jp-cert".to_owned()));
        world.import_first_policies(random);
        for (name, member, roles, level) in PEOPLE {
            world.people.insert(name.to_owned(), member.to_owned());
            if roles.contains(&Role::Auditor) {
                world.auditors.insert(name.to_owned());
            }
            world.opening.push(Op::AddPerson {
                name: name.to_owned(),
                member: member.to_owned(),
                roles: roles.iter().copied().collect(),
            });
            let Some(level) = level else { continue };
            let exercise = held(level, random);
            let clearance = super::policies::grant(random, exercise);
            world.opening.push(Op::SetClearance { holder: Holder::Person(name.to_owned()), clearance });
        }
        for (key, person) in [("jp-key", "jp-ana"), ("ee-key", "ee-ana")] {
            world.keys.insert(key.to_owned(), person.to_owned());
            let (name, person) = (key.to_owned(), person.to_owned());
            world.opening.push(Op::AddKey { name, person, read_only: false, expires: None });
        }
        if random.random_bool(0.5) {
            let clearance = held("RESTRICTED", random);
            world.opening.push(Op::SetClearance { holder: Holder::Key("jp-key".to_owned()), clearance });
        }
        for object in 0..super::NUMBERS {
            let creator = match random.random_range(0..10) {
                0..6 => Some(member(random)),
                6..9 => Some("knowledge".to_owned()),
                _ => None,
            };
            world.creators.insert(object, creator);
        }
        world
    }

    fn enter(&mut self, community: &str, member: &str) {
        let (community, member) = (community.to_owned(), member.to_owned());
        self.joined.insert((community.clone(), member.clone()), None);
        self.opening.push(Op::Join { community, member, from: None, until: None });
    }

    /// The steps that found the node.
    pub fn opening(&self) -> Vec<Step> {
        self.opening.iter().cloned().map(Step::Do).collect()
    }

    /// Who is said to have created an object.
    pub fn creator(&self, object: u32) -> Option<&str> {
        self.creators.get(&object)?.as_deref()
    }

    /// Somebody who writes for a member.
    pub fn writer(&self, member: &str) -> Option<Name> {
        let found = self.people.iter().find(|(person, of)| *of == member && !self.removed.contains(*person));
        found.map(|(person, _)| person.clone())
    }

    pub fn is_auditor(&self, person: &str) -> bool {
        self.auditors.contains(person)
    }

    /// Everybody who ever could read, those who no longer can included.
    pub fn viewers(&self) -> Vec<Viewer> {
        let people = self.people.keys().map(|person| Viewer::person(person));
        let keys = self.keys.iter().map(|(key, person)| Viewer::key(person, key));
        people.chain(keys).collect()
    }

    /// A change of rights that is allowed now.
    pub fn change(&mut self, random: &mut StdRng) -> Option<Op> {
        match random.random_range(0..27) {
            0..8 => self.join(random),
            8..11 => self.leave(random),
            11..13 => self.client(random),
            13..17 => self.clear(random),
            17 => self.set_roles(random),
            18 | 19 => self.add_key(random),
            20 => self.revoke_key(random),
            21 => self.remove_person(random),
            24..27 => self.import_policy(random),
            _ => Some(follow(random)),
        }
    }

    fn join(&mut self, random: &mut StdRng) -> Option<Op> {
        let community = COMMUNITIES.choose(random).map_or("ring", |(name, _)| name).to_owned();
        let member = member(random);
        let place = (community.clone(), member.clone());
        if self.joined.get(&place).is_some_and(|until| until.is_none_or(|until| until > self.now)) {
            return None;
        }
        let from = random.random_bool(0.3).then(|| self.now + random.random_range(-10..10));
        let until =
            random.random_bool(0.4).then(|| self.now.max(from.unwrap_or(0)) + random.random_range(1..25));
        self.joined.insert(place, until);
        Some(Op::Join { community, member, from, until })
    }

    fn leave(&mut self, random: &mut StdRng) -> Option<Op> {
        let gone = self.joined.keys().choose(random)?.clone();
        self.joined.remove(&gone);
        Some(Op::Leave { community: gone.0, member: gone.1 })
    }

    fn client(&mut self, random: &mut StdRng) -> Option<Op> {
        let (client, of) = (member(random), member(random));
        let link = (client.clone(), of.clone());
        if self.clients.remove(&link) {
            return Some(Op::NotClientOf { client, of });
        }
        if client == of || self.clients.contains(&(of.clone(), client.clone())) {
            return None;
        }
        self.clients.insert(link);
        Some(Op::ClientOf { client, of })
    }

    fn clear(&mut self, random: &mut StdRng) -> Option<Op> {
        let holder = match random.random_range(0..8) {
            0 => Holder::Node,
            1 => Holder::Member(member(random)),
            2 => Holder::Key(self.keys.keys().choose(random)?.clone()),
            _ => Holder::Person(self.people.keys().choose(random)?.clone()),
        };
        if !self.stands(&holder) {
            return None;
        }
        let level = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"].choose(random)?;
        let exercise = held(level, random);
        let clearance = self.with_other_policies(random, exercise);
        Some(Op::SetClearance { holder, clearance })
    }

    fn stands(&self, holder: &Holder) -> bool {
        match holder {
            Holder::Node | Holder::Member(_) => true,
            Holder::Person(person) => !self.removed.contains(person),
            Holder::Key(key) => {
                let person = self.keys.get(key);
                let lasts = self.expiries.get(key).is_none_or(|end| *end > self.now);
                lasts
                    && !self.revoked.contains(key)
                    && person.is_some_and(|person| !self.removed.contains(person))
            }
        }
    }

    fn set_roles(&mut self, random: &mut StdRng) -> Option<Op> {
        let person =
            self.people.keys().filter(|person| !self.removed.contains(*person)).choose(random)?.clone();
        let all = [Role::Reader, Role::Analyst, Role::Auditor, Role::Quarantine, Role::Releaser];
        let roles: BTreeSet<Role> = all.choose_multiple(random, 2).copied().collect();
        if roles.contains(&Role::Auditor) {
            self.auditors.insert(person.clone());
        } else {
            self.auditors.remove(&person);
        }
        Some(Op::SetRoles { person, roles })
    }

    fn add_key(&mut self, random: &mut StdRng) -> Option<Op> {
        let person =
            self.people.keys().filter(|person| !self.removed.contains(*person)).choose(random)?.clone();
        self.numbered += 1;
        let name = format!("key-{}", self.numbered);
        self.keys.insert(name.clone(), person.clone());
        let expires = random.random_bool(0.5).then(|| self.now + random.random_range(1..20));
        if let Some(expires) = expires {
            self.expiries.insert(name.clone(), expires);
        }
        Some(Op::AddKey { name, person, read_only: random.random_bool(0.5), expires })
    }

    fn revoke_key(&mut self, random: &mut StdRng) -> Option<Op> {
        let standing = |key: &&Name| self.stands(&Holder::Key((*key).clone()));
        let name = self.keys.keys().filter(standing).choose(random)?.clone();
        self.revoked.insert(name.clone());
        Some(Op::RevokeKey { name })
    }

    /// Rarely, so that there remains somebody to read.
    fn remove_person(&mut self, random: &mut StdRng) -> Option<Op> {
        let person = ["fr-adm", "jp-low"].choose(random).map(|name| (*name).to_owned())?;
        if random.random_bool(0.5) || !self.removed.insert(person.clone()) {
            return None;
        }
        Some(Op::RemovePerson { person })
    }
}

fn follow(random: &mut StdRng) -> Op {
    let (member, created_by) = (member(random), "knowledge".to_owned());
    if random.random_bool(0.25) {
        return Op::Unfollow { member, created_by };
    }
    Op::Follow(Follow { member, created_by, source: self::member(random) })
}

/// A level of the policy EXERCISE with random categories.
fn held(level: &str, random: &mut StdRng) -> Clearance {
    let mut categories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for set in ["CODEWORD", "REGION"] {
        if random.random_bool(0.6) {
            categories.entry(set.to_owned()).or_default().insert(tag(random).to_owned());
        }
    }
    Clearance::from([("EXERCISE".to_owned(), Held { level: level.to_owned(), categories })])
}
