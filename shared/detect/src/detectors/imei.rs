//! `IMEI`: identities of mobile devices (IMEI).
//!
//! Why it matters: it follows a telephone, and so a person, from one line to the next.
//!
//! The rule: 3GPP TS 23.003, Luhn over fifteen digits, see `checksum::imei`. One random number in
//! ten passes, so a name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::imei;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Imei,
    names: &[Names::new(
        "imei|imei number|imei no|imei code|device imei|phone imei|\
         international mobile equipment identity|numero imei|imei nummer",
    )],
    keywords: "imei",
    finds: &[Find::Announced(&Find::Digits(15, 15, find))],
    field: None,
    positive: &[
        r#"{"imei": "490154203237518"}"#,
        r#"{"device": {"imei": 490154203237518}}"#,
        r#"{"note": "IMEI 35-209900-176148-1"}"#,
    ],
    negative: &[
        r#"{"x": "490154203237518"}"#,
        r#"{"imei": "490154203237517"}"#,
        r#"{"imei": "000000000000000"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[2, 6, 6, 1], &[6, 2, 6, 1]],
        imei::is_valid,
        Alone::NEVER,
    )
}
