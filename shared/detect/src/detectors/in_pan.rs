//! `IN_PAN`: Indian permanent account numbers.
//!
//! Why it matters: it joins a person's accounts, investments and taxes.
//!
//! The rule: Income Tax Department, a letter for the kind of holder, see `checksum::in_pan`.

use super::grouping::{Alone, checked_code};
use super::{Detector, Find, Hit};
use crate::checksum::in_pan;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::InPan,
    names: &[Names::new(
        "pan|pan number|pan card|pan no|permanent account number|pan card number|\
         income tax pan|pan id",
    )],
    keywords: "pan",
    finds: &[Find::Word(10, 10, find)],
    field: None,
    positive: &[
        r#"{"pan": "ACUPA7085R"}"#,
        r#"{"x": "AAPPV8261K"}"#,
        r#"{"note": "PAN: acupa7085r"}"#,
    ],
    negative: &[
        r#"{"x": "ABMXA3211G"}"#,
        r#"{"x": "ACUPA0000R"}"#,
        r#"{"x": "x-ACUPA7085R"}"#,
    ],
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(
        text,
        start,
        10,
        5,
        in_pan::is_valid,
        Alone {
            bare: 62,
            grouped: 0,
        },
    )
}
