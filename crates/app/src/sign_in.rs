//! Signing in: one-time links, sessions of the pages, API keys of programs.
//!
//! Tokens are 256 random bits, written base64url; the node keeps only their SHA-256.

use kizuna_access::rights::Sector;
use kizuna_access::{PersonId, Principal};

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
    pub expires: jiff::Timestamp,
}

/// A session of the pages.
#[derive(Debug, Clone)]
pub struct Session {
    pub principal: Principal,
    /// The cookie's value: only known when the session is made or presented.
    pub token: String,
    /// To be sent back with every form of this session.
    pub form_token: String,
    pub expires: jiff::Timestamp,
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

impl Node {
    /// Makes a one-time link for a person, or, on a node without people, for setting it up.
    pub fn link(&self, _person: Option<PersonId>) -> Result<Link, AppError> {
        Err(AppError::Unavailable("sign-in is not built yet".to_owned()))
    }

    /// Uses a one-time link: it works once.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`] for a link that is unknown, used or expired.
    pub fn sign_in(&self, _token: &str) -> Result<SignIn, AppError> {
        Err(AppError::NotAuthenticated)
    }

    /// Whether a link is valid now, without using it: a page may show a button first, so that a preview of the link
    /// by a mail program does not spend it.
    pub fn link_is_valid(&self, _token: &str) -> Result<bool, AppError> {
        Ok(false)
    }

    /// Makes the own member and its first person, an admin, and signs it in.
    pub fn set_up(&self, _token: &str, _answers: &SetUp) -> Result<Session, AppError> {
        Err(AppError::NotAuthenticated)
    }

    /// Whose session this cookie is.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`] for a session that is unknown or expired, or whose account is closed.
    pub fn session(&self, _token: &str) -> Result<Session, AppError> {
        Err(AppError::NotAuthenticated)
    }

    /// Ends a session. An unknown one is no error.
    pub fn sign_out(&self, _token: &str) -> Result<(), AppError> {
        Ok(())
    }

    /// Who presents this API key, and, where an e-mail address comes with it (HTTP Basic), whether it is the key's.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`], the same for every reason.
    pub fn authenticate(&self, _key: &str, _email: Option<&str>) -> Result<Principal, AppError> {
        Err(AppError::NotAuthenticated)
    }
}
