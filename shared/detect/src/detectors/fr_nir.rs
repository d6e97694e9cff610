//! `FR_NIR`: French social security numbers (NIR).
//!
//! Why it matters: it contains the sex, the month and the place of birth, and joins all health
//! data.
//!
//! The rule: INSEE, the key 97 less the number modulo 97, Corsica included, see `checksum::fr_nir`.
//! Thirteen digits without their key prove nothing.

use super::grouping::{Alone, checked_code, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::fr_nir;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::FrNir,
    names: &[Names::new(
        "nir|numero de securite sociale|numero securite sociale|securite sociale|numero secu|\
         num secu|no secu|numero de secu|insee number|numero insee|nir insee|nss|\
         no securite sociale",
    )],
    keywords: "nir|sécurité sociale|secu",
    finds: &[Find::Digits(15, 15, find), Find::Word(15, 15, find_word)],
    field: None,
    positive: &[
        r#"{"nir": "269054958815780"}"#,
        r#"{"x": "2 69 05 49 588 157 80"}"#,
        r#"{"x": "253072B07300470"}"#,
        r#"{"x": "2951099126111 93"}"#,
    ],
    negative: &[
        r#"{"x": "2 69 05 49 588 157 81"}"#,
        r#"{"nir": "253072C07300443"}"#,
        r#"{"x": "ref-269054958815780"}"#,
    ],
};

const ALONE: Alone = Alone {
    bare: 65,
    grouped: 88,
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let ways: &[&[u8]] = &[&[1, 2, 2, 2, 3, 3, 2], &[13, 2], &[1, 2, 2, 5, 3, 2]];
    let alone = if is_usual(candidate.digits) {
        ALONE
    } else {
        Alone::NEVER
    };
    checked_digits(candidate, ways, fr_nir::is_valid, alone)
}

/// Returns true for a final sex digit and a known month. Provisional numbers need a name.
fn is_usual(digits: &[u8]) -> bool {
    matches!(
        digits,
        [b'1' | b'2', _, _, b'0', b'1'..=b'9', ..] | [b'1' | b'2', _, _, b'1', b'0'..=b'2', ..]
    )
}

/// Finds a number with a letter, which people born in Corsica have.
fn find_word(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(text, start, 15, 0, fr_nir::is_valid, ALONE)
}
