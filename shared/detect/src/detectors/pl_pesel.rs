//! `PL_PESEL`: Polish PESEL numbers.
//!
//! Why it matters: it contains the birth date and the sex, and identifies a person everywhere in
//! Poland.
//!
//! The rule: weights 1-3-7-9 and a real date, see `checksum::pl_pesel`. One random number of eleven
//! digits in a hundred and forty passes. Without a name it counts only as a whole leaf, and not
//! under the name of an id.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::pl_pesel;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::PlPesel,
    names: &[Names::new("pesel|numer pesel|nr pesel|pesel number")],
    keywords: "pesel",
    finds: &[Find::Digits(11, 11, find)],
    field: None,
    positive: &[
        r#"{"pesel": "44051401359"}"#,
        r#"{"x": "44051401359"}"#,
        r#"{"note": "PESEL: 02270803624"}"#,
    ],
    negative: &[
        r#"{"note": "parcel 44051401359 left the depot"}"#,
        r#"{"nonce": "44051401359"}"#,
        r#"{"order": {"number": "44051401359"}}"#,
        r#"{"pesel": "44051401358"}"#,
        r#"{"orderId": "44051401359"}"#,
        r#"{"x": "44131401359"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[],
        pl_pesel::is_valid,
        Alone {
            bare: 55,
            grouped: 55,
        }
        .if_whole(candidate),
    )
}
