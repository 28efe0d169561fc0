//! Signing keys of members.

use axum::extract::State;
use jiff::Timestamp;
use kizuna_access::{MemberId, PersonId};
use kizuna_app::AppError;
use kizuna_app::attest::{Fingerprint, PublicKey};
use kizuna_app::signing::KeyHistory;
use kizuna_http::{Failure, Json as Body, Path, Server, Viewer};
use serde::Deserialize;

use super::directory::{List, change, read};
use super::item::Json;

pub(super) async fn all(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| Ok(List { items: people.signing_keys()? })).await
}

pub(super) async fn of(
    State(server): State<Server>,
    viewer: Viewer,
    Path(member): Path<MemberId>,
) -> Result<Json, Failure> {
    read(&server, viewer, move |people| people.signing_keys_of(member)).await
}

pub(super) async fn rotate(
    State(server): State<Server>,
    viewer: Viewer,
    Path(member): Path<MemberId>,
) -> Result<Json, Failure> {
    change(&server, viewer, move |people| people.rotate_signing_key(member)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RevokeBody {
    fingerprint: String,
    from: Timestamp,
}

pub(super) async fn revoke(
    State(server): State<Server>,
    viewer: Viewer,
    Path(member): Path<MemberId>,
    Body(asked): Body<RevokeBody>,
) -> Result<Json, Failure> {
    change(&server, viewer, move |people| -> Result<KeyHistory, AppError> {
        let key: Fingerprint = asked.fingerprint.parse().map_err(|_| wrong("$.fingerprint"))?;
        people.revoke_signing_key(member, key, asked.from)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinBody {
    key: String,
    /// Whose it is, where it is not the member's own but an approver's.
    person: Option<PersonId>,
}

pub(super) async fn pin(
    State(server): State<Server>,
    viewer: Viewer,
    Path(member): Path<MemberId>,
    Body(asked): Body<PinBody>,
) -> Result<Json, Failure> {
    change(&server, viewer, move |people| -> Result<KeyHistory, AppError> {
        let key: PublicKey = asked
            .key
            .parse()
            .map_err(|error: kizuna_app::attest::BadKey| AppError::invalid("$.key", error.to_string()))?;
        match asked.person {
            None => people.pin_signing_key(member, key),
            Some(person) => people.pin_approver_key(member, person, key),
        }
    })
    .await
}

fn wrong(path: &str) -> AppError {
    AppError::invalid(path, "the fingerprint of a key: 32 hexadecimal digits")
}
