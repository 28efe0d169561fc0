//! The writer's desk: applies requests inside the open transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::redact::Part;
use kizuna_access::{Directory, Label, MemberId, Recorded, Rights, leak};
use kizuna_stix::Id;
use sha2::{Digest, Sha256};

use super::narrow::one;
use super::prepare::{Prepared, forms, salt};
use super::thread::{Attestor, Reply, Request};
use super::{Actor, AuditEntry};
use crate::StoreError;
use crate::backend::{Flags, Heads, Ledger, NewRow, Row, Seq, Space, StripeRow, TermRow};
use crate::catalog::Composite;
use crate::chain::{self, Link};
use crate::clock::{self, Ticks, instant};
use crate::contribution::{Contribution, Outcome, Quarantined};
use crate::log::{self, Sealing};
use crate::store::stored_object;

/// The channel of what the writer attests.
const ATTESTED: &str = "minted";

/// What the writer keeps in memory: the ends of the tables, the numbers of what is interned, the directory.
pub(crate) struct Books {
    heads: Heads,
    terms: HashMap<Space, HashMap<String, i64>>,
    /// (label, type) → stripe.
    stripes: HashMap<(i64, i64), i64>,
    directory: Arc<Directory>,
    /// The number and digest of the last line of the audit.
    audited: (i64, Link),
    /// Rows added per stripe since the transaction began.
    grown: HashMap<i64, i64>,
    /// What was interned since the transaction began, in order.
    new_terms: Vec<(Space, String)>,
    new_stripes: Vec<(i64, i64)>,
    /// Tokens of new rows. They are indexed together at the end: every savepoint would make the text index write out
    /// what it has gathered.
    words: Vec<(Seq, String)>,
}

/// A state of the books to return to.
pub(crate) struct Mark {
    heads: Heads,
    directory: Arc<Directory>,
    audited: (i64, Link),
    grown: HashMap<i64, i64>,
    new_terms: usize,
    new_stripes: usize,
    words: usize,
}

impl Books {
    /// Reads the books from what is on disk.
    pub fn load(ledger: &mut dyn Ledger) -> Result<Self, StoreError> {
        let mut books = Self {
            heads: Heads::default(),
            terms: HashMap::new(),
            stripes: HashMap::new(),
            directory: Arc::default(),
            audited: (0, Link::default()),
            grown: HashMap::new(),
            new_terms: Vec::new(),
            new_stripes: Vec::new(),
            words: Vec::new(),
        };
        books.catch_up(ledger)?;
        Ok(books)
    }

    /// Takes in what is on disk beyond these books: another process may have written.
    pub fn catch_up(&mut self, ledger: &mut dyn Ledger) -> Result<(), StoreError> {
        let heads = ledger.heads()?;
        if heads.term > self.heads.term {
            for term in ledger.terms_after(self.heads.term)? {
                self.terms.entry(term.space).or_default().insert(term.text, term.id);
            }
        }
        if heads.stripe > self.heads.stripe {
            for stripe in ledger.stripes_after(self.heads.stripe)? {
                self.stripes.insert((stripe.label, stripe.kind), stripe.id);
            }
        }
        if heads.epoch > self.heads.epoch {
            let directory = Arc::make_mut(&mut self.directory);
            for recorded in ledger.rights_after(self.heads.epoch)? {
                directory.apply(&recorded);
            }
        }
        // The chain of an older database begins with its first new line.
        let (last_line, digest) = ledger.audit_head()?;
        self.audited = (last_line, digest.unwrap_or_default());
        self.heads = heads;
        Ok(())
    }

    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// The text of a number: a search through all of them, for what is rarely done.
    fn text(&self, space: Space, id: i64) -> Option<&str> {
        self.terms.get(&space)?.iter().find(|(_, number)| **number == id).map(|(text, _)| text.as_str())
    }

    pub fn mark(&self) -> Mark {
        Mark {
            heads: self.heads,
            directory: Arc::clone(&self.directory),
            audited: self.audited,
            grown: self.grown.clone(),
            new_terms: self.new_terms.len(),
            new_stripes: self.new_stripes.len(),
            words: self.words.len(),
        }
    }

    pub fn undo(&mut self, mark: Mark) {
        for (space, text) in self.new_terms.drain(mark.new_terms..) {
            if let Some(terms) = self.terms.get_mut(&space) {
                terms.remove(&text);
            }
        }
        for stripe in self.new_stripes.drain(mark.new_stripes..) {
            self.stripes.remove(&stripe);
        }
        self.words.truncate(mark.words);
        self.heads = mark.heads;
        self.directory = mark.directory;
        self.audited = mark.audited;
        self.grown = mark.grown;
    }

    /// Leaves the words of a row that are not indexed yet out of the index; whether there were any.
    pub fn forget_words(&mut self, seq: Seq) -> bool {
        let waiting = self.words.iter_mut().find(|(other, _)| *other == seq);
        waiting.map(|(_, tokens)| tokens.clear()).is_some()
    }

    /// Writes what is summed up per transaction.
    pub fn settle(&mut self, ledger: &mut dyn Ledger) -> Result<(), StoreError> {
        for (seq, tokens) in self.words.drain(..) {
            ledger.add_words(seq, &tokens)?;
        }
        for (stripe, rows) in self.grown.drain() {
            ledger.grow_stripe(stripe, rows)?;
        }
        self.new_terms.clear();
        self.new_stripes.clear();
        Ok(())
    }
}

/// Applies requests, one after another, in the open transaction.
pub(super) struct Desk<'a> {
    pub ledger: &'a mut dyn Ledger,
    pub books: &'a mut Books,
    pub ticks: &'a mut Ticks,
    pub attestor: Option<&'a Attestor>,
}

impl Desk<'_> {
    pub fn apply(&mut self, request: Request) -> Result<Reply, StoreError> {
        match request {
            Request::Contribute { prepared, quarantined } => {
                let outcomes =
                    prepared.into_iter().map(|one| self.contribute(one)).collect::<Result<_, _>>()?;
                for input in &quarantined {
                    self.quarantine(input)?;
                }
                Ok(Reply::Outcomes(outcomes))
            }
            Request::Record { rights, actor } => {
                let recorded = self.record(*rights, actor)?;
                Ok(Reply::Recorded(Box::new(recorded)))
            }
            Request::Narrow { id, reach, source, actor } => {
                let count = self.narrow(&id, &reach, source, actor)?;
                Ok(Reply::Narrowed(count))
            }
            Request::Reassign { id, prepared } => {
                let outcomes = prepared
                    .into_iter()
                    .map(|(seq, one)| self.reassign(&id, seq, one))
                    .collect::<Result<_, _>>()?;
                Ok(Reply::Outcomes(outcomes))
            }
            Request::Relabel { prepared, settled } => {
                let outcomes =
                    prepared.into_iter().map(|one| self.contribute(one)).collect::<Result<_, _>>()?;
                for seq in settled {
                    self.ledger.settle(seq)?;
                }
                Ok(Reply::Outcomes(outcomes))
            }
            Request::Erase(erasure) => Ok(Reply::Narrowed(self.erase(&erasure)?)),
            Request::Seal(sealing) => Ok(Reply::Swapped(self.seal(&sealing)?)),
            Request::Audit(entry) => {
                self.audit(&entry)?;
                Ok(Reply::Done)
            }
            Request::Close(instant) => {
                self.ledger.close(instant)?;
                Ok(Reply::Done)
            }
            Request::SwapState { kind, key, expected, value, expires } => {
                let now = self.ticks.wall();
                let is_expected = self.ledger.state(&kind, &key, now)? == expected;
                if is_expected {
                    let expires = expires.map(Timestamp::as_microsecond);
                    self.ledger.set_state(&kind, &key, value.as_deref(), expires)?;
                }
                Ok(Reply::Swapped(is_expected))
            }
            Request::SetState { kind, key, value, expires } => {
                let expires = expires.map(Timestamp::as_microsecond);
                self.ledger.sweep_state(self.ticks.wall())?;
                self.ledger.set_state(&kind, &key, value.as_deref(), expires)?;
                Ok(Reply::Done)
            }
        }
    }

    /// Stores one contribution, unless its source gave the very same before.
    pub fn contribute(&mut self, new: Prepared) -> Result<Outcome, StoreError> {
        let source = self.term(Space::Member, &new.source.to_string())?;
        let channel = self.term(Space::Channel, &new.channel)?;
        let by = new.by.map(|person| self.term(Space::Person, &person.to_string())).transpose()?;
        let (space, labels) = new.interned()?;
        let stripe = self.stripe(space, &labels, &new.kind)?;

        let others = self.ledger.rows_of(&new.key)?;
        for row in others.iter().filter(|row| row.dead_at.is_none()) {
            let same_giver = row.source == source && row.channel == channel;
            let same_bytes = row.digest == new.digest;
            let is_repeated = if row.flags.has(Flags::GRANULAR) {
                same_giver && self.has_form(row, &new)?
            } else {
                same_giver && same_bytes && row.stripe == stripe
            };
            if is_repeated || (same_bytes && leak::is(29)) {
                return Ok(Outcome::Duplicate);
            }
        }
        for other in others.iter().filter(|row| !row.flags.has(Flags::SHARED)) {
            self.ledger.set_flags(other.seq, other.flags.with(Flags::SHARED, true))?;
        }

        let heads = &mut self.books.heads;
        heads.seq += 1;
        heads.tick += clock::step();
        heads.at = self.ticks.next();
        let seq = heads.seq;
        let row = Row {
            seq,
            key: new.key,
            uuid: new.uuid,
            stripe,
            source,
            channel,
            by,
            modified: new.modified,
            digest: new.digest,
            at: heads.at,
            tick: heads.tick,
            flags: new.flags.with(Flags::SHARED, !others.is_empty()),
            reliability: new.reliability,
            dead_at: None,
        };
        *self.books.grown.entry(stripe).or_default() += 1;
        let parts = new.selectors()?;
        self.ledger.add_row(&NewRow {
            row,
            salt: new.salt,
            body: &new.bytes,
            warnings: new.warnings.as_deref(),
            parts: parts.as_deref(),
            references: &new.references,
            observables: &new.observables,
            dangling: &new.dangling,
        })?;
        self.books.words.push((seq, new.tokens));
        fail::fail_point!("in-request");
        let revokes = |row: &Row| row.source == source && row.flags.has(Flags::REVOKED);
        if new.modified.is_some() && (new.flags.has(Flags::REVOKED) || others.iter().any(revokes)) {
            self.spread_revocation(&new.key, source, new.source)?;
        }
        Ok(Outcome::Stored)
    }

    /// Stores a contribution in place of another of the same bytes. Where it only permits more, the other stays: its
    /// readers have the bytes already.
    fn reassign(&mut self, id: &Id, seq: Seq, new: Prepared) -> Result<Outcome, StoreError> {
        let rows = self.ledger.rows_of(&new.key)?;
        let old = rows.iter().find(|row| row.seq == seq && row.dead_at.is_none() && row.digest == new.digest);
        let Some(old) = old else { return Ok(Outcome::Duplicate) };
        let before = self.label_of(old)?;
        let after = Label::from_canonical(&new.label)
            .map_err(|_| StoreError::Engine("a label cannot be read".into()))?;
        let only_wider = before.and(&after) == before && permits_more(&self.parts_of(old)?, &new.parts);
        let giver = self.books.text(Space::Member, old.source).map(str::to_owned);
        let giver = giver.and_then(|member| member.parse().ok()).map(MemberId);
        let giver = giver.ok_or_else(|| StoreError::Engine(format!("contribution {seq} has no source")))?;
        if !only_wider || giver != new.source {
            let mut told = HashSet::new();
            self.take_back(id, giver, old, &before, (!only_wider).then_some(&mut told))?;
        }
        self.contribute(new)
    }

    /// Whether readers of a row with parts have this very contribution already: as the whole of it, or as what is left
    /// for them. Who reads all and gives what others read of it learns nothing new either.
    fn has_form(&mut self, row: &Row, new: &Prepared) -> Result<bool, StoreError> {
        let label = self.label_of(row)?;
        if label.canonical() != *new.label {
            return Ok(false);
        }
        let object = stored_object(&self.ledger.body(row.seq)?.bytes)?;
        let parts = self.parts_of(row)?;
        let forms = forms(&object, &label, &parts)?;
        Ok(forms.iter().any(|form| form.object.digest() == new.digest && form.parts == new.parts))
    }

    /// Stores what the writer itself publishes for a member, ahead of it an attestation of each of its forms under that
    /// form's label.
    pub fn publish(&mut self, new: Contribution, prepared: Prepared) -> Result<Outcome, StoreError> {
        let Contribution { object, source, by, label, parts, reliability, .. } = new;
        for form in forms(&object, &label, &parts)? {
            let (object, label) = (form.object, form.label);
            let at = instant(self.ticks.next());
            let sign = |attestor: &Attestor| attestor(&self.books.directory, source, &object, &label, at);
            let Some(attestation) = self.attestor.and_then(sign) else { continue };
            let attestation = Contribution {
                object: attestation,
                source,
                by,
                channel: ATTESTED.to_owned(),
                label,
                parts: Vec::new(),
                authored: true,
                dangling: Vec::new(),
                reliability,
            };
            self.contribute(one(attestation)?)?;
        }
        self.contribute(prepared)
    }

    /// Adds a leaf to the log, where the log is as it was when the leaf was made, and this second has none.
    fn seal(&mut self, sealing: &Sealing) -> Result<bool, StoreError> {
        let head = self.ledger.log_head()?;
        let second = self.ticks.wall() / 1_000_000;
        if head.size != sealing.size || second <= head.second {
            return Ok(false);
        }
        let leaf = log::grown(self.ledger, sealing, second)?;
        self.ledger.grow_log(&leaf)?;
        fail::fail_point!("sealed");
        Ok(true)
    }

    fn quarantine(&mut self, input: &Quarantined) -> Result<(), StoreError> {
        let source = self.term(Space::Member, &input.source.to_string())?;
        self.ledger.add_quarantined(source, input.received.as_microsecond(), input)
    }

    fn record(&mut self, rights: Rights, actor: Actor) -> Result<Recorded, StoreError> {
        let at = self.ticks.next();
        self.books.directory.allows(&rights, instant(at))?;
        let recorded = Recorded { epoch: self.books.directory.epoch() + 1, at: instant(at), rights };
        self.ledger.add_rights(&recorded)?;
        Arc::make_mut(&mut self.books.directory).apply(&recorded);
        self.books.heads.at = at;
        self.books.heads.epoch = i64::try_from(recorded.epoch).unwrap_or(i64::MAX);
        let mut detail = serde_json::to_value(&recorded.rights)
            .map_err(|e| StoreError::Engine(format!("an event of rights cannot be written: {e}")))?;
        // The log of rights keeps a policy's file; the audit says which one it was.
        if let Some(file) = detail.get_mut("spif") {
            let digest = Sha256::digest(file.as_str().unwrap_or_default().as_bytes());
            *file = serde_json::json!({ "sha256": hex::encode(digest) });
        }
        let event = detail.get("event").and_then(serde_json::Value::as_str).unwrap_or("changed").to_owned();
        self.audit(&AuditEntry { actor, action: format!("rights.{event}"), object: None, detail })?;
        Ok(recorded)
    }

    pub fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let at = self.ticks.next();
        let (last, previous) = self.books.audited;
        let (number, salt) = (last + 1, salt());
        let digest = chain::digest(&chain::sealed(&previous, number, at, &salt, entry)?);
        self.ledger.add_audit(number, at, salt, entry, Some(&digest))?;
        self.books.audited = (number, digest);
        Ok(())
    }

    /// The number of a text, given now if it has none.
    pub fn term(&mut self, space: Space, text: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.books.terms.get(&space).and_then(|terms| terms.get(text)) {
            return Ok(*id);
        }
        self.books.heads.term += 1;
        let id = self.books.heads.term;
        self.ledger.add_term(&TermRow { id, space, text: text.to_owned() })?;
        self.books.terms.entry(space).or_default().insert(text.to_owned(), id);
        self.books.new_terms.push((space, text.to_owned()));
        Ok(id)
    }

    /// The label of a stored contribution, and those of its parts.
    fn labels_of(&self, row: &Row) -> Result<Composite, StoreError> {
        let missing = || StoreError::Engine(format!("contribution {} has no label", row.seq));
        let stripe = self.books.stripes.iter().find(|(_, id)| **id == row.stripe);
        let ((number, _), _) = stripe.ok_or_else(missing)?;
        if row.flags.has(Flags::GRANULAR) {
            let text = self.books.text(Space::Composite, *number).ok_or_else(missing)?;
            return serde_json::from_str(text).map_err(|_| missing());
        }
        let text = self.books.text(Space::Label, *number).ok_or_else(missing)?;
        let label = Label::from_canonical(text).map_err(|_| missing())?;
        Ok(Composite { label, parts: Vec::new() })
    }

    /// The label of a stored contribution; some of its fields may ask for more.
    pub fn label_of(&self, row: &Row) -> Result<Label, StoreError> {
        Ok(self.labels_of(row)?.label)
    }

    /// The fields of a stored contribution that ask for more.
    pub fn parts_of(&mut self, row: &Row) -> Result<Vec<Part>, StoreError> {
        if !row.flags.has(Flags::GRANULAR) {
            return Ok(Vec::new());
        }
        let selectors = self.ledger.body(row.seq)?.parts;
        let labels = self.labels_of(row)?.parts;
        Ok(labels.into_iter().zip(selectors).map(|(label, selectors)| Part { label, selectors }).collect())
    }

    /// The channel of a stored contribution.
    pub fn channel_of(&self, row: &Row) -> Result<String, StoreError> {
        let missing = || StoreError::Engine(format!("contribution {} has no channel", row.seq));
        self.books.text(Space::Channel, row.channel).map(str::to_owned).ok_or_else(missing)
    }

    /// The stripe of a label and a type, begun with the next contribution if there is none.
    fn stripe(&mut self, space: Space, labels: &str, kind: &str) -> Result<i64, StoreError> {
        let label = self.term(space, labels)?;
        let kind = self.term(Space::Kind, kind)?;
        if let Some(id) = self.books.stripes.get(&(label, kind)) {
            return Ok(*id);
        }
        self.books.heads.stripe += 1;
        let (id, first) = (self.books.heads.stripe, self.books.heads.seq + 1);
        self.ledger.add_stripe(&StripeRow { id, label, kind, first, rows: 0 })?;
        self.books.stripes.insert((label, kind), id);
        self.books.new_stripes.push((label, kind));
        Ok(id)
    }
}

/// Whether each field that asks for something asked for as much before.
fn permits_more(before: &[Part], after: &[Part]) -> bool {
    after.iter().all(|new| {
        let asked = |old: &Part| old.label.and(&new.label) == old.label;
        let selects =
            |selector: &String| before.iter().any(|old| asked(old) && old.selectors.contains(selector));
        new.selectors.iter().all(selects)
    })
}
