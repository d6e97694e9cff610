//! `NL_BSN`: Dutch citizen service numbers (BSN).
//!
//! Why it matters: it is one number for tax, health and welfare, and Dutch law only allows its use
//! if a statute says so.
//!
//! The rule: `RvIG`, the eleven test, see `checksum::nl_bsn`. One random number in eleven passes,
//! so a name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::nl_bsn;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::NlBsn,
    names: &[Names::new(
        "bsn|bsn nummer|burgerservicenummer|burger service nummer|sofinummer|sofi nummer|\
         citizen service number|bsn number",
    )],
    keywords: "bsn|burgerservicenummer",
    finds: &[Find::Announced(&Find::Digits(8, 9, find))],
    field: None,
    positive: &[
        r#"{"bsn": "111222333"}"#,
        r#"{"bsn": 123456782}"#,
        r#"{"note": "BSN: 1112.22.333"}"#,
    ],
    negative: &[r#"{"x": "111222333"}"#, r#"{"bsn": "111222334"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[4, 2, 3], &[3, 3, 3]],
        nl_bsn::is_valid,
        Alone::NEVER,
    )
}
