//! Where sharing gets stuck, as pictures: how long releases take, how long some wait, and why some were refused.

use axum::extract::State as Shared;
use axum::response::Response;
use kizuna_access::release::report::WITHIN;
use kizuna_access::release::{Kind, State};
use kizuna_app::AppError;
use kizuna_http::{Failure, Server};

use super::super::desk::Desk;
use super::super::html;
use super::duration;
use crate::view::Here;
use crate::view::release::{Bar, ReleaseReportPage};

/// The longest bar.
const WIDEST: u64 = 100;

pub(in super::super) async fn report(
    Shared(server): Shared<Server>,
    desk: Desk,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| -> Result<ReleaseReportPage, AppError> {
            let t = desk.t();
            let summary = node.release_report(desk.who())?;
            let report = summary.report;
            let took = |seconds: Option<i64>| seconds.map(|seconds| duration(t, seconds));
            let spans = |counts: &std::collections::BTreeMap<&'static str, usize>| {
                let named =
                    WITHIN.map(|(word, _)| (t.term("release-within", word), counts.get(word).copied()));
                bars(named)
            };
            let count = |counts: &std::collections::BTreeMap<&'static str, usize>, word: &str| {
                counts.get(word).copied()
            };
            Ok(ReleaseReportPage {
                page: desk.page(Here::Release, &*node.directory()?),
                median: took(report.median),
                p90: took(report.p90),
                longest_wait: took(report.longest_wait),
                released: report.released as u64,
                times: spans(&report.released_within),
                waits: spans(&report.waiting_within),
                states: bars(State::ALL.map(|state| {
                    (t.term("release-state", state.as_str()), count(&report.states, state.as_str()))
                })),
                reasons: bars(Kind::ALL.map(|kind| {
                    (t.term("release-kind", kind.as_str()), count(&report.refusals, kind.as_str()))
                })),
                refused: report.refusals.values().sum::<usize>() as u64,
                capped: summary.capped,
            })
        })
        .await?;
    Ok(html(&page))
}

/// Bars from zero, in proportion to the longest.
fn bars(named: impl IntoIterator<Item = (String, Option<usize>)>) -> Vec<Bar> {
    let counts: Vec<(String, u64)> =
        named.into_iter().map(|(name, count)| (name, count.unwrap_or_default() as u64)).collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let bar = |(name, count): (String, u64)| {
        let width = (count * WIDEST).checked_div(most).unwrap_or_default();
        Bar { name, count, width }
    };
    counts.into_iter().map(bar).collect()
}
