//! The guard at a domain boundary: what a package goes through before anything of it is let in.
//!
//! ```text
//! Sealed ─ Opened ─ Authentic ─ InSequence ─┬─ each object: Parsed ─ Normal ─ Allowed ─ Labelled ─ Proven ─┬─ Closed ─ Passed
//!                                           └──────────────── one failure refuses all ─────────────────────┘
//! ```
//!
//! Every stage is a type that only the one before it makes, so there is no way to [`Passed`] around any of them, and
//! content is only given out by [`Passed`], made again from what was parsed. What is wrong has a name ([`Kind`]).

mod finding;
mod level;
pub mod object;
mod passed;
mod rules;
mod schema;
mod sequence;
mod text;

use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::{Label, MemberId};
use kizuna_attest::{KeyRing, Refusal};
use kizuna_stix::Id;
use kizuna_tlog::{Checkpoint, Hash, Note, Signed as NoteSigned, Use, Verifier, proof};

pub use finding::{Failed, Finding, Kind, Refused};
pub use level::{Levels, above};
pub use passed::{Contents, Passed};
pub use rules::{BadRules, Removed, Rules, RulesFile, Sizes};
pub use schema::{BadSchema, Schemas};
pub use sequence::{Last, Stand};

use crate::package::{BadPackage, Content, Digest, Manifest, Opened as Reader, Proofs};
use object::{Definitions, Parsed};

/// How far ahead of this node's clock a package may be dated: what an object may.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// Findings about objects that a report names; the rest is counted by the last of them.
const MOST_FINDINGS: usize = 200;

/// What a channel expects.
#[derive(Debug, Clone)]
pub struct Expectation {
    pub channel: String,
    pub from: MemberId,
    pub to: MemberId,
    pub ceiling: Label,
    /// What the node is accredited up to, where it has a ceiling.
    pub node_ceiling: Option<Label>,
    /// The log that proofs must be of; without one, the one of the first package is from then on.
    pub log: Option<Verifier>,
    /// Who must have co-signed its checkpoint.
    pub witnesses: Vec<Verifier>,
}

/// What the guard knows beside the package.
pub struct Knowledge<'a> {
    pub ring: &'a KeyRing,
    pub levels: &'a dyn Levels,
    pub rules: &'a Rules,
    pub schemas: &'a Schemas,
    pub now: Timestamp,
}

/// Octets that claim to be a package, still sealed.
pub struct Sealed<R> {
    octets: R,
}

/// What could not be opened.
#[derive(Debug)]
pub enum Unopened {
    Io(std::io::Error),
    /// No identity of the channel opens it.
    NotForUs(String),
    /// No sealed octets at all, or changed ones.
    Broken(String),
}

/// Unsealed, and its manifest can be read.
pub struct Opened<R> {
    reader: Reader<R>,
}

/// Its manifest is what the expected sender signed, for this channel and this recipient.
pub struct Authentic<R> {
    reader: Reader<R>,
    digest: Digest,
}

/// It is the next one.
pub struct InSequence<R> {
    reader: Reader<R>,
    digest: Digest,
    /// Numbers that it leaves behind for good.
    skipped: Vec<u64>,
    log: Option<(u64, Hash)>,
}

/// Every object passed by itself; what they refer to is still to be found.
pub struct Inspected {
    manifest: Manifest,
    digest: Digest,
    skipped: Vec<u64>,
    log: Verifier,
    head: (u64, Hash),
    /// What is not in the package, with where it is first referred to.
    needed: BTreeMap<Id, String>,
}

impl<R> Sealed<R> {
    pub fn new(octets: R) -> Self {
        Self { octets }
    }

    /// Unseals it with what the caller has, and reads the manifest.
    pub fn open<O: BufRead>(
        self,
        unseal: impl FnOnce(R) -> Result<O, Unopened>,
    ) -> Result<Opened<O>, Refused> {
        let input = unseal(self.octets).map_err(|error| match error {
            Unopened::Io(error) => Refused::Io(error),
            Unopened::NotForUs(why) => Refused::one(Kind::Unopened, "package", why),
            Unopened::Broken(why) => Refused::one(Kind::Tampered, "package", why),
        })?;
        Ok(Opened { reader: Reader::read(input)? })
    }
}

impl<R> Opened<R> {
    /// What it says of itself; nothing of it is proven.
    pub fn claims(&self) -> &Manifest
    where
        R: BufRead,
    {
        self.reader.manifest()
    }
}

impl<R: BufRead> Opened<R> {
    /// Verifies who made it, for whom, and when.
    pub fn authenticate(
        self,
        expected: &Expectation,
        knowledge: &Knowledge<'_>,
    ) -> Result<Authentic<R>, Refused> {
        let refused = |kind, says: String| Err(Refused::one(kind, "manifest", says));
        let signed = self.reader.signed();
        let manifest = &signed.manifest;
        // Who it says that it is from is looked at first: whose key else should verify it?
        if manifest.from != expected.from {
            return refused(Kind::OtherSender, "it is from another member than the channel's".to_owned());
        }
        if let Err(refusal) = knowledge.ring.verify(signed.clone(), knowledge.now) {
            let kind = match refusal {
                Refusal::Altered | Refusal::WrongPurpose(_) => Kind::Forged,
                _ => Kind::UnknownKey,
            };
            return refused(kind, refusal.to_string());
        }
        if manifest.to != expected.to {
            return refused(Kind::OtherRecipient, "it is for another member than this node's".to_owned());
        }
        if manifest.channel != expected.channel {
            return refused(Kind::OtherChannel, format!("it is of the channel {}", manifest.channel));
        }
        let latest = knowledge.now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
        if manifest.made > latest {
            let says = format!("it is dated {}, ahead of this node's clock", manifest.made);
            return refused(Kind::Clock, says);
        }
        let digest = manifest.digest();
        Ok(Authentic { reader: self.reader, digest })
    }
}

impl<R: BufRead> Authentic<R> {
    /// Holds its number against what passed before.
    pub fn in_sequence(self, stand: &Stand) -> Result<InSequence<R>, Refused> {
        let skipped = sequence::next(self.reader.manifest(), self.digest, stand)?;
        // Over a gap the sender cannot know from where the receiver knows its log.
        let last = stand.last.as_ref().filter(|_| skipped.is_empty());
        let log = last.map(|last| (last.log_size, last.log_root()));
        Ok(InSequence { reader: self.reader, digest: self.digest, skipped, log })
    }
}

impl<R: BufRead> InSequence<R> {
    /// Takes every object through its stages. `tell` is called with how many are done.
    pub fn inspect(
        self,
        expected: &Expectation,
        knowledge: &Knowledge<'_>,
        tell: &mut dyn FnMut(u64),
    ) -> Result<Inspected, Refused> {
        let Self { mut reader, digest, skipped, log: before } = self;
        let manifest = reader.manifest().clone();
        if manifest.objects > knowledge.rules.sizes.objects {
            let says = format!("{} objects, {} are let in", manifest.objects, knowledge.rules.sizes.objects);
            return Err(Refused::one(Kind::OverLimit, "manifest", says));
        }
        let mut inspection = Inspection::new(expected, knowledge);
        let mut end: Option<(Verifier, Checkpoint)> = None;
        let mut is_continued = false;
        while let Some(content) = reader.content()? {
            match (content, &end) {
                (Content::Checkpoint(note), _) => end = Some(log_end(&note, &manifest, expected)?),
                (Content::Consistency(path), Some((_, checkpoint))) => {
                    goes_on(&path, &manifest, checkpoint, before)?;
                    is_continued = true;
                }
                (Content::Objects { name, count, objects, proofs }, Some((_, checkpoint))) => {
                    inspection.part(&name, count, &objects, &proofs, checkpoint)?;
                    tell(inspection.done);
                }
                (_, None) => {
                    return Err(BadPackage::Misplaced {
                        wanted: "checkpoint".to_owned(),
                        found: "another part".to_owned(),
                    }
                    .into());
                }
            }
        }
        let Some((log, checkpoint)) = end else {
            return Err(Refused::one(Kind::Misplaced, "package", "it has no checkpoint"));
        };
        if before.is_some() && !is_continued {
            let says = "it does not show that its log goes on from the package before";
            return Err(Refused::one(Kind::SplitLog, "consistency", says));
        }
        let needed = inspection.finish()?;
        let head = (checkpoint.head.size, checkpoint.head.root);
        Ok(Inspected { manifest, digest, skipped, log, head, needed })
    }
}

impl Inspected {
    /// What objects of the package refer to and the package does not have.
    pub fn needed(&self) -> impl Iterator<Item = &Id> {
        self.needed.keys()
    }

    /// Closes what is open with what is here already, as the channel's view holds it.
    pub fn closed(self, held: &HashSet<Id>) -> Result<Passed, Refused> {
        let open = self.needed.iter().filter(|(id, _)| !held.contains(*id));
        let findings: Vec<Finding> = open
            .take(MOST_FINDINGS)
            .map(|(id, place)| {
                Finding::new(
                    Kind::Unresolved,
                    place,
                    format!("it refers to {id}, which is not in the package"),
                )
            })
            .collect();
        if findings.is_empty() {
            let (size, root) = self.head;
            return Ok(Passed::new(self.manifest, self.digest, self.skipped, &self.log, (size, root)));
        }
        Err(Refused::Found { findings, failed: Vec::new() })
    }
}

/// Objects on their way, and what is gathered of them.
struct Inspection<'a> {
    knowledge: &'a Knowledge<'a>,
    ceilings: Vec<&'a Label>,
    definitions: Definitions,
    seen: HashSet<[u8; 16]>,
    needed: BTreeMap<Id, String>,
    failed: Vec<Failed>,
    more: u64,
    done: u64,
}

impl<'a> Inspection<'a> {
    fn new(expected: &'a Expectation, knowledge: &'a Knowledge<'a>) -> Self {
        let ceilings = [Some(&expected.ceiling), expected.node_ceiling.as_ref()];
        Self {
            knowledge,
            ceilings: ceilings.into_iter().flatten().collect(),
            definitions: Definitions::default(),
            seen: HashSet::new(),
            needed: BTreeMap::new(),
            failed: Vec::new(),
            more: 0,
            done: 0,
        }
    }

    fn part(
        &mut self,
        name: &str,
        count: usize,
        objects: &[u8],
        proofs: &[u8],
        checkpoint: &Checkpoint,
    ) -> Result<(), Refused> {
        let shown =
            Proofs::read(proofs, count).map_err(|why| Refused::one(Kind::Unproven, name, why.to_string()))?;
        let lines = lines(name, count, objects)?;
        for (number, (line, shown)) in lines.into_iter().zip(&shown).enumerate() {
            self.done += 1;
            let place = || format!("{name}:{}", number + 1);
            match self.object(line, shown, checkpoint) {
                Ok(proven) => {
                    let key = proven.id().key();
                    self.seen.insert(key);
                    self.needed.remove(proven.id());
                    for id in proven.needs() {
                        if !self.seen.contains(&id.key()) {
                            self.needed.entry(id).or_insert_with(place);
                        }
                    }
                }
                Err(finding) => self.fail(Finding { place: place(), ..finding }, line),
            }
        }
        Ok(())
    }

    fn object(
        &mut self,
        line: &[u8],
        shown: &crate::package::Shown,
        checkpoint: &Checkpoint,
    ) -> Result<object::Proven, Finding> {
        let Knowledge { rules, schemas, levels, .. } = *self.knowledge;
        let parsed = Parsed::read(line, rules)?;
        let normal = parsed.normal(line, rules)?;
        let allowed = normal.allowed(rules, schemas)?;
        let labelled = allowed.labelled(&mut self.definitions, &self.ceilings, levels)?;
        labelled.proven(shown, checkpoint)
    }

    fn fail(&mut self, finding: Finding, line: &[u8]) {
        if self.failed.len() >= MOST_FINDINGS {
            self.more += 1;
            return;
        }
        // What is above a ceiling leaves no octets here.
        let octets = if finding.kind == Kind::AboveCeiling { Vec::new() } else { line.to_vec() };
        self.failed.push(Failed { octets, finding });
    }

    fn finish(mut self) -> Result<BTreeMap<Id, String>, Refused> {
        if self.failed.is_empty() {
            return Ok(self.needed);
        }
        if let (Some(last), true) = (self.failed.last_mut(), self.more > 0) {
            let says = format!("{} (and {} more objects do not pass)", last.finding.says, self.more);
            last.finding.says = says;
        }
        let findings = self.failed.iter().map(|failed| failed.finding.clone()).collect();
        Err(Refused::Found { findings, failed: self.failed })
    }
}

/// The lines of a part: exactly as many as stated, each ended.
fn lines<'a>(name: &str, count: usize, octets: &'a [u8]) -> Result<Vec<&'a [u8]>, Refused> {
    let whole = octets.strip_suffix(b"\n");
    let lines: Vec<&[u8]> =
        whole.map(|text| text.split(|octet| *octet == b'\n').collect()).unwrap_or_default();
    if lines.len() == count {
        return Ok(lines);
    }
    Err(Refused::one(Kind::Malformed, name, "it does not have as many objects as the manifest states"))
}

/// The sender's log: the key that the manifest names has signed the checkpoint, and it is the one that is expected.
fn log_end(
    note: &[u8],
    manifest: &Manifest,
    expected: &Expectation,
) -> Result<(Verifier, Checkpoint), Refused> {
    let bad = |kind, says: String| Refused::one(kind, "checkpoint", says);
    let note = Note::read(note).map_err(|error| bad(Kind::Malformed, error.to_string()))?;
    let key: Verifier =
        manifest.log.key.parse().map_err(|_| bad(Kind::Malformed, "no key of a log".to_owned()))?;
    if expected.log.as_ref().is_some_and(|pinned| *pinned != key) {
        return Err(bad(Kind::OtherLog, "it is of another log than the channel's".to_owned()));
    }
    if !note.is_signed_by(&key) {
        return Err(bad(Kind::OtherLog, "the log has not signed it".to_owned()));
    }
    let checkpoint =
        Checkpoint::read(note.text()).map_err(|error| bad(Kind::Malformed, error.to_string()))?;
    if checkpoint.origin != key.name().as_str() || checkpoint.head.size != manifest.log.size {
        return Err(bad(Kind::OtherLog, "it is not the one that the manifest names".to_owned()));
    }
    for witness in &expected.witnesses {
        let key = witness.for_use(Use::Cosignature);
        if !matches!(note.signature_of(&key), NoteSigned::By { .. }) {
            return Err(bad(Kind::Unwitnessed, format!("{} has not co-signed it", witness.name())));
        }
    }
    Ok((key, checkpoint))
}

/// That the log goes on from what the package before it showed.
fn goes_on(
    path: &[u8],
    manifest: &Manifest,
    checkpoint: &Checkpoint,
    before: Option<(u64, Hash)>,
) -> Result<(), Refused> {
    let bad = |kind, says: String| Refused::one(kind, "consistency", says);
    // What it shows to somebody who knows nothing of before is for others.
    let Some((size, root)) = before else { return Ok(()) };
    let text = std::str::from_utf8(path).map_err(|_| bad(Kind::Malformed, "not text".to_owned()))?;
    let hashes: Result<Vec<Hash>, _> = text.lines().map(str::parse).collect();
    let hashes = hashes.map_err(|_| bad(Kind::Malformed, "a line is no hash".to_owned()))?;
    if manifest.log.since != Some(size) {
        let says = "it shows that its log goes on from elsewhere".to_owned();
        return Err(bad(Kind::SplitLog, says));
    }
    let head = &checkpoint.head;
    proof::consistency(size, head.size, &hashes, &root, &head.root)
        .map_err(|error| bad(Kind::SplitLog, error.to_string()))
}
