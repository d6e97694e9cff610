//! `CH_AHV`: Swiss social insurance numbers (AHV, AVS).
//!
//! Why it matters: it identifies a person with insurers, schools and most authorities.
//!
//! The rule: ZAS, 756 and the check digit of an EAN-13, see `checksum::ch_ahv`.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::ch_ahv;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::ChAhv,
    names: &[Names::new(
        "ahv|ahv nummer|ahvnummer|ahv nr|avs|numero avs|avs number|ahvn13|navs13|\
         sozialversicherungsnummer|numero avs13|ahv number|\
         oasi number|oasi|swiss social security number|avs nummer",
    )],
    keywords: "ahv|avs",
    finds: &[Find::Digits(13, 13, find)],
    field: None,
    positive: &[
        r#"{"ahv": "7569217076985"}"#,
        r#"{"x": "756.9217.0769.85"}"#,
        r#"{"note": "AVS 756.1234.5678.97"}"#,
    ],
    negative: &[r#"{"x": "756.9217.0769.84"}"#, r#"{"x": "7579217076985"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[3, 4, 4, 2]],
        ch_ahv::is_valid,
        Alone {
            bare: 65,
            grouped: 92,
        },
    )
}
