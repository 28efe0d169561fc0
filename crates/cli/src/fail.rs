//! How a command fails: bad usage or failed work.

use kizuna_app::AppError;

/// Exit code: done.
pub const DONE: u8 = 0;
/// Exit code: the work failed.
pub const FAILED: u8 = 1;
/// Exit code: bad usage.
pub const USAGE: u8 = 2;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub enum Fail {
    /// What was typed makes no sense; said before anything was done.
    Usage(String),
    /// The work failed.
    Work(anyhow::Error),
    /// The work failed and has said so already.
    Said,
    /// The work was done, and ended so that the exit code says how.
    Ended(u8),
}

impl Fail {
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    pub fn work(text: impl Into<String>) -> Self {
        Self::Work(anyhow::anyhow!(text.into()))
    }

    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::Work(_) | Self::Said => FAILED,
            Self::Ended(code) => *code,
        }
    }
}

impl From<AppError> for Fail {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid { faults } => {
                let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
                Self::work(lines.join("\n       "))
            }
            AppError::NotFound
            | AppError::NotAuthenticated
            | AppError::Forbidden(_)
            | AppError::TooLarge { .. }
            | AppError::Conflict(_)
            | AppError::Unavailable(_)
            | AppError::Internal(_) => Self::Work(error.into()),
        }
    }
}

impl From<anyhow::Error> for Fail {
    fn from(error: anyhow::Error) -> Self {
        Self::Work(error)
    }
}

impl From<std::io::Error> for Fail {
    fn from(error: std::io::Error) -> Self {
        Self::Work(error.into())
    }
}

impl From<serde_json::Error> for Fail {
    fn from(error: serde_json::Error) -> Self {
        Self::Work(error.into())
    }
}
