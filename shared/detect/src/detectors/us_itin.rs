//! `US_ITIN`: United States individual taxpayer identification numbers.
//!
//! Why it matters: millions of immigrants have it instead of a social security number.
//!
//! The rule: IRS, see `checksum::us_itin`. In the form 9NN-GG-NNNN it needs no name. Nine bare
//! digits need a name or a keyword.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::us_itin;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsItin,
    names: &[Names::new(
        "itin|itin number|individual taxpayer identification number|individual taxpayer id|\
         individual tax id|us itin",
    )],
    keywords: "itin",
    finds: &[Find::Bare(0, &Find::Digits(9, 9, find))],
    field: None,
    positive: &[
        r#"{"itin": "912903456"}"#,
        r#"{"x": "912-90-3456"}"#,
        r#"{"note": "her ITIN is 912-70-1234"}"#,
        r#"{"itin": 912903456}"#,
    ],
    negative: &[
        r#"{"x": "912903456"}"#,
        r#"{"itin": "912-93-3456"}"#,
        r#"{"x": "ref-912-90-3456"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let alone = Alone {
        bare: 0,
        grouped: 70,
    };
    checked_digits(candidate, &[&[3, 2, 4]], us_itin::is_valid, alone)
}
