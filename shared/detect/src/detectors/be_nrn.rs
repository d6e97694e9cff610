//! `BE_NRN`: Belgian national register numbers and bis numbers.
//!
//! Why it matters: it contains the birth date and the sex, and joins all files of the state.
//!
//! The rule: FPS Interior, a real date and 97 less the number modulo 97, see `checksum::be_nrn`.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::be_nrn;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::BeNrn,
    names: &[Names::new(
        "rijksregisternummer|rijksregister nummer|insz|insz nummer|niss|\
         numero de registre national|registre national|numero national|nrn|rrn|\
         national register number|bis nummer|numero bis|nationalregisternummer",
    )],
    keywords: "rijksregisternummer|niss|insz",
    finds: &[Find::Digits(11, 11, find)],
    field: None,
    positive: &[
        r#"{"rijksregisternummer": "85073003328"}"#,
        r#"{"x": "85.07.30-033.28"}"#,
        r#"{"x": "17 07 30 033 84"}"#,
    ],
    negative: &[
        r#"{"x": "85.07.30-033.29"}"#,
        r#"{"x": "85.13.30-033.28"}"#,
        r#"{"x": "x-85073003328"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[2, 2, 2, 3, 2], &[6, 3, 2]],
        be_nrn::is_valid,
        Alone {
            bare: 60,
            grouped: 85,
        },
    )
}
