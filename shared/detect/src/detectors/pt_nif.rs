//! `PT_NIF`: Portuguese tax identification numbers (NIF).
//!
//! Why it matters: it is asked for at every purchase, and joins them all.
//!
//! The rule: weighted sum modulo eleven, see `checksum::pt_nif`. A name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::pt_nif;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::PtNif,
    names: &[Names::new(
        "nif|nif number|numero de contribuinte|numero contribuinte|contribuinte|\
         numero de identificacao fiscal|identificacao fiscal|nif portugal|numero nif",
    )],
    keywords: "nif|contribuinte",
    finds: &[Find::Announced(&Find::Digits(9, 9, find))],
    field: None,
    positive: &[
        r#"{"nif": "501964843"}"#,
        r#"{"contribuinte": 123456789}"#,
        r#"{"note": "NIF 501 964 843"}"#,
    ],
    negative: &[r#"{"x": "501964843"}"#, r#"{"nif": "501964842"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(candidate, &[&[3, 3, 3]], pt_nif::is_valid, Alone::NEVER)
}
