//! `US_PASSPORT`: United States passport numbers.
//!
//! Why it matters: it opens borders and bank accounts in someone's name.
//!
//! The rule: Department of State, nine digits or a letter and eight, see `checksum::us_passport`,
//! in a field with an English name: other countries share these shapes, and the shape is all there
//! is to tell them by.

use super::{Detector, Hit, Value};
use crate::checksum::normalise::normalise;
use crate::checksum::us_passport;
use crate::class::DataClass;
use crate::field_name::{Names, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsPassport,
    names: &[Names::new(
        "us passport|us passport number|american passport|passport|passport number|\
         passport no|passport num|passport id|passport nr|passport document number|\
         travel document number|travel document",
    )
    .gives(Signals::PERSON)],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"passport_number": "963545637"}"#,
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
