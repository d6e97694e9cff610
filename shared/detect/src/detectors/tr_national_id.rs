//! `TR_NATIONAL_ID`: Turkish identification numbers.
//!
//! Why it matters: it joins a person's files in every register of the state.
//!
//! The rule: two check digits, see `checksum::tr_national_id`. A name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::tr_national_id;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::TrNationalId,
    names: &[Names::new(
        "tckn|tc kimlik|tc kimlik no|tc kimlik numarasi|kimlik no|kimlik numarasi|tc no|\
         tckimlik|turkish id|turkish national id|vatandaslik numarasi",
    )],
    keywords: "tckn|kimlik",
    finds: &[Find::Announced(&Find::Digits(11, 11, find))],
    field: None,
    positive: &[
        r#"{"tckn": "10000000146"}"#,
        r#"{"tcKimlikNo": 17291716060}"#,
        r#"{"note": "T.C. kimlik no: 17291716060"}"#,
    ],
    negative: &[r#"{"x": "10000000146"}"#, r#"{"tckn": "17291716050"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[3, 3, 3, 2]],
        tr_national_id::is_valid,
        Alone::NEVER,
    )
}
