//! Who asks: API keys and sessions, and the proof that a form was sent from this node's own pages.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use kizuna_access::{MemberId, Principal};
use kizuna_app::peers::Pin;
use kizuna_app::sign_in::Session;
use kizuna_app::{AppError, Caller, Node};

use crate::{Failure, Server};

/// The header in which a script of the pages sends the session's form token.
pub const FORM_TOKEN_HEADER: &str = "x-form-token";
/// The field in which a form sends it. In a multipart form it is the first field.
pub const FORM_TOKEN_FIELD: &str = "form_token";

/// The header in which proxies name the client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Longer values are no credentials of this node.
const CREDENTIAL_BYTES: usize = 1024;

/// Somebody who has been authenticated for this request.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub principal: Principal,
    /// Set where a session cookie was presented, rather than an API key.
    pub session: Option<Session>,
}

impl Viewer {
    pub fn caller(&self) -> Caller {
        Caller::Person(self.principal.clone())
    }

    /// To be sent back with every form of this session; `None` for an API key.
    pub fn form_token(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.form_token.as_str())
    }
}

/// What a request presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    None,
    Key {
        key: String,
        email: Option<String>,
    },
    Session(String),
    /// Something that no node could accept.
    Garbled,
}

/// The session cookie's name. `__Host-` makes browsers refuse it from elsewhere; they demand TLS for it. Cookies know
/// no ports (RFC 6265 §8.5), so two nodes on one host are told apart by a name with the port in it.
pub fn session_cookie(headers: &HeaderMap, secure: bool) -> String {
    let name = if secure { "__Host-kizuna" } else { "kizuna" };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let port = host.rsplit_once(':').map(|(_, port)| port);
    let is_port = |port: &&str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    port.filter(is_port).map_or_else(|| name.to_owned(), |port| format!("{name}-{port}"))
}

/// Reads `Authorization: Bearer KEY`, `Basic EMAIL:KEY` or a bare key, else the session cookie.
pub(crate) fn credentials(headers: &HeaderMap, secure: bool) -> Credentials {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = given.next() else {
        return match cookie(headers, &session_cookie(headers, secure)) {
            Some(token) if token.len() <= CREDENTIAL_BYTES => Credentials::Session(token.to_owned()),
            Some(_) => Credentials::Garbled,
            None => Credentials::None,
        };
    };
    let text = match first.to_str() {
        Ok(text) if given.next().is_none() && text.len() <= CREDENTIAL_BYTES => text.trim(),
        _ => return Credentials::Garbled,
    };
    let Some((scheme, rest)) = text.split_once(' ') else {
        return Credentials::Key { key: text.to_owned(), email: None };
    };
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Credentials::Key { key: rest.to_owned(), email: None };
    }
    if scheme.eq_ignore_ascii_case("basic") {
        return basic(rest).unwrap_or(Credentials::Garbled);
    }
    Credentials::Garbled
}

fn basic(encoded: &str) -> Option<Credentials> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (email, key) = decoded.split_once(':')?;
    Some(Credentials::Key { key: key.to_owned(), email: Some(email.to_owned()) })
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The certificate that the other end of a connection has shown at the listener for peers: its public key's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented(pub Pin);

/// The header by which a peer with several members says which of them asks.
const MEMBER: &str = "kizuna-member";

/// Who a certificate makes its holder. Nothing else counts on such a connection: no key, no session. Who is a peer no
/// more ends here, and his connection with him.
async fn by_certificate(server: &Server, pin: Pin, headers: &HeaderMap) -> Result<Viewer, Failure> {
    let named = headers.get(MEMBER).map(|value| value.to_str().ok()?.parse().ok().map(MemberId));
    let member = match named {
        Some(None) => return Err(Failure::invalid(MEMBER, "a member's UUID")),
        Some(named) => named,
        None => None,
    };
    let found = server.blocking(move |node| node.channel_viewer(&pin, member)).await;
    let close = |failure: Failure| failure.with_header(header::CONNECTION, HeaderValue::from_static("close"));
    found.map(|principal| Viewer { principal, session: None }).map_err(close)
}

/// Finds out who presents these credentials; `None` where there are none.
pub(crate) async fn authenticate(server: &Server, parts: &Parts) -> Result<Option<Viewer>, Failure> {
    let headers = &parts.headers;
    if let Some(Presented(pin)) = parts.extensions.get::<Presented>() {
        return by_certificate(server, *pin, headers).await.map(Some);
    }
    match credentials(headers, server.secure_cookies()) {
        Credentials::None => Ok(None),
        Credentials::Garbled => Err(AppError::NotAuthenticated.into()),
        Credentials::Key { key, email } => {
            let found = server.blocking(move |node| node.authenticate(&key, email.as_deref())).await;
            found.map(|principal| Some(Viewer { principal, session: None }))
        }
        Credentials::Session(token) => {
            let session = server.blocking(move |node| node.session(&token)).await?;
            Ok(Some(Viewer { principal: session.principal.clone(), session: Some(session) }))
        }
    }
}

/// Lets through whoever presents the node's watch token.
///
/// # Errors
/// 401 for everybody else.
pub(crate) async fn watches(server: &Server, headers: &HeaderMap) -> Result<(), Failure> {
    let Credentials::Key { key, .. } = credentials(headers, server.secure_cookies()) else {
        return Err(AppError::NotAuthenticated.into());
    };
    let token = server.blocking(Node::watch_token).await?;
    if same_token(&token, &key) { Ok(()) } else { Err(AppError::NotAuthenticated.into()) }
}

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remote(pub IpAddr);

/// The client's address: the connection's, or what a proxy that is trusted says that it was. Of several it is the last
/// one that no trusted proxy has; what stands before that may be made up.
pub(crate) fn client(parts: &Parts, proxies: &[IpAddr]) -> Option<IpAddr> {
    let Remote(remote) = parts.extensions.get::<Remote>().copied()?;
    if !proxies.contains(&remote) {
        return Some(remote);
    }
    let lines = parts.headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let named = named.into_iter().rev().map_while(|address| address.parse::<IpAddr>().ok());
    named.into_iter().find(|address| !proxies.contains(address)).or(Some(remote))
}

/// Whether a browser says that this request came from one of this node's own pages. A request that changes something
/// under a session must say so: a browser always sends `Origin` with it.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site")
        && site != "same-origin"
    {
        return false;
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else { return false };
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// The form token of a request: the header, or the field of a form.
pub(crate) fn form_token(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if let Some(token) = headers.get(FORM_TOKEN_HEADER) {
        return token.to_str().ok().map(str::to_owned);
    }
    let media = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if media.starts_with("application/x-www-form-urlencoded") {
        let mut pairs = url_encoded(body);
        return pairs.find(|(name, _)| name == FORM_TOKEN_FIELD).map(|(_, value)| value);
    }
    if media.starts_with("multipart/form-data") {
        return first_multipart_field(body);
    }
    None
}

/// Whether a request's token has to be looked for in its body.
pub(crate) fn token_is_in_body(headers: &HeaderMap) -> bool {
    !headers.contains_key(FORM_TOKEN_HEADER)
}

fn url_encoded(body: &[u8]) -> impl Iterator<Item = (String, String)> + '_ {
    // A form token is base64url: it needs no decoding, and what needs it is not one.
    let text = std::str::from_utf8(body).unwrap_or_default();
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// The value of the first part of a multipart body, where that part is the form token (RFC 7578).
fn first_multipart_field(body: &[u8]) -> Option<String> {
    const HEAD_BYTES: usize = 1024;
    let head = &body[..body.len().min(HEAD_BYTES)];
    let text = String::from_utf8_lossy(head);
    let (part_head, rest) = text.split_once("\r\n\r\n")?;
    if !part_head.contains(&format!("name=\"{FORM_TOKEN_FIELD}\"")) {
        return None;
    }
    rest.split_once("\r\n").map(|(value, _)| value.to_owned())
}

/// Compares without telling by its time how much was right.
pub(crate) fn same_token(one: &str, other: &str) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let differing = one.bytes().zip(other.bytes()).fold(0_u8, |sum, (a, b)| sum | (a ^ b));
    std::hint::black_box(differing) == 0
}

impl FromRequestParts<Server> for Presented {
    type Rejection = Failure;

    /// What is for such connections alone is not there on others.
    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| AppError::NotFound.into())
    }
}

pub(crate) fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

impl FromRequestParts<Server> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        let viewer = parts.extensions.get::<Self>().cloned();
        viewer.ok_or_else(|| AppError::NotAuthenticated.into())
    }
}

impl OptionalFromRequestParts<Server> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Option<Self>, Failure> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

#[cfg(test)]
mod tests;
