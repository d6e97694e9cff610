//! `BR_CNPJ`: Brazilian numbers of legal entities (CNPJ), including the alphanumeric form of 2026.
//!
//! Why it matters: for a sole trader it identifies a person.
//!
//! The rule: Receita Federal, two check digits modulo eleven, see `checksum::br_cnpj`. Fourteen
//! bare digits may be a date and time, so without a name only a head office or a low branch (0001
//! to 0009) counts.

use super::grouping::{Alone, checked_code, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::br_cnpj;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::BrCnpj,
    names: &[Names::new(
        "cnpj|cnpj number|numero cnpj|numero do cnpj|cadastro nacional da pessoa juridica|\
         cnpj empresa|cpf cnpj",
    )],
    keywords: "cnpj",
    finds: &[
        Find::Digits(14, 14, find),
        Find::Word(14, 14, find_word),
        Find::Repeated(b".", 4, find_mixed),
        Find::Word(2, 2, find_word),
    ],
    field: None,
    positive: &[
        r#"{"cnpj": "11222333000181"}"#,
        r#"{"x": "11.222.333/0001-81"}"#,
        r#"{"x": "12.ABC.345/01DE-35"}"#,
        r#"{"x": "A1.B2C.3D4/E5F6-68"}"#,
        r#"{"cnpj": "12abc34501de35"}"#,
        r#"{"x": "16727230000197"}"#,
    ],
    negative: &[
        r#"{"x": "11.222.333/0001-82"}"#,
        r#"{"x": "12ABC34501DE35"}"#,
        r#"{"cnpj": "00.000.000/0000-00"}"#,
        r#"{"x": "20261121205147"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let is_low_branch = candidate.digits.get(8..11) == Some(b"000");
    let bare = if is_low_branch { 58 } else { 0 };
    checked_digits(
        candidate,
        &[&[2, 3, 3, 4, 2]],
        br_cnpj::is_valid,
        Alone { bare, grouped: 88 },
    )
}

/// Finds a number with letters.
fn find_word(text: &str, start: usize, end: usize) -> Option<Hit> {
    // In an unbroken code the check digits are digits. In a grouped one, a dot comes first.
    let (digit_at, goes_on) = match end - start {
        2 => (2, text.as_bytes().get(end) == Some(&b'.')),
        _ => (12, true),
    };
    let alone = Alone {
        bare: 0,
        grouped: 88,
    };
    goes_on.then_some(())?;
    checked_code(text, start, 14, digit_at, br_cnpj::is_valid, alone)
}

/// Finds `12.ABC.345/01DE-35`: the first group is digits. The dot at `dot` ends it.
fn find_mixed(text: &str, dot: usize) -> Option<Hit> {
    let start = dot.checked_sub(2)?;
    let is_mixed = matches!(
        text.as_bytes().get(start..dot + 2)?,
        [first, second, _, next]
            if first.is_ascii_digit() && second.is_ascii_digit() && next.is_ascii_alphabetic()
    );
    is_mixed.then_some(())?;
    find_word(text, start, dot)
}
