//! `DE_TAX_ID`: German tax identification numbers.
//!
//! Why it matters: it is given at birth, stays for life, and joins the files of all authorities.
//!
//! The rule: `BZSt`, one digit repeated and ISO 7064 MOD 11,10, see `checksum::de_tax_id`. A name
//! or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::de_tax_id;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::DeTaxId,
    names: &[Names::new(
        "steuer id|steuerid|steuer identifikationsnummer|steueridentifikationsnummer|\
         steueridentnummer|steuer identnummer|steuerliche identifikationsnummer|idnr|\
         identifikationsnummer|german tax id|tax id germany|tin germany",
    )],
    keywords: "steuer id|idnr",
    finds: &[Find::Announced(&Find::Digits(11, 11, find))],
    field: None,
    positive: &[
        r#"{"steuerId": "86095742719"}"#,
        r#"{"steueridentifikationsnummer": "47 036 892 816"}"#,
        r#"{"note": "Steuer-ID: 65 929 970 489"}"#,
    ],
    negative: &[
        r#"{"x": "86095742719"}"#,
        r#"{"steuerId": "86095742718"}"#,
        r#"{"steuerId": "12345678903"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[2, 3, 3, 3]],
        de_tax_id::is_valid,
        Alone::NEVER,
    )
}
