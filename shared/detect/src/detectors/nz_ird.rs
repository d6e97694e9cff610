//! `NZ_IRD`: New Zealand Inland Revenue numbers.
//!
//! Why it matters: it gives access to a person's tax and student loan.
//!
//! The rule: Inland Revenue, two passes modulo eleven, see `checksum::nz_ird`. A name or a keyword
//! is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::nz_ird;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::NzIrd,
    names: &[Names::new(
        "ird|ird number|ird no|inland revenue number|nz ird",
    )],
    keywords: "ird",
    finds: &[Find::Announced(&Find::Digits(8, 9, find))],
    field: None,
    positive: &[
        r#"{"ird": "49091850"}"#,
        r#"{"irdNumber": "136-410-132"}"#,
        r#"{"note": "IRD number 49-098-576"}"#,
    ],
    negative: &[r#"{"x": "49091850"}"#, r#"{"ird": "136410133"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[2, 3, 3], &[3, 3, 3]],
        nz_ird::is_valid,
        Alone::NEVER,
    )
}
