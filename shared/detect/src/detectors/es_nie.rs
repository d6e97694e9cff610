//! `ES_NIE`: Spanish identity numbers of foreigners (NIE).
//!
//! Why it matters: a foreigner needs it for work, tax and bank in Spain.
//!
//! The rule: Ministerio del Interior, the letter modulo 23, see `checksum::es_nie`.

use super::grouping::{Alone, checked_code};
use super::{Detector, Find, Hit};
use crate::checksum::es_nie;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::EsNie,
    names: &[Names::new(
        "nie|nie number|numero nie|numero de identidad de extranjero|\
         numero identidad extranjero|numero de extranjero|tarjeta de residencia|\
         foreigner id|foreigner id number|foreigner number|foreigner identification number|\
         numero identificacion extranjero|identificacion extranjero",
    )],
    keywords: "nie",
    finds: &[
        Find::Word(9, 9, find),
        Find::Word(8, 8, find),
        Find::Word(1, 1, find),
    ],
    field: None,
    positive: &[
        r#"{"nie": "X1234567L"}"#,
        r#"{"x": "X-2482300-W"}"#,
        r#"{"x": "Y1234567-X"}"#,
    ],
    negative: &[
        r#"{"x": "X1234567A"}"#,
        r#"{"x": "W1234567L"}"#,
        r#"{"x": "x_X1234567L"}"#,
    ],
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    if !matches!(text.as_bytes()[start] | 0x20, b'x'..=b'z') {
        return None;
    }
    checked_code(
        text,
        start,
        9,
        1,
        es_nie::is_valid,
        Alone {
            bare: 65,
            grouped: 80,
        },
    )
}
