//! Lawful erasure (design, law 4): personal data, a court's order. One person asks, with a reason and a legal basis;
//! another confirms, and what their member gave of the object is destroyed. Both are in the audit.

use jiff::{SignedDuration, Timestamp};
use kizuna_access::{MemberId, PersonId, Principal, Role};
use kizuna_stix::Id;
use kizuna_store::writer::{Actor, AuditEntry, Erasure, has_random_id};
use serde_json::json;
use uuid::Uuid;

use crate::{AppError, Node, Reading};

/// Node state: what was asked for.
const ERASURES: &str = "erasure";
/// How long a request may be confirmed.
const DAYS_OPEN: i64 = 30;
/// Longest reason or basis, in characters.
const TEXT_LIMIT: usize = 1_000;

/// A request to erase, as it is kept until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ErasureRequest {
    pub id: Uuid,
    pub object: Id,
    /// One version of it; all of them where none is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Timestamp>,
    /// The member whose contributions go.
    pub source: MemberId,
    pub by: PersonId,
    pub reason: String,
    pub basis: String,
    pub made: Timestamp,
    pub until: Timestamp,
}

impl Node {
    /// Asks that what the caller's member gave of an object be erased. Nothing happens until another person confirms.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who is neither admin nor releaser; [`AppError::NotFound`] where the caller's member
    /// gave nothing of it that the caller may read.
    pub fn ask_to_erase(
        &self,
        who: &Principal,
        object: &Id,
        version: Option<Timestamp>,
        reason: &str,
        basis: &str,
    ) -> Result<ErasureRequest, AppError> {
        let reading = self.read(who)?;
        needs_decider(&reading)?;
        let (reason, basis) = (said("reason", reason)?, said("basis", basis)?);
        needs_own(&reading, object, version)?;
        let (made, by, source) = (self.now(), who.person(), who.member());
        let until = made + SignedDuration::from_hours(24 * DAYS_OPEN);
        let (id, object) = (Uuid::new_v4(), object.clone());
        let request = ErasureRequest { id, object, version, source, by, reason, basis, made, until };
        let kept = serde_json::to_vec(&request).map_err(|error| AppError::Internal(error.to_string()))?;
        self.store.writer().set_state(ERASURES, &id.to_string(), Some(kept), Some(until))?;
        self.say_of(&request, who.person(), "erasure.requested")?;
        Ok(request)
    }

    /// Requests that stand open, of what the caller's member gave and the caller may read; oldest first.
    pub fn erasures(&self, who: &Principal) -> Result<Vec<ErasureRequest>, AppError> {
        let reading = self.read(who)?;
        needs_decider(&reading)?;
        let mut open = Vec::new();
        for (_, value) in self.store.states(ERASURES)? {
            let request: ErasureRequest =
                serde_json::from_slice(&value).map_err(|error| AppError::Internal(error.to_string()))?;
            let is_open = self.now() < request.until && request.source == who.member();
            if is_open && reading.view().holds(&request.object)? {
                open.push(request);
            }
        }
        open.sort_by_key(|request| request.made);
        Ok(open)
    }

    /// Confirms what another person asked for: the bytes are destroyed, who could read them is told by a recall, and so
    /// are peers. How many contributions were erased.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a request that is not the caller's member's, or about what the caller may not read;
    /// [`AppError::Forbidden`] for who asked for it.
    pub fn confirm_erasure(&self, who: &Principal, request: Uuid) -> Result<u64, AppError> {
        let request = self.open_erasure(who, request)?;
        if request.by == who.person() {
            let reason = "another person confirms an erasure than the one who asked for it";
            return Err(AppError::Forbidden(reason.to_owned()));
        }
        let directory = self.directory()?;
        let asked = directory.authenticate_person(request.by, self.now());
        let still = asked.ok().and_then(|asked| directory.reader(&asked, self.now()).ok());
        if !still.is_some_and(|reader| reader.has(Role::Admin) || reader.has(Role::Releaser)) {
            return Err(AppError::Forbidden("who asked for it may not any more: ask anew".to_owned()));
        }
        let erased = self.store.writer().erase(Erasure {
            object: request.object.clone(),
            version: request.version,
            source: request.source,
            requested_by: request.by,
            confirmed_by: who.person(),
            reason: request.reason.clone(),
            basis: request.basis.clone(),
        })?;
        self.forget_erasure(request.id)?;
        Ok(erased)
    }

    /// Drops a request.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a request that is not the caller's member's, or about what the caller may not read.
    pub fn drop_erasure(&self, who: &Principal, request: Uuid) -> Result<(), AppError> {
        let request = self.open_erasure(who, request)?;
        self.say_of(&request, who.person(), "erasure.dropped")?;
        self.forget_erasure(request.id)
    }

    fn open_erasure(&self, who: &Principal, id: Uuid) -> Result<ErasureRequest, AppError> {
        let found = self.erasures(who)?.into_iter().find(|request| request.id == id);
        found.ok_or(AppError::NotFound)
    }

    fn forget_erasure(&self, id: Uuid) -> Result<(), AppError> {
        Ok(self.store.writer().set_state(ERASURES, &id.to_string(), None, None)?)
    }

    fn say_of(&self, request: &ErasureRequest, person: PersonId, action: &str) -> Result<(), AppError> {
        // The audit forgets nothing: an identifier that is made of the content does not stand in it.
        let object = has_random_id(&request.object).then(|| request.object.clone());
        Ok(self.store.writer().audit(AuditEntry {
            actor: Actor::Person(person),
            action: action.to_owned(),
            object,
            detail: json!({
                "request": request.id,
                "type": request.object.kind(),
                "version": request.version,
                "reason": request.reason,
                "basis": request.basis,
            }),
        })?)
    }
}

fn needs_decider(reading: &Reading) -> Result<(), AppError> {
    let reader = reading.reader();
    if reader.may_write() && (reader.has(Role::Admin) || reader.has(Role::Releaser)) {
        return Ok(());
    }
    Err(AppError::Forbidden("this takes the role admin or releaser".to_owned()))
}

/// Only what the reader's member gave, and the reader may read.
fn needs_own(reading: &Reading, object: &Id, version: Option<Timestamp>) -> Result<(), AppError> {
    let member = reading.reader().principal().member();
    let claims = reading.view().claims(object)?;
    let is_own = |item: &kizuna_store::query::Item| {
        item.source == member && version.is_none_or(|version| item.versioned && item.version == version)
    };
    if claims.iter().any(is_own) { Ok(()) } else { Err(AppError::NotFound) }
}

fn said(name: &str, text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if (1..=TEXT_LIMIT).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(AppError::invalid(format!("$.{name}"), format!("is said in up to {TEXT_LIMIT} characters")))
}

#[cfg(test)]
mod tests;
