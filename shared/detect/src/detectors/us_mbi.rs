//! `US_MBI`: United States Medicare beneficiary identifiers.
//!
//! Why it matters: it opens a person's health insurance, and false claims are billed to it.
//!
//! The rule: CMS, eleven places with an alphabet each, see `checksum::us_mbi`.

use super::grouping::{Alone, checked_code};
use super::{Detector, Find, Hit};
use crate::checksum::us_mbi;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsMbi,
    names: &[Names::new(
        "mbi|mbi number|medicare beneficiary identifier|medicare beneficiary id|medicare id|\
         medicare number|medicare no|medicare card number",
    )],
    keywords: "mbi|medicare",
    finds: &[
        Find::Code("9A*9", 4, 4, find),
        Find::Code("9A*9", 11, 11, find),
    ],
    field: None,
    positive: &[
        r#"{"mbi": "1EG4TE5MK73"}"#,
        r#"{"x": "1EG4-TE5-MK72"}"#,
        r#"{"note": "Medicare 1EG4TE5MK73"}"#,
    ],
    negative: &[
        r#"{"x": "1SG4-TE5-MK72"}"#,
        r#"{"x": "x-1EG4-TE5-MK72"}"#,
        r#"{"mbi": "0EG4TE5MK73"}"#,
    ],
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(
        text,
        start,
        11,
        0,
        us_mbi::is_valid,
        Alone {
            bare: 60,
            grouped: 80,
        },
    )
}
