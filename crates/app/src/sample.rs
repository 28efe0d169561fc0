//! An invented exercise data set, so that the first page is never empty.

use kizuna_access::Principal;

use crate::ingest::Report;
use crate::{AppError, Node};

impl Node {
    /// Loads the invented exercise data set as the caller's own content. Loading it again changes nothing.
    pub fn load_sample(&self, _who: &Principal) -> Result<Report, AppError> {
        Err(AppError::Unavailable("the sample is not built yet".to_owned()))
    }

    /// The same for the operator at the machine, as the node's own member's.
    pub fn import_sample(&self) -> Result<Report, AppError> {
        Err(AppError::Unavailable("the sample is not built yet".to_owned()))
    }
}
