//! `CN_RESIDENT_ID`: Chinese resident identity numbers.
//!
//! Why it matters: it contains the place, the birth date and the sex, and is tied to telephone,
//! bank and travel.
//!
//! The rule: GB 11643, ISO 7064 MOD 11-2, a real date and a province, see
//! `checksum::cn_resident_id`.

use super::grouping::{Alone, checked_code, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::cn_resident_id;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::CnResidentId,
    names: &[Names::new(
        "resident id|resident identity number|resident identity card|chinese id|\
         chinese id number|shenfenzheng|shenfenzheng hao|shenfen zheng|身份证|身份证号|身份证号码|公民身份号码",
    )],
    keywords: "身份证|身份证号",
    finds: &[Find::Digits(18, 18, find), Find::Word(18, 18, find_word)],
    field: None,
    positive: &[
        r#"{"身份证号": "11010519491231002X"}"#,
        r#"{"x": "360426199101010071"}"#,
        r#"{"x": "34052419800101001x"}"#,
    ],
    negative: &[
        r#"{"x": "360426199101010072"}"#,
        r#"{"x": "160426199101010071"}"#,
        r#"{"x": "ord-360426199101010071"}"#,
    ],
};

const ALONE: Alone = Alone {
    bare: 85,
    grouped: 85,
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(candidate, &[&[6, 8, 4]], cn_resident_id::is_valid, ALONE)
}

/// Finds a number with the check character X.
fn find_word(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(text, start, 18, 0, cn_resident_id::is_valid, ALONE)
}
