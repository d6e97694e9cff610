//! `JP_MY_NUMBER`: Japanese individual numbers ("My Number").
//!
//! Why it matters: Japanese law only allows storing it for tax, social security and disasters.
//!
//! The rule: ordinance 85 of 2014, a check digit modulo eleven, see `checksum::jp_my_number`. A
//! name or a keyword is needed.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::jp_my_number;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::JpMyNumber,
    names: &[Names::new(
        "my number|mynumber|my number card|individual number|kojin bangou|kojin bango|マイナンバー|\
         個人番号|maina nanba|mai nanba",
    )],
    keywords: "マイナンバー|個人番号|my number",
    finds: &[Find::Announced(&Find::Digits(12, 12, find))],
    field: None,
    positive: &[
        r#"{"myNumber": "123456789018"}"#,
        r#"{"個人番号": "6214 9832 0257"}"#,
        r#"{"mynumber": 621498320257}"#,
    ],
    negative: &[
        r#"{"x": "123456789018"}"#,
        r#"{"myNumber": "621498320258"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[4, 4, 4]],
        jp_my_number::is_valid,
        Alone::NEVER,
    )
}
