//! `SG_NRIC_FIN`: Singaporean identity card numbers (NRIC) and foreign identification numbers
//! (FIN).
//!
//! Why it matters: it gives access to so many services that Singapore's law forbids asking for it
//! without need.
//!
//! The rule: the series letter, seven digits and the check letter, see `checksum::sg_nric_fin`.

use super::grouping::{Alone, checked_code};
use super::{Detector, Find, Hit};
use crate::checksum::sg_nric_fin;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::SgNricFin,
    names: &[Names::new(
        "nric|nric number|nric no|nric fin|fin|fin number|fin no|singapore nric|singapore id|\
         nricfin|ic number",
    )],
    keywords: "nric|fin",
    finds: &[Find::Word(9, 9, find)],
    field: None,
    positive: &[
        r#"{"nric": "S1234567D"}"#,
        r#"{"x": "T1234567J"}"#,
        r#"{"note": "FIN: G1234567X"}"#,
        r#"{"x": "M1234567K"}"#,
    ],
    negative: &[
        r#"{"x": "S1234568D"}"#,
        r#"{"x": "A1234567D"}"#,
        r#"{"x": "ref-S1234567D"}"#,
    ],
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(
        text,
        start,
        9,
        1,
        sg_nric_fin::is_valid,
        Alone {
            bare: 62,
            grouped: 0,
        },
    )
}
