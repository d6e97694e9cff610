//! `ABA_ROUTING_NUMBER`: United States bank routing numbers.
//!
//! Why it matters: together with an account number it identifies a bank account.
//!
//! The rule: ABA, weights 3-7-1 and the prefixes in use, see `checksum::aba_routing`. A name or a
//! keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::aba_routing;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::AbaRoutingNumber,
    names: &[Names::new(
        "aba|aba number|aba routing|aba routing number|routing number|routing no|routing num|\
         routing|routing transit number|rtn|aba rtn|ach routing|ach routing number|\
         bank routing number|bank routing|transit number|wire routing number|routing aba|\
         routing code|us routing number|ach routing code|fedwire number",
    )],
    keywords: "routing|aba",
    finds: &[Find::Announced(&Find::Digits(9, 9, find))],
    field: None,
    positive: &[
        r#"{"routing_number": "021000021"}"#,
        r#"{"aba": "011000015"}"#,
        r#"{"note": "routing no. 0260-0959-3"}"#,
    ],
    negative: &[
        r#"{"x": "021000021"}"#,
        r#"{"routing_number": "021000022"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[4, 4, 1], &[3, 3, 3]],
        aba_routing::is_valid,
        Alone::NEVER,
    )
}
