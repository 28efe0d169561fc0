//! Signing in: one-time links, sessions of the pages, API keys of programs.
//!
//! Tokens are 256 random bits, written base64url; the node keeps only their SHA-256.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use kizuna_access::party::BadCountry;
use kizuna_access::policy::{self, Policy};
use kizuna_access::rights::{Clearance, Cleared, Holder, Role, Sector};
use kizuna_access::{KeyId, PersonId, Principal};
use kizuna_store::writer::{Actor, AuditEntry};
use rand::RngCore;
use sha2::{Digest, Sha256};

use crate::people::{Caller, NewMember};
use crate::{AppError, Node};

/// How long a session of the pages lasts.
pub const SESSION_HOURS: i64 = 12;
/// How long a one-time link may be used.
pub const LINK_HOURS: i64 = 24;

/// A one-time sign-in link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The secret part: `/sign-in/TOKEN`.
    pub token: String,
    pub expires: Timestamp,
}

/// A session of the pages.
#[derive(Debug, Clone)]
pub struct Session {
    pub principal: Principal,
    /// The cookie's value: only known when the session is made or presented.
    pub token: String,
    /// To be sent back with every form of this session.
    pub form_token: String,
    pub expires: Timestamp,
}

/// What a one-time link leads to.
#[derive(Debug, Clone)]
pub enum SignIn {
    Session(Session),
    /// The node has no member yet: ask for [`SetUp`] and send it with the same token. The link stays usable until then.
    SetUp,
}

/// What the first page of a new node asks for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct SetUp {
    pub member: String,
    /// ISO 3166-1 alpha-3.
    pub country: String,
    pub sector: Option<Sector>,
    pub email: String,
}

impl SetUp {
    fn member(&self) -> Result<NewMember, AppError> {
        let country = self.country.trim().to_uppercase();
        let wrong = |error: BadCountry| AppError::invalid("$.country", error.to_string());
        Ok(NewMember {
            name: self.member.trim().to_owned(),
            country: country.parse().map_err(wrong)?,
            sector: self.sector.unwrap_or(Sector::Public),
            identity: None,
            hosted: true,
        })
    }
}

/// What is kept of a link: for whom it is.
#[derive(serde::Serialize, serde::Deserialize)]
struct KeptLink {
    /// Nobody: it sets up a node that has no member yet.
    person: Option<PersonId>,
    expires: Timestamp,
}

/// What is kept of a session.
#[derive(serde::Serialize, serde::Deserialize)]
struct KeptSession {
    person: PersonId,
    /// The API key that it was begun with, which binds it.
    #[serde(default)]
    key: Option<KeyId>,
    expires: Timestamp,
}

const LINKS: &str = "sign-in.link";
const SESSIONS: &str = "sign-in.session";

impl Node {
    /// Makes a one-time link for a person, or, on a node without people, for setting it up.
    pub fn link(&self, person: Option<PersonId>) -> Result<Link, AppError> {
        let token = random_token();
        let expires = self.now() + SignedDuration::from_hours(LINK_HOURS);
        self.remember(LINKS, &token, &KeptLink { person, expires }, expires)?;
        Ok(Link { token, expires })
    }

    /// Whether a link is valid now, without using it: a page may show a button first, so that a preview of the link
    /// by a mail program does not spend it.
    pub fn link_is_valid(&self, token: &str) -> Result<bool, AppError> {
        Ok(self.kept_link(token)?.is_some())
    }

    /// Uses a one-time link: it works once.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`] for a link that is unknown, used or expired.
    pub fn sign_in(&self, token: &str) -> Result<SignIn, AppError> {
        let _one_at_a_time = self.signing_in.lock();
        let link = self.kept_link(token)?.ok_or(AppError::NotAuthenticated)?;
        let Some(person) = link.person else {
            return if self.directory()?.people().next().is_none() {
                Ok(SignIn::SetUp)
            } else {
                Err(AppError::NotAuthenticated)
            };
        };
        self.forget(LINKS, token)?;
        let principal = self.directory()?.authenticate_person(person, self.now())?;
        Ok(SignIn::Session(self.open_session(principal)?))
    }

    /// Makes the own member, if there is none yet, and its first person, an admin and analyst, and signs it in.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`] for a link that is not for setting up, or where somebody was faster.
    pub fn set_up(&self, token: &str, answers: &SetUp) -> Result<Session, AppError> {
        let _one_at_a_time = self.signing_in.lock();
        let link = self.kept_link(token)?.ok_or(AppError::NotAuthenticated)?;
        let directory = self.directory()?;
        if link.person.is_some() || directory.people().next().is_some() {
            return Err(AppError::NotAuthenticated);
        }
        let people = self.people(Caller::Operator);
        let own = directory.own_member().map(|own| own.id);
        let member = own.map_or_else(|| people.add_member(answers.member()?).map(|member| member.id), Ok)?;
        let roles = BTreeSet::from([Role::Admin, Role::Analyst, Role::Releaser]);
        let (user, _) = people.add_user(answers.email.trim(), member, roles)?;
        // The first person reads the exercise: its content is invented, and nobody else is there to clear him for it.
        people.clear(Holder::Person(user.id), exercise_clearance())?;
        self.forget(LINKS, token)?;
        let principal = self.directory()?.authenticate_person(user.id, self.now())?;
        self.open_session(principal)
    }

    /// Whose session this cookie is.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`] for a session that is unknown or expired, or whose account is closed.
    pub fn session(&self, token: &str) -> Result<Session, AppError> {
        let kept: Option<KeptSession> = self.recall(SESSIONS, token)?;
        let kept = kept.filter(|kept| self.now() < kept.expires).ok_or(AppError::NotAuthenticated)?;
        let directory = self.directory()?;
        let principal = match kept.key {
            Some(key) => directory.authenticate_by_key(key, self.now())?,
            None => directory.authenticate_person(kept.person, self.now())?,
        };
        Ok(Session {
            principal,
            token: token.to_owned(),
            form_token: form_token(token),
            expires: kept.expires,
        })
    }

    /// Which of these sessions have not ended, found with one look at all there are.
    pub(crate) fn standing_sessions<'a>(
        &self,
        tokens: impl Iterator<Item = &'a str>,
    ) -> Result<BTreeSet<&'a str>, AppError> {
        let kept = self.store.states(SESSIONS)?;
        let now = self.now();
        let stands =
            |kept: &[u8]| serde_json::from_slice::<KeptSession>(kept).is_ok_and(|kept| now < kept.expires);
        let standing: BTreeSet<String> =
            kept.into_iter().filter(|(_, kept)| stands(kept)).map(|(digest, _)| digest).collect();
        Ok(tokens.filter(|token| standing.contains(&digest(token))).collect())
    }

    /// Ends a session. An unknown one is no error.
    pub fn sign_out(&self, token: &str) -> Result<(), AppError> {
        self.forget(SESSIONS, token)
    }

    /// Who presents this API key, and, where an e-mail address comes with it (HTTP Basic), whether it is the key's.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`], the same for every reason.
    pub fn authenticate(&self, key: &str, email: Option<&str>) -> Result<Principal, AppError> {
        let secret = URL_SAFE_NO_PAD.decode(key.trim()).map_err(|_| AppError::NotAuthenticated)?;
        let secret: [u8; 32] = secret.try_into().map_err(|_| AppError::NotAuthenticated)?;
        let directory = self.directory()?;
        let principal = directory.authenticate_key(&secret, self.now())?;
        let known = directory.person(principal.person());
        let is_its =
            |email: &str| known.is_some_and(|person| person.email.eq_ignore_ascii_case(email.trim()));
        if email.is_some_and(|email| !is_its(email)) {
            return Err(AppError::NotAuthenticated);
        }
        Ok(principal)
    }

    /// The principal of a person by address, for the operator at the machine, who has its store anyway: audited.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where nobody has this address.
    pub fn stand_in(&self, email: &str, doing: &str) -> Result<Principal, AppError> {
        let directory = self.directory()?;
        let unknown = || AppError::invalid("--as", format!("nobody here has the address {email:?}"));
        let several = || {
            let reason =
                "several members have an account with this address: give its id (kizuna user list --json)";
            AppError::invalid("--as", reason)
        };
        let mut named: Vec<&kizuna_access::directory::Person> = directory.people_by_email(email).collect();
        named.extend(email.parse().ok().and_then(|id| directory.person(PersonId(id))));
        let person = match named[..] {
            [] => return Err(unknown()),
            [person] => person,
            _ => return Err(several()),
        };
        let principal = directory.authenticate_person(person.id, self.now())?;
        self.store.writer().audit(AuditEntry {
            actor: Actor::Operator,
            action: "command.stand-in".to_owned(),
            object: None,
            detail: serde_json::json!({ "as": person.email, "doing": doing }),
        })?;
        Ok(principal)
    }

    /// Begins a session of the pages with an API key. What the key may not, the session may not, and it ends with it.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`], the same for every reason.
    pub fn sign_in_with_key(&self, key: &str) -> Result<Session, AppError> {
        self.open_session(self.authenticate(key, None)?)
    }

    fn open_session(&self, principal: Principal) -> Result<Session, AppError> {
        let (person, key) = (principal.person(), principal.key());
        let token = random_token();
        let expires = self.now() + SignedDuration::from_hours(SESSION_HOURS);
        self.remember(SESSIONS, &token, &KeptSession { person, key, expires }, expires)?;
        Ok(Session { principal, form_token: form_token(&token), token, expires })
    }

    fn kept_link(&self, token: &str) -> Result<Option<KeptLink>, AppError> {
        let kept: Option<KeptLink> = self.recall(LINKS, token)?;
        Ok(kept.filter(|kept| self.now() < kept.expires))
    }

    fn remember<T: serde::Serialize>(
        &self,
        kind: &str,
        token: &str,
        value: &T,
        expires: Timestamp,
    ) -> Result<(), AppError> {
        let value = serde_json::to_vec(value).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(self.store.writer().set_state(kind, &digest(token), Some(value), Some(expires))?)
    }

    fn recall<T: serde::de::DeserializeOwned>(&self, kind: &str, token: &str) -> Result<Option<T>, AppError> {
        let Some(value) = self.store.state(kind, &digest(token))? else { return Ok(None) };
        serde_json::from_slice(&value).map(Some).map_err(|error| AppError::Internal(error.to_string()))
    }

    fn forget(&self, kind: &str, token: &str) -> Result<(), AppError> {
        Ok(self.store.writer().set_state(kind, &digest(token), None, None)?)
    }
}

/// All of the built-in policy for invented content.
fn exercise_clearance() -> Clearance {
    let highest = |policy: &Policy| Some((policy.id.clone(), policy.levels.last()?.id.clone()));
    let cleared = policy::find("EXERCISE").and_then(highest);
    let cleared = cleared.map(|(policy, level)| (policy, Cleared { level, categories: BTreeMap::new() }));
    Clearance(cleared.into_iter().collect())
}

fn random_token() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Derived from the session's token, which only its cookie holds, so that no other site can know it.
fn form_token(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("form\0{token}").as_bytes()))
}

#[cfg(test)]
mod tests;
