//! Spanish tax identification numbers of persons (NIF): citizens' identity numbers (DNI) and those
//! of persons without one.
//!
//! Source: Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE": eight digits and a
//! letter, the digits modulo 23 read off a row. Real Decreto 1065/2007, articles 19 and 20: K
//! (Spaniards under 14), L (Spaniards abroad) and M (foreigners without a NIE) stand before seven
//! digits, which take the same letter.

use super::weighted_sum::{all_equal, digits, number};

const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Returns true if nine characters are a person's number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [body @ .., letter] = characters else {
        return false;
    };
    match body {
        [b'K' | b'L' | b'M', rest @ ..] => {
            digits::<7>(rest).is_some_and(|values| control_letter(number(&values)) == *letter)
        }
        _ => digits::<8>(body).is_some_and(|values| {
            !all_equal(&values) && control_letter(number(&values)) == *letter
        }),
    }
}

/// Returns the letter of a number.
pub(crate) fn control_letter(number: u64) -> u8 {
    LETTERS[(number % 23) as usize]
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["12345678-Z", "54362315-K", "M1234567-L"]);
    }

    #[test]
    fn a_wrong_digit_letter_or_transposition_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "12345678-A",
                "12345687-Z",
                "54362315-Z",
                "54362315",
                "N1234567-L",
                "00000000-T",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_and_no_transposition_survives(candidate in "[0-9]{8}[A-Z]") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
            prop_assert!(every_transposition_is_refused(candidate.as_bytes(), is_valid));
        }
    }
}
