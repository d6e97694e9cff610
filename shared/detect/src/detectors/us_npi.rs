//! `US_NPI`: United States national provider identifiers.
//!
//! Why it matters: it identifies the doctor, and with a date and a diagnosis often the patient.
//!
//! The rule: CMS, Luhn over 80840 and the ten digits, see `checksum::us_npi`. One random number in
//! ten passes, so a name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::us_npi;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsNpi,
    names: &[Names::new(
        "npi|npi number|national provider identifier|national provider id|provider npi|\
         rendering npi|billing npi|prescriber npi|physician npi|referring npi",
    )],
    keywords: "npi",
    finds: &[Find::Announced(&Find::Digits(10, 10, find))],
    field: None,
    positive: &[
        r#"{"npi": "1234567893"}"#,
        r#"{"prescriber": {"npi": 1245319599}}"#,
        r#"{"note": "NPI 1234567893"}"#,
    ],
    negative: &[
        r#"{"x": "1234567893"}"#,
        r#"{"npi": "1234567890"}"#,
        r#"{"orderId": "1234567893"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(candidate, &[], us_npi::is_valid, Alone::NEVER)
}
