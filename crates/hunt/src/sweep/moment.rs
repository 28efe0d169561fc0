//! When and where a line says that it happened.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::event::{self, Event, Value};

/// Fields in which logs hold the time, the likeliest first; dots lead into objects.
const TIMES: [&str; 16] = [
    "ts",
    "@timestamp",
    "timestamp",
    "time",
    "eventTime",
    "event.created",
    "_time",
    "date",
    "datetime",
    "UtcTime",
    "Event.EventData.UtcTime",
    "Event.System.TimeCreated_attributes.SystemTime",
    "Event.System.TimeCreated.#attributes.SystemTime",
    "EventTime",
    "TimeCreated",
    "start_time",
];

/// Fields in which logs name the machine.
const ASSETS: [&str; 14] = [
    "host.name",
    "hostname",
    "Computer",
    "Event.System.Computer",
    "agent.hostname",
    "computer_name",
    "host.hostname",
    "device",
    "id.orig_h",
    "src_ip",
    "source.ip",
    "client_ip",
    "c-ip",
    "sensor",
];

/// Bytes of a line in which its time is looked for.
const HEAD: usize = 160;

/// When and on which machine something happened.
pub(crate) type Moment = (Option<Timestamp>, Option<String>);

/// The time and the machine of a line: fields of JSON, or what stands at its beginning.
pub(crate) fn of_line(line: &[u8]) -> Moment {
    if line.first() == Some(&b'{')
        && let Some(event) = event::of_json(&event::text_of(line))
    {
        return of_event(&event);
    }
    let head = String::from_utf8_lossy(&line[..line.len().min(HEAD)]);
    (of_text(&head), syslog_host(&head))
}

/// The time and the machine that the fields of an event say.
pub(crate) fn of_event(event: &Event<'_>) -> Moment {
    let time = TIMES.iter().filter_map(|path| event.get(path)).find_map(of_value);
    let asset = ASSETS.iter().filter_map(|path| event.get(path)).find_map(|value| match value {
        Value::Text(text) if !text.is_empty() => Some(text.to_string()),
        _ => None,
    });
    (time, asset)
}

/// The time of a line.
pub fn moment_of(line: &[u8]) -> Option<Timestamp> {
    of_line(line).0
}

/// The machine of a line.
pub fn asset_of(line: &[u8]) -> Option<String> {
    of_line(line).1
}

#[allow(clippy::cast_precision_loss, reason = "a time needs no more")]
fn of_value(value: &Value<'_>) -> Option<Timestamp> {
    match value {
        Value::Text(text) => of_text(text),
        Value::Integer(number) => epoch(*number as f64),
        Value::Large(number) => epoch(*number as f64),
        Value::Float(number) => epoch(*number),
        _ => None,
    }
}

/// Seconds, milliseconds or more since 1970, by their size; between 1990 and 2100.
fn epoch(number: f64) -> Option<Timestamp> {
    let mut seconds = number;
    for _ in 0..3 {
        if seconds > 1e11 {
            seconds /= 1000.0;
        }
    }
    if !(6.3e8..4.1e9).contains(&seconds) {
        return None;
    }
    // Below 2^53 microseconds: exact enough for logs.
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked")]
    Timestamp::from_microsecond((seconds * 1e6) as i64).ok()
}

/// The first time in a text: RFC 3339 with or without a zone (then UTC), or seconds since 1970 as its first word.
pub fn of_text(text: &str) -> Option<Timestamp> {
    let first = text.split(['\t', ' ', ',']).next().unwrap_or_default();
    if let Ok(number) = first.parse::<f64>()
        && let Some(time) = epoch(number)
    {
        return Some(time);
    }
    let bytes = text.as_bytes();
    for at in 0..bytes.len().saturating_sub(18) {
        let shaped = bytes[at].is_ascii_digit()
            && matches!(bytes[at + 4], b'-' | b'/')
            && bytes[at + 7] == bytes[at + 4]
            && matches!(bytes[at + 10], b'T' | b' ' | b't')
            && bytes[at + 13] == b':';
        if shaped && let Some(time) = text.get(at..).and_then(date_time) {
            return Some(time);
        }
    }
    None
}

fn date_time(text: &str) -> Option<Timestamp> {
    let length = text
        .bytes()
        .enumerate()
        .take_while(|(at, byte)| {
            byte.is_ascii_digit()
                || matches!(byte, b':' | b'.' | b'+' | b'Z')
                || (matches!(byte, b'-' | b'/'))
                || (*at == 10 && matches!(byte, b'T' | b't' | b' '))
        })
        .count();
    let text = text[..length].trim_end_matches(['.', ':', '-', '/', '+']).replace('/', "-");
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    // Suricata writes `+0000`, which jiff's strict form does not take.
    if let Ok(time) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", &text) {
        return Some(time);
    }
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The host of a syslog line: behind the time of RFC 5424 or RFC 3164.
fn syslog_host(line: &str) -> Option<String> {
    let (_, rest) = line.strip_prefix('<')?.split_once('>')?;
    let mut words = rest.split(' ');
    let host = if rest.starts_with("1 ") {
        words.nth(2)?
    } else {
        // `Jan  1 00:00:00 host`
        words.filter(|word| !word.is_empty()).nth(3)?
    };
    (host != "-" && !host.is_empty()).then(|| host.to_owned())
}
