//! `US_SSN`: United States social security numbers.
//!
//! Why it matters: it opens credit in a person's name, and most state breach laws name it first.
//!
//! The rule: SSA, POMS RM 10201.035: area 001–899 without 666, group 01–99, serial 0001–9999,
//! without the published dummies. Nine bare digits could be anything, so they need a name or a
//! keyword.

use super::{Detector, Digits, Find, Hit};
use crate::checksum::us_ssn;
use crate::class::DataClass;
use crate::field_name::Names;
use crate::finding::Marks;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsSsn,
    names: &[
        Names::new(
        "ssn|ssn number|social security number|social security|social security no|social security num|soc sec|\
         social security id|us ssn|ss number|taxpayer ssn|numero de seguro social|numero seguro social|\
         ssn no|soc sec num|soc sec no|social sec no|social sec number|social security nbr",
        )
        // France and Switzerland use this as the translation of theirs.
        .also(&[DataClass::FrNir, DataClass::ChAhv, DataClass::BeNrn]),
    ],
    keywords: "social",
    finds: &[Find::Bare(0, &Find::Digits(9, 9, find))],
    field: None,
    positive: &[
        r#"{"ssn": "205464452"}"#,
        r#"{"id__number": "099-20-8125"}"#,
        r#"{"note": "her SSN: 205 46 4452"}"#,
        r#"{"ssn": 205464452}"#,
    ],
    negative: &[
        r#"{"x": "205464452"}"#,
        r#"{"ssn": "666-46-4452"}"#,
        r#"{"ssn": "078-05-1120"}"#,
        r#"{"x": "1-205-46-4452"}"#,
        r#"{"orderNumber": "205464452"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    if candidate.is_glued || !us_ssn::is_valid(candidate.digits) {
        return None;
    }
    let alone = match (candidate.groups, candidate.separators) {
        ([9], _) => 0,
        ([3, 2, 4], [b'-', b'-']) if candidate.is_free() => 70,
        ([3, 2, 4], [b' ', b' ']) => 40,
        _ => return None,
    };
    // The usual number in examples.
    let marks = if candidate.digits == b"123456789" {
        Marks::TEST_DATA
    } else {
        Marks::NONE
    };
    let named = match candidate.groups {
        _ if candidate.is_linked => 0,
        // Most rows of nine digits fit the ranges, so a class with a checksum wins.
        [_] => 80,
        _ => 95,
    };
    Some(candidate.hit(alone, named).marked(marks))
}
