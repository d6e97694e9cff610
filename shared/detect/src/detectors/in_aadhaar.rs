//! `IN_AADHAAR`: Indian Aadhaar numbers.
//!
//! Why it matters: it is tied to fingerprints and irises, and opens bank accounts and telephone
//! lines.
//!
//! The rule: UIDAI, Verhoeff, first digit 2 to 9, see `checksum::in_aadhaar`. One random number in
//! twelve passes. Without a name it counts only as a whole leaf in three groups of four, with a low
//! confidence. In prose and unbroken a name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::in_aadhaar;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::InAadhaar,
    names: &[Names::new(
        "aadhaar|aadhar|adhaar|aadhaar number|aadhaar no|aadhar number|aadhaar card|\
         aadhar card|uidai|aadhaar id|aadhaar card number|aadhaar num",
    )],
    keywords: "aadhaar|aadhar|uidai",
    finds: &[Find::Bare(0, &Find::Digits(12, 12, find))],
    field: None,
    positive: &[
        r#"{"aadhaar": "234123412346"}"#,
        r#"{"x": "2341 2341 2346"}"#,
        r#"{"aadhaarNumber": 999941057058}"#,
    ],
    negative: &[
        r#"{"x": "234123412346"}"#,
        r#"{"x": "2341 2341 2347"}"#,
        r#"{"x": "1234 1234 1234"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[4, 4, 4]],
        in_aadhaar::is_valid,
        Alone {
            bare: 0,
            grouped: 58,
        }
        .if_whole(candidate),
    )
}
