//! What became of alerts as pictures and words: states, times, and bars from zero.

use jiff::Timestamp;
use kizuna_access::alert::Urgency;
use kizuna_access::receipt::State;
use kizuna_access::request::Outcome;
use kizuna_app::alerts::protection::{MemberTimes, Spread};
use kizuna_app::alerts::{AlertLine, Row};
use kizuna_app::receipts::Blinded;

use crate::language::Language;
use crate::view::notices::{BlindedRow, SpanView, SpreadView, StateView, StepView, Strip, TimesRow};

/// The whole of a bar of times.
const WHOLE: u64 = 1_000;
/// What is not nothing is at least so wide, so that it can be seen.
const LEAST: u64 = 6;
/// The messages that say until when.
const UNTIL: [&str; 3] = ["alerts-delivered", "recipients-acknowledged", "alerts-settled"];

pub(super) fn urgency(t: Language, urgency: Urgency) -> StateView {
    let (class, sign) = match urgency {
        Urgency::Information => ("note", "note"),
        Urgency::Advisory => ("note", "shield"),
        Urgency::Urgent => ("warn", "warn"),
        Urgency::Emergency => ("danger", "warn"),
    };
    StateView { word: t.term("urgency", urgency.as_str()), class, sign }
}

pub(super) fn state(t: Language, state: State) -> StateView {
    let (class, sign) = match state {
        State::Delivered => ("note", "import"),
        State::Read => ("note", "observable"),
        State::Acting | State::Sighted => ("warn", "clock"),
        State::Blocked | State::Done | State::NotAffected | State::Used => ("ok", "ok"),
        State::False | State::NotUseful => ("danger", "no"),
        State::Recalled => ("note", "back"),
    };
    StateView { word: t.term("receipt", state.as_str()), class, sign }
}

pub(super) fn outcome(t: Language, outcome: Outcome) -> StateView {
    let (class, sign) = if outcome.is_negative() { ("warn", "no") } else { ("ok", "ok") };
    StateView { word: t.term("outcome", outcome.as_str()), class, sign }
}

/// Seconds as people say them: the largest unit that they reach.
pub(super) fn duration(t: Language, seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    match seconds {
        0..120 => t.count("duration-seconds", seconds),
        120..7_200 => t.count("duration-minutes", seconds / 60),
        7_200..172_800 => t.count("duration-hours", seconds / 3_600),
        _ => t.count("duration-days", seconds / 86_400),
    }
}

/// Times as a bar, over the longest of them.
fn share(seconds: Option<i64>, longest: i64) -> u64 {
    let seconds = seconds.unwrap_or_default().unsigned_abs();
    let longest = longest.unsigned_abs().max(1);
    if seconds == 0 { 0 } else { (seconds.saturating_mul(WHOLE) / longest).clamp(LEAST, WHOLE) }
}

fn longest<'a>(spreads: impl IntoIterator<Item = &'a Spread>) -> i64 {
    spreads.into_iter().filter_map(|spread| spread.p90).max().unwrap_or_default()
}

fn views(t: Language, spreads: [Spread; 3], longest: i64) -> Vec<SpreadView> {
    let said = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), |one| duration(t, one));
    let view = |(key, one): (&'static str, Spread)| SpreadView {
        key,
        median: said(one.median),
        p90: said(one.p90),
        of: one.of as u64,
        bars: (share(one.median, longest), share(one.p90, longest)),
    };
    UNTIL.into_iter().zip(spreads).map(view).collect()
}

/// The times of one alert.
pub(super) fn spreads(t: Language, spreads: [Spread; 3]) -> Vec<SpreadView> {
    views(t, spreads, longest(&spreads))
}

/// The times of every member, over the longest of all.
pub(super) fn times(t: Language, times: &[MemberTimes]) -> Vec<TimesRow> {
    let of = |one: &MemberTimes| [one.delivered, one.acknowledged, one.settled];
    let all: Vec<Spread> = times.iter().flat_map(of).collect();
    let longest = longest(&all);
    let row = |one: &MemberTimes| TimesRow {
        name: one.name.clone(),
        alerts: one.alerts as u64,
        spreads: views(t, of(one), longest),
    };
    times.iter().map(row).collect()
}

/// How far the addressees of an alert are.
pub(super) fn strip(line: &AlertLine) -> Strip {
    let all = (line.addressees as u64).max(1);
    let settled = (line.settled as u64).min(all) * 100 / all;
    let delivered = (line.delivered as u64).min(all) * 100 / all;
    let parts = [("settled", 0, settled), ("delivered", settled, delivered.saturating_sub(settled))];
    Strip { parts: parts.into_iter().filter(|part| part.2 > 0).collect() }
}

/// The way of an alert at one member, as far as it has told.
pub(super) fn steps(t: Language, row: &Row) -> Vec<StepView> {
    let step = |key: &str, is_reached: bool| StepView { name: t.say(key), is_reached };
    let is_acting =
        row.state.is_some_and(|state| state.is_progress() && state >= State::Acting) || row.settled.is_some();
    vec![
        step("alerts-delivered", row.delivered.is_some()),
        step("recipients-acknowledged", row.acknowledged.is_some()),
        step("receipt-acting", is_acting),
        step("alerts-settled", row.settled.is_some()),
    ]
}

/// What each member waited for, over the longest time of any.
pub(super) fn spans(t: Language, published: Timestamp, rows: &[Row]) -> Vec<SpanView> {
    // Clocks of two nodes may differ: no time is less than none.
    let since = |at: Option<Timestamp>| at.map(|at| at.duration_since(published).as_secs().max(0));
    let times = |row: &Row| [since(row.delivered), since(row.acknowledged), since(row.settled)];
    let longest = rows.iter().flat_map(times).flatten().max().unwrap_or_default();
    let span = |row: &Row| {
        let (mut parts, mut words, mut from) = (Vec::new(), Vec::new(), 0);
        for ((key, class), at) in UNTIL.into_iter().zip(["delivered", "read", "settled"]).zip(times(row)) {
            let Some(seconds) = at else { continue };
            let to = share(Some(seconds), longest).max(from);
            parts.push((class, from, to - from));
            words.push(format!("{} {}", t.say(key), duration(t, seconds)));
            from = to;
        }
        SpanView { name: row.name.clone(), parts, words: words.join(" · ") }
    };
    rows.iter().map(span).filter(|span| !span.words.is_empty()).collect()
}

pub(super) fn blinded(t: Language, rows: &[Blinded]) -> Vec<BlindedRow> {
    let row = |one: &Blinded| BlindedRow {
        community: one.name.clone(),
        state: state(t, one.state),
        members: one.members as u64,
    };
    rows.iter().map(row).collect()
}

#[cfg(test)]
mod tests;
