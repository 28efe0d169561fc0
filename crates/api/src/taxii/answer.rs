//! Answers in TAXII's form.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use kizuna_taxii::{DATE_ADDED_FIRST, DATE_ADDED_LAST, instant, media};
use serde::Serialize;

/// Bytes of a TAXII message, with its media type.
pub(super) struct Message {
    bytes: Vec<u8>,
    status: StatusCode,
    /// When the first and the last item of a page became readable.
    added: Option<(Timestamp, Timestamp)>,
}

pub(super) fn message<T: Serialize>(message: &T) -> Message {
    // A message is plain data with text keys: it cannot fail to be written.
    bytes(serde_json::to_vec(message).unwrap_or_default())
}

pub(super) fn bytes(bytes: Vec<u8>) -> Message {
    Message { bytes, status: StatusCode::OK, added: None }
}

impl Message {
    pub(super) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The `X-TAXII-Date-Added` headers of a page (§3.3); none for an empty one.
    pub(super) fn added(mut self, added: Option<(Timestamp, Timestamp)>) -> Self {
        self.added = added;
        self
    }
}

impl IntoResponse for Message {
    fn into_response(self) -> Response {
        let media = HeaderValue::from_static(media::TAXII);
        let mut response = (self.status, [(header::CONTENT_TYPE, media)], self.bytes).into_response();
        let Some((first, last)) = self.added else { return response };
        for (name, at) in [(DATE_ADDED_FIRST, first), (DATE_ADDED_LAST, last)] {
            if let Ok(value) = HeaderValue::from_str(&instant::format(at)) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
