//! `AU_ABN`: Australian business numbers.
//!
//! Why it matters: for a sole trader it identifies a person.
//!
//! The rule: ABR, weighted sum modulo 89, see `checksum::au_abn`. A name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::au_abn;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::AuAbn,
    names: &[Names::new(
        "abn|abn number|australian business number|business number australia|\
             business number|business no",
    )],
    keywords: "abn",
    finds: &[Find::Announced(&Find::Digits(11, 11, find))],
    field: None,
    positive: &[
        r#"{"abn": "51824753556"}"#,
        r#"{"note": "ABN 51 824 753 556"}"#,
    ],
    negative: &[r#"{"x": "51 824 753 556"}"#, r#"{"abn": "51824753557"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(candidate, &[&[2, 3, 3, 3]], au_abn::is_valid, Alone::NEVER)
}
