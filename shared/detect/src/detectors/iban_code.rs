//! `IBAN_CODE`: international bank account numbers.
//!
//! Why it matters: it identifies one account, and with a name it is enough for a direct debit.
//!
//! The rule: ISO 13616 and the SWIFT IBAN registry: length and structure for each country, mod 97.
//! It is written unbroken or in fours.

use super::{Detector, Find, Hit};
use crate::checksum::iban;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::IbanCode,
    names: &[Names::new(
        "iban|iban number|iban nummer|numero iban|international bank account number|iban code|numer iban|iban kontonummer",
    )],
    keywords: "",
    finds: &[Find::Code("AA99", 4, 34, find)],
    field: None,
    positive: &[
        r#"{"iban": "GB29NWBK60161331926819"}"#,
        r#"{"x": "pay to DE89 3704 0044 0532 0130 00, thanks"}"#,
        r#"{"x": "nl91abna0417164300"}"#,
        r#"{"x": "FR14-2004-1010-0505-0001-3M02-606"}"#,
    ],
    negative: &[
        r#"{"iban": "GB29NWBK60161331926818"}"#,
        r#"{"x": "GB29NWBK6016133192681"}"#,
        r#"{"x": "XGB29NWBK60161331926819"}"#,
    ],
};

fn find(text: &str, start: usize, word_end: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let country = [
        bytes[start].to_ascii_uppercase(),
        bytes[start + 1].to_ascii_uppercase(),
    ];
    if !bytes[start + 2..start + 4].iter().all(u8::is_ascii_digit) || touches(bytes, start) {
        return None;
    }
    let length = iban::length_in(country)?;
    let mut characters = [0; iban::LONGEST];
    let mut count = 0;
    let mut at = start;
    while count < length {
        match *bytes.get(at)? {
            byte if byte.is_ascii_alphanumeric() => {
                *characters.get_mut(count)? = byte.to_ascii_uppercase();
                count += 1;
            }
            // Separators may only stand between fours.
            b' ' | b'-' if at >= word_end && count.is_multiple_of(4) => {}
            _ => return None,
        }
        at += 1;
    }
    let goes_on = bytes
        .get(at)
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    (!goes_on && iban::is_valid(&characters[..length])).then(|| Hit::new(start, at, 95, 99))
}

/// Returns true if the character before touches the word.
fn touches(bytes: &[u8], start: usize) -> bool {
    start > 0 && (bytes[start - 1] == b'_' || bytes[start - 1].is_ascii_alphanumeric())
}
