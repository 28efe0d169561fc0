//! Asking a peer: over mutual TLS where it was enrolled ([`super::channel`]), else as any TAXII 2.1 server, with a
//! credential.
//!
//! [`Node::client`] makes the client of a peer; its connections are kept open from one question to the next.
//! [`Client::get`] and [`Client::deliver`] are whole questions with caps on time and size. [`Client::stream`] reads
//! server-sent events for as long as the other side sends them: an iterator that blocks, so give it a thread.

mod deliver;
mod events;

use std::io::BufReader;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use kizuna_federation::transport::Pin;
use kizuna_taxii::media;
use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, TcpConnector};
use url::Url;

use super::Peer;
use super::channel::Connected;
use super::credential::Credential;
use crate::{AppError, Node};

pub(super) use deliver::{Content, Undelivered};
pub(super) use events::Event;
use events::Events;

/// For one question, from its first octet to the last of its answer. A narrow link takes long for much.
const PATIENCE: Duration = Duration::from_mins(10);
/// For a connection, on a link that answers after seconds.
const CONNECTING: Duration = Duration::from_secs(10);
/// In which nothing moves on a connection that is in use: its other end is gone.
const STANDSTILL: Duration = Duration::from_secs(30);
/// For the head of a stream's answer.
const BEGINNING: Duration = Duration::from_secs(15);
/// A stream that is silent for longer has lost its other end: a node says a word every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// More of an answer is not read.
const ANSWER_BYTES: u64 = 256 << 20;
/// Of an answer that is a text.
const TEXT_BYTES: u64 = 1 << 20;
/// Of a failed answer, what goes into the error.
const REASON: usize = 300;

/// A client with what a peer knows us by.
pub(super) struct Client {
    agent: ureq::Agent,
    channel: Option<Connected>,
    authorization: Option<String>,
    /// What time it was, by the peer's clock, when it last gave something.
    heard: Mutex<Option<Timestamp>>,
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

    fn date(&self) -> Option<Timestamp> {
        let said = jiff::fmt::rfc2822::parse(self.header("date")?).ok()?;
        Some(said.timestamp())
    }

    pub fn read<T: DeserializeOwned>(&self, url: &Url) -> Result<T, AppError> {
        serde_json::from_slice(&self.bytes)
            .map_err(|error| AppError::Unavailable(format!("{url} answered what is no TAXII 2.1: {error}")))
    }
}

impl Node {
    /// The client of a peer.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where what opens its door to us cannot be opened here.
    pub(super) fn client(&self, peer: &Peer) -> Result<Client, AppError> {
        if let Some(channel) = &peer.channel {
            return Ok(Client::over(self.channel_agent(peer, channel)?));
        }
        let key = peer.sealed.as_deref().map(|sealed| self.opened(&peer.name, sealed));
        Ok(Client::new(peer, key.transpose()?.as_ref()))
    }
}

impl Client {
    fn new(peer: &Peer, key: Option<&Credential>) -> Self {
        let authorization = match (&peer.user, key.map(Credential::reveal)) {
            (Some(user), key) => {
                let pair = format!("{user}:{}", key.unwrap_or_default());
                Some(format!("Basic {}", STANDARD.encode(pair)))
            }
            (None, Some(key)) => Some(format!("Bearer {key}")),
            (None, None) => None,
        };
        Self { agent: patient().build().into(), channel: None, authorization, heard: Mutex::default() }
    }

    /// A client that speaks mutual TLS alone, and follows nobody elsewhere.
    pub fn over(channel: Connected) -> Self {
        let config = patient().https_only(true).max_redirects(0).proxy(None).build();
        let connector = ().chain(TcpConnector::default()).chain(channel.connector.clone());
        let agent = ureq::Agent::with_parts(config, connector, DefaultResolver::default());
        Self { agent, channel: Some(channel), authorization: None, heard: Mutex::default() }
    }

    /// The certificate that answered last, over a channel.
    pub fn met(&self) -> Option<Pin> {
        self.channel.as_ref()?.met()
    }

    /// What this program answers at a place; nothing where whoever is there has no such place or no answer of this form.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where it could not be reached.
    pub fn ask<T: DeserializeOwned>(&self, url: &Url) -> Result<Option<T>, AppError> {
        let mut response =
            self.asking(url, "application/json").call().map_err(|error| unreachable(url, &error))?;
        let read = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec();
        let bytes = read.map_err(|error| unreachable(url, &error))?;
        Ok(if response.status().is_success() { serde_json::from_slice(&bytes).ok() } else { None })
    }

    /// The text at a place; nothing where whoever is there refuses it.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where it could not be reached.
    pub fn text(&self, url: &Url) -> Result<Option<String>, AppError> {
        let mut response = self.asking(url, "text/plain").call().map_err(|error| unreachable(url, &error))?;
        let read = response.body_mut().with_config().limit(TEXT_BYTES).read_to_string();
        let text = read.map_err(|error| unreachable(url, &error))?;
        let status = response.status();
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(AppError::Unavailable(format!("{url} answered {}", status.as_u16())));
        }
        Ok(status.is_success().then_some(text))
    }

    /// Sends a message of this program and reads the answer.
    ///
    /// # Errors
    /// Like [`Client::get`].
    pub fn tell<T: DeserializeOwned>(&self, url: &Url, message: &impl Serialize) -> Result<T, AppError> {
        let body = serde_json::to_vec(message).map_err(|error| AppError::Internal(error.to_string()))?;
        let mut request = self.agent.post(url.as_str()).header("content-type", "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let answer = answer(url, request.send(&body[..]))?;
        serde_json::from_slice(&answer.bytes)
            .map_err(|error| AppError::Unavailable(format!("{url} answered what is not understood: {error}")))
    }

    /// # Errors
    /// [`AppError::Unavailable`] with the server's reason, or why it could not be reached.
    pub fn get(&self, url: &Url) -> Result<Answer, AppError> {
        let answer = answer(url, self.asking(url, media::TAXII).call())?;
        *self.heard.lock() = answer.date();
        Ok(answer)
    }

    /// What time it was by the peer's clock, to the second, when it last gave something; nothing where it did not say.
    pub fn heard(&self) -> Option<Timestamp> {
        *self.heard.lock()
    }

    /// The server-sent events at a place, after the one that `last` names. Each `next` blocks until something comes;
    /// the stream ends with an error when its other end is silent for too long, and can then be begun again.
    ///
    /// # Errors
    /// Like [`Client::get`].
    pub fn stream(
        &self,
        url: &Url,
        last: Option<&str>,
    ) -> Result<impl Iterator<Item = Result<Event, AppError>> + Send + use<>, AppError> {
        let mut request = self.asking(url, "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let begun = request
            .config()
            .timeout_global(None)
            .timeout_recv_response(Some(BEGINNING))
            .timeout_per_read(Some(SILENCE))
            .build()
            .call();
        let response = begun.map_err(|error| unreachable(url, &error))?;
        if !response.status().is_success() {
            return answer(url, Ok(response)).and_then(|_| Err(AppError::Unavailable(url.to_string())));
        }
        let body = response.into_body().into_with_config().limit(u64::MAX).reader();
        Ok(Events::new(url.as_str(), BufReader::new(body)))
    }

    fn asking(&self, url: &Url, accept: &str) -> ureq::RequestBuilder<ureq::typestate::WithoutBody> {
        let request = self.agent.get(url.as_str()).header("accept", accept);
        match &self.authorization {
            Some(authorization) => request.header("authorization", authorization),
            None => request,
        }
    }
}

fn patient() -> ConfigBuilder<AgentScope> {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .timeout_connect(Some(CONNECTING))
        .timeout_per_read(Some(STANDSTILL))
        .timeout_per_write(Some(STANDSTILL))
}

fn unreachable(url: &Url, error: &ureq::Error) -> AppError {
    AppError::Unavailable(format!("{url}: {error}"))
}

fn answer(
    url: &Url,
    answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, AppError> {
    let mut response = answered.map_err(|error| unreachable(url, &error))?;
    let read = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec();
    let bytes = read.map_err(|error| unreachable(url, &error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(Answer { bytes, headers: response.headers().clone() });
    }
    Err(AppError::Unavailable(format!("{url} answered {}: {}", status.as_u16(), reason(&bytes))))
}

/// What a failed answer says, cut short: a TAXII error message, problem details (RFC 9457), or its octets as text.
fn reason(bytes: &[u8]) -> String {
    let said: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
    let field = |name: &str| said.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let text = match (field("title"), field("description").or_else(|| field("detail"))) {
        (Some(title), Some(detail)) => format!("{title}: {detail}"),
        (Some(title), None) => title,
        (None, _) => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.chars().filter(|c| !c.is_control()).take(REASON).collect()
}
