//! TAXII timestamps: RFC 3339 in UTC, six digits of a second (§1.6.5 and §3.3).

use jiff::Timestamp;

/// The text is no TAXII timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a timestamp in UTC, such as 2026-01-31T09:00:00.000000Z")]
pub struct BadInstant;

/// Writes six digits of a second, or nine where six would lose some.
pub fn format(instant: Timestamp) -> String {
    let is_whole_microseconds = instant.subsec_nanosecond() % 1000 == 0;
    if is_whole_microseconds { format!("{instant:.6}") } else { format!("{instant:.9}") }
}

/// Reads a timestamp with up to nine digits of a second. Only UTC, written `Z`: an offset is a different text for the
/// same instant, and TAXII has one text.
pub fn parse(text: &str) -> Result<Timestamp, BadInstant> {
    if !has_shape(text.as_bytes()) {
        return Err(BadInstant);
    }
    text.parse().map_err(|_| BadInstant)
}

/// `YYYY-MM-DDTHH:MM:SS[.digits]Z`.
fn has_shape(text: &[u8]) -> bool {
    const DATE_AND_TIME: &[u8] = b"0000-00-00T00:00:00";
    let Some((head, rest)) = text.split_at_checked(DATE_AND_TIME.len()) else { return false };
    let like =
        |(given, model): (&u8, &u8)| if *model == b'0' { given.is_ascii_digit() } else { given == model };
    if !head.iter().zip(DATE_AND_TIME).all(like) {
        return false;
    }
    match rest {
        b"Z" => true,
        [b'.', digits @ .., b'Z'] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
