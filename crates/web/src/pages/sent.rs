//! What a sent form leads to: on to another page, or the same form again, with what was typed and what is wrong at the
//! field where it is. Every form on which something can be typed wrongly answers in this way.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use kizuna_app::AppError;

use super::{html, html_with, see};
use crate::view::form::{Faults, Shape};
use crate::view::object::FaultView;

/// What a sent form led to.
pub(super) enum Sent<P> {
    /// It is done: on to a page of this node.
    Done(String),
    /// Nothing is done yet: what would be.
    Check(Response),
    /// The form again.
    Again(Box<P>, StatusCode),
}

impl<P: Template> Sent<P> {
    /// Shows a page on which the reader looks before anything is done.
    pub fn check<T: Template>(page: &T) -> Self {
        Self::Check(html(page))
    }

    pub fn response(self) -> Response {
        match self {
            Self::Done(path) => see(&path),
            Self::Check(response) => response,
            Self::Again(page, status) => html_with(&*page, status),
        }
    }
}

/// Leads on where the attempt was good; where what was typed was not, shows the page that `again` makes.
///
/// # Errors
/// What no other input would mend: a hidden or absent object, a fault of the program.
pub(super) fn sent<P>(
    attempt: Result<Sent<P>, AppError>,
    shape: Shape,
    again: impl FnOnce(Faults) -> Result<P, AppError>,
) -> Result<Sent<P>, AppError> {
    let error = match attempt {
        Ok(done) => return Ok(done),
        Err(error) => error,
    };
    let overall = |rule: String| vec![FaultView { path: String::new(), rule }];
    let (status, found) = match error {
        AppError::Invalid { faults } => {
            let view = |fault: kizuna_stix::Fault| FaultView { path: fault.path, rule: fault.rule };
            (StatusCode::BAD_REQUEST, faults.into_iter().map(view).collect())
        }
        AppError::Conflict(rule) => (StatusCode::CONFLICT, overall(rule)),
        AppError::Forbidden(rule) => (StatusCode::FORBIDDEN, overall(rule)),
        error @ AppError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, overall(error.to_string())),
        other => return Err(other),
    };
    let page = again(Faults::new(shape, found))?;
    Ok(Sent::Again(Box::new(page), status))
}
