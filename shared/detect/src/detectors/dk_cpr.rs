//! `DK_CPR`: Danish personal identification numbers (CPR).
//!
//! Why it matters: it is the key to health, tax and bank in Denmark.
//!
//! The rule: a date that exists in the century the number names; the old sum modulo eleven is no
//! longer promised, see `checksum::dk_cpr`. A name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::dk_cpr;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::DkCpr,
    names: &[Names::new(
        "cpr|cpr nummer|cpr number|cpr nr|cprnr|personnummer|cpr no|danish cpr",
    )],
    keywords: "cpr",
    finds: &[Find::Announced(&Find::Digits(10, 10, find))],
    field: None,
    positive: &[
        r#"{"cpr": "211062-5629"}"#,
        r#"{"cprNummer": "0707614285"}"#,
        r#"{"note": "CPR 070761-4285"}"#,
    ],
    negative: &[r#"{"x": "211062-5629"}"#, r#"{"cpr": "321062-5629"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(candidate, &[&[6, 4]], dk_cpr::is_valid, Alone::NEVER)
}
