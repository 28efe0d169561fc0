//! What a path leads to, and how it compares with a constant (STIX 2.1 §9.2, §9.6).

use std::borrow::Cow;
use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kizuna_stix::pattern::Constant;
use serde_json::Value;
use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

/// A value at the end of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found<'a> {
    Json(&'a Value),
    /// What a property whose name ends in `_hex` or `_bin` stands for.
    Bytes(Vec<u8>),
}

/// How a property's name says that its text is bytes (§2.3 and §2.7 of STIX 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoded {
    No,
    Hex,
    Base64,
}

impl Encoded {
    pub fn of(key: &str) -> Self {
        if key.ends_with("_hex") {
            Self::Hex
        } else if key.ends_with("_bin") {
            Self::Base64
        } else {
            Self::No
        }
    }

    /// The value as its property's name says; text that is not what the name says stays text.
    pub fn read(self, value: &Value) -> Found<'_> {
        let bytes = match (self, value) {
            (Self::Hex, Value::String(text)) => hex(text),
            (Self::Base64, Value::String(text)) => STANDARD.decode(text).ok(),
            _ => None,
        };
        bytes.map_or(Found::Json(value), Found::Bytes)
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

impl Found<'_> {
    /// How the value stands to a constant; `None` where the two cannot be compared.
    pub fn compare(&self, constant: &Constant) -> Option<Ordering> {
        match (self, constant) {
            (Self::Json(Value::String(text)), Constant::Text(wanted)) => Some(text.as_str().cmp(wanted)),
            (Self::Json(Value::String(text)), Constant::Timestamp(wanted)) => {
                kizuna_stix::time::parse(text).ok().map(|time| time.cmp(wanted))
            }
            (Self::Json(Value::String(text)), Constant::Hex(wanted) | Constant::Binary(wanted)) => {
                code_points(text).map(|bytes| bytes.as_slice().cmp(wanted))
            }
            (Self::Json(Value::Number(number)), Constant::Integer(wanted)) => match number.as_i64() {
                Some(number) => Some(number.cmp(wanted)),
                #[allow(clippy::cast_precision_loss, reason = "one side is a float or beyond 64 bits")]
                None => number.as_f64()?.partial_cmp(&(*wanted as f64)),
            },
            (Self::Json(Value::Number(number)), Constant::Float(wanted)) => {
                number.as_f64()?.partial_cmp(wanted)
            }
            (Self::Json(Value::Bool(truth)), Constant::Boolean(wanted)) => Some(truth.cmp(wanted)),
            (Self::Bytes(bytes), Constant::Text(wanted)) => {
                code_points(wanted).map(|wanted| bytes.cmp(&wanted))
            }
            (Self::Bytes(bytes), Constant::Hex(wanted) | Constant::Binary(wanted)) => Some(bytes.cmp(wanted)),
            _ => None,
        }
    }

    /// The value as text for `LIKE` and `MATCHES`, in NFC; each byte of binary data is a character.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Json(Value::String(text)) => Some(composed(text)),
            Self::Json(_) => None,
            Self::Bytes(bytes) => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        }
    }

    /// The value where it is plain text.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Json(Value::String(text)) => Some(text),
            _ => None,
        }
    }
}

/// The text as bytes, where every character is one (§9.2: text is compared with binary data so, or not at all).
fn code_points(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// The text in NFC.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    let plain = text.is_ascii() || is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes;
    if plain { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}
