//! What changed, and how much there is.

use axum::extract::State;
use axum::response::Response;
use kizuna_access::overlay;
use kizuna_access::travel::{LABEL_KIND, RECALL_KIND};
use kizuna_app::attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_app::{AppError, Count, Reading, Search};
use kizuna_http::{Failure, Query, Server};
use serde::Deserialize;

use super::desk::Desk;
use super::{html, row, see};
use crate::language::{Language, grouped};
use crate::view::Here;
use crate::view::home::{Figure, HomePage};

/// Rows of what changed.
const RECENT: usize = 25;
/// Objects that are looked at for them.
const LOOKED_AT: usize = 100;
/// What carries labels and proofs about is no news; search shows it.
const MACHINERY: [&str; 6] =
    ["marking-definition", LABEL_KIND, RECALL_KIND, ATTESTATION_KIND, KEY_KIND, overlay::KIND];
/// Figures are counted no further.
const COUNT_CAP: u64 = 1_000;
/// Kinds with a figure of their own.
const KINDS: [&str; 6] = ["indicator", "malware", "intrusion-set", "attack-pattern", "report", "sighting"];

#[derive(Deserialize)]
pub(super) struct HomeQuery {
    loaded: Option<u64>,
}

pub(super) async fn home(
    State(server): State<Server>,
    desk: Desk,
    Query(query): Query<HomeQuery>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            let mut newest = reading.search(&Search::default(), None, LOOKED_AT)?.items;
            let is_empty = newest.is_empty();
            newest.retain(|item| !MACHINERY.contains(&item.id.kind()));
            newest.truncate(RECENT);
            let figures = if is_empty { Vec::new() } else { figures(desk.t(), &reading)? };
            let page = desk.page(Here::Home, reading.directory());
            Ok(HomePage {
                page: page.under(row::banner(&desk.preferences, &reading, &newest)),
                figures,
                recent: row::rows(&desk.preferences, &reading, &newest)?,
                may_write: reading.reader().may_write(),
                loaded: query.loaded,
            })
        })
        .await?;
    Ok(html(&page))
}

fn figures(t: Language, reading: &Reading) -> Result<Vec<Figure>, AppError> {
    let all = reading.count(&Search::default(), COUNT_CAP)?;
    let everything = Figure {
        href: "/search".to_owned(),
        number: written(all),
        kind: String::new(),
        name: t.say("home-everything"),
    };
    let mut figures = vec![everything];
    for kind in KINDS {
        let search = Search { kinds: vec![kind.to_owned()], ..Search::default() };
        let count = reading.count(&search, COUNT_CAP)?;
        figures.push(Figure {
            href: format!("/search?kind={kind}"),
            number: written(count),
            kind: kind.to_owned(),
            name: t.term("kind", kind),
        });
    }
    Ok(figures)
}

fn written(count: Count) -> String {
    let more = if count.capped { "+" } else { "" };
    format!("{}{more}", grouped(count.at_least))
}

pub(super) async fn load_sample(State(server): State<Server>, desk: Desk) -> Result<Response, Failure> {
    let report = server.writing(move |node| node.load_sample(desk.who())).await?;
    Ok(see(&format!("/?loaded={}", report.stored)))
}
