//! Addresses in cryptocurrencies: shape and, where the format has one, checksum.

use sha2::{Digest as _, Sha256};

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Bitcoin and its relatives (`Base58Check`, Bech32), TRON, Ethereum (lowercase), Monero.
pub(super) fn normal(text: &str) -> Option<String> {
    if !text.is_ascii() || text.len() < 26 || text.len() > 110 {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        // The mixed case of EIP-55 is a checksum, not part of the address.
        let sound = digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return sound.then(|| format!("0x{}", digits.to_ascii_lowercase()));
    }
    if is_base58check(text) || is_monero(text) {
        return Some(text.to_owned());
    }
    is_bech32(text).then(|| text.to_ascii_lowercase())
}

/// 25 bytes of which the last four are the head of a double SHA-256 of the rest.
fn is_base58check(text: &str) -> bool {
    if text.len() > 36
        || !matches!(text.as_bytes().first(), Some(b'1' | b'3' | b'L' | b'M' | b'D' | b'T' | b'A' | b'9'))
    {
        return false;
    }
    let mut bytes = [0_u8; 25];
    for character in text.bytes() {
        let Some(digit) = BASE58.iter().position(|letter| *letter == character) else { return false };
        let mut carry = digit;
        for byte in bytes.iter_mut().rev() {
            let sum = usize::from(*byte) * 58 + carry;
            *byte = u8::try_from(sum & 0xff).unwrap_or_default();
            carry = sum >> 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let (payload, checksum) = bytes.split_at(21);
    let digest = Sha256::digest(Sha256::digest(payload));
    digest[..4] == *checksum
}

/// 95 Base58 characters (106 for an integrated address); its checksum is Keccak, which this crate does not have.
fn is_monero(text: &str) -> bool {
    matches!(text.len(), 95 | 106)
        && matches!(text.as_bytes().first(), Some(b'4' | b'8'))
        && text.bytes().all(|byte| BASE58.contains(&byte))
}

/// BIP 173 and BIP 350, for the chains whose prefixes are in use.
fn is_bech32(text: &str) -> bool {
    let mixed = text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_uppercase());
    if mixed || text.len() > 90 {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let Some((prefix, data)) = text.rsplit_once('1') else { return false };
    if !matches!(prefix, "bc" | "tb" | "ltc" | "cosmos") || data.len() < 6 {
        return false;
    }
    let mut checksum = 1_u32;
    let head = prefix.bytes().map(|byte| u32::from(byte >> 5));
    let tail = prefix.bytes().map(|byte| u32::from(byte & 31));
    for value in head.chain([0]).chain(tail) {
        checksum = polymod(checksum, value);
    }
    for character in data.bytes() {
        let Some(value) = BECH32.iter().position(|letter| *letter == character) else { return false };
        checksum = polymod(checksum, u32::try_from(value).unwrap_or_default());
    }
    checksum == 1 || checksum == 0x2bc8_30a3
}

/// One step of the BCH code of BIP 173.
fn polymod(checksum: u32, value: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = checksum >> 25;
    let mut next = ((checksum & 0x01ff_ffff) << 5) ^ value;
    for (bit, generator) in GENERATOR.into_iter().enumerate() {
        if (top >> bit) & 1 == 1 {
            next ^= generator;
        }
    }
    next
}
