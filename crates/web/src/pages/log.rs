//! The node's log.

use axum::extract::State;
use axum::response::Response;
use kizuna_app::log::{Followed, LogPartners, NewWitness, Split, Witness};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Path, Server};
use serde::Deserialize;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::{Form, encoded, html, see};
use crate::moment::Moment;
use crate::view::Here;
use crate::view::log::{CosignedView, LogPage, Partner, PartnersView, SplitView, WITNESS, WitnessForm};

/// Where a reader goes on when the witnesses were changed.
const WITNESSES: &str = "/log-status#log-witnesses";

pub(super) async fn log(State(server): State<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server.blocking(move |node| assemble(node, &desk)).await?;
    Ok(html(&page))
}

fn assemble(node: &Node, desk: &Desk) -> Result<LogPage, AppError> {
    let reading = node.read(desk.who())?;
    let zone = desk.preferences.zone.clone();
    let moment = |at| Moment::new(at, &zone);
    let status = node.log_status()?;
    let partners = match node.people(desk.caller()).log_partners() {
        Ok(partners) => Some(partners_view(partners, &moment)),
        Err(AppError::Forbidden(_)) => None,
        Err(error) => return Err(error),
    };
    let cosigned = status.cosigned.into_iter();
    Ok(LogPage {
        page: desk.page(Here::Elsewhere, reading.directory()),
        origin: status.origin,
        key: status.key,
        size: status.size,
        root: status.root,
        last: status.last.map(moment),
        cosigned: cosigned.map(|one| CosignedView { name: one.name, at: moment(one.at) }).collect(),
        partners,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TypedWitness {
    name: String,
    url: String,
    key: String,
    credential: String,
}

impl TypedWitness {
    fn witness(&self) -> NewWitness {
        let said = |text: &str| text.trim().to_owned();
        NewWitness {
            name: said(&self.name),
            url: said(&self.url),
            key: said(&self.key),
            credential: Some(said(&self.credential)).filter(|secret| !secret.is_empty()),
        }
    }
}

/// Asks a witness from now on.
pub(super) async fn ask_witness(
    State(server): State<Server>,
    desk: Desk,
    Form(typed): Form<TypedWitness>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = node.people(desk.caller()).add_witness(typed.witness());
        sent(attempt.map(|_| Sent::Done(WITNESSES.to_owned())), WITNESS, |faults| {
            let mut page = assemble(node, &desk)?;
            let not_yours = || AppError::Forbidden("only who runs the node adds witnesses".to_owned());
            let TypedWitness { name, url, key, .. } = typed;
            page.partners.as_mut().ok_or_else(not_yours)?.form = WitnessForm { name, url, key, faults };
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

/// Asks a witness no more.
pub(super) async fn drop_witness(
    State(server): State<Server>,
    desk: Desk,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    server.writing(move |node: &Node| node.people(desk.caller()).remove_witness(&name)).await?;
    Ok(see(WITNESSES))
}

fn partners_view(partners: LogPartners, moment: &dyn Fn(jiff::Timestamp) -> Moment) -> PartnersView {
    let witness = |one: Witness| {
        let Witness { name, url, key: _, size, at, error } = one;
        let removal = Some(format!("/log-status/witnesses/{}/remove", encoded(&name)));
        Partner { name, url, size, at: at.map(moment), error, removal }
    };
    let followed = |one: Followed| {
        let Followed { name, size, at, .. } = one;
        Partner { name, url: String::new(), size, at: at.map(moment), error: None, removal: None }
    };
    let split = |one: Split| SplitView {
        name: one.name,
        at: moment(one.at),
        proven: one.proven,
        before: one.before,
        shown: one.shown,
        proof: one.proof.join("\n"),
    };
    PartnersView {
        witnesses: partners.witnesses.into_iter().map(witness).collect(),
        form: WitnessForm::default(),
        followed: partners.followed.into_iter().map(followed).collect(),
        splits: partners.splits.into_iter().map(split).collect(),
    }
}
