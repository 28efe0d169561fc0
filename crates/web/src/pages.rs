//! Handlers: extract, call the node, map, return.

mod audit;
mod channels;
mod desk;
mod directory;
mod failure;
mod foresee;
mod home;
mod import;
mod log;
mod marking;
mod notices;
mod object;
mod peers;
mod personal;
mod policies;
mod preferences;
mod quarantine;
mod reach;
mod release;
mod requirements;
mod row;
mod search;
mod sent;
mod sign_in;
mod tearline;
mod title;

use axum::extract::FromRequest;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use kizuna_app::AppError;
use kizuna_http::registry::{Face, pages as paths};
use kizuna_http::{Failure, Path, Routes, Server};
use serde::de::DeserializeOwned;

use crate::asset;

pub(crate) use desk::Visitor;
pub(crate) use failure::present;
pub(crate) use title::{own_title, properties, run};

/// Scripts, styles and pictures come from this node only, and none stands in a page itself.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Every route for people.
pub fn routes() -> Routes {
    let reading = Routes::new()
        .add(&paths::HOME, home::home)
        .add(&paths::SEARCH, search::search)
        .add(&paths::OBJECT, object::object)
        .add(&paths::EXPLAIN, object::explain)
        .add(&paths::AS_SEEN, foresee::as_seen)
        .add(&paths::LIST_AS_SEEN, foresee::list_as_seen)
        .add(&paths::FORECAST, foresee::forecast)
        .add(&paths::FORECAST_POLICY, foresee::forecast_policy)
        .add(&paths::COLLECTIONS, directory::collections)
        .add(&paths::MEMBERS, directory::members)
        .add(&paths::POLICIES, policies::policies)
        .add(&paths::CHECK_POLICY, policies::check)
        .add(&paths::IMPORT_POLICY, policies::import)
        .add(&paths::AGREEMENTS, policies::agreements)
        .add(&paths::LEVELS, policies::levels)
        .add(&paths::PEERS, peers::list)
        .add(&paths::PEER, peers::one)
        .add(&paths::ADD_PEER, peers::add)
        .add(&paths::SET_PEER, peers::set)
        .add(&paths::REMOVE_PEER, peers::remove)
        .add(&paths::SYNC_PEER, peers::sync)
        .add(&paths::INVITE_PEER, peers::enrol::invite)
        .add(&paths::JOIN_PEER, peers::enrol::join)
        .add(&paths::RENEW_TRANSPORT, peers::enrol::renew)
        .add(&paths::FOLLOW, object::follow)
        .add(&paths::JUDGE, object::judge)
        .add(&paths::ALERTS, notices::list)
        .add(&paths::NEW_ALERT, notices::new_alert)
        .add(&paths::SEND_ALERT, notices::send_alert)
        .add(&paths::ALERT, notices::alert)
        .add(&paths::TELL_ALERT, notices::tell_alert)
        .add(&paths::TELL_OBJECT, notices::tell_object)
        .add(&paths::NEW_REQUEST, notices::new_request)
        .add(&paths::ASK, notices::ask)
        .add(&paths::REQUEST, notices::request)
        .add(&paths::ANSWER_REQUEST, notices::answer)
        .add(&paths::TELL_REQUEST, notices::tell_request)
        .add(&paths::REQUIREMENTS, requirements::list)
        .add(&paths::NEW_REQUIREMENT, requirements::new)
        .add(&paths::REQUIRE, requirements::require)
        .add(&paths::REQUIREMENT, requirements::one)
        .add(&paths::RELEASES, release::list)
        .add(&paths::NEW_RELEASE, release::new)
        .add(&paths::PROPOSE_RELEASE, release::propose)
        .add(&paths::RELEASE_REPORT, release::report)
        .add(&paths::RELEASE, release::one)
        .add(&paths::AMEND_RELEASE, release::amend)
        .add(&paths::AMENDED_RELEASE, release::amended)
        .add(&paths::DECIDE_RELEASE, release::step)
        .add(&paths::NEW_TEARLINE, tearline::new)
        .add(&paths::MAKE_TEARLINE, tearline::make)
        .add(&paths::TEARLINE, tearline::one)
        .add(&paths::QUARANTINE, quarantine::list)
        .add(&paths::QUARANTINED, quarantine::one)
        .add(&paths::AUDIT, audit::audit)
        .add(&paths::LOG, log::log)
        .add(&paths::ASK_WITNESS, log::ask_witness)
        .add(&paths::DROP_WITNESS, log::drop_witness)
        .add(&paths::CHANNELS, channels::list)
        .add(&paths::TAKE_PACKAGE, channels::take)
        .add(&paths::WRITE_PACKAGE, channels::write)
        .add(&paths::PROPOSALS, audit::proposals)
        .add(&paths::PROPOSE, audit::propose)
        .add(&paths::SETTLE_PROPOSAL, audit::settle)
        .add(&paths::ASK_TO_ERASE, audit::ask_to_erase)
        .add(&paths::SETTLE_ERASURE, audit::settle_erasure)
        .add(&paths::PERSONAL, personal::list)
        .add(&paths::MARK_PERSONAL, personal::mark)
        .add(&paths::UNMARK_PERSONAL, personal::unmark)
        .add(&paths::HELP, directory::help)
        .add(&paths::ASSET, file);
    reading
        .add(&paths::IMPORT, import::form)
        .add(&paths::CHECK_IMPORT, import::check)
        .add(&paths::CONFIRM_IMPORT, import::confirm)
        .add(&paths::LOAD_SAMPLE, home::load_sample)
        .add(&paths::SIGN_IN, sign_in::form)
        .add(&paths::SIGN_IN_WITH_KEY, sign_in::with_key)
        .add(&paths::LINK, sign_in::link)
        .add(&paths::USE_LINK, sign_in::use_link)
        .add(&paths::SIGN_OUT, sign_in::out)
        .add(&paths::PREFER, preferences::prefer)
        .present(Face::Pages, present)
}

/// A template as a response.
pub(crate) fn html<T: askama::Template>(template: &T) -> Response {
    html_with(template, StatusCode::OK)
}

pub(crate) fn html_with<T: askama::Template>(template: &T, status: StatusCode) -> Response {
    let text = match template.render() {
        Ok(text) => text,
        Err(error) => return Failure::from(AppError::Internal(error.to_string())).into_response(),
    };
    let mut response = (status, text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("Cookie, Accept-Language"));
    // Under `no-referrer` a browser sends forms with `Origin: null`, and they are proved by their origin.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// Leads to a page of this node after something was done.
pub(crate) fn see(path: &str) -> Response {
    let place = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// A path of this node, or home: a link from elsewhere does not choose where a reader goes on to.
pub(crate) fn own_path(path: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_graphic() && c != '\\';
    let is_own = path.starts_with('/') && !path.starts_with("//") && path.chars().all(is_plain);
    if is_own { path } else { "/" }
}

/// What a query says under a name that may be repeated.
pub(crate) fn named<'a>(
    asked: &'a [(String, String)],
    key: &'static str,
) -> impl Iterator<Item = &'a String> {
    asked.iter().filter(move |(name, _)| name == key).map(|(_, value)| value)
}

/// A text as part of a query string.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    out
}

async fn file(Path(name): Path<String>) -> Result<Response, Failure> {
    let asset = asset::find(&name).ok_or(AppError::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, asset.media), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.bytes).into_response())
}

/// A form's fields.
pub(crate) struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Server> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        match axum::extract::Form::<T>::from_request(request, server).await {
            Ok(axum::extract::Form(fields)) => Ok(Self(fields)),
            Err(rejection) => Err(Failure::invalid("$", rejection.body_text())),
        }
    }
}

#[cfg(test)]
mod tests;
