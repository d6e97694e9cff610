//! `NO_FODSELSNUMMER`: Norwegian national identity numbers and D numbers.
//!
//! Why it matters: it contains the birth date and the sex, and is used as a password far too often.
//!
//! The rule: Skatteetaten, a real date and two check digits modulo eleven, see
//! `checksum::no_fodselsnummer`.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::no_fodselsnummer;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::NoFodselsnummer,
    names: &[Names::new(
        "fodselsnummer|foedselsnummer|fodselsnr|d nummer|dnummer|personnummer|norwegian id|\
         norwegian national id|fnr|\
         birth number|norwegian birth number|norwegian personal number|\
         norwegian national identity number",
    )],
    keywords: "fodselsnummer|fnr",
    finds: &[Find::Digits(11, 11, find)],
    field: None,
    positive: &[
        r#"{"fodselsnummer": "15108695088"}"#,
        r#"{"x": "151086 95088"}"#,
        r#"{"fødselsnummer": 13097248022}"#,
    ],
    negative: &[
        r#"{"x": "15108695077"}"#,
        r#"{"x": "32108695088"}"#,
        r#"{"x": "15108695088-7"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[6, 5]],
        no_fodselsnummer::is_valid,
        Alone {
            bare: 60,
            grouped: 75,
        },
    )
}
