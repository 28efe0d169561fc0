//! Numbers that every reader of I-JSON understands alike.

use serde_json::Number;

/// Integers up to here are exact in a double (RFC 7493 §2.2).
const LARGEST_EXACT: u64 = (1 << 53) - 1;

/// From here on RFC 8785 writes a number with an exponent; below it, a whole number is written as an integer.
const FIRST_WITH_EXPONENT: f64 = 1e21;

/// Reads the number at the start of `text`: it (`None` when it is sound JSON but not interoperable) and its
/// length. The error is how many bytes made sense.
pub(super) fn read(text: &[u8]) -> Result<(Option<Number>, usize), usize> {
    let negative = text.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let mut integer: u64 = 0;
    let mut too_long = false;
    let first = at;
    while let Some(digit) = text.get(at).filter(|b| b.is_ascii_digit()) {
        match integer.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit - b'0'))) {
            Some(value) => integer = value,
            None => too_long = true,
        }
        at += 1;
    }
    let digits = at - first;
    if digits == 0 || (digits > 1 && text[first] == b'0') {
        return Err(at);
    }
    if !matches!(text.get(at), Some(b'.' | b'e' | b'E')) {
        if too_long || integer > LARGEST_EXACT {
            return Ok((None, at));
        }
        let signed = i64::try_from(integer).unwrap_or(i64::MAX);
        // A negative zero is written as zero by RFC 8785, and no reader tells them apart.
        return Ok((Some(Number::from(if negative { -signed } else { signed })), at));
    }
    let end = end_of_float(text, at)?;
    let float = std::str::from_utf8(&text[..end]).ok().and_then(|text| text.parse::<f64>().ok());
    let number = float.and_then(Number::from_f64).filter(is_interoperable);
    Ok((number, end))
}

/// The end of a fraction and exponent that begin at `at`.
fn end_of_float(text: &[u8], mut at: usize) -> Result<usize, usize> {
    let digits = |from: usize| text[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    if text[at] == b'.' {
        let count = digits(at + 1);
        if count == 0 {
            return Err(at + 1);
        }
        at += 1 + count;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        let count = digits(at.min(text.len()));
        if count == 0 {
            return Err(at);
        }
        at += count;
    }
    Ok(at)
}

/// Whether the number survives RFC 8785: written canonically and read again, it is no integer that a double
/// cannot tell from its neighbour.
pub(crate) fn is_interoperable(number: &Number) -> bool {
    if let Some(integer) = number.as_i64() {
        return integer.unsigned_abs() <= LARGEST_EXACT;
    }
    if number.is_u64() {
        return false;
    }
    number.as_f64().is_some_and(|float| {
        let written_as_integer = float.fract() == 0.0 && float.abs() < FIRST_WITH_EXPONENT;
        #[allow(clippy::cast_precision_loss)] // 2^53−1 is exact in a double
        let exact = float.abs() <= LARGEST_EXACT as f64;
        float.is_finite() && (exact || !written_as_integer)
    })
}
