//! `UK_UTR`: United Kingdom unique taxpayer references.
//!
//! Why it matters: with it and a name someone can file a tax return, or claim a refund.
//!
//! The rule: HMRC, ten digits modulo eleven, see `checksum::uk_utr`. A name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::uk_utr;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UkUtr,
    names: &[Names::new(
        "utr|utr number|unique taxpayer reference|unique tax reference|uk utr|\
         self assessment utr|unique taxpayer reference number",
    )],
    keywords: "utr",
    finds: &[Find::Announced(&Find::Digits(10, 10, find))],
    field: None,
    positive: &[
        r#"{"utr": "1955839661"}"#,
        r#"{"note": "my UTR is 19558 39661"}"#,
    ],
    negative: &[r#"{"x": "1955839661"}"#, r#"{"utr": "2955839661"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[5, 5], &[3, 3, 4]],
        uk_utr::is_valid,
        Alone::NEVER,
    )
}
