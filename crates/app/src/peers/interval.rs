//! How often, in words: `30s`, `5m`, `1h`.

use std::time::Duration;

/// Reads an interval of at least a second; nothing where the text is none.
pub fn interval(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (at, unit) = text.char_indices().last()?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let number: u64 = text[..at].trim().parse().ok()?;
    let total = number.checked_mul(seconds).filter(|total| *total > 0)?;
    Some(Duration::from_secs(total))
}

/// Seconds in the largest unit that holds them exactly.
pub fn interval_text(seconds: u64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{interval, interval_text};

    #[test]
    fn an_interval_reads_back() {
        for text in ["30s", "5m", "1h", "90s"] {
            assert_eq!(interval_text(interval(text).unwrap().as_secs()), text);
        }
        for text in ["", "s", "0s", "5", "5d", "-1s", "秒", "99999999999999999999h"] {
            assert_eq!(interval(text), None, "{text}");
        }
    }
}
