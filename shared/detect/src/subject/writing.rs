//! Normalises identifiers, so that different spellings give one fingerprint.
//!
//! The rules are described in [`super`].

use unicode_normalization::UnicodeNormalization as _;

use crate::checksum::e164;
use crate::class::DataClass;
use crate::detectors::{Find, REGISTRY, Value};
use crate::field_name::Roles;
use crate::plain::ascii_form;
use crate::shape::Shape;

/// Returns the first address in a text, normalised. The detector cuts it out, so that a look-up
/// uses the same address as a scan.
pub(super) fn first_address(text: &str) -> Option<String> {
    let text: String = text.chars().map(ascii_form).nfkc().collect();
    let detector = REGISTRY
        .iter()
        .find(|detector| detector.class == DataClass::EmailAddress)?;
    let find = detector.finds.iter().find_map(|find| match find {
        Find::Byte(_, find) => Some(find),
        _ => None,
    })?;
    text.match_indices('@')
        .find_map(|(at, _)| find(&text, at))
        .and_then(|hit| text.get(hit.start..hit.end))
        .map(email)
}

/// Normalises an e-mail address.
pub(super) fn email(address: &str) -> String {
    let address = address.trim();
    if address.is_ascii() {
        return address.to_ascii_lowercase();
    }
    // Lower-casing can decompose a letter (`İ`), so the result is composed again.
    address.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// The longest text in which a telephone number is searched, in characters.
const LONGEST_PHONE: usize = 64;
/// The fewest digits of a subject's number. Shorter numbers are local and belong to many people.
const FEWEST_DIGITS: usize = 8;
/// The most digits of a number with an international prefix.
const MOST_DIGITS: usize = 20;
/// The number of digits from which a number without a prefix contains its country code.
const FEWEST_WITH_COUNTRY: usize = 12;

/// Normalises a telephone number: `+` and the digits of E.164 if the country is known, and only the
/// digits if not.
pub(super) fn phone(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(MOST_DIGITS);
    let mut has_plus = false;
    for character in text.chars().take(LONGEST_PHONE).map(ascii_form) {
        match character {
            '0'..='9' => digits.push(character),
            '+' if digits.is_empty() => has_plus = true,
            // An extension: `x12`, `ext. 12`.
            letter if letter.is_alphabetic() && !digits.is_empty() => break,
            _ => {}
        }
    }
    if digits.len() > MOST_DIGITS {
        return None;
    }
    if has_plus {
        let number = in_plan(&digits).unwrap_or(digits);
        return (number.len() >= FEWEST_DIGITS - 1).then(|| format!("+{number}"));
    }
    let after_prefix = digits.strip_prefix("00").and_then(in_plan);
    let with_country = || {
        let may_have = digits.len() >= FEWEST_WITH_COUNTRY && !digits.starts_with('0');
        may_have.then(|| in_plan(&digits)).flatten()
    };
    if let Some(number) = after_prefix.or_else(with_country) {
        return Some(format!("+{number}"));
    }
    (digits.len() >= FEWEST_DIGITS).then_some(digits)
}

/// Returns the digits of an international number as in its country's plan: without the trunk zero
/// that is written (`+44 (0)20`) but not dialled.
fn in_plan(digits: &str) -> Option<String> {
    if e164::is_valid(digits.as_bytes()) {
        return Some(digits.to_owned());
    }
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let number = format!("{code}{}", national.strip_prefix('0')?);
        let (its_code, _) = e164::split(number.as_bytes())?;
        (its_code.to_string() == code).then_some(number)
    })
}

/// The longest customer id, in bytes. Longer texts are documents.
const LONGEST_ID: usize = 256;

/// Normalises a customer id. Returns `None` for a placeholder (`null`, `0`, `****`).
pub(super) fn customer_id(text: &str) -> Option<&str> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST_ID {
        return None;
    }
    let value = Value {
        text,
        shape: Shape::of(text),
        is_number: false,
        tag: 0,
        roles: Roles::NONE,
    };
    // 777 is an id, •••• is a masked one.
    let is_hidden = value.is_masked() && !text.bytes().all(|byte| byte.is_ascii_digit());
    (!value.is_placeholder() && !is_hidden && text != "0").then_some(text)
}
