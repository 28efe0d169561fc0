//! Writing a package.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use kizuna_access::Principal;
use kizuna_access::rights::Role;
use kizuna_attest::{Purpose, Signer};
use kizuna_federation::package::{Draft, Holds, LogEnd, Manifest, Shown, log_parts, write};
use kizuna_store::{Search, View};
use serde::Serialize;
use serde_json::json;

use super::gather::{Asked, Gathering};
use super::{LISTED, Outgoing, SENT, Sent, SentStand, place, rules, seal};
use crate::people::Caller;
use crate::record::Recorder;
use crate::{AppError, Node};

/// How often the log is asked to take in what was written.
const ASKED: usize = 300;
const MOMENT: Duration = Duration::from_millis(200);

/// What a package is to hold.
pub enum What {
    /// What became readable to the channel since the package before.
    Since,
    /// Everything that the channel may read.
    All,
    /// What is found, and what that refers to.
    Selection(Search),
    /// The very octets of an earlier package.
    Again(u64),
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub channel: String,
    pub sequence: u64,
    /// Of the manifest.
    pub digest: String,
    pub objects: u64,
    /// As they are on the disk.
    pub octets: u64,
    /// Why objects that the channel may read stay here, with how many.
    pub left_out: BTreeMap<String, u64>,
}

impl Node {
    /// Writes a package of a channel. It is noted in the audit, and with that under the log, before its first octet
    /// leaves.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who is neither releaser nor admin of this node's own member;
    /// [`AppError::NotFound`] for no channel of this name, or no such package that is still kept.
    pub fn export_package(
        &self,
        who: &Principal,
        channel: &str,
        what: &What,
        out: &mut dyn Write,
    ) -> Result<Exported, AppError> {
        let reader = self.directory()?.reader(who, self.now())?;
        let own = self.directory()?.own_member().is_some_and(|own| own.id == who.member());
        let may = reader.has(Role::Releaser) || reader.has(Role::Admin);
        if !own || !may || !reader.may_write() {
            return Err(AppError::Forbidden(
                "a package takes the role releaser or admin of the node's own member".to_owned(),
            ));
        }
        let channel = self.outgoing(channel)?;
        let lock = self.exchange_lock(&format!("package {}", channel.name));
        let _one_at_a_time = lock.lock();
        let caller = Caller::Person(who.clone());
        if let What::Again(sequence) = what {
            return self.again(&caller, &channel, *sequence, out);
        }
        let exported = self.make_package(&caller, &channel, what)?;
        self.hand_out(&channel, exported.sequence, out)?;
        Ok(exported)
    }

    fn again(
        &self,
        caller: &Caller,
        channel: &Outgoing,
        sequence: u64,
        out: &mut dyn Write,
    ) -> Result<Exported, AppError> {
        let stand = self.sent(&channel.name)?;
        let sent = stand.packages.iter().find(|sent| sent.sequence == sequence).ok_or(AppError::NotFound)?;
        if !self.kept_package(&channel.name, sequence)?.exists() {
            return Err(AppError::Conflict(format!(
                "package {sequence} is not kept here any more: write a complete one, with --all"
            )));
        }
        let detail = json!({ "channel": channel.name, "sequence": sequence, "digest": sent.digest });
        self.audit_channel(caller, "package.given-again", detail)?;
        self.hand_out(channel, sequence, out)?;
        Ok(Exported {
            channel: channel.name.clone(),
            sequence,
            digest: sent.digest.to_string(),
            objects: sent.objects,
            octets: sent.octets,
            left_out: BTreeMap::new(),
        })
    }

    fn hand_out(&self, channel: &Outgoing, sequence: u64, out: &mut dyn Write) -> Result<(), AppError> {
        let path = self.kept_package(&channel.name, sequence)?;
        let mut kept = place::reader(&path)?;
        let copied = std::io::copy(&mut kept, out).and_then(|_| out.flush());
        copied.map_err(|error| {
            AppError::Unavailable(format!(
                "the package cannot be written: {error}; it is made, and given again with --again {sequence}"
            ))
        })
    }

    fn make_package(&self, caller: &Caller, channel: &Outgoing, what: &What) -> Result<Exported, AppError> {
        let stand = self.sent(&channel.name)?;
        let (rules, schemas) = rules(channel.rules.as_deref())?;
        let reader = self.directory()?.authenticate_person(channel.account, self.now())?;
        let view = self.logged_view(&reader)?;
        let asked = match what {
            What::Since | What::Again(_) => Asked::Since(stand.position, &stand.waiting),
            What::All => Asked::All,
            What::Selection(search) => Asked::Hits(search),
        };
        let mut gathering = Gathering::new(self, channel, &view, (&rules, &schemas));
        gathering.gather(&asked, if matches!(what, What::All) { None } else { stand.position })?;

        let size = view.log_size()?;
        let recorder = Recorder::of(&self.on_path("package.export"));
        let spool = self.draft()?;
        let mut draft = Draft::new(spool.writer()?);
        gathering.give(&asked, &mut |item| {
            let logged = view.logged(item, size)?.ok_or_else(|| {
                AppError::Unavailable("something is under no leaf of the log yet: try again".to_owned())
            })?;
            recorder.serves(&reader, view.directory(), [item])?;
            let shown = Shown { index: logged.index, path: logged.path, opening: logged.opening };
            draft.add(&item.bytes, &shown).map_err(|error| spool.failed(&error))
        })?;
        let drafted = draft.finish().map_err(|error| spool.failed(&error))?;

        let last = stand.last();
        let note = self.log_note(size)?;
        let since = last.map(|last| last.log_size);
        let consistency = since.map(|since| self.log_consistency(since, size)).transpose()?;
        let consistency = consistency.map(String::into_bytes);
        let mut parts = log_parts(&note, consistency.as_deref());
        parts.extend(drafted.parts);
        let from = self.own_member_id()?;
        self.ensure_member_key(from)?;
        let (secret, dates) = self.current_secret(Signer::Member(from))?;
        let now = self.now();
        let made = dates.since.map_or(now, |since| since.max(now));
        let holds = match what {
            What::Since | What::Again(_) => Holds::Since,
            What::All => Holds::All,
            What::Selection(_) => Holds::Selection,
        };
        let manifest = Manifest {
            ceiling: channel.ceiling.clone(),
            channel: channel.name.clone(),
            from,
            holds,
            log: LogEnd { key: self.log_verifier()?.to_string(), size, since },
            made,
            objects: drafted.objects,
            parts,
            previous: last.map(|last| last.digest),
            recipients: channel.recipients.clone(),
            sequence: last.map_or(1, |last| last.sequence + 1),
            to: channel.to,
            version: 1,
        };
        let seal = secret.sign(Purpose::Package, &manifest.octets());
        let sealed = self.draft()?;
        let mut out = seal::encrypt(&channel.recipients, sealed.writer()?)?;
        write(&mut out, (&manifest, &seal), &note, consistency.as_deref(), spool.reader()?)
            .and_then(|()| out.finish())
            .and_then(|mut file| file.flush())
            .map_err(|error| sealed.failed(&error))?;
        let path = self.keep_package(&sealed, &channel.name, manifest.sequence)?;
        let octets = std::fs::metadata(&path).map_err(|error| place::failed(&path, &error))?.len();

        let digest = manifest.digest();
        let detail = json!({
            "channel": channel.name,
            "sequence": manifest.sequence,
            "to": channel.to,
            "digest": digest,
            "objects": manifest.objects,
            "holds": manifest.holds,
        });
        self.audit_channel(caller, "package.exported", detail)?;
        let (made, objects) = (manifest.made, manifest.objects);
        let sequence = manifest.sequence;
        let sent = Sent { sequence, digest, holds, objects, made, octets, log_size: size };
        self.keep_sent(&channel.name, stand, sent, &gathering, what)?;
        Ok(Exported {
            channel: channel.name.clone(),
            sequence,
            digest: digest.to_string(),
            objects,
            octets,
            left_out: gathering.left_out,
        })
    }

    fn keep_sent(
        &self,
        name: &str,
        mut stand: SentStand,
        sent: Sent,
        gathering: &Gathering<'_>,
        what: &What,
    ) -> Result<(), AppError> {
        stand.packages.push(sent);
        let surplus = stand.packages.len().saturating_sub(LISTED);
        stand.packages.drain(..surplus);
        if !matches!(what, What::Selection(_)) {
            stand.position = gathering.until.or(stand.position);
            stand.waiting.clone_from(&gathering.waiting);
        }
        self.keep_json(SENT, name, &stand)
    }

    /// The view of a channel once everything in it is under a leaf of the log.
    fn logged_view(&self, reader: &Principal) -> Result<View, AppError> {
        for _ in 0..ASKED {
            self.seal_log()?;
            let view = self.store.view(reader)?;
            let newest = view.search(&Search::default(), None, 1)?.items.pop();
            let size = view.log_size()?;
            match newest {
                Some(newest) if view.logged(&newest, size)?.is_none() => std::thread::sleep(MOMENT),
                // What is newest to this viewer may be old to the node, so all before it is under a leaf too.
                _ => return Ok(view),
            }
        }
        Err(AppError::Unavailable("the log has not taken in yet what is to be sent: try again".to_owned()))
    }

    /// The checkpoint of this size: with the co-signatures of witnesses, where it was published.
    fn log_note(&self, size: u64) -> Result<Vec<u8>, AppError> {
        let note = self.log_checkpoint()?;
        let published = kizuna_tlog::Checkpoint::read(note.text()).ok();
        if published.is_some_and(|published| published.head.size == size) {
            return Ok(note.to_string().into_bytes());
        }
        let key = self.log_key()?;
        Ok(self.signed(&key, Some(size))?.0.to_string().into_bytes())
    }

    pub(super) fn own_member_id(&self) -> Result<kizuna_access::MemberId, AppError> {
        let directory = self.directory()?;
        let own = directory.own_member().map(|own| own.id);
        own.ok_or_else(|| AppError::Unavailable("this node has no member yet".to_owned()))
    }
}
