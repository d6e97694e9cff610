//! `CL_RUT`: Chilean numbers of persons and taxpayers (RUT, RUN).
//!
//! Why it matters: it is asked for at every till, and joins all purchases.
//!
//! The rule: SII, modulo eleven with K, see `checksum::cl_rut`. A name or a keyword is needed.

use super::grouping::{Alone, after, checked_code, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::cl_rut;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::ClRut,
    names: &[Names::new(
        "rut|run|rut number|numero rut|rut run|rol unico tributario|rol unico nacional|\
         numero de rut|rut cliente|rut empresa",
    )],
    keywords: "rut|run",
    finds: &[
        Find::Announced(&Find::Digits(8, 9, find)),
        Find::Announced(&Find::Digits(7, 8, find_k)),
        Find::Announced(&Find::Word(8, 9, find_word)),
    ],
    field: None,
    positive: &[
        r#"{"rut": "12.531.909-2"}"#,
        r#"{"rut": "76086428-5"}"#,
        r#"{"rut": "10000013K"}"#,
        r#"{"rut": "10.000.013-k"}"#,
        r#"{"note": "RUT 30.686.957-4"}"#,
    ],
    negative: &[r#"{"x": "12.531.909-2"}"#, r#"{"rut": "12531909-3"}"#],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let ways: &[&[u8]] = &[&[2, 3, 3, 1], &[1, 3, 3, 1], &[8, 1], &[7, 1]];
    checked_digits(candidate, ways, cl_rut::is_valid, Alone::NEVER)
}

/// Finds `10.000.013-K`: the letter is not part of the digits.
fn find_k(candidate: &Digits<'_>) -> Option<Hit> {
    let is_tied_to_k = matches!(after(candidate), [b'-', b'K' | b'k', ..]);
    (is_tied_to_k && matches!(candidate.groups, [_] | [_, 3, 3])).then_some(())?;
    let length = candidate.digits.len() + 1;
    checked_code(
        candidate.text,
        candidate.start,
        length,
        0,
        cl_rut::is_valid,
        Alone::NEVER,
    )
}

/// Finds `10000013K`.
fn find_word(text: &str, start: usize, end: usize) -> Option<Hit> {
    if text.as_bytes()[end - 1] | 0x20 != b'k' {
        return None;
    }
    checked_code(text, start, end - start, 0, cl_rut::is_valid, Alone::NEVER)
}
