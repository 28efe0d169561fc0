//! Enrolling a node by a code, and how the channel to a peer stands.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::response::Response;
use kizuna_access::rights::Clearance;
use kizuna_access::{Directory, MemberId};
use kizuna_app::peers::{Code, Hello, Invited, Join, Peer, Pin, Terms, interval, reached_at};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Server};

use super::settings::{ticked, together};
use super::{EVERY, listed, lives};
use crate::language::grouped;
use crate::moment::Moment;
use crate::pages::desk::Desk;
use crate::pages::sent::{Sent, sent};
use crate::pages::{Form, encoded};
use crate::view::Faults;
use crate::view::enrolment::{
    EnrolForm, EnrolledView, HeldView, INVITE, InvitedPage, JOIN, OwnChannel, RENEW, RenewalView, SaidView,
};
use crate::view::peers::PeersPage;

/// This node's side of every channel.
pub(super) fn own(node: &Node, directory: &Directory) -> Result<OwnChannel, AppError> {
    let renewal = node.renewal()?.map(|renewal| RenewalView {
        key: renewal.pin.grouped(),
        waits_for: renewal.waits_for.into_iter().map(|(name, _)| name).collect(),
    });
    let empty = EnrolForm { every: EVERY.to_owned(), lives: lives(directory, &[]), ..EnrolForm::default() };
    Ok(OwnChannel {
        address: node.peers_address()?,
        key: node.transport_pin()?.grouped(),
        renewal,
        invite: empty.clone(),
        join: empty,
        faults: Faults::default(),
    })
}

/// The channel to a peer; nothing where it is asked with a credential.
pub(super) fn channel(
    node: &Node,
    desk: &Desk,
    directory: &Directory,
    peer: &Peer,
) -> Result<Option<EnrolledView>, AppError> {
    let Some(channel) = &peer.channel else { return Ok(None) };
    let name = |id: &MemberId| directory.member(*id).map(|member| member.name.clone());
    let ours: Vec<String> = channel.ours.iter().filter_map(name).collect();
    Ok(Some(EnrolledView {
        keys: channel.pins.iter().map(Pin::grouped).collect(),
        since: Moment::new(channel.since, &desk.preferences.zone),
        ended: !node.may_speak(peer)?,
        ours: ours.join(", "),
    }))
}

/// What a peer said of itself.
pub(super) fn said(hello: Hello) -> SaidView {
    let listed = |words: Vec<String>| if words.is_empty() { "–".to_owned() } else { words.join(", ") };
    SaidView {
        version: hello.version,
        extensions: hello.extensions.len() as u64,
        policies: listed(hello.policies.into_keys().collect()),
        handling: listed(hello.handling.into_iter().collect()),
    }
}

/// What is not sent to it.
pub(super) fn held(node: &Node, desk: &Desk, peer: &Peer) -> Result<Vec<HeldView>, AppError> {
    let held = node.held_back(&desk.caller(), peer)?;
    let view =
        |held: kizuna_app::peers::HeldBack| HeldView { count: grouped(held.count), reason: held.reason };
    Ok(held.into_iter().map(view).collect())
}

pub(in crate::pages) async fn invite(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = terms(&fields).and_then(|terms| {
            let name = terms.name.clone();
            let invited = node.invite_peer(&desk.caller(), terms)?;
            Ok(Sent::check(&opened(node, &desk, name, &invited)?))
        });
        sent(attempt, INVITE, |faults| again(node, &desk, |own| own.invite.typed(&fields, faults)))
    };
    Ok(server.writing(work).await?.response())
}

fn opened(node: &Node, desk: &Desk, name: String, invited: &Invited) -> Result<InvitedPage, AppError> {
    let directory = node.directory()?;
    Ok(InvitedPage {
        page: desk.page(InvitedPage::HERE, &directory),
        name,
        code: invited.code.to_string(),
        until: Moment::new(invited.until, &desk.preferences.zone),
        address: invited.address.clone(),
        key: invited.pin.grouped(),
    })
}

pub(in crate::pages) async fn join(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = joined(&fields).and_then(|join| {
            let peer = node.join_peer(&desk.caller(), join).map_err(at_address)?;
            Ok(Sent::Done(format!("/peers/{}?done=enrolled", encoded(&peer.name))))
        });
        sent(attempt, JOIN, |faults| again(node, &desk, |own| own.join.typed(&fields, faults)))
    };
    Ok(server.blocking(work).await?.response())
}

/// A node that cannot be reached, or answers otherwise, is a matter of its address.
fn at_address(error: AppError) -> AppError {
    match error {
        AppError::Unavailable(reason) => AppError::invalid("address", reason),
        other => other,
    }
}

pub(in crate::pages) async fn renew(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = node.renew_transport(&desk.caller(), fields.contains_key("at-once"));
        let place = |_| Sent::Done("/peers#channel".to_owned());
        sent(attempt.map(place), RENEW, |faults| again(node, &desk, |own| own.faults = faults))
    };
    Ok(server.blocking(work).await?.response())
}

fn again(node: &Node, desk: &Desk, show: impl FnOnce(&mut OwnChannel)) -> Result<PeersPage, AppError> {
    let mut page = listed(node, desk)?;
    let not_yours = || AppError::Forbidden("only who runs the node enrols peers".to_owned());
    show(page.own.as_mut().ok_or_else(not_yours)?);
    Ok(page)
}

/// What was typed of the node. Clearances are granted from the command line alone.
fn terms(fields: &BTreeMap<String, String>) -> Result<Terms, AppError> {
    let text = |field: &str| fields.get(field).map(|text| text.trim()).unwrap_or_default();
    let every = interval(text("every")).ok_or_else(|| AppError::invalid("every", "such as 30s, 5m or 1h"));
    match (every, ticked(fields)) {
        (Ok(every), Ok(members)) => Ok(Terms {
            name: text("name").to_owned(),
            members,
            ours: Vec::new(),
            every,
            label: Some(text("label").to_owned()).filter(|label| !label.is_empty()),
            clearance: Clearance::default(),
        }),
        (every, members) => Err(together([every.err(), members.err()])),
    }
}

fn joined(fields: &BTreeMap<String, String>) -> Result<Join, AppError> {
    let text = |field: &str| fields.get(field).map(|text| text.trim()).unwrap_or_default();
    let code = text("code").parse::<Code>().map_err(|bad| AppError::invalid("code", bad.to_string()));
    let address = text("address").to_owned();
    match (reached_at(&address), code, terms(fields)) {
        (Ok(_), Ok(code), Ok(terms)) => Ok(Join { address, code, terms }),
        (address, code, terms) => Err(together([address.err(), code.err(), terms.err()])),
    }
}
