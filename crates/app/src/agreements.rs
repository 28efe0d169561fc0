//! Agreements: kept as objects of the own member's, found through the reader's view.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::agreement::{Agreement, Contact, KIND};
use kizuna_access::spec::Names;
use kizuna_access::{Directory, Label, MemberId, Party, spec};
use kizuna_stix::{Id, Object};
use uuid::Uuid;

use crate::ingest::{Delivery, Known, terms};
use crate::people::Caller;
use crate::read::{From, Reading};
use crate::{AppError, Node, Selection, Versions};

/// Agreements looked through at most when they are listed.
const PAGE: usize = 200;

/// An agreement in words, as somebody states it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAgreement {
    /// A further version of this one.
    pub id: Option<Id>,
    pub title: String,
    pub scope: String,
    /// Each a party as labels write it, such as `JPN` or `Harbour Circle`.
    pub parties: Vec<String>,
    /// Each a label in words; one that names nobody is for the parties.
    #[serde(default)]
    pub allows: Vec<String>,
    #[serde(default)]
    pub contacts: Vec<Contact>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub review: Option<Timestamp>,
}

/// An agreement as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AgreementInfo {
    pub id: Id,
    /// The name of the member that keeps it.
    pub keeper: String,
    pub title: String,
    pub scope: String,
    /// In words.
    pub parties: Vec<String>,
    /// In words.
    pub allows: Vec<String>,
    pub contacts: Vec<Contact>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub review: Option<Timestamp>,
    pub in_force: bool,
    pub modified: Timestamp,
    /// Its own label, in words.
    pub label: String,
    #[serde(skip)]
    pub marked: Label,
}

impl Node {
    /// Adds an agreement of the caller's member, or a further version of one, under a label in words; without one it
    /// is the member's own.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the field that is wrong; [`AppError::NotFound`] for a further version of what the
    /// caller cannot read as its own member's.
    pub fn add_agreement(
        &self,
        caller: &Caller,
        new: &NewAgreement,
        label: Option<&str>,
    ) -> Result<Id, AppError> {
        let directory = self.directory()?;
        let now = self.now();
        let agreement = match caller {
            Caller::Operator => {
                let own = directory.own_member().ok_or(AppError::NotFound)?;
                stated(new, own.id, now, &*directory)?
            }
            Caller::Person(who) => {
                let reader = directory.reader(who, now)?;
                stated(new, who.member(), now, &Known::of(&directory, &reader, now))?
            }
        };
        let created = match (&new.id, caller) {
            (None, _) => now,
            (Some(id), Caller::Person(who)) => since(&self.read(who)?, id, agreement.by)?,
            (Some(_), Caller::Operator) => {
                return Err(AppError::invalid("id", "a further version is made by somebody: say who (--as)"));
            }
        };
        let object =
            Agreement { created, ..agreement }.object().map_err(|faults| AppError::Invalid { faults })?;
        let delivery = Delivery { label, items: 1, ..Delivery::default() };
        let bytes = object.canonical();
        let report = match caller {
            Caller::Operator => self.import(bytes, &delivery)?,
            Caller::Person(who) => self.ingest(who, bytes, &delivery)?,
        };
        if report.stored == 0 {
            let faults = report.items.into_iter().flat_map(|item| item.faults).collect();
            return Err(AppError::Invalid { faults });
        }
        Ok(object.id().clone())
    }
}

/// Since when there is an agreement that this member keeps.
fn since(reading: &Reading, id: &Id, by: MemberId) -> Result<Timestamp, AppError> {
    let known = reading.object(id)?;
    let known = read(&known.bytes).filter(|known| known.by == by).ok_or(AppError::NotFound)?;
    Ok(known.created)
}

impl Reading {
    /// The agreements that this viewer may read, by title.
    pub fn agreements(&self) -> Result<Vec<AgreementInfo>, AppError> {
        let selection =
            Selection { kinds: vec![KIND.to_owned()], versions: Versions::Latest, ..Selection::default() };
        let page = self.page(&selection, &From::First, PAGE)?;
        let mut found: Vec<AgreementInfo> = page
            .items
            .iter()
            .filter(|item| !item.revoked)
            .filter_map(|item| self.describe(&item.bytes, &item.label))
            .collect();
        found.sort_by(|one, other| (&one.title, &one.id).cmp(&(&other.title, &other.id)));
        Ok(found)
    }

    /// One agreement.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is hidden, absent, or no agreement.
    pub fn agreement(&self, id: &Id) -> Result<AgreementInfo, AppError> {
        let item = self.object(id)?;
        self.describe(&item.bytes, &item.label).ok_or(AppError::NotFound)
    }

    fn describe(&self, bytes: &[u8], label: &Label) -> Option<AgreementInfo> {
        let agreement = read(bytes)?;
        // A party that the reader may not know of stands as its identifier.
        let nobody = Directory::default();
        let party = |party: &Party| {
            spec::party_text(party, if self.knows(party) { self.directory() } else { &nobody })
        };
        Some(AgreementInfo {
            in_force: agreement.in_force(self.now()),
            id: agreement.id,
            keeper: self.member_name(agreement.by),
            title: agreement.title,
            scope: agreement.scope,
            parties: agreement.parties.iter().map(party).collect(),
            allows: agreement.allows.iter().map(|label| self.label_text(label)).collect(),
            contacts: agreement.contacts,
            from: agreement.from,
            until: agreement.until,
            review: agreement.review,
            modified: agreement.modified,
            label: self.label_text(label),
            marked: label.clone(),
        })
    }
}

/// The agreement in these bytes.
pub(crate) fn read(bytes: &[u8]) -> Option<Agreement> {
    let object = Object::from_value(serde_json::from_slice(bytes).ok()?).ok()?;
    Agreement::read(&object).ok()
}

fn stated(
    new: &NewAgreement,
    by: MemberId,
    now: Timestamp,
    names: &impl Names,
) -> Result<Agreement, AppError> {
    for (place, text) in [("title", &new.title), ("scope", &new.scope)] {
        if text.trim().is_empty() {
            return Err(AppError::invalid(place, "it is empty"));
        }
    }
    if new.from.zip(new.until).is_some_and(|(from, until)| from >= until) {
        return Err(AppError::invalid("until", "an agreement ends after it begins"));
    }
    let parties = parties(names, &new.parties, "parties")?;
    if parties.is_empty() {
        return Err(AppError::invalid("parties", "an agreement has parties"));
    }
    let default = Label::builder().rel(parties.iter().copied()).label();
    let mut allows = Vec::new();
    for words in &new.allows {
        let said = terms(names, words).map_err(|error| AppError::invalid("allows", error.to_string()))?;
        allows.push(said.or(&default).label());
    }
    Ok(Agreement {
        id: new.id.clone().unwrap_or_else(|| Id::new(KIND, Uuid::new_v4())),
        by,
        created: now,
        modified: now,
        title: new.title.trim().to_owned(),
        scope: new.scope.trim().to_owned(),
        parties,
        allows,
        contacts: new.contacts.clone(),
        from: new.from,
        until: new.until,
        review: new.review,
    })
}

/// The parties that somebody typed, each as labels write it; `place` is where in the request they stand.
pub(crate) fn parties(
    names: &impl Names,
    typed: &[String],
    place: &str,
) -> Result<BTreeSet<Party>, AppError> {
    let mut parties = BTreeSet::new();
    for typed in typed {
        let said = terms(names, &format!("rel:{}", party_words(typed)))
            .map_err(|error| AppError::invalid(place, error.to_string()))?;
        parties.extend(said.audience().into_iter().flatten().flatten().copied());
    }
    Ok(parties)
}

/// A name with white space stands in quotation marks in labels; here it need not.
fn party_words(typed: &str) -> String {
    let typed = typed.trim();
    if typed.contains(char::is_whitespace) && !typed.contains(['"', ':']) {
        return format!("\"{typed}\"");
    }
    typed.to_owned()
}
