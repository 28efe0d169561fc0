//! Asking a server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method};
use kizuna_taxii::media;
use serde_json::Value;
use url::Url;

use super::{CheckError, Target};

/// More of an answer is not read.
const ANSWER_BYTES: u64 = 256 << 20;

/// A client with the target's credentials.
pub(super) struct Client {
    agent: ureq::Agent,
    base: Url,
    authorization: Option<String>,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
    /// `null` where it is no JSON.
    pub(super) json: Value,
}

/// A request in the making.
pub(super) struct Ask<'a> {
    client: &'a Client,
    method: Method,
    url: String,
    accept: Option<&'a str>,
    authorization: Option<&'a str>,
    body: Option<(&'a str, Vec<u8>)>,
}

impl Client {
    pub(super) fn new(target: &Target) -> Result<Self, CheckError> {
        let base = Url::parse(&target.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.ok_or_else(|| CheckError::Url { url: target.url.clone() })?;
        let authorization = match (&target.user, &target.key) {
            (Some(user), key) => {
                let pair = format!("{user}:{}", key.as_deref().unwrap_or_default());
                Some(format!("Basic {}", STANDARD.encode(pair)))
            }
            (None, Some(key)) => Some(format!("Bearer {key}")),
            (None, None) => None,
        };
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(target.timeout));
        Ok(Self { agent: config.build().into(), base, authorization })
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.authorization.is_some()
    }

    pub(super) fn base(&self) -> &str {
        self.base.as_str()
    }

    /// A URL, absolute or relative to the discovery URL.
    pub(super) fn url(&self, text: &str) -> Option<String> {
        self.base.join(text).ok().map(String::from)
    }

    pub(super) fn get(&self, url: impl Into<String>) -> Ask<'_> {
        self.ask(Method::GET, url)
    }

    pub(super) fn ask(&self, method: Method, url: impl Into<String>) -> Ask<'_> {
        let authorization = self.authorization.as_deref();
        Ask { client: self, method, url: url.into(), accept: Some(media::TAXII), authorization, body: None }
    }
}

impl<'a> Ask<'a> {
    pub(super) fn accept(mut self, accept: &'a str) -> Self {
        self.accept = Some(accept);
        self
    }

    pub(super) fn authorization(mut self, authorization: Option<&'a str>) -> Self {
        self.authorization = authorization;
        self
    }

    pub(super) fn body(mut self, media: &'a str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some((media, bytes.into()));
        self
    }

    pub(super) fn send(self) -> Result<Answer, CheckError> {
        let unreachable = |reason: String| CheckError::Unreachable { url: self.url.clone(), reason };
        let is_head = self.method == Method::HEAD;
        let mut request = http::Request::builder().method(self.method).uri(&self.url);
        if is_head {
            // The library would unpack the body that is not there.
            request = request.header("accept-encoding", "identity");
        }
        for (name, value) in [("accept", self.accept), ("authorization", self.authorization)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let agent = &self.client.agent;
        let sent = match self.body {
            Some((media, bytes)) => {
                let request = request.header("content-type", media).body(bytes);
                agent.run(request.map_err(|error| unreachable(error.to_string()))?)
            }
            None => agent.run(request.body(()).map_err(|error| unreachable(error.to_string()))?),
        };
        let mut response = sent.map_err(|error| unreachable(error.to_string()))?;
        let read = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec();
        let bytes = read.map_err(|error| unreachable(error.to_string()))?;
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), bytes, json })
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn has_status(&self, expected: &[u16]) -> Result<(), String> {
        if expected.contains(&self.status) {
            return Ok(());
        }
        let expected: Vec<String> = expected.iter().map(u16::to_string).collect();
        Err(format!("answered {}, not {}", self.status, expected.join(" or ")))
    }

    /// Whether it has TAXII's media type, letter for letter but for spaces and case.
    pub(super) fn is_taxii(&self) -> Result<(), String> {
        let given = self.header("content-type").unwrap_or_default();
        let plain: String = given.chars().filter(|letter| !letter.is_whitespace()).collect();
        if plain.eq_ignore_ascii_case(media::TAXII) {
            return Ok(());
        }
        Err(format!("its Content-Type is {given:?}, not {:?}", media::TAXII))
    }

    /// Whether it is a TAXII message with this status.
    pub(super) fn is_message(&self, status: u16) -> Result<(), String> {
        self.has_status(&[status])?;
        self.is_taxii()?;
        if self.json.is_object() { Ok(()) } else { Err("its body is no JSON object".to_owned()) }
    }

    /// Whether it is a failure as TAXII writes it.
    pub(super) fn is_failure(&self, statuses: &[u16]) -> Result<(), String> {
        self.has_status(statuses)?;
        self.is_taxii()?;
        super::require_text(&self.json, "title")
    }
}
