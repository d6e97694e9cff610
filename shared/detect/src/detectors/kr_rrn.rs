//! `KR_RRN`: South Korean resident and alien registration numbers.
//!
//! Why it matters: it contains the birth date and the sex, and the numbers of most of the country
//! have leaked.
//!
//! The rule: MOIS, a real date, the digit for sex and century, and the check digit that numbers had
//! until October 2020, see `checksum::kr_rrn`. Numbers of people born since then only prove a date,
//! so they need a name or a keyword.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::kr_rrn;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::KrRrn,
    names: &[Names::new(
        "rrn|resident registration number|korean rrn|korean id|jumin|jumin number|\
         jumin deungnok beonho|주민등록번호|주민번호|외국인등록번호|alien registration number|\
         resident registration no",
    )],
    keywords: "주민등록번호|resident registration",
    finds: &[Find::Bare(0, &Find::Digits(13, 13, find))],
    field: None,
    positive: &[
        r#"{"rrn": "9001011234568"}"#,
        r#"{"x": "900101-1234568"}"#,
        r#"{"주민등록번호": "850215-5123454"}"#,
        r#"{"rrn": "201001-3000000"}"#,
    ],
    negative: &[
        r#"{"x": "900101-1234567"}"#,
        r#"{"x": "901301-1234568"}"#,
        r#"{"x": "201001-3000000"}"#,
        r#"{"x": "9001011234568"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let grouped = if kr_rrn::has_check_digit(candidate.digits) {
        75
    } else {
        0
    };
    let alone = Alone { bare: 0, grouped };
    checked_digits(candidate, &[&[6, 7]], kr_rrn::is_valid, alone)
}
