//! Transfer packages: what this node writes for a disk or a diode, and what it lets in from one.
//!
//! A channel is one direction between two members. On the sending side it is a viewer: what goes into a package is what
//! the channel's account may read, under the channel's ceiling. On the receiving side it is an expectation, with an age
//! identity of its own; [`kizuna_federation::guard`] decides, and what passed goes through the ordinary ingest by the
//! channel's way, so that it is still under the one gate.

mod export;
mod gather;
mod import;
mod place;
mod report;
mod seal;
pub mod verify;

use jiff::Timestamp;
use kizuna_access::label::Classification;
use kizuna_access::policy::reaches;
use kizuna_access::rights::{Clearance, Cleared, Holder};
use kizuna_access::{Directory, Label, MemberId, PersonId};
use kizuna_federation::guard::{Levels, Rules, Schemas, Stand};
use kizuna_federation::package::{Digest, Holds, is_name};
use kizuna_store::writer::{AuditEntry, Writer};
use kizuna_tlog::Verifier;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use export::{Exported, What};
pub use import::{Arrived, Imported};
pub use kizuna_federation::guard::{Finding, Kind};
pub use kizuna_federation::package;
pub use report::{Outcome, PackageReport};

use crate::people::Caller;
use crate::{AppError, Node};

/// Node state: channels on which packages are sent, by name.
const OUTGOING: &str = "channel.outgoing";
/// Node state: what was sent on each.
const SENT: &str = "channel.sent";
/// Node state: channels on which packages are expected, by name.
const INCOMING: &str = "channel.incoming";
/// Node state: how each of these stands.
const RECEIVED: &str = "channel.received";
/// The name of the way by which a channel's content comes.
pub(crate) const PACKAGE: &str = "package:";
/// Packages that a channel on the sending side lists.
const LISTED: usize = 1_000;

/// A channel on the sending side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub name: String,
    pub to: MemberId,
    /// As age writes them.
    pub recipients: Vec<String>,
    pub ceiling: Label,
    /// What the receiving guard lets in, where it is not the default: TOML.
    pub rules: Option<String>,
    /// Through whose view is read what is sent.
    account: PersonId,
}

/// A channel on the receiving side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incoming {
    pub name: String,
    pub from: MemberId,
    pub ceiling: Label,
    /// What senders encrypt to.
    pub recipient: String,
    /// The log that proofs must be of; without, the one of the first package.
    pub log: Option<String>,
    /// Who must have co-signed its checkpoints.
    pub witnesses: Vec<String>,
    /// What it lets in, where it is not the default: TOML.
    pub rules: Option<String>,
    /// Through whose view is looked for what content refers to.
    account: PersonId,
    /// The identity, sealed, in hexadecimal.
    identity: String,
}

/// A package that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub sequence: u64,
    /// Of its manifest.
    pub digest: Digest,
    pub holds: Holds,
    pub objects: u64,
    pub made: Timestamp,
    /// As it is on the disk, encrypted.
    pub octets: u64,
    log_size: u64,
}

/// What was sent on a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SentStand {
    /// The last of them, oldest first.
    pub packages: Vec<Sent>,
    position: Option<kizuna_store::Position>,
    /// Objects that wait for what they refer to.
    waiting: Vec<kizuna_stix::Id>,
}

impl SentStand {
    pub fn last(&self) -> Option<&Sent> {
        self.packages.last()
    }
}

/// How a channel on the receiving side stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReceivedStand {
    pub stand: Stand,
    /// The last of them, oldest first.
    pub reports: Vec<PackageReport>,
}

impl ReceivedStand {
    /// Numbers that never came, as far as that is known: those that a complete package went over, and those before a
    /// package that was refused for a gap and has not been let in since.
    pub fn missing(&self) -> Vec<u64> {
        let expects = self.stand.expects();
        let waiting = self.reports.iter().filter(|report| report.names(Kind::Gap));
        let highest = waiting.filter_map(|report| report.sequence).max().unwrap_or_default();
        let open = (expects..highest).take(usize::from(u8::MAX));
        self.stand.skipped.iter().copied().chain(open).collect()
    }
}

/// What is asked for when a channel is added on the sending side.
#[derive(Debug, Clone)]
pub struct NewOutgoing {
    pub name: String,
    pub to: MemberId,
    pub recipients: Vec<String>,
    pub ceiling: Label,
    pub rules: Option<String>,
}

/// What is asked for when a channel is expected.
#[derive(Debug, Clone)]
pub struct NewIncoming {
    pub name: String,
    pub from: MemberId,
    pub ceiling: Label,
    pub log: Option<String>,
    pub witnesses: Vec<String>,
    pub rules: Option<String>,
}

/// A channel as it is shown: never its identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Channel {
    pub name: String,
    /// `out` or `in`.
    pub direction: &'static str,
    /// The other member.
    pub member: MemberId,
    pub member_name: String,
    pub ceiling: String,
    pub recipients: Vec<String>,
    /// The number of the last package that left, or passed; 0 where there is none.
    pub sequence: u64,
    pub last: Option<Timestamp>,
    /// Numbers that never came.
    pub missing: Vec<u64>,
    /// The last packages, oldest first: what left.
    pub sent: Vec<Sent>,
    /// The last packages, oldest first: what came.
    pub reports: Vec<PackageReport>,
}

/// Levels as this node's policies order them now.
pub(crate) struct Ranks<'a>(pub &'a Directory);

impl Levels for Ranks<'_> {
    fn rank(&self, policy: &str, level: &str) -> Option<usize> {
        self.0.policy(policy)?.rank(level)
    }
}

impl Node {
    /// Adds a channel on which packages are sent, with the account through whose view they are filled.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node; [`AppError::Conflict`] for a name that is taken.
    pub fn add_channel(&self, caller: &Caller, new: NewOutgoing) -> Result<Outgoing, AppError> {
        self.may_add_channel(caller, OUTGOING, &new.name)?;
        if new.recipients.is_empty() {
            return Err(AppError::invalid("$.recipients", "at least one recipient: age1…"));
        }
        for recipient in &new.recipients {
            seal::recipient(recipient)?;
        }
        check_rules(new.rules.as_deref())?;
        let NewOutgoing { name, to, recipients, ceiling, rules } = new;
        let account = self.account(caller, &format!("channel-{name}"), to, &clearance_of(&ceiling))?;
        let channel = Outgoing { name, to, recipients, ceiling, rules, account };
        self.keep_json(OUTGOING, &channel.name, &channel)?;
        let detail = json!({ "channel": channel.name, "to": channel.to, "recipients": channel.recipients });
        self.audit_channel(caller, "channel.added", detail)?;
        Ok(channel)
    }

    /// Expects packages on a channel; makes the identity that opens them.
    ///
    /// # Errors
    /// Like [`Node::add_channel`].
    pub fn expect_channel(&self, caller: &Caller, new: NewIncoming) -> Result<Incoming, AppError> {
        self.may_add_channel(caller, INCOMING, &new.name)?;
        check_rules(new.rules.as_deref())?;
        for key in new.log.iter().chain(&new.witnesses) {
            verifier(key)?;
        }
        let NewIncoming { name, from, ceiling, log, witnesses, rules } = new;
        let account = self.account(caller, &format!("channel-{name}"), from, &clearance_of(&ceiling))?;
        let (identity, recipient) = seal::new_identity();
        let sealed = self.vault.seal(&seal::binding(&name), identity.as_bytes())?;
        let identity = hex::encode(sealed);
        let channel = Incoming { name, from, ceiling, recipient, log, witnesses, rules, account, identity };
        self.keep_json(INCOMING, &channel.name, &channel)?;
        let detail = json!({ "channel": channel.name, "from": channel.from, "recipient": channel.recipient });
        self.audit_channel(caller, "channel.expected", detail)?;
        Ok(channel)
    }

    fn may_add_channel(&self, caller: &Caller, kind: &str, name: &str) -> Result<(), AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        if !is_name(name) {
            return Err(AppError::invalid("$.name", "small letters, digits, -, _ and ., 64 at most"));
        }
        if self.store.state(kind, name)?.is_some() {
            return Err(AppError::Conflict(format!("there is a channel {name:?} in this direction already")));
        }
        Ok(())
    }

    /// Gives up a channel, with its identity. What came by it stays.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none of this name.
    pub fn remove_channel(&self, caller: &Caller, name: &str, incoming: bool) -> Result<(), AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let (kind, account) = if incoming {
            (INCOMING, self.incoming(name)?.account)
        } else {
            (OUTGOING, self.outgoing(name)?.account)
        };
        self.close_account(caller, account)?;
        self.store.writer().set_state(kind, name, None, None)?;
        self.audit_channel(caller, "channel.removed", json!({ "channel": name }))
    }

    /// The channels in both directions, by name, as who runs the node may see them.
    pub fn channels(&self, caller: &Caller) -> Result<Vec<Channel>, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let directory = self.directory()?;
        let name_of = |member: MemberId| {
            directory.member(member).map_or_else(|| member.to_string(), |known| known.name.clone())
        };
        let label = |ceiling: &Label| kizuna_access::spec::display(ceiling, &directory);
        let mut found = Vec::new();
        for (_, kept) in self.store.states(OUTGOING)? {
            let channel: Outgoing = parsed(&kept)?;
            let stand = self.sent(&channel.name)?;
            found.push(Channel {
                direction: "out",
                member: channel.to,
                member_name: name_of(channel.to),
                ceiling: label(&channel.ceiling),
                recipients: channel.recipients,
                sequence: stand.last().map_or(0, |last| last.sequence),
                last: stand.last().map(|last| last.made),
                missing: Vec::new(),
                sent: stand.packages,
                reports: Vec::new(),
                name: channel.name,
            });
        }
        for channel in self.all_incoming()? {
            let received = self.received(&channel.name)?;
            let last = received.stand.last.as_ref();
            found.push(Channel {
                direction: "in",
                member: channel.from,
                member_name: name_of(channel.from),
                ceiling: label(&channel.ceiling),
                recipients: vec![channel.recipient],
                sequence: last.map_or(0, |last| last.sequence),
                last: last.map(|last| last.made),
                missing: received.missing(),
                sent: Vec::new(),
                reports: received.reports,
                name: channel.name,
            });
        }
        found.sort_by(|one, other| (&one.name, one.direction).cmp(&(&other.name, other.direction)));
        Ok(found)
    }

    /// One channel, or two of one name in both directions.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none.
    pub fn channel(&self, caller: &Caller, name: &str) -> Result<Vec<Channel>, AppError> {
        let mut channels = self.channels(caller)?;
        channels.retain(|channel| channel.name == name);
        if channels.is_empty() { Err(AppError::NotFound) } else { Ok(channels) }
    }

    fn outgoing(&self, name: &str) -> Result<Outgoing, AppError> {
        self.kept_json(OUTGOING, name)?.ok_or(AppError::NotFound)
    }

    fn incoming(&self, name: &str) -> Result<Incoming, AppError> {
        self.kept_json(INCOMING, name)?.ok_or(AppError::NotFound)
    }

    fn all_incoming(&self) -> Result<Vec<Incoming>, AppError> {
        self.store.states(INCOMING)?.iter().map(|(_, kept)| parsed(kept)).collect()
    }

    fn sent(&self, name: &str) -> Result<SentStand, AppError> {
        Ok(self.kept_json(SENT, name)?.unwrap_or_default())
    }

    fn received(&self, name: &str) -> Result<ReceivedStand, AppError> {
        Ok(self.kept_json(RECEIVED, name)?.unwrap_or_default())
    }

    fn audit_channel(
        &self,
        caller: &Caller,
        action: &str,
        detail: serde_json::Value,
    ) -> Result<(), AppError> {
        let actor = self.people(caller.clone()).actor();
        let writer: Writer = self.store.writer();
        Ok(writer.audit(AuditEntry { actor, action: action.to_owned(), object: None, detail })?)
    }

    /// The member from which content comes by the channel of this name; nothing where there is none any more.
    pub(crate) fn member_of_channel(&self, name: &str) -> Result<Option<MemberId>, AppError> {
        let channel: Option<Incoming> = self.kept_json(INCOMING, name)?;
        Ok(channel.map(|channel| channel.from))
    }

    /// What this node is accredited up to, as a ceiling; nothing where that was never set. Under a policy that it does
    /// not name counts what an equivalence makes of it.
    pub(crate) fn node_ceiling(directory: &Directory, now: Timestamp) -> Option<Label> {
        let clearance = directory.clearance(&Holder::Node)?;
        let mut terms = clearance.0.iter().fold(Label::builder(), |terms, (policy, cleared)| {
            let mut asked = Classification::level(&cleared.level);
            asked.restrictive = cleared.categories.clone();
            terms.classified(policy, asked)
        });
        for other in directory.policies().into_iter().filter(|other| !clearance.0.contains_key(&other.id)) {
            let reached = clearance.0.iter().filter_map(|(policy, cleared)| {
                let from = directory.policy(policy)?;
                reaches(from, from.rank(&cleared.level)?, other, now)
            });
            if let Some(level) = reached.max().and_then(|rank| other.levels.get(rank)) {
                terms = terms.class(&other.id, &level.id);
            }
        }
        Some(terms.label())
    }
}

/// What a reader under this ceiling holds.
fn clearance_of(ceiling: &Label) -> Clearance {
    let cleared = ceiling.classification().iter().map(|(policy, asked)| {
        let cleared = Cleared { level: asked.level.clone(), categories: asked.restrictive.clone() };
        (policy.clone(), cleared)
    });
    Clearance(cleared.collect())
}

fn check_rules(text: Option<&str>) -> Result<(), AppError> {
    rules(text).map(drop)
}

/// What a channel lets in, with its schemas.
fn rules(text: Option<&str>) -> Result<(Rules, Schemas), AppError> {
    let bad = |why: String| AppError::invalid("rules", why);
    let rules = match text {
        Some(text) => Rules::read(text).map_err(|error| bad(error.to_string()))?,
        None => Rules::default(),
    };
    let schemas = Schemas::under(&rules).map_err(|error| bad(error.to_string()))?;
    Ok((rules, schemas))
}

fn verifier(key: &str) -> Result<Verifier, AppError> {
    key.parse().map_err(|_| AppError::invalid("log", format!("{key:?} is no key of a log: ORIGIN+ID+KEY")))
}

fn parsed<T: serde::de::DeserializeOwned>(kept: &[u8]) -> Result<T, AppError> {
    serde_json::from_slice(kept).map_err(|error| AppError::Internal(error.to_string()))
}
