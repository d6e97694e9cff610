//! `AU_TFN`: Australian tax file numbers.
//!
//! Why it matters: Australian law makes it an offence to keep one without need.
//!
//! The rule: ATO, weighted sum modulo eleven, see `checksum::au_tfn`. A name or a keyword is
//! needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::au_tfn;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::AuTfn,
    names: &[Names::new(
        "tfn|tfn number|tax file number|tax file no|australian tax file number",
    )],
    keywords: "tfn",
    finds: &[Find::Announced(&Find::Digits(8, 9, find))],
    field: None,
    positive: &[
        r#"{"tfn": "123456782"}"#,
        r#"{"note": "TFN: 876 543 210"}"#,
        r#"{"taxFileNumber": 459599230}"#,
    ],
    negative: &[r#"{"x": "123456782"}"#, r#"{"tfn": "123456783"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[3, 3, 3], &[2, 3, 3], &[3, 3, 2]],
        au_tfn::is_valid,
        Alone::NEVER,
    )
}
