//! What could not be accepted: the list, and one input with its bytes.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::Response;
use kizuna_app::Quarantined;
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Fault;
use serde::Deserialize;

use super::desk::Desk;
use super::html;
use crate::moment::Moment;
use crate::view::object::FaultView;
use crate::view::quarantine::{QuarantinePage, QuarantinedPage, QuarantinedRow};
use crate::view::{Here, Value};

const ROWS: usize = 50;
/// Bytes that a page shows.
const SHOWN: usize = 64 << 10;

#[derive(Deserialize)]
pub(super) struct Next {
    next: Option<String>,
}

pub(super) fn fault_view(fault: &Fault) -> FaultView {
    FaultView { path: fault.path.clone(), rule: fault.rule.clone() }
}

/// A channel's name, without the digest of the label that its sender gave it.
fn channel(name: &str) -> &str {
    name.split('+').next().unwrap_or(name)
}

pub(super) async fn list(
    State(server): State<Server>,
    desk: Desk,
    Query(query): Query<Next>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            let listing = reading.quarantine_named(query.next.as_deref(), ROWS)?;
            let row = |(name, input): &(String, Quarantined)| QuarantinedRow {
                href: format!("/quarantine/{name}"),
                id: input.id.clone().map(Value::new),
                source: reading.member_name(input.source),
                channel: channel(&input.channel).to_owned(),
                received: Moment::new(input.received, &desk.preferences.zone),
                first: input.faults.first().map(fault_view),
                more: input.faults.len().saturating_sub(1) as u64,
            };
            let next = listing.next.filter(|_| listing.more);
            Ok(QuarantinePage {
                page: desk.page(Here::Quarantine, reading.directory()),
                rows: listing.items.iter().map(row).collect(),
                next: next.map(|next| format!("/quarantine?next={next}")),
            })
        })
        .await?;
    Ok(html(&page))
}

pub(super) async fn one(
    State(server): State<Server>,
    desk: Desk,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            let input = reading.quarantined(&name)?;
            let shown = &input.bytes[..input.bytes.len().min(SHOWN)];
            Ok(QuarantinedPage {
                page: desk.page(Here::Quarantine, reading.directory()),
                id: input.id.clone().map(Value::uncut),
                source: reading.member_name(input.source),
                channel: channel(&input.channel).to_owned(),
                received: Moment::new(input.received, &desk.preferences.zone),
                faults: input.faults.iter().map(fault_view).collect(),
                bytes: legible(shown),
                size: input.bytes.len() as u64,
                cut: shown.len() < input.bytes.len(),
            })
        })
        .await?;
    Ok(html(&page))
}

/// Text as it is; bytes and characters that do not show, or that would change how others show, are escaped.
fn legible(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let turns_text = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
            if (c.is_control() && !matches!(c, '\n' | '\t')) || turns_text {
                let _ = write!(out, "\\u{{{:04x}}}", u32::from(c));
            } else {
                out.push(c);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
