//! The router, built from registry entries and in no other way.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use kizuna_app::AppError;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use uuid::Uuid;

use crate::rates::Asker;
use crate::registry::{Access, Face, Method, OutputPath};
use crate::{Failure, Server, payload, viewer};

/// Writes a failure in the form of a face. The request's id is shown with a fault of the program only.
pub type Presenter = fn(&Failure, &Parts, Uuid) -> Response;

/// Looks at the head of every request to a face before its handler does, such as at `Accept`.
pub type Inspection = fn(&Parts) -> Result<(), Failure>;

/// A request's id, for logs and for the page that says that the program failed.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// Handlers for registry entries. There is no other way to add a route, and [`Routes::build`] refuses to leave one
/// out.
#[derive(Default)]
pub struct Routes {
    handlers: Vec<(&'static OutputPath, MethodRouter<Server>)>,
    presenters: BTreeMap<Face, Presenter>,
    inspections: BTreeMap<Face, Inspection>,
}

/// The routes are not the registry's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    #[error("no handler for {0}")]
    Missing(&'static str),
    #[error("two handlers for {0}")]
    Twice(&'static str),
    #[error("{0} is not in the registry")]
    Undeclared(&'static str),
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves a registry entry. The entry's access rule is carried out before the handler runs.
    #[must_use]
    pub fn add<H, T>(mut self, path: &'static OutputPath, handler: H) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        self.handlers.push((path, on(filter(path.method), handler)));
        self
    }

    /// Takes in the routes, presenters and inspections of another crate.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.handlers.extend(other.handlers);
        self.presenters.extend(other.presenters);
        self.inspections.extend(other.inspections);
        self
    }

    /// Leaves out what is not among these entries.
    #[must_use]
    pub fn only(mut self, kept: impl IntoIterator<Item = &'static OutputPath>) -> Self {
        let kept: BTreeSet<&'static str> = kept.into_iter().map(|path| path.name).collect();
        self.handlers.retain(|(path, _)| kept.contains(path.name));
        self
    }

    /// How failures of a face are written. Without one they are problem details.
    #[must_use]
    pub fn present(mut self, face: Face, presenter: Presenter) -> Self {
        self.presenters.insert(face, presenter);
        self
    }

    /// What is asked of every request to a face, once its viewer is known.
    #[must_use]
    pub fn inspect(mut self, face: Face, inspection: Inspection) -> Self {
        self.inspections.insert(face, inspection);
        self
    }

    /// The router for exactly these entries: `registry::all()` in the program.
    pub fn build(
        self,
        server: &Server,
        expected: impl IntoIterator<Item = &'static OutputPath>,
    ) -> Result<Router, BuildError> {
        self.check(expected)?;
        let mut router = Router::new();
        for (entry, handler) in self.handlers {
            let gate = Gate {
                entry,
                server: server.clone(),
                inspection: self.inspections.get(&entry.face).copied(),
            };
            let guarded: MethodRouter<Server, Infallible> =
                handler.route_layer(from_fn_with_state(gate, named));
            for path in spellings(entry) {
                router = router.route(path, guarded.clone());
            }
        }
        let compressed = DefaultPredicate::new()
            // A page holds the session's form token beside what a link may have put into it: its compressed length
            // would tell.
            .and(NotForContentType::const_new("text/html"));
        let outer = Outer { server: server.clone(), presenters: self.presenters };
        let router = router
            .fallback(|| async { Failure::from(AppError::NotFound) })
            .method_not_allowed_fallback(|| async { Failure::method_not_allowed() })
            .layer(CatchPanicLayer::custom(|_| Failure::internal("a handler panicked").into_response()))
            .layer(from_fn_with_state(outer, present))
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressed))
            .layer(from_fn(security_headers))
            .with_state(server.clone());
        Ok(router)
    }

    fn check(&self, expected: impl IntoIterator<Item = &'static OutputPath>) -> Result<(), BuildError> {
        let mut missing: BTreeSet<&'static str> = expected.into_iter().map(|path| path.name).collect();
        let expected = missing.clone();
        for (path, _) in &self.handlers {
            if !expected.contains(path.name) {
                return Err(BuildError::Undeclared(path.name));
            }
            if !missing.remove(path.name) {
                return Err(BuildError::Twice(path.name));
            }
        }
        match missing.first() {
            None => Ok(()),
            Some(name) => Err(BuildError::Missing(name)),
        }
    }
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// TAXII's paths end in a slash; not every client writes it.
fn spellings(entry: &'static OutputPath) -> Vec<&'static str> {
    match (entry.face, entry.path.strip_suffix('/')) {
        (Face::Taxii, Some(bare)) => vec![entry.path, bare],
        _ => vec![entry.path],
    }
}

/// What stands before one entry's handler.
#[derive(Clone)]
struct Gate {
    entry: &'static OutputPath,
    server: Server,
    inspection: Option<Inspection>,
}

/// Answers under an entry's name, whatever becomes of the request.
async fn named(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let path = gate.entry.name;
    let mut response = guard(gate, request, next).await.into_response();
    if response.extensions().get::<Seen>().is_none() {
        response.extensions_mut().insert(Seen { path, person: None });
    }
    response
}

/// Carries out an entry's access rule.
async fn guard(gate: Gate, request: Request, next: Next) -> Result<Response, Failure> {
    let (mut parts, mut body) = request.into_parts();
    parts.extensions.insert(gate.entry);
    let known = match gate.entry.access {
        Access::Anyone => Ok(None),
        Access::Optional => match viewer::authenticate(&gate.server, &parts).await {
            Err(failure) if failure.status == StatusCode::UNAUTHORIZED => Ok(None),
            known => known,
        },
        Access::Viewer => viewer::authenticate(&gate.server, &parts)
            .await
            .and_then(|viewer| viewer.ok_or_else(|| AppError::NotAuthenticated.into()))
            .map(Some),
        Access::Watcher => viewer::watches(&gate.server, &parts.headers).await.map(|()| None),
    };
    let is_fixed = gate.entry.access == Access::Anyone && gate.entry.method.is_safe();
    if !is_fixed {
        // Whoever guesses is held to a stranger's rate before he is told that he guessed wrong.
        let who = known.as_ref().ok().and_then(|viewer| viewer.as_ref()).map(|viewer| &viewer.principal);
        gate.server.meter(Asker::of(who, viewer::client(&parts, &gate.server.caps().proxies)))?;
    }
    let viewer = known?;
    if let Some(inspection) = gate.inspection {
        inspection(&parts)?;
    }
    let person = viewer.as_ref().map(|viewer| viewer.principal.person());
    let _share = gate.server.share(person)?;
    if viewer::changes_something(&parts.method) {
        let session = viewer.as_ref().and_then(|viewer| viewer.session.as_ref());
        if let Some(session) = session {
            body = check_form(&gate.server, &parts, body, &session.form_token).await?;
        } else if gate.entry.face == Face::Pages && !viewer::is_same_origin(&parts.headers) {
            return Err(foreign_form());
        }
    }
    if let Some(viewer) = viewer {
        parts.extensions.insert(viewer);
    }
    let answer = next.run(Request::from_parts(parts, body));
    let mut response = crate::server::asked(gate.entry.name, answer).await;
    response.extensions_mut().insert(Seen { path: gate.entry.name, person });
    Ok(response)
}

/// Lets a request through that changes something under a session only if it comes from this node's own pages.
async fn check_form(
    server: &Server,
    parts: &Parts,
    body: axum::body::Body,
    expected: &str,
) -> Result<axum::body::Body, Failure> {
    if !viewer::is_same_origin(&parts.headers) {
        return Err(foreign_form());
    }
    let (token, body) = if viewer::token_is_in_body(&parts.headers) {
        let bytes = payload::collect(&parts.headers, body, server.caps().body_bytes).await?;
        (viewer::form_token(&parts.headers, &bytes), axum::body::Body::from(bytes))
    } else {
        (viewer::form_token(&parts.headers, &[]), body)
    };
    if token.is_some_and(|token| viewer::same_token(&token, expected)) {
        return Ok(body);
    }
    Err(foreign_form())
}

fn foreign_form() -> Failure {
    let reason = "this form was not sent from a page of this session: open the page again";
    AppError::Forbidden(reason.to_owned()).into()
}

/// What the log line of a request says beside its status.
#[derive(Debug, Clone, Copy)]
struct Seen {
    path: &'static str,
    person: Option<kizuna_access::PersonId>,
}

/// What stands around every request.
#[derive(Clone)]
struct Outer {
    server: Server,
    presenters: BTreeMap<Face, Presenter>,
}

/// Caps number and time, gives the request its id, writes failures in the form of their face, and logs once.
async fn present(State(outer): State<Outer>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = Uuid::new_v4();
    request.extensions_mut().insert(RequestId(id));
    let (parts, body) = request.into_parts();
    let (body, unread) = payload::watched(body);
    let head = parts.clone();
    let places = outer.server.request_permit().and_then(|place| {
        let room =
            outer.server.body_permit(payload::most(&head.headers, &body, outer.server.caps().body_bytes))?;
        Ok((place, room))
    });
    let mut response = match places {
        Err(failure) => failure.into_response(),
        Ok(_places) => {
            let answer = next.run(Request::from_parts(parts, body));
            match tokio::time::timeout(outer.server.caps().request_time, answer).await {
                Ok(response) => response,
                Err(_) => Failure::too_slow().into_response(),
            }
        }
    };
    let seen = response.extensions().get::<Seen>().copied();
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = outer.write(failure, &head, id);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    if unread.is_any() {
        // What still comes of this body is thrown away: no further request can be read behind it.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let took = started.elapsed();
    outer.server.metrics().count(seen.map_or("", |seen| seen.path), response.status().as_u16(), took);
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        request.id = %id,
        http.method = %head.method,
        http.path = seen.map_or("", |seen| seen.path),
        http.status = response.status().as_u16(),
        viewer.person = seen.and_then(|seen| seen.person).map(tracing::field::display),
        duration_ms,
        "answered"
    );
    response
}

impl Outer {
    fn write(&self, failure: Failure, head: &Parts, id: Uuid) -> Response {
        if failure.is_fault_of_the_program() {
            tracing::error!(request.id = %id, cause = %failure.cause, "the node failed");
        }
        let face = face_of(head.uri.path());
        let failure = challenge(failure, face);
        let presenter = self.presenters.get(&face).copied().unwrap_or(problem);
        let mut response = presenter(&failure, head, id);
        *response.status_mut() =
            if response.status().is_redirection() { response.status() } else { failure.status };
        for (name, value) in &failure.headers {
            response.headers_mut().append(name, value.clone());
        }
        response
    }
}

/// The face that a path belongs to, whether or not there is such a path.
fn face_of(path: &str) -> Face {
    let is_under =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if is_under("/taxii2") {
        return Face::Taxii;
    }
    let native = ["/api", "/healthz", "/readyz", "/metrics", "/feeds", "/federation", "/log", "/misp"];
    if native.into_iter().any(is_under) { Face::Native } else { Face::Pages }
}

/// Says how to authenticate (RFC 9110 §11.6.1). Pages are not offered Basic: a browser would ask for a password.
fn challenge(failure: Failure, face: Face) -> Failure {
    if failure.status != StatusCode::UNAUTHORIZED {
        return failure;
    }
    let bearer = HeaderValue::from_static("Bearer realm=\"kizuna\"");
    let basic = HeaderValue::from_static("Basic realm=\"kizuna\", charset=\"UTF-8\"");
    match face {
        Face::Taxii => {
            failure.with_header(header::WWW_AUTHENTICATE, basic).with_header(header::WWW_AUTHENTICATE, bearer)
        }
        Face::Native | Face::Pages => failure.with_header(header::WWW_AUTHENTICATE, bearer),
    }
}

/// Problem details (RFC 9457).
fn problem(failure: &Failure, _: &Parts, id: Uuid) -> Response {
    let media = HeaderValue::from_static("application/problem+json");
    ([(header::CONTENT_TYPE, media)], failure.problem(id).to_string()).into_response()
}

/// What every answer says to browsers and caches, unless the handler said otherwise.
async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let defaults = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests;
