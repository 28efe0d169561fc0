//! Asking a TAXII 2.1 server.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kizuna_taxii::{ErrorMessage, media};
use serde::de::DeserializeOwned;
use url::Url;

use super::Peer;
use super::credential::Credential;
use crate::AppError;

/// For one answer, from its first byte to its last.
const PATIENCE: Duration = Duration::from_mins(1);
/// More of an answer is not read.
const ANSWER_BYTES: u64 = 256 << 20;
/// Of a failed answer, what goes into the error.
const REASON: usize = 300;

/// A client with a peer's credentials.
pub(super) struct Client {
    agent: ureq::Agent,
    authorization: Option<String>,
}

/// An answer that is no failure.
pub(super) struct Answer {
    pub bytes: Vec<u8>,
    headers: ureq::http::HeaderMap,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn read<T: DeserializeOwned>(&self, url: &Url) -> Result<T, AppError> {
        serde_json::from_slice(&self.bytes)
            .map_err(|error| AppError::Unavailable(format!("{url} answered what is no TAXII 2.1: {error}")))
    }
}

impl Client {
    pub fn new(peer: &Peer, key: Option<&Credential>) -> Self {
        let authorization = match (&peer.user, key.map(Credential::reveal)) {
            (Some(user), key) => {
                let pair = format!("{user}:{}", key.unwrap_or_default());
                Some(format!("Basic {}", STANDARD.encode(pair)))
            }
            (None, Some(key)) => Some(format!("Bearer {key}")),
            (None, None) => None,
        };
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Self { agent: config.into(), authorization }
    }

    /// # Errors
    /// [`AppError::Unavailable`] with the server's reason, or why it could not be reached.
    pub fn get(&self, url: &Url) -> Result<Answer, AppError> {
        let mut request = self.agent.get(url.as_str()).header("accept", media::TAXII);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        answer(url, request.call())
    }

    pub fn post(&self, url: &Url, body: &[u8]) -> Result<Answer, AppError> {
        let mut request =
            self.agent.post(url.as_str()).header("accept", media::TAXII).header("content-type", media::TAXII);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        answer(url, request.send(body))
    }
}

fn answer(
    url: &Url,
    answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, AppError> {
    let unreachable = |error: ureq::Error| AppError::Unavailable(format!("{url}: {error}"));
    let mut response = answered.map_err(unreachable)?;
    let bytes = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec().map_err(unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(Answer { bytes, headers: response.headers().clone() });
    }
    Err(AppError::Unavailable(format!("{url} answered {}: {}", status.as_u16(), reason(&bytes))))
}

/// What a failed answer says, cut short.
fn reason(bytes: &[u8]) -> String {
    let text = match serde_json::from_slice::<ErrorMessage>(bytes) {
        Ok(error) => match error.description {
            Some(description) => format!("{}: {description}", error.title),
            None => error.title,
        },
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.chars().filter(|c| !c.is_control()).take(REASON).collect()
}
