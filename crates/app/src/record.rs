//! Reads on record: who read which objects whose label reaches the node's threshold, through which path.
//!
//! Every reading of content goes through [`Reading`], and every answer of it that holds items passes here. Under
//! [`Node::traced`] one request makes one line, written before its answer leaves; elsewhere each answer makes its own.
//! Where no threshold is set, or nothing served reaches it, nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kizuna_access::{Directory, MemberId, PersonId, Principal};
use kizuna_stix::Id;
use kizuna_store::query::Item;
use kizuna_store::writer::{Actor, AuditEntry, Writer};
use parking_lot::Mutex;
use serde_json::json;

use crate::peers::{Transfer, Transfers};
use crate::{AppError, Node};

/// So many identifiers stand in one line; of more the number is told.
const IDS: usize = 1_000;

/// The path on which a node is asked, and what it served there that is to be on record.
#[derive(Clone, Default)]
pub(crate) struct Trace {
    path: Option<Arc<str>>,
    /// Whether a person at the machine's command line reads for the viewer.
    by_operator: bool,
    /// What was served in the request under way; nothing where each answer makes its own line.
    served: Option<Arc<Mutex<Served>>>,
    /// What went to members that live elsewhere in the request under way.
    handed: Option<Arc<Mutex<Handed>>>,
    /// Whether who asks says himself what became of it.
    tells_itself: bool,
}

/// Digests of what was handed out, by the member whose node asked.
type Handed = BTreeMap<MemberId, BTreeSet<[u8; 32]>>;

/// Identifiers of what was served, by who read it.
type Served = BTreeMap<PersonId, BTreeSet<Id>>;

/// Where a reading tells what it serves.
pub(crate) struct Recorder {
    writer: Writer,
    transfers: Transfers,
    trace: Trace,
    /// Set while something is only compared.
    compares: AtomicBool,
}

/// Ends a comparison when dropped.
pub(crate) struct Comparison<'a>(&'a AtomicBool);

impl Drop for Comparison<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Recorder {
    pub fn of(node: &Node) -> Self {
        Self {
            writer: node.store.writer(),
            transfers: Transfers::of(node),
            trace: node.trace.clone(),
            compares: AtomicBool::new(false),
        }
    }

    /// What is read until this is dropped is compared with something and not served.
    pub fn compares(&self) -> Comparison<'_> {
        self.compares.store(true, Ordering::Relaxed);
        Comparison(&self.compares)
    }

    /// Tells that these items are served to this viewer.
    pub fn serves<'a>(
        &self,
        who: &Principal,
        directory: &Directory,
        items: impl IntoIterator<Item = &'a Item>,
    ) -> Result<(), AppError> {
        if self.compares.load(Ordering::Relaxed) {
            return Ok(());
        }
        let items: Vec<&Item> = items.into_iter().collect();
        self.hands_out(who, directory, &items)?;
        if directory.reads_above().is_none() {
            return Ok(());
        }
        let on_record = items.into_iter().filter(|item| is_on_record(directory, item));
        let ids: BTreeSet<Id> = on_record.map(|item| item.id.clone()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        match &self.trace.served {
            Some(served) => {
                served.lock().entry(who.person()).or_default().extend(ids);
                Ok(())
            }
            None => Ok(self.writer.audit(line(&self.trace, who.person(), &ids))?),
        }
    }

    /// What a member that lives elsewhere fetches is a transfer to its node.
    fn hands_out(&self, who: &Principal, directory: &Directory, items: &[&Item]) -> Result<(), AppError> {
        let lives_here = directory.member(who.member()).is_none_or(|member| member.hosted);
        if lives_here || items.is_empty() || self.trace.by_operator || self.trace.tells_itself {
            return Ok(());
        }
        let digests = items.iter().map(|item| item.digest);
        match &self.trace.handed {
            Some(handed) => {
                handed.lock().entry(who.member()).or_default().extend(digests);
                Ok(())
            }
            None => self.transfers.write(&Transfer::handed_out(who.member()), digests),
        }
    }
}

impl Node {
    fn with_trace(&self, trace: Trace) -> Self {
        let mut node = self.clone();
        node.trace = trace;
        node
    }

    /// Does the work of one request. What it served that is to be on record is in the audit before this returns; where
    /// it cannot be written, nothing is answered.
    pub fn traced<T>(
        &self,
        path: &str,
        work: impl FnOnce(&Self) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let served = Arc::new(Mutex::new(Served::new()));
        let handed = Arc::new(Mutex::new(Handed::new()));
        let trace = Trace {
            path: Some(path.into()),
            served: Some(Arc::clone(&served)),
            handed: Some(Arc::clone(&handed)),
            ..Trace::default()
        };
        let node = self.with_trace(trace);
        let done = work(&node)?;
        let served = std::mem::take(&mut *served.lock());
        let handed = std::mem::take(&mut *handed.lock());
        let transfers = Transfers::of(self);
        let mut lines: Vec<AuditEntry> =
            served.iter().map(|(person, ids)| line(&node.trace, *person, ids)).collect();
        for (member, digests) in handed {
            lines.extend(transfers.line(&Transfer::handed_out(member), digests)?);
        }
        self.store.writer().audit_all(lines)?;
        Ok(done)
    }

    /// The node as it sends by itself on this path: each answer makes its own line, and what went through is told by
    /// who sends it.
    pub(crate) fn on_path(&self, path: &str) -> Self {
        let trace = Trace { path: Some(path.into()), tells_itself: true, ..Trace::default() };
        self.with_trace(trace)
    }

    /// The node as a command asks it: what is read stands in the audit as read at the machine, answer by answer,
    /// because a command prints as it reads.
    #[must_use]
    pub fn at_command_line(&self, command: &str) -> Self {
        let trace =
            Trace { path: Some(format!("command.{command}").into()), by_operator: true, ..Trace::default() };
        self.with_trace(trace)
    }
}

/// Whether the object, or one of its fields that this viewer got, reaches the threshold.
fn is_on_record(directory: &Directory, item: &Item) -> bool {
    directory.is_read_on_record(&item.label)
        || item.fields.iter().any(|fields| directory.is_read_on_record(&fields.label))
}

fn line(trace: &Trace, person: PersonId, ids: &BTreeSet<Id>) -> AuditEntry {
    let listed: Vec<&Id> = ids.iter().take(IDS).collect();
    let object = (ids.len() == 1).then(|| ids.first().cloned()).flatten();
    let mut detail = json!({
        "path": trace.path.as_deref().unwrap_or("node"),
        "objects": listed,
        "count": ids.len(),
    });
    let actor = if trace.by_operator {
        detail["as"] = person.to_string().into();
        Actor::Operator
    } else {
        Actor::Person(person)
    };
    AuditEntry { actor, action: "content.read".to_owned(), object, detail }
}

#[cfg(test)]
mod tests;
