//! `NL_BSN`: Dutch citizen service numbers (BSN).
//!
//! Why it matters: one number for tax, health and welfare, which Dutch law lets be used only where
//! a statute says so.
//!
//! The rule: `RvIG`, the eleven test, see `checksum::nl_bsn`. One number in eleven passes: a name or
//! a keyword is needed.

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
