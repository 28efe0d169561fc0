//! Receipts: given by people about any object that they read, and by the node about what arrives; read by the object's
//! producer, through the view like everything else (ADR 0024).
//!
//! A receipt is written for its member under [`receipt::label`], which never reaches further than its object, and goes
//! back by the ordinary exchange. What it says beyond the words and numbers of its schema, its note, is content of its
//! member's like any other.

pub(crate) mod adopt;
mod arrival;
mod write;

use jiff::Timestamp;
use kizuna_access::receipt::fold::Fold;
use kizuna_access::receipt::{self, By, Receipt, State, Told};
use kizuna_access::{CommunityId, MemberId, Party, Principal};
use kizuna_stix::{Id, Object};
use kizuna_store::query::{Item, Search};

use crate::read::Reading;
use crate::{AppError, Node};

pub(crate) use arrival::Telling;
pub(crate) use write::rounded;

/// Receipts about one object that an answer takes into account.
const MOST: usize = 50_000;
/// Of them, those read at once.
const STEP: usize = 1_000;

/// What somebody says about an object.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReceipt {
    pub state: State,
    /// How often, in all.
    #[serde(default)]
    pub count: Option<u64>,
    #[serde(default)]
    pub note: Option<String>,
    /// Without a name, within this community.
    #[serde(default)]
    pub anonymous_in: Option<String>,
}

impl NewReceipt {
    pub fn of(state: State) -> Self {
        Self { state, count: None, note: None, anonymous_in: None }
    }
}

/// One state at one recipient, as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    pub member: MemberId,
    pub name: String,
    pub state: State,
    pub since: Timestamp,
    pub last: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How many members of a community said something without their names.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Blinded {
    pub community: CommunityId,
    pub name: String,
    pub state: State,
    pub members: usize,
    pub times: u64,
}

/// The receipts about one object that a viewer reads, and what they say together.
#[derive(Debug, Clone, Default)]
pub struct Receipts {
    fold: Fold,
    /// By member and state.
    pub lines: Vec<Line>,
    pub blinded: Vec<Blinded>,
}

/// The receipts about an object as programs show them.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ReceiptsInfo {
    pub recipients: Vec<Line>,
    /// Those without a name, counted by community and state.
    pub anonymous: Vec<Blinded>,
}

impl Receipts {
    pub fn info(self) -> ReceiptsInfo {
        ReceiptsInfo { recipients: self.lines, anonymous: self.blinded }
    }

    /// What one member told.
    pub fn of(&self, member: MemberId) -> Told {
        self.fold.members.get(&member).cloned().unwrap_or_default()
    }

    /// The members that told something.
    pub fn tellers(&self) -> impl Iterator<Item = MemberId> + '_ {
        self.fold.members.keys().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.blinded.is_empty()
    }
}

impl Reading {
    /// What readable receipts say about an object, whether the object itself is readable or not.
    pub fn receipts(&self, object: &Id) -> Result<Receipts, AppError> {
        let fold: Fold = self.told(object)?.iter().collect();
        let mut lines = Vec::new();
        for (member, told) in &fold.members {
            for (state, reached) in &told.0 {
                lines.push(Line {
                    member: *member,
                    name: self.member_name(*member),
                    state: *state,
                    since: reached.since,
                    last: reached.last,
                    count: reached.count,
                    note: reached.note.clone(),
                });
            }
        }
        let blinded = fold.counts().into_iter().map(|((community, state), (members, times))| {
            let name = self.community_name(community);
            Blinded { community, name, state, members, times }
        });
        let blinded = blinded.collect();
        Ok(Receipts { fold, lines, blinded })
    }

    /// The same, for who asks after the object: nothing readable about it is [`AppError::NotFound`], hidden and absent
    /// alike.
    pub fn receipts_of(&self, object: &Id) -> Result<Receipts, AppError> {
        let receipts = self.receipts(object)?;
        if receipts.is_empty() {
            self.object(object)?;
        }
        Ok(receipts)
    }

    /// A community's name, where the viewer may know it.
    pub(crate) fn community_name(&self, community: CommunityId) -> String {
        let known =
            self.directory().community(community).filter(|_| self.knows(&Party::Community(community)));
        known.map_or_else(|| community.to_string(), |known| known.name.clone())
    }

    /// The receipts about an object, each by who may tell it.
    fn told(&self, object: &Id) -> Result<Vec<Receipt>, AppError> {
        let kinds = vec![receipt::KIND.to_owned()];
        let search = Search { refers_to: Some(object.clone()), kinds, ..Search::default() };
        let (mut told, mut cursor) = (Vec::new(), None);
        while told.len() < MOST {
            let page = self.search(&search, cursor.as_deref(), STEP)?;
            told.extend(
                page.items.iter().filter_map(receipt).filter(|receipt| receipt.object_ref == *object),
            );
            if !page.more {
                break;
            }
            cursor = page.next;
        }
        Ok(told)
    }

    /// Receipts of all objects, newest first: what came in.
    pub fn newest_receipts(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<crate::Listing<(Receipt, Item)>, AppError> {
        let search = Search { kinds: vec![receipt::KIND.to_owned()], ..Search::default() };
        let page = self.search(&search, cursor, limit)?;
        let items = page.items.into_iter().filter_map(|item| Some((receipt(&item)?, item)));
        Ok(crate::Listing { items: items.collect(), next: page.next, more: page.more })
    }
}

/// The receipt in an item, where its author told it: of an anonymous one the owner of its community, which counted it.
pub(crate) fn receipt(item: &Item) -> Option<Receipt> {
    if item.revoked || !item.authored {
        return None;
    }
    let receipt = Receipt::read(&object(&item.bytes)?).ok()?;
    let author = match receipt.by {
        By::Member(member) => member,
        By::Anonymous { owner, .. } => owner,
    };
    (author == item.source).then_some(receipt)
}

pub(crate) fn object(bytes: &[u8]) -> Option<Object> {
    Object::from_value(serde_json::from_slice(bytes).ok()?).ok()
}

impl Node {
    /// Says what became of an object at the caller's member, and gives what its member told of it so far. Under an
    /// anonymous receipt nothing is told back but that it was given.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an object that the caller does not read; [`AppError::Invalid`] for what no receipt
    /// may say; [`AppError::Forbidden`] for who does not write.
    pub fn give_receipt(&self, who: &Principal, object: &Id, new: &NewReceipt) -> Result<Told, AppError> {
        let reading = self.read(who)?;
        if !reading.reader().may_write() {
            return Err(AppError::Forbidden(
                "a receipt takes the role analyst, releaser or admin, and a key that is not read-only"
                    .to_owned(),
            ));
        }
        if !State::SAID.contains(&new.state) {
            let rule = "this is told by nodes alone";
            return Err(AppError::invalid("$.state", rule));
        }
        if object.kind() == receipt::KIND {
            return Err(AppError::invalid("$.object", "a receipt is about an object, not about a receipt"));
        }
        let item = reading.object(object)?;
        let by = match new.anonymous_in.as_deref() {
            Some(community) => self.anonymous(&reading, community)?,
            None => By::Member(who.member()),
        };
        self.receipt_of(&reading, &item, by, new)?;
        drop(reading);
        Ok(self.read(who)?.receipts(object)?.of(who.member()))
    }

    /// Says that the caller's member has read an object, where it has not said so; nothing for what is its own.
    pub fn note_read(&self, who: &Principal, object: &Id) -> Result<(), AppError> {
        let reading = self.read(who)?;
        let item = reading.object(object)?;
        let is_own = item.source == who.member();
        if is_own || reading.receipts(object)?.of(who.member()).0.contains_key(&State::Read) {
            return Ok(());
        }
        self.receipt_of(&reading, &item, By::Member(who.member()), &NewReceipt::of(State::Read))
    }
}

#[cfg(test)]
mod tests;
