//! `AU_MEDICARE`: Australian Medicare card numbers.
//!
//! Why it matters: it opens a person's health cover, and counts as proof of identity.
//!
//! The rule: Services Australia, weighted sum modulo ten, first digit 2 to 6, see
//! `checksum::au_medicare`. A name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::au_medicare;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::AuMedicare,
    names: &[Names::new(
        "medicare|medicare number|medicare no|medicare card|medicare card number|\
         australian medicare number",
    )],
    keywords: "medicare",
    finds: &[Find::Announced(&Find::Digits(10, 11, find))],
    field: None,
    positive: &[
        r#"{"medicare": "2123456701"}"#,
        r#"{"note": "Medicare card 2123 45670 1"}"#,
        r#"{"medicareNumber": "2123 45670 1/1"}"#,
    ],
    negative: &[
        r#"{"x": "2123456701"}"#,
        r#"{"medicare": "2123456711"}"#,
        r#"{"medicare": "1123456701"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[4, 5, 1], &[4, 5, 1, 1]],
        au_medicare::is_valid,
        Alone::NEVER,
    )
}
