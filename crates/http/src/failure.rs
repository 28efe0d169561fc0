//! One map from what went wrong to a status and a title, for programs and pages alike.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use kizuna_app::AppError;
use uuid::Uuid;

/// A request that failed, before it has taken the form of a face.
///
/// As a response it is empty and carries itself along; [`crate::Routes`] lets the face's presenter write it. So
/// handlers, extractors and caps fail in one way, and nobody chooses a form twice.
#[derive(Debug, Clone)]
pub struct Failure {
    pub status: StatusCode,
    /// Fixed per kind of failure.
    pub title: &'static str,
    /// What can be done about it; never anything about what the viewer may not read, empty for a fault of the program.
    pub detail: String,
    /// Where in the request, and which rule.
    pub places: Vec<Place>,
    /// Further headers, such as `Allow`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log only.
    pub(crate) cause: String,
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// A JSONPath into the body (`$.objects[3].id`), a query parameter (`?limit`) or a header's name.
    pub path: String,
    pub rule: String,
}

impl Failure {
    pub fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title,
            detail: detail.into(),
            places: Vec::new(),
            headers: Vec::new(),
            cause: String::new(),
        }
    }

    /// One fault at one place of the request.
    pub fn invalid(path: impl Into<String>, rule: impl Into<String>) -> Self {
        AppError::invalid(path, rule).into()
    }

    pub fn not_acceptable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "Not acceptable", detail)
    }

    pub fn unsupported_media(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type", detail)
    }

    /// The content is of the right kind and cannot be processed (RFC 9110 §15.5.21).
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Cannot be processed", detail)
    }

    pub fn too_large(what: &str, limit: usize) -> Self {
        let detail = format!("{what} is over the limit of {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", detail)
    }

    pub fn busy() -> Self {
        let detail = "the node is busy: try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not available now", detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// Somebody asks more often than he may (RFC 6585 §4).
    pub(crate) fn too_many(wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", "ask less often")
            .with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not available now",
            "this took longer than a request may: ask for less",
        )
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("10"))
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", "this path has no such method")
    }

    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        AppError::Internal(cause.into()).into()
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// As problem details (RFC 9457). Only a fault of the program shows the request's id: a reader may report it,
    /// and equal failures stay equal bytes.
    pub fn problem(&self, request: Uuid) -> serde_json::Value {
        let mut problem = serde_json::json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
        });
        if !self.detail.is_empty() {
            problem["detail"] = self.detail.clone().into();
        }
        if !self.places.is_empty() {
            problem["errors"] = serde_json::json!(self.places);
        }
        if self.is_fault_of_the_program() {
            problem["request_id"] = request.to_string().into();
        }
        problem
    }

    pub fn is_fault_of_the_program(&self) -> bool {
        self.status == StatusCode::INTERNAL_SERVER_ERROR
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let (status, title) = match &error {
            AppError::NotAuthenticated => (StatusCode::UNAUTHORIZED, "Not signed in"),
            AppError::Forbidden(_) => (StatusCode::FORBIDDEN, "Not allowed"),
            AppError::NotFound => (StatusCode::NOT_FOUND, "Not found"),
            AppError::Invalid { .. } => (StatusCode::BAD_REQUEST, "The request is wrong"),
            AppError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
            AppError::Conflict(_) => (StatusCode::CONFLICT, "Conflict"),
            AppError::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "Not available now"),
            AppError::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "The node failed"),
        };
        let text = error.to_string();
        let mut failure = match error {
            AppError::Internal(_) => {
                let mut failure = Self::new(status, title, "");
                failure.cause = text;
                failure
            }
            // A disk is full, a database away: somebody has to see to it first.
            AppError::Unavailable(_) => Self::new(status, title, text)
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("10")),
            _ => Self::new(status, title, text),
        };
        if let AppError::Invalid { faults } = error {
            failure.places =
                faults.into_iter().map(|fault| Place { path: fault.path, rule: fault.rule }).collect();
        }
        failure
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
