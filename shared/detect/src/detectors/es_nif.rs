//! `ES_NIF`: Spanish tax identification numbers of persons (NIF, DNI).
//!
//! Why it matters: it is on every contract, invoice and parcel, and identifies a person everywhere
//! in Spain.
//!
//! The rule: Ministerio del Interior, the letter modulo 23, see `checksum::es_nif`.

use super::grouping::{Alone, after, checked_code};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::es_nif;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::EsNif,
    names: &[Names::new(
        "nif|dni|dni nif|nif dni|nif number|numero de dni|numero dni|\
         documento nacional de identidad|documento nacional identidad|\
         numero de identificacion fiscal|numero nif|dni number|spanish id|cedula de identidad",
    )],
    keywords: "dni|nif",
    finds: &[Find::Word(9, 9, find), Find::Digits(8, 8, find_grouped)],
    field: None,
    positive: &[
        r#"{"dni": "12345678Z"}"#,
        r#"{"x": "54362315K"}"#,
        r#"{"x": "12.345.678-Z"}"#,
        r#"{"note": "con DNI 54362315-K"}"#,
        r#"{"nif": "M1234567L"}"#,
    ],
    negative: &[
        r#"{"x": "12345678A"}"#,
        r#"{"x": "00000000T"}"#,
        r#"{"x": "ab-12345678Z"}"#,
        r#"{"x": "12345678-Z1"}"#,
    ],
};

/// Without a name, a hexadecimal id could have this shape.
const ALONE: Alone = Alone {
    bare: 60,
    grouped: 70,
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(text, start, 9, 1, es_nif::is_valid, ALONE)
}

/// Finds `12.345.678-Z`: the digits stand alone.
fn find_grouped(candidate: &Digits<'_>) -> Option<Hit> {
    let is_tied_to_a_letter =
        matches!(after(candidate), [b'-', letter, ..] if letter.is_ascii_alphabetic());
    if !is_tied_to_a_letter || !matches!(candidate.groups, [8] | [2, 3, 3]) {
        return None;
    }
    checked_code(
        candidate.text,
        candidate.start,
        9,
        1,
        es_nif::is_valid,
        ALONE,
    )
}
