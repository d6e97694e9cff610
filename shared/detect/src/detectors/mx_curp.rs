//! `MX_CURP`: Mexican population register codes (CURP).
//!
//! Why it matters: it contains a person's initials, birth date, sex and state.
//!
//! The rule: RENAPO, eighteen characters with a check digit and a real date, see
//! `checksum::mx_curp`.

use super::grouping::{Alone, checked_code};
use super::{Detector, Find, Hit};
use crate::checksum::mx_curp;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::MxCurp,
    names: &[Names::new(
        "curp|clave curp|clave unica de registro de poblacion|curp number|numero curp|\
         clave unica",
    )],
    keywords: "curp",
    finds: &[Find::Word(18, 18, find)],
    field: None,
    positive: &[
        r#"{"curp": "BOXW310820HNERXN09"}"#,
        r#"{"x": "mi curp: HEGG560427MVZRRL04"}"#,
    ],
    negative: &[
        r#"{"x": "BOXW310820HNERXN08"}"#,
        r#"{"x": "BOXW311320HNERXN09"}"#,
    ],
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(
        text,
        start,
        18,
        4,
        mx_curp::is_valid,
        Alone {
            bare: 90,
            grouped: 0,
        },
    )
}
