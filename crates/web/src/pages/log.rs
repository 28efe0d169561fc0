//! The node's log.

use axum::extract::State;
use axum::response::Response;
use kizuna_app::AppError;
use kizuna_app::log::{Followed, LogPartners, Split, Witness};
use kizuna_http::{Failure, Server};

use super::desk::Desk;
use super::html;
use crate::moment::Moment;
use crate::view::Here;
use crate::view::log::{CosignedView, LogPage, Partner, PartnersView, SplitView};

pub(super) async fn log(State(server): State<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
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
        })
        .await?;
    Ok(html(&page))
}

fn partners_view(partners: LogPartners, moment: &dyn Fn(jiff::Timestamp) -> Moment) -> PartnersView {
    let witness = |one: Witness| {
        let Witness { name, size, at, error, .. } = one;
        Partner { name, size, at: at.map(moment), error }
    };
    let followed = |one: Followed| {
        let Followed { name, size, at, .. } = one;
        Partner { name, size, at: at.map(moment), error: None }
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
        followed: partners.followed.into_iter().map(followed).collect(),
        splits: partners.splits.into_iter().map(split).collect(),
    }
}
