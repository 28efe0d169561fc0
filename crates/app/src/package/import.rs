//! Letting a package in.

use std::collections::HashSet;
use std::io::Read;

use kizuna_access::channel::Channel as Way;
use kizuna_access::{Label, MemberId, Party};
use kizuna_federation::guard::{
    Expectation, Failed, Finding, Kind, Knowledge, Passed, Refused, Rules, Schemas, Sealed, Unopened,
};
use kizuna_federation::package::Manifest;
use kizuna_stix::{Fault, Id, Object, Severity};
use kizuna_store::Quarantined;
use serde::Serialize;
use serde_json::json;

use super::place::Draft;
use super::report::{KEPT, Outcome, PackageReport};
use super::{Incoming, PACKAGE, RECEIVED, Ranks, ReceivedStand, rules, seal, verifier};
use crate::ingest::{Delivery, Giver, Origin};
use crate::people::Caller;
use crate::{AppError, Node};

/// Octets of a refused package that the quarantine holds itself; of a larger one, where it lies.
const QUARANTINED: u64 = 1 << 20;
/// Objects in one envelope.
const ENVELOPE: usize = 5_000;

/// A package as it came.
struct Came {
    octets: Draft,
    length: u64,
    sha256: String,
}

/// What became of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The channel that opened it; nothing where none did.
    pub channel: Option<String>,
    #[serde(flatten)]
    pub report: PackageReport,
}

/// How far it is, for a progress bar: objects that the guard looked at, or that were stored, and how many there are.
pub type Arrived<'a> = &'a (dyn Fn(u64, u64) + Sync);

impl Node {
    /// Takes a package through the guard, and in, where it passes: all of it or nothing. What is refused is kept on its
    /// own side with a report, which is the answer in both cases.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node; [`AppError::NotFound`] for no channel of this name;
    /// [`AppError::Unavailable`] where the disk refuses.
    pub fn import_package(
        &self,
        caller: &Caller,
        channel: Option<&str>,
        from: impl Read,
        tell: Arrived<'_>,
    ) -> Result<Imported, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let channels = match channel {
            Some(name) => vec![self.incoming(name)?],
            None => self.all_incoming()?,
        };
        let (octets, length, sha256) = self.take_over(from)?;
        let came = Came { octets, length, sha256 };
        let Some(channel) = self.that_opens(&channels, &came)? else {
            return self.unopened(caller, &channels, &came);
        };
        let lock = self.exchange_lock(&format!("package in {}", channel.name));
        let _one_at_a_time = lock.lock();
        let received = self.received(&channel.name)?;
        let (rules, schemas) = rules(channel.rules.as_deref())?;
        let mut claims = None;
        match self.guarded(&channel, &received, &came, (&rules, &schemas), &mut claims, tell) {
            Ok(passed) => self.let_in(caller, &channel, received, &came, (&passed, &rules), tell),
            Err(Stopped::App(error)) => Err(error),
            Err(Stopped::Guard(Refused::Io(error))) => Err(came.octets.failed(&error)),
            Err(Stopped::Guard(Refused::Found { findings, failed })) => {
                self.keep_out(caller, &channel, received, &came, claims.as_ref(), (findings, failed))
            }
        }
    }

    /// The channel whose identity opens it.
    fn that_opens(&self, channels: &[Incoming], came: &Came) -> Result<Option<Incoming>, AppError> {
        for channel in channels {
            let identity = self.identity_of(channel)?;
            match seal::decrypt(came.octets.reader()?, &identity) {
                Ok(_) => return Ok(Some(channel.clone())),
                Err(Unopened::Io(error)) => return Err(came.octets.failed(&error)),
                Err(Unopened::NotForUs(_) | Unopened::Broken(_)) => {}
            }
        }
        // Where there is one channel only, it is the one that is meant.
        Ok(if let [one] = channels { Some(one.clone()) } else { None })
    }

    fn identity_of(&self, channel: &Incoming) -> Result<age::x25519::Identity, AppError> {
        let gone = || {
            AppError::Unavailable(format!(
                "the identity of the channel {} does not open with this node's key",
                channel.name
            ))
        };
        let sealed = hex::decode(&channel.identity).map_err(|_| gone())?;
        let plain = self.vault.unseal(&seal::binding(&channel.name), &sealed).ok_or_else(gone)?;
        seal::identity(std::str::from_utf8(&plain).map_err(|_| gone())?)
    }

    /// The guard, stage by stage.
    fn guarded(
        &self,
        channel: &Incoming,
        received: &ReceivedStand,
        came: &Came,
        (rules, schemas): (&Rules, &Schemas),
        claims: &mut Option<Manifest>,
        tell: Arrived<'_>,
    ) -> Result<Passed, Stopped> {
        let directory = self.directory()?;
        let ring = self.key_ring()?;
        let pinned = received.stand.last.as_ref().map(|last| last.log.clone());
        let log = channel.log.clone().or(pinned).map(|key| verifier(&key)).transpose()?;
        let expected = Expectation {
            channel: channel.name.clone(),
            from: channel.from,
            to: self.own_member_id()?,
            ceiling: channel.ceiling.clone(),
            node_ceiling: Self::node_ceiling(&directory, self.now()),
            log,
            witnesses: channel.witnesses.iter().map(|key| verifier(key)).collect::<Result<_, _>>()?,
        };
        let levels = Ranks(&directory);
        let knowledge = Knowledge { ring: &ring, levels: &levels, rules, schemas, now: self.now() };
        let identity = self.identity_of(channel)?;
        let octets = came.octets.reader()?;
        let opened = Sealed::new(octets).open(|octets| seal::decrypt(octets, &identity))?;
        let total = opened.claims().objects;
        *claims = Some(opened.claims().clone());
        let authentic = opened.authenticate(&expected, &knowledge)?;
        let next = authentic.in_sequence(&received.stand)?;
        let inspected = next.inspect(&expected, &knowledge, &mut |done| tell(done, total))?;
        let held = self.held(channel, inspected.needed())?;
        Ok(inspected.closed(&held)?)
    }

    /// Which of these the channel's view of this node holds.
    fn held<'a>(
        &self,
        channel: &Incoming,
        needed: impl Iterator<Item = &'a Id>,
    ) -> Result<HashSet<Id>, AppError> {
        let who = self.directory()?.authenticate_person(channel.account, self.now())?;
        let view = self.store.view(&who)?;
        let mut held = HashSet::new();
        for id in needed {
            if view.object(id)?.is_some() {
                held.insert(id.clone());
            }
        }
        Ok(held)
    }

    /// Stores what passed, made again from what it says, through the channel's way.
    fn let_in(
        &self,
        caller: &Caller,
        channel: &Incoming,
        received: ReceivedStand,
        came: &Came,
        (passed, rules): (&Passed, &Rules),
        tell: Arrived<'_>,
    ) -> Result<Imported, AppError> {
        let giver = self.channel_giver(channel)?;
        let identity = self.identity_of(channel)?;
        let manifest = passed.manifest();
        let mut report = report(self, came, Some(manifest), Outcome::Passed);
        report.skipped = passed.skipped().to_vec();
        let octets = came.octets.reader()?;
        let changed = |refused: Refused| match refused {
            Refused::Io(error) => came.octets.failed(&error),
            Refused::Found { findings, .. } => {
                AppError::Conflict(findings.first().map(ToString::to_string).unwrap_or_default())
            }
        };
        let mut contents = passed
            .contents(Sealed::new(octets), |octets| seal::decrypt(octets, &identity))
            .map_err(changed)?;
        let mut done = 0;
        let mut waiting: Vec<Object> = Vec::new();
        loop {
            let next = contents.objects(rules).map_err(changed)?;
            let is_last = next.is_none();
            waiting.extend(next.unwrap_or_default());
            if waiting.len() < ENVELOPE && !is_last {
                continue;
            }
            if !waiting.is_empty() {
                let stored = self.take_in(&giver, &envelope(&waiting), &Delivery::default())?;
                report.stored += stored.stored as u64;
                report.known += stored.duplicates as u64;
                report.quarantined += stored.quarantined as u64;
                done += waiting.len() as u64;
                waiting.clear();
                tell(done, manifest.objects);
            }
            if is_last {
                break;
            }
        }
        let stand = passed.stand_after(received.stand.clone());
        let detail = json!({
            "channel": channel.name,
            "sequence": manifest.sequence,
            "from": channel.from,
            "digest": passed.digest(),
            "objects": manifest.objects,
            "skipped": report.skipped,
        });
        self.audit_channel(caller, "package.imported", detail)?;
        self.keep_report(channel, ReceivedStand { stand, ..received }, &report)?;
        Ok(Imported { channel: Some(channel.name.clone()), report })
    }

    /// Keeps what was refused on its own side. Of what is above a ceiling the digest is kept, and nothing else.
    fn keep_out(
        &self,
        caller: &Caller,
        channel: &Incoming,
        received: ReceivedStand,
        came: &Came,
        claims: Option<&Manifest>,
        (findings, failed): (Vec<Finding>, Vec<Failed>),
    ) -> Result<Imported, AppError> {
        let mut report = report(self, came, claims, Outcome::Refused);
        report.findings = findings;
        let is_spillage = report.names(Kind::AboveCeiling);
        let mut set_aside = Vec::new();
        if !is_spillage {
            report.kept = Some(format!("packages/refused/{}.age", came.sha256));
            set_aside = quarantined(channel, came, &report, failed)?;
            self.keep_refused(&came.octets, &came.sha256)?;
        }
        for batch in set_aside.chunks(100) {
            self.store.writer().contribute(Vec::new(), batch.to_vec())?;
        }
        self.audit_refused(caller, Some(&channel.name), &report)?;
        self.keep_report(channel, received, &report)?;
        Ok(Imported { channel: Some(channel.name.clone()), report })
    }

    /// No channel opens it: whose it is cannot be told.
    fn unopened(&self, caller: &Caller, channels: &[Incoming], came: &Came) -> Result<Imported, AppError> {
        if channels.is_empty() {
            return Err(AppError::Conflict(
                "no channel expects packages here: kizuna channel expect NAME --from MEMBER".to_owned(),
            ));
        }
        let mut report = report(self, came, None, Outcome::Refused);
        let says = "no channel's identity opens it: for another recipient, or changed".to_owned();
        report.findings = vec![Finding::new(Kind::Unopened, "package", says)];
        report.kept = Some(self.keep_refused(&came.octets, &came.sha256)?);
        self.audit_refused(caller, None, &report)?;
        Ok(Imported { channel: None, report })
    }

    fn audit_refused(
        &self,
        caller: &Caller,
        channel: Option<&str>,
        report: &PackageReport,
    ) -> Result<(), AppError> {
        let mut kinds: Vec<Kind> = report.findings.iter().map(|finding| finding.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let detail = json!({
            "channel": channel,
            "sequence": report.sequence,
            "sha256": report.sha256,
            "findings": kinds,
        });
        self.audit_channel(caller, "package.refused", detail)
    }

    fn keep_report(
        &self,
        channel: &Incoming,
        mut received: ReceivedStand,
        report: &PackageReport,
    ) -> Result<(), AppError> {
        received.reports.push(report.clone());
        let surplus = received.reports.len().saturating_sub(KEPT);
        received.reports.drain(..surplus);
        self.keep_json(RECEIVED, &channel.name, &received)
    }

    fn channel_giver(&self, channel: &Incoming) -> Result<Giver, AppError> {
        Ok(Giver {
            source: channel.from,
            by: None,
            channel: way_name(channel),
            way: self.channel_way(channel.from)?,
            origin: Origin::Peer { hosted: [channel.from].into() },
            reliability: None,
            is_releaser: false,
        })
    }

    /// What the way of a channel adds: what is unmarked is for this node's own member, to which it was given, and the
    /// sender.
    fn channel_way(&self, from: MemberId) -> Result<Way, AppError> {
        let parties = [Party::Member(self.own_member_id()?), Party::Member(from)];
        Ok(Way::with_default(Label::builder().rel(parties).label()).over(true))
    }

    /// What the way of the channel of this name adds; nothing where there is none any more.
    pub(crate) fn way_of_channel(&self, name: &str) -> Result<Option<Way>, AppError> {
        self.member_of_channel(name)?.map(|from| self.channel_way(from)).transpose()
    }
}

/// Why the guard did not come to its end.
enum Stopped {
    Guard(Refused),
    App(AppError),
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Guard(refused)
    }
}

impl From<AppError> for Stopped {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

/// What the quarantine holds of a refused package: the objects that failed, else the package.
fn quarantined(
    channel: &Incoming,
    came: &Came,
    report: &PackageReport,
    failed: Vec<Failed>,
) -> Result<Vec<Quarantined>, AppError> {
    let one = |bytes: Vec<u8>, id: Option<String>, findings: &[Finding]| Quarantined {
        source: channel.from,
        by: None,
        channel: way_name(channel),
        received: report.at,
        bytes,
        id,
        faults: findings.iter().map(fault).collect(),
    };
    if failed.is_empty() {
        let bytes = if came.length <= QUARANTINED {
            let mut bytes = Vec::new();
            let mut octets = came.octets.reader()?;
            octets.read_to_end(&mut bytes).map_err(|error| came.octets.failed(&error))?;
            bytes
        } else {
            json!({ "sha256": came.sha256, "octets": came.length, "kept": report.kept }).to_string().into()
        };
        return Ok(vec![one(bytes, None, &report.findings)]);
    }
    let each = |failed: Failed| {
        let id = failed.finding.object.clone();
        one(failed.octets, id, &[failed.finding])
    };
    Ok(failed.into_iter().map(each).collect())
}

fn way_name(channel: &Incoming) -> String {
    format!("{PACKAGE}{}", channel.name)
}

fn envelope(objects: &[Object]) -> Vec<u8> {
    let mut bytes = Vec::from(*b"{\"objects\":[");
    for (index, object) in objects.iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(object.canonical());
    }
    bytes.extend_from_slice(b"]}");
    bytes
}

fn report(node: &Node, came: &Came, manifest: Option<&Manifest>, outcome: Outcome) -> PackageReport {
    PackageReport {
        at: node.now(),
        outcome,
        sha256: came.sha256.clone(),
        octets: came.length,
        sequence: manifest.map(|manifest| manifest.sequence),
        digest: manifest.map(|manifest| manifest.digest().to_string()),
        made: manifest.map(|manifest| manifest.made),
        findings: Vec::new(),
        skipped: Vec::new(),
        objects: manifest.map_or(0, |manifest| manifest.objects),
        stored: 0,
        known: 0,
        quarantined: 0,
        kept: None,
    }
}

fn fault(finding: &Finding) -> Fault {
    let rule = format!("{}: {}", finding.kind, finding.says);
    Fault { severity: Severity::Error, path: finding.place.clone(), rule }
}
