//! `ZA_ID_NUMBER`: South African identity numbers.
//!
//! Why it matters: it contains the birth date, the sex and the status, and opens accounts.
//!
//! The rule: Home Affairs, Luhn and a real date, see `checksum::za_id_number`. Thirteen digits that
//! begin with 14 to 20 may be milliseconds since 1970, so these need a name.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::za_id_number;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::ZaIdNumber,
    names: &[Names::new(
        "za id|za id number|south african id|sa id|sa id number|rsa id|rsa id number|\
         south african identity number|identity number south africa",
    )],
    keywords: "rsa id|sa id",
    finds: &[Find::Digits(13, 13, find)],
    field: None,
    positive: &[
        r#"{"sa_id": "8001015009087"}"#,
        r#"{"x": "8001015009087"}"#,
        r#"{"x": "750330 5044 08 9"}"#,
    ],
    negative: &[
        r#"{"x": "8001015009086"}"#,
        r#"{"x": 1712041224086}"#,
        r#"{"x": "8013015009087"}"#,
    ],
};

/// Recognises milliseconds since 1970 from 2014 to 2033.
fn may_be_a_time(candidate: &Digits<'_>) -> bool {
    candidate.groups.len() == 1
        && matches!(candidate.digits, [b'1', b'4'..=b'9', ..] | [b'2', b'0', ..])
}

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let ways: &[&[u8]] = &[&[6, 4, 3], &[6, 4, 2, 1], &[6, 4, 1, 1, 1]];
    let bare = if may_be_a_time(candidate) { 0 } else { 58 };
    checked_digits(
        candidate,
        ways,
        za_id_number::is_valid,
        Alone { bare, grouped: 70 },
    )
}
