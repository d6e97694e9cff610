//! `TH_TNIN`: Thai national identity numbers.
//!
//! Why it matters: it joins all registers of the state, and telephones and bank accounts are
//! registered with it.
//!
//! The rule: a check digit modulo eleven, see `checksum::th_tnin`. A name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::th_tnin;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::ThTnin,
    names: &[Names::new(
        "tnin|thai id|thai national id|thai id number|thai id card|thai citizen id|pid|\
         เลขประจำตัวประชาชน|citizen id",
    )],
    keywords: "thai id|เลขประจำตัวประชาชน",
    finds: &[Find::Announced(&Find::Digits(13, 13, find))],
    field: None,
    positive: &[
        r#"{"thaiId": "3100600445635"}"#,
        r#"{"citizenId": "3-1006-00445-63-5"}"#,
    ],
    negative: &[
        r#"{"x": "3100600445635"}"#,
        r#"{"thaiId": "3100600445636"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[1, 4, 5, 2, 1]],
        th_tnin::is_valid,
        Alone::NEVER,
    )
}
