//! `UK_NHS`: NHS numbers of England, Wales and the Isle of Man.
//!
//! Why it matters: it gives access to a person's health record.
//!
//! The rule: NHS Data Dictionary, ten digits modulo eleven, see `checksum::uk_nhs`. One random
//! number in eleven passes, so a name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::uk_nhs;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UkNhs,
    names: &[Names::new(
        "nhs|nhs number|nhs no|nhs id|national health service number|nhs num|\
         patient nhs number|chi number",
    )],
    keywords: "nhs",
    finds: &[Find::Announced(&Find::Digits(10, 10, find))],
    field: None,
    positive: &[
        r#"{"nhs_number": "9434765919"}"#,
        r#"{"note": "NHS no 943 476 5919"}"#,
        r#"{"patient": {"nhsNumber": 9434765919}}"#,
    ],
    negative: &[
        r#"{"x": "943 476 5919"}"#,
        r#"{"nhs_number": "9434765918"}"#,
        r#"{"phone": "943-476-5919"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(candidate, &[&[3, 3, 4]], uk_nhs::is_valid, Alone::NEVER)
}
