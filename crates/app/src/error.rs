//! What can go wrong, as a closed list: one exhaustive map to status and title serves JSON and pages alike.

use kizuna_access::directory::{NotAuthenticated, RightsError};
use kizuna_stix::read::ReadError;
use kizuna_stix::{Fault, Severity};
use kizuna_store::StoreError;

/// What can go wrong with a request to the node.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody, or nobody any more: no account, key or session that is valid now.
    #[error("sign in, or send an API key that is valid")]
    NotAuthenticated,
    /// Known, and not allowed. Never said of an object: what may not be read does not exist.
    #[error("{0}")]
    Forbidden(String),
    /// Hidden and absent alike.
    #[error("not found")]
    NotFound,
    /// The request is wrong; every fault says where.
    #[error("{}", summary(.faults))]
    Invalid { faults: Vec<Fault> },
    #[error("{what} is over the limit of {limit}")]
    TooLarge { what: &'static str, limit: usize },
    /// It would contradict what is there already.
    #[error("{0}")]
    Conflict(String),
    /// It cannot be done now and may be tried again: a full disk, a peer that does not answer.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of this program or its engine. The text is for the log, never for a client.
    #[error("{0}")]
    Internal(String),
}

impl AppError {
    /// One fault at one place of the request, such as `$.email`, `?next` or `label`.
    pub fn invalid(path: impl Into<String>, rule: impl Into<String>) -> Self {
        let fault = Fault { severity: Severity::Error, path: path.into(), rule: rule.into() };
        Self::Invalid { faults: vec![fault] }
    }

    /// What this node wrote itself, such as `an attestation`, is no STIX object: a fault of this program.
    pub(crate) fn unsound(what: &str, faults: &[Fault]) -> Self {
        let said = faults.first().map(ToString::to_string).unwrap_or_default();
        Self::Internal(format!("{what} that this node wrote is not sound: {said}"))
    }
}

fn summary(faults: &[Fault]) -> String {
    match faults {
        [] => "the request is wrong".to_owned(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

impl std::convert::From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotAuthenticated => Self::NotAuthenticated,
            StoreError::NotFound => Self::NotFound,
            StoreError::Rights(error) => error.into(),
            StoreError::Locked(_)
            | StoreError::TooNew { .. }
            | StoreError::Disk(_)
            | StoreError::Away(_)
            | StoreError::TooLong => Self::Unavailable(error.to_string()),
            StoreError::Engine(_) => Self::Internal(error.to_string()),
        }
    }
}

impl std::convert::From<RightsError> for AppError {
    fn from(error: RightsError) -> Self {
        match error {
            RightsError::Unknown(_) => Self::invalid("$", error.to_string()),
            RightsError::Exists(_) => Self::Conflict(error.to_string()),
            RightsError::Refused(reason) => Self::Forbidden(reason),
        }
    }
}

impl std::convert::From<NotAuthenticated> for AppError {
    fn from(_: NotAuthenticated) -> Self {
        Self::NotAuthenticated
    }
}

impl std::convert::From<ReadError> for AppError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Json(_) | ReadError::Shape(_) => Self::invalid("$", error.to_string()),
            ReadError::TooLarge { what, limit } => Self::TooLarge { what, limit },
        }
    }
}
