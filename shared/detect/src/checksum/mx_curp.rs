//! Mexican population register codes (CURP).
//!
//! Source: Registro Nacional de Población, "Instructivo normativo para la asignación de la Clave
//! Única de Registro de Población" (Diario Oficial, 18 October 2021): four letters of the names,
//! birth date as YYMMDD, sex (H, M, and X since 2021), the state, three consonants, a character that is a
//! digit for those born until 1999 and a letter after, and a check digit: places count by weights
//! 18 to 2, characters by their place in a row that has Ñ between N and O, modulo ten. Even
//! weights leave some wrong digits unseen.

use super::date;
use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 17] = [18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/// The states, and NE for people born abroad. Sorted.
#[rustfmt::skip]
const STATES: [[u8; 2]; 33] = [
    *b"AS", *b"BC", *b"BS", *b"CC", *b"CH", *b"CL", *b"CM", *b"CS", *b"DF", *b"DG", *b"GR",
    *b"GT", *b"HG", *b"JC", *b"MC", *b"MN", *b"MS", *b"NE", *b"NL", *b"NT", *b"OC", *b"PL",
    *b"QR", *b"QT", *b"SL", *b"SP", *b"SR", *b"TC", *b"TL", *b"TS", *b"VZ", *b"YN", *b"ZS",
];

/// Returns true if eighteen characters are a population register code.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some((code, [check])) = characters.split_first_chunk::<17>() else {
        return false;
    };
    let [n1, n2, n3, n4, birth @ .., sex, s1, s2, c1, c2, c3, century] = code;
    let Some([y1, y2, m1, m2, d1, d2]) = digits::<6>(birth) else {
        return false;
    };
    let year = u16::from(y1 * 10 + y2);
    let year = match century {
        b'0'..=b'9' => 1900 + year,
        b'A'..=b'Z' => 2000 + year,
        _ => return false,
    };
    [n1, n2, n3, n4].into_iter().all(u8::is_ascii_uppercase)
        && matches!(sex, b'H' | b'M' | b'X')
        && STATES.binary_search(&[*s1, *s2]).is_ok()
        && [c1, c2, c3]
            .into_iter()
            .all(|letter| letter.is_ascii_uppercase() && !b"AEIOU".contains(letter))
        && date::is_real(year, m1 * 10 + m2, d1 * 10 + d2)
        && *check == check_digit(code)
}

fn check_digit(code: &[u8; 17]) -> u8 {
    let values = code.map(|character| match character {
        b'0'..=b'9' => character - b'0',
        b'A'..=b'N' => character - b'A' + 10,
        // Ñ has the place between.
        _ => character.saturating_sub(b'A') + 11,
    });
    let remainder = weighted_sum(&values, &WEIGHTS) % 10;
    b'0' + ((10 - remainder) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::*;

    #[test]
    fn published_codes_pass() {
        assert_valid(is_valid, &["BOXW310820HNERXN09", "HEGG560427MVZRRL04"]);
        assert!(STATES.is_sorted());
    }

    #[test]
    fn a_wrong_digit_a_transposition_an_unknown_state_or_a_vowel_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "BOXW310820HNERXN08",
                "BOXW310802HNERXN09",
                "BOXW311320HNERXN09",
                "BOXW310820HXXRXN09",
                "BOXW310820HNEAXN09",
                "BOXW310820HNERXN0",
            ],
        );
    }
}
