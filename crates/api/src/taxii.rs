//! The TAXII 2.1 server.
//!
//! An API root per community and one of the viewer's own member; collections as the directory lists them. Objects
//! leave as their stored canonical bytes, unread. `next` is the sealed cursor of the viewer's own order, so paging
//! neither skips nor repeats while content changes.

mod add;
mod answer;
mod objects;
mod recent;
mod roots;

use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, header};
use kizuna_http::registry::{Face, taxii as paths};
use kizuna_http::{Failure, Routes};
use kizuna_taxii::{ErrorMessage, media};
use uuid::Uuid;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(&paths::DISCOVERY, roots::discovery)
        .add(&paths::API_ROOT, roots::api_root)
        .add(&paths::COLLECTIONS, roots::collections)
        .add(&paths::COLLECTION_OF, roots::collection)
        .add(&paths::OBJECTS, objects::list)
        .add(&paths::MANIFEST, objects::manifest)
        .add(&paths::OBJECT_OF, objects::one)
        .add(&paths::VERSIONS, objects::versions)
        .add(&paths::ADD_OBJECTS, add::objects)
        .add(&paths::DELETE_OBJECT, add::delete)
        .add(&paths::STATUS_OF, add::status)
        .present(Face::Taxii, present)
        .inspect(Face::Taxii, inspect)
}

/// Refuses a client that does not take TAXII 2.1 (406) and a body that is not it (415).
fn inspect(parts: &Parts) -> Result<(), Failure> {
    let accept = texts(&parts.headers, &header::ACCEPT);
    if !media::is_acceptable(accept.iter().copied()) {
        return Err(Failure::not_acceptable(format!("this is served as {} only", media::TAXII)));
    }
    let sent = texts(&parts.headers, &header::CONTENT_TYPE);
    let is_sent_right = matches!(sent[..], [one] if media::is_taxii(one));
    if parts.method == http::Method::POST && !is_sent_right {
        return Err(Failure::unsupported_media(format!("send {}", media::TAXII)));
    }
    Ok(())
}

fn texts<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Vec<&'a str> {
    // What is not text is in no list of media types, and is not no list either.
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect()
}

/// Failures as TAXII error messages (§3.6.1), in TAXII's media type.
fn present(failure: &Failure, _: &Parts, request: Uuid) -> Response {
    let message = ErrorMessage {
        title: failure.title.to_owned(),
        description: Some(failure.detail.clone()).filter(|detail| !detail.is_empty()),
        error_id: failure.is_fault_of_the_program().then(|| request.to_string()),
        http_status: Some(failure.status.as_u16().to_string()),
        details: failure.places.iter().map(|place| (place.path.clone(), place.rule.clone().into())).collect(),
        ..ErrorMessage::default()
    };
    answer::message(&message).into_response()
}
