//! A sender with a key, a log and a channel, and a receiver that expects it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use kizuna_access::rights::{Introduction, Signer};
use kizuna_access::{Directory, Label, MemberId, Recorded, Rights, label::Tlp, marking};
use kizuna_attest::{KeyRing, Purpose, SecretKey};
use kizuna_federation::guard::{
    Expectation, Knowledge, Levels, Passed, Refused, Rules, Schemas, Sealed, Stand,
};
use kizuna_federation::package::{Digest, Draft, Holds, LogEnd, Manifest, Shown, log_parts, write};
use kizuna_stix::{Id, Object};
use kizuna_tlog::second::{self, Kept, Opening, Second};
use kizuna_tlog::{Checkpoint, Hash, Head, Note, leaf_hash, node_hash};
use serde_json::{Value, json};
use uuid::Uuid;

pub const HIGH: MemberId = MemberId(Uuid::from_u128(0x1111_1111_1111_4111_8111_1111_1111_1111));
pub const LOW: MemberId = MemberId(Uuid::from_u128(0x2222_2222_2222_4222_8222_2222_2222_2222));
pub const CHANNEL: &str = "south";

pub fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// Levels of the policy EXERCISE.
pub struct Exercise;

impl Levels for Exercise {
    fn rank(&self, policy: &str, level: &str) -> Option<usize> {
        let levels = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"];
        levels.iter().position(|known| policy == "EXERCISE" && *known == level)
    }
}

pub fn ceiling() -> Label {
    Label::builder().tlp(Tlp::Amber).class("EXERCISE", "RESTRICTED").label()
}

pub struct Scene {
    pub secret: SecretKey,
    pub ring: KeyRing,
    pub rules: Rules,
    pub schemas: Schemas,
    pub now: Timestamp,
    pub log: kizuna_tlog::Signer,
    pub leaves: Vec<Hash>,
    pub previous: Option<(Manifest, u64)>,
}

impl Scene {
    pub fn new() -> Self {
        let secret = SecretKey::from_seed(&[7; 32]);
        let mut directory = Directory::default();
        let rights = Rights::SigningKeyIntroduced {
            signer: Signer::Member(HIGH),
            key: secret.public().to_string(),
            from: None,
            how: Introduction::Made,
        };
        let at = noon() - SignedDuration::from_hours(24);
        directory.apply(&Recorded { epoch: 1, at, rights });
        let rules = Rules::default();
        let schemas = Schemas::under(&rules).unwrap();
        let log = kizuna_tlog::Signer::new("log.example/south".parse().unwrap(), &[9; 32]);
        let ring = KeyRing::of(&directory);
        Self { secret, ring, rules, schemas, now: noon(), log, leaves: Vec::new(), previous: None }
    }

    /// The next package, of these objects.
    pub fn export(&mut self, objects: &[Value]) -> Vec<u8> {
        self.export_as(objects, Holds::Since, |_| {})
    }

    /// The same, with its manifest changed before it is signed.
    pub fn export_as(
        &mut self,
        objects: &[Value],
        holds: Holds,
        change: impl FnOnce(&mut Manifest),
    ) -> Vec<u8> {
        let lines: Vec<Vec<u8>> = objects.iter().map(kizuna_stix::canonical::to_vec).collect();
        self.export_lines(&lines, holds, change)
    }

    pub fn export_lines(
        &mut self,
        lines: &[Vec<u8>],
        holds: Holds,
        change: impl FnOnce(&mut Manifest),
    ) -> Vec<u8> {
        let (openings, leaf) = opened(lines, self.leaves.len() as u64);
        self.leaves.push(leaf);
        let size = self.leaves.len() as u64;
        let path = inclusion(self.leaves.len() - 1, &self.leaves);
        let mut draft = Draft::new(Vec::new());
        for (line, opening) in lines.iter().zip(openings) {
            draft.add(line, &Shown { index: size - 1, path: path.clone(), opening }).unwrap();
        }
        let drafted = draft.finish().unwrap();
        let head = Head { size, root: root(&self.leaves) };
        let text = Checkpoint::new("log.example/south", head).text();
        let note = Note::new(text.clone(), vec![self.log.sign(&text)]).unwrap();
        let checkpoint = note.to_string().into_bytes();
        let since = self.previous.as_ref().map(|(_, size)| *size);
        let consistency = since.map(|since| {
            let path = consistency(usize::try_from(since).unwrap(), &self.leaves, true);
            path.iter().flat_map(|hash| [hash.to_string(), "\n".to_owned()]).collect::<String>().into_bytes()
        });
        let mut parts = log_parts(&checkpoint, consistency.as_deref());
        parts.extend(drafted.parts);
        let mut manifest = Manifest {
            ceiling: ceiling(),
            channel: CHANNEL.to_owned(),
            from: HIGH,
            holds,
            log: LogEnd { key: self.log.verifier().to_string(), size, since },
            made: self.now,
            objects: drafted.objects,
            parts,
            previous: self.previous.as_ref().map(|(manifest, _)| manifest.digest()),
            recipients: vec!["age1example".to_owned()],
            sequence: self.previous.as_ref().map_or(1, |(manifest, _)| manifest.sequence + 1),
            to: LOW,
            version: 1,
        };
        change(&mut manifest);
        let seal = self.secret.sign(Purpose::Package, &manifest.octets());
        let mut out = Vec::new();
        write(&mut out, (&manifest, &seal), &checkpoint, consistency.as_deref(), &drafted.out[..]).unwrap();
        self.previous = Some((manifest, size));
        out
    }

    pub fn expected() -> Expectation {
        Expectation {
            channel: CHANNEL.to_owned(),
            from: HIGH,
            to: LOW,
            ceiling: ceiling(),
            node_ceiling: None,
            log: None,
            witnesses: Vec::new(),
        }
    }

    pub fn guard(&self, octets: &[u8], stand: &Stand) -> Result<Passed, Refused> {
        self.guard_as(&Self::expected(), octets, stand, &HashSet::new())
    }

    pub fn guard_as(
        &self,
        expected: &Expectation,
        octets: &[u8],
        stand: &Stand,
        held: &HashSet<Id>,
    ) -> Result<Passed, Refused> {
        let knowledge = Knowledge {
            ring: &self.ring,
            levels: &Exercise,
            rules: &self.rules,
            schemas: &self.schemas,
            now: self.now,
        };
        let opened = Sealed::new(octets).open(Ok)?;
        let authentic = opened.authenticate(expected, &knowledge)?;
        let inspected = authentic.in_sequence(stand)?.inspect(expected, &knowledge, &mut |_| {})?;
        inspected.closed(held)
    }

    /// The names of what is found wrong; none where it passes.
    pub fn found(&self, octets: &[u8], stand: &Stand) -> Vec<&'static str> {
        names(self.guard(octets, stand))
    }
}

pub fn names(judged: Result<Passed, Refused>) -> Vec<&'static str> {
    match judged {
        Ok(_) => Vec::new(),
        Err(Refused::Io(error)) => panic!("nothing is read from a disk here: {error}"),
        Err(Refused::Found { findings, .. }) => {
            assert!(!findings.is_empty(), "a refusal says why");
            findings.iter().map(|finding| finding.kind.as_str()).collect()
        }
    }
}

pub fn passed(judged: Result<Passed, Refused>, before: Stand) -> Stand {
    match judged {
        Ok(passed) => passed.stand_after(before),
        Err(refused) => panic!("it should pass: {refused:?}"),
    }
}

/// The entries of one second and its leaf.
fn opened(lines: &[Vec<u8>], second: u64) -> (Vec<Opening>, Hash) {
    let digests: Vec<[u8; 32]> = lines.iter().map(|line| Digest::of(line).0).collect();
    let entries: Vec<Hash> =
        digests.iter().map(|digest| second::version(&[1; 32], digest, &[2; 32])).collect();
    let seed = [3; 32];
    let placed = Second::place(seed, &entries);
    let parts: HashMap<u32, Vec<u8>> =
        placed.parts().into_iter().map(|part| (part.number, part.octets)).collect();
    let part = |number: u32| Ok::<_, std::convert::Infallible>(parts.get(&number).cloned());
    let kept = Kept { seed: &seed, entries: placed.len(), part: &part };
    let openings = entries.iter().map(|entry| {
        let found = kept.find(entry).unwrap().unwrap();
        Opening { second, place: found.place, salt: [1; 32], label: [2; 32], path: found.path }
    });
    (openings.collect(), leaf_hash(&second::entry(second, &placed.root())))
}

/// RFC 6962 §2.1, as it is written there.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(half(more.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

fn half(count: usize) -> usize {
    count.next_power_of_two() / 2
}

fn inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(half(leaves.len()));
    let mut path;
    if index < left.len() {
        path = inclusion(index, left);
        path.push(root(right));
    } else {
        path = inclusion(index - left.len(), right);
        path.push(root(left));
    }
    path
}

fn consistency(old: usize, leaves: &[Hash], is_whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if is_whole { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(half(leaves.len()));
    let mut path;
    if old <= left.len() {
        path = consistency(old, left, is_whole);
        path.push(root(right));
    } else {
        path = consistency(old - left.len(), right, false);
        path.push(root(left));
    }
    path
}

/// An object of a type with these properties.
#[allow(clippy::needless_pass_by_value)] // Tests write the properties in place.
pub fn object(kind: &str, number: u32, properties: Value) -> Value {
    let mut object = json!({
        "type": kind, "spec_version": "2.1", "id": format!("{kind}--00000000-0000-4000-8000-{number:012}"),
        "created": "2026-11-01T00:00:00.000Z", "modified": "2026-11-02T00:00:00.000Z",
        "object_marking_refs": [marking::tlp_id(Tlp::Green)],
    });
    for (name, value) in properties.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

pub fn tool(number: u32) -> Value {
    object("tool", number, json!({ "name": format!("道具 {number}") }))
}

/// A marking for this label, and an object under it.
pub fn marked(label: &Label, object: Value) -> Vec<Value> {
    let minted: Vec<Object> = marking::mint(label).unwrap();
    let ids: Vec<&str> = minted.iter().map(|marking| marking.id().as_str()).collect();
    let mut object = object;
    object["object_marking_refs"] = json!(ids);
    let minted = minted.iter().filter(|marking| marking::well_known(marking.id()).is_none());
    let mut all: Vec<Value> = minted.map(|marking| Value::Object(marking.value().clone())).collect();
    all.push(object);
    all
}
