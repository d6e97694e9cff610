//! `UK_NINO`: United Kingdom national insurance numbers.
//!
//! Why it matters: it follows a person through tax, work and benefits for life.
//!
//! The rule: HMRC, NIM39110: two letters of an allocated prefix, six digits, a letter A to D,
//! unbroken or in pairs.

use super::{Detector, Find, Hit};
use crate::checksum::uk_nino;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UkNino,
    names: &[Names::new(
        "nino|national insurance number|national insurance no|national insurance|ni number|ni no|nino number|nat ins no",
    )],
    keywords: "",
    finds: &[
        Find::Code("AA99", 9, 9, find),
        Find::Code("AA", 2, 2, find),
        Find::Code("AA99", 4, 4, find),
    ],
    field: None,
    positive: &[
        r#"{"nino": "AA123456A"}"#,
        r#"{"x": "NI number AB 12 34 56 C please"}"#,
        r#"{"x": "JG-12-34-56-D"}"#,
    ],
    negative: &[
        r#"{"nino": "BG123456A"}"#,
        r#"{"nino": "AA123456E"}"#,
        r#"{"x": "XAA123456A"}"#,
        r#"{"x": "AA123456A9"}"#,
    ],
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let is_begun = bytes[start].is_ascii_alphabetic()
        && bytes.get(start + 1).is_some_and(u8::is_ascii_alphabetic);
    if !is_begun {
        return None;
    }
    let mut characters = [0; 9];
    let mut count = 0;
    let mut at = start;
    while count < characters.len() {
        match *bytes.get(at)? {
            byte if byte.is_ascii_alphanumeric() => {
                characters[count] = byte.to_ascii_uppercase();
                count += 1;
            }
            // Separators may only stand between the pairs.
            b' ' | b'-' if matches!(count, 2 | 4 | 6 | 8) => {}
            _ => return None,
        }
        at += 1;
    }
    let is_linked = start > 0 && matches!(bytes[start - 1], b'-' | b'_' | b'/' | b'.')
        || bytes
            .get(at)
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let is_capital = bytes[start].is_ascii_uppercase();
    let alone = if is_capital { 70 } else { 30 };
    (!is_linked && uk_nino::is_valid(&characters)).then(|| Hit::new(start, at, alone, 97))
}
