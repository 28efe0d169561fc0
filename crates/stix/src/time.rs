//! STIX timestamps (STIX 2.1 §2.16): RFC 3339, in UTC, with an upper-case `T` and `Z`.

use jiff::Timestamp;

#[cfg(test)]
mod tests;

/// The text is no STIX timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a timestamp of the form YYYY-MM-DDTHH:MM:SS[.fraction]Z")]
pub struct BadTimestamp;

/// Reads a timestamp. Any number of fraction digits is accepted; what is finer than a nanosecond is cut off.
/// A leap second (`23:59:60`) counts as the second before it, as POSIX time has no other place for it.
pub fn parse(text: &str) -> Result<Timestamp, BadTimestamp> {
    let bytes = text.as_bytes();
    let (head, tail) = bytes.split_first_chunk::<19>().ok_or(BadTimestamp)?;
    let separators = [head[4], head[7], head[10], head[13], head[16]];
    if separators != *b"--T::" {
        return Err(BadTimestamp);
    }
    let year = number(&head[0..4])?;
    let month = number(&head[5..7])?;
    let day = number(&head[8..10])?;
    let hour = number(&head[11..13])?;
    let minute = number(&head[14..16])?;
    let second = number(&head[17..19])?;
    let leap_second = second == 60 && hour == 23 && minute == 59;
    if hour > 23 || minute > 59 || (second > 59 && !leap_second) {
        return Err(BadTimestamp);
    }
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return Err(BadTimestamp);
    }
    let nanosecond = fraction(tail)?;
    let seconds_of_day = hour * 3600 + minute * 60 + second.min(59);
    let seconds = days_since_epoch(year, month, day) * 86_400 + i64::from(seconds_of_day);
    Timestamp::new(seconds, nanosecond).map_err(|_| BadTimestamp)
}

/// Writes a timestamp with three fraction digits, or six or nine where it is finer than that.
pub fn format(time: Timestamp) -> String {
    let nanosecond = time.subsec_nanosecond();
    if nanosecond % 1_000_000 == 0 {
        format!("{time:.3}")
    } else if nanosecond % 1_000 == 0 {
        format!("{time:.6}")
    } else {
        format!("{time:.9}")
    }
}

/// Writes a timestamp with exactly six fraction digits, as TAXII 2.1 §3.2 wants them; finer ones are cut off.
pub fn format_micros(time: Timestamp) -> String {
    format!("{time:.6}")
}

fn number(digits: &[u8]) -> Result<i32, BadTimestamp> {
    let mut value = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(BadTimestamp);
        }
        value = value * 10 + i32::from(digit - b'0');
    }
    Ok(value)
}

/// What follows the seconds: `Z`, or a point, digits and `Z`.
fn fraction(tail: &[u8]) -> Result<i32, BadTimestamp> {
    match tail {
        [b'Z'] => Ok(0),
        [b'.', digits @ .., b'Z'] if !digits.is_empty() => {
            if !digits.iter().all(u8::is_ascii_digit) {
                return Err(BadTimestamp);
            }
            let kept = &digits[..digits.len().min(9)];
            let scale = 10_i32.pow(9 - u32::try_from(kept.len()).unwrap_or(9));
            Ok(number(kept)? * scale)
        }
        _ => Err(BadTimestamp),
    }
}

fn days_in(year: i32, month: i32) -> i32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March so that
/// the leap day comes last.
fn days_since_epoch(year: i32, month: i32, day: i32) -> i64 {
    let shifted_year = i64::from(if month <= 2 { year - 1 } else { year });
    let shifted_month = i64::from((month + 9) % 12);
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
