//! What a request sends: bodies within their cap, JSON and query strings whose faults say where.

use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::request::Parts;
use http::{HeaderMap, header};
use hyper::body::{Body as _, Frame, SizeHint};
use serde::de::DeserializeOwned;

use crate::{Failure, Server};

/// Larger bodies are decompressed on a blocking thread.
const INLINE_BYTES: usize = 64 << 10;

/// How gzip begins (RFC 1952 §2.3.1). A file that is compressed is taken as such without a header that says so, and
/// falls under the same cap.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The whole body, decompressed, within the node's cap.
#[derive(Debug, Clone)]
pub struct Payload(pub Bytes);

/// A JSON body. A fault says at which path it is.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

/// A query string. A fault says in which parameter it is.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// The parameters of a path. One that cannot be read names nothing: not found.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl FromRequest<Server> for Payload {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        let cap = server.caps().body_bytes;
        let (parts, body) = request.into_parts();
        let encoding = Encoding::of(&parts.headers)?;
        let bytes = collect(&parts.headers, body, cap).await?;
        let is_plain = encoding == Encoding::Identity && !bytes.starts_with(&GZIP);
        let plain = if is_plain {
            bytes
        } else if bytes.len() <= INLINE_BYTES {
            gunzip(&bytes, cap)?
        } else {
            let task = tokio::task::spawn_blocking(move || gunzip(&bytes, cap));
            task.await.unwrap_or_else(|_| Err(Failure::internal("decompression panicked")))?
        };
        if plain.starts_with(&GZIP) {
            return Err(Failure::invalid("$", "the body is compressed twice"));
        }
        Ok(Self(plain))
    }
}

impl<T: DeserializeOwned> FromRequest<Server> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        if !is_json(request.headers()) {
            return Err(Failure::unsupported_media("send application/json"));
        }
        let Payload(bytes) = Payload::from_request(request, server).await?;
        json(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequestParts<Server> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        match axum::extract::Query::<T>::from_request_parts(parts, server).await {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(rejection) => {
                let text = rejection.body_text();
                let fault = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                let (place, rule) = fault.split_once(": ").unwrap_or(("", fault));
                Err(Failure::invalid(format!("?{place}"), rule))
            }
        }
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Server> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        match axum::extract::Path::<T>::from_request_parts(parts, server).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(_) => Err(kizuna_app::AppError::NotFound.into()),
        }
    }
}

/// Reads JSON; a fault says at which path it is.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = match error.path().to_string() {
            root if root == "." => "$".to_owned(),
            path => format!("$.{path}"),
        };
        Failure::invalid(path, error.into_inner().to_string())
    })?;
    match deserializer.end() {
        Ok(()) => Ok(value),
        Err(error) => Err(Failure::invalid("$", error.to_string())),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else { return Ok(Self::Identity) };
        match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            _ => Err(Failure::unsupported_media("a body may be encoded with gzip only")
                .with_header(header::ACCEPT_ENCODING, http::HeaderValue::from_static("gzip, identity"))),
        }
    }
}

/// How much room a body may take up, in bytes: what it says of its own length is believed up to what may be read.
pub(crate) fn most(headers: &HeaderMap, body: &Body, cap: usize) -> usize {
    if body.is_end_stream() {
        return 0;
    }
    let is_plain = matches!(Encoding::of(headers), Ok(Encoding::Identity));
    let length = body.size_hint().exact().and_then(|length| usize::try_from(length).ok());
    length.filter(|_| is_plain).map_or(cap, |length| length.min(cap))
}

/// Takes in a body within its cap. What is a little over is read to its end before it is refused: a client that is
/// still sending would else lose the answer with the connection.
pub(crate) async fn collect(headers: &HeaderMap, body: Body, cap: usize) -> Result<Bytes, Failure> {
    let over = || Failure::too_large("the body's length in bytes", cap);
    let patience = cap.saturating_mul(2);
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > patience as u64) {
        return Err(over());
    }
    let mut whole = BytesMut::new();
    let mut received = 0_usize;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let data = chunk.map_err(|_| Failure::invalid("$", "the body ended too early"))?;
        received = received.saturating_add(data.len());
        if received > patience {
            break;
        }
        if received <= cap {
            whole.extend_from_slice(&data);
        }
    }
    if received > cap || length.is_some_and(|length| length > cap as u64) {
        return Err(over());
    }
    Ok(whole.freeze())
}

/// Tells whether a body was read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Unread(Arc<AtomicBool>);

impl Unread {
    /// Whether there is more of the body than anybody has read.
    pub fn is_any(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that tells how far it was read.
struct Watched {
    body: Body,
    unread: Unread,
}

/// Watches a body.
pub(crate) fn watched(body: Body) -> (Body, Unread) {
    let unread = Unread(Arc::new(AtomicBool::new(!body.is_end_stream())));
    (Body::new(Watched { body, unread: unread.clone() }), unread)
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.unread.0.store(false, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Decompresses within the cap, however much a small input claims to hold.
fn gunzip(bytes: &[u8], cap: usize) -> Result<Bytes, Failure> {
    let mut plain = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(cap as u64 + 1);
    reader.read_to_end(&mut plain).map_err(|_| Failure::invalid("$", "the body is not sound gzip"))?;
    if plain.len() > cap {
        return Err(Failure::too_large("the decompressed body's length in bytes", cap));
    }
    Ok(plain.into())
}

#[cfg(test)]
mod tests;
