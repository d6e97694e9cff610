//! Decides from the kinds of bytes in a leaf if it can hold anything that proves itself.

use crate::plain;
use crate::shape::{self, Shape};
use crate::walk::decode::is_base64;

/// The shortest leaf in bytes that can prove anything without a field name.
pub(super) const SHORTEST_PROOF: usize = 6;
/// The fewest digits with which a short text can prove anything (`1.1.1.1` has four).
const FEWEST_DIGITS: u32 = 4;
const SHORTEST_TOKEN: usize = 16;
/// The fewest digits with which a text of only digits and separators can prove anything.
const FEWEST_DIGITS_ALONE: u32 = 7;

/// The kinds of bytes in the first line of an armoured key.
const ARMOUR: u32 = shape::DASH | shape::UPPER | shape::SPACE;

/// Returns true if a text of this shape can hold a value that proves itself. Most leaves of most
/// events cannot: words, UUIDs, timestamps, amounts.
#[inline]
pub(super) fn may_prove(text: &str, shape: Shape) -> bool {
    let bytes = text.as_bytes();
    if shape.has(shape::AT | shape::PERCENT | shape::EQUALS)
        || matches!(bytes[0], b'{' | b'[' | b' ' | b'\n')
    {
        return true;
    }
    if shape.has(shape::NON_ASCII) {
        return shape.digits >= FEWEST_DIGITS || plain::may_change(text);
    }
    if shape.has(shape::AMPERSAND) && plain::has_entity(text) {
        return true;
    }
    if shape.digits < FEWEST_DIGITS {
        // Tokens and encodings are long and have digits, or capitals among small letters. Keys
        // start with dashes.
        let is_armour = || shape.has_all(ARMOUR) && text.contains("-----BEGIN ");
        let is_cased = || shape.has(shape::UPPER) && (is_base64(shape) || has_capitals(bytes));
        return text.len() >= SHORTEST_TOKEN && (shape.digits > 0 || is_cased() || is_armour());
    }
    // Dates, times and amounts are shorter than any number, and `129.90` is shorter than any
    // address.
    let is_plain_number = shape.is_only(shape::DIGIT | shape::DASH | shape::SLASH | shape::SPACE)
        && shape.digits < FEWEST_DIGITS_ALONE
        || shape.is_only(shape::DIGIT | shape::DOT) && text.len() <= SHORTEST_PROOF;
    if is_plain_number {
        return false;
    }
    // An ARN names resources of an account. One with a mailbox in it has an `@` and was accepted
    // above.
    !is_uuid(bytes, shape)
        && !is_hash(bytes, shape)
        && !is_timestamp(bytes)
        && !bytes.starts_with(b"arn:aws")
}

/// Returns true if there are eight capitals in a row, because a bank identifier code needs no
/// digits.
fn has_capitals(text: &[u8]) -> bool {
    let mut run = 0;
    text.iter().any(|byte| {
        run = if byte.is_ascii_uppercase() {
            run + 1
        } else {
            0
        };
        run == 8
    })
}

/// Returns true if the text has the form of a UUID, 8-4-4-4-12 letters and digits. No class of the
/// catalogue has this form.
fn is_uuid(text: &[u8], shape: Shape) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    text.len() == 36
        && DASHES.iter().all(|&at| text[at] == b'-')
        && shape.is_only(shape::DIGIT | shape::LOWER | shape::UPPER | shape::DASH)
}

/// Returns true if the text is an unbroken run of lower-case hexadecimal digits that is longer than
/// any number of the catalogue. Tokens and wallet addresses of this length have letters beyond `f`.
#[inline]
fn is_hash(text: &[u8], shape: Shape) -> bool {
    const SHORTEST: usize = 24;
    // A document in hexadecimal digits starts like one.
    let is_document = || text.starts_with(b"7b22") || text.starts_with(b"5b7b");
    text.len() >= SHORTEST
        && shape.has(shape::LOWER_HEX)
        && shape.is_only(shape::LOWER_HEX | shape::DIGIT)
        && !is_document()
}

/// Returns true if the text is a timestamp: `2026-11-21T20:51:45`, with anything that may follow
/// the seconds.
fn is_timestamp(text: &[u8]) -> bool {
    const PATTERN: &[u8] = b"0000-00-00T00:00:00";
    // One byte rules out most texts of this length.
    (PATTERN.len()..=35).contains(&text.len())
        && text[13] == b':'
        && text
            .iter()
            .zip(PATTERN)
            .all(|(byte, expected)| match expected {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b' '),
                separator => byte == separator,
            })
        && text[PATTERN.len()..]
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'Z' | b'+' | b'-' | b':' | b' '))
}
