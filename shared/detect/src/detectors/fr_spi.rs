//! `FR_SPI`: French tax identification numbers (numéro fiscal, SPI).
//!
//! Why it matters: it opens the account with the tax office.
//!
//! The rule: `DGFiP`, thirteen digits modulo 511, see `checksum::fr_spi`. A name or a keyword is
//! needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::fr_spi;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::FrSpi,
    names: &[Names::new(
        "spi|numero fiscal|numero fiscal de reference|reference fiscale|numero spi|no fiscal|\
         numero d identification fiscale",
    )],
    keywords: "numero fiscal",
    finds: &[Find::Announced(&Find::Digits(13, 13, find))],
    field: None,
    positive: &[
        r#"{"numeroFiscal": "3023217600053"}"#,
        r#"{"note": "numéro fiscal 30 23 217 600 053"}"#,
    ],
    negative: &[r#"{"x": "3023217600053"}"#, r#"{"spi": "3023217600054"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[2, 2, 3, 3, 3], &[1, 4, 3, 5]],
        fr_spi::is_valid,
        Alone::NEVER,
    )
}
