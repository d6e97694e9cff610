//! `US_PASSPORT`: United States passport numbers.
//!
//! Why it matters: it opens borders and bank accounts in a person's name.
//!
//! The rule: Department of State, nine digits or a letter and eight, see `checksum::us_passport`,
//! in a field with an English name. Other countries have the same shapes, and only the name tells
//! them apart.

use super::grouping::stands_free;
use super::{Detector, Digits, Find, Hit, Value};
use crate::checksum::normalise::normalise;
use crate::checksum::us_passport;
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// The confidence with a keyword, because the shape is weak.
const PROSE: u8 = 78;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsPassport,
    names: &[
        Names::new(
            "us passport|us passport number|american passport|passport|passport number|\
         passport no|passport num|passport id|passport nr|passport document number|\
         travel document number|travel document",
        )
        .gives(Signals::PERSON),
        Names::new(
            "number|no|nr|num|id|document number|document no|nummer|numero|numer|bangou|番号",
        )
        .within(Roles::PASSPORT)
        .gives(Signals::PERSON),
    ],
    keywords: "",
    finds: &[
        Find::Announced(&Find::Word(9, 9, find)),
        Find::Announced(&Find::Digits(9, 9, find_digits)),
    ],
    field: Some(fits),
    positive: &[
        r#"{"note": "passport number A12345678 was scanned"}"#,
        r#"{"passport_number": "963545637"}"#,
        r#"{"passport": {"number": "963545637"}}"#,
        r#"{"passport": "A12345678"}"#,
        r#"{"traveler": {"passportNo": 203941857}}"#,
    ],
    negative: &[
        r#"{"x": "963545637"}"#,
        r#"{"passport_number": "YA1234567"}"#,
        r#"{"passport_expiry": "203941857"}"#,
        r#"{"reisepass": "963545637"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let characters = normalise(value.text)?;
    us_passport::is_valid(&characters).then_some(())?;
    value.whole(88)
}

/// Finds a letter and eight digits, in prose.
fn find(text: &str, start: usize, end: usize) -> Option<Hit> {
    let word = &text.as_bytes()[start..end];
    let is_shaped = word[0].is_ascii_uppercase() && word[1..].iter().all(u8::is_ascii_digit);
    (is_shaped && stands_free(text.as_bytes(), start, end)).then(|| Hit::new(start, end, 0, PROSE))
}

/// Finds nine unbroken digits, in prose.
fn find_digits(candidate: &Digits<'_>) -> Option<Hit> {
    let is_whole = candidate.is_free() && candidate.groups.len() == 1;
    (is_whole && us_passport::is_valid(candidate.digits)).then(|| candidate.hit(0, PROSE))
}
