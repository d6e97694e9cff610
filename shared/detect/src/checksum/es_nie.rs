//! Spanish identity numbers of foreigners (NIE).
//!
//! Source: Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE", and Orden
//! INT/2058/2008: X, Y or Z, seven digits and a letter; the first letter counts as 0, 1 or 2, and
//! the number then takes the letter of a DNI.

use super::es_nif;
use super::weighted_sum::{digits, number};

/// Returns true if nine characters are a foreigner's number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [first @ b'X'..=b'Z', body @ .., letter] = characters else {
        return false;
    };
    digits::<7>(body).is_some_and(|values| {
        let leading = u64::from(first - b'X') * 10_000_000;
        es_nif::control_letter(leading + number(&values)) == *letter
    })
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(
            is_valid,
            &["X-1234567-L", "x-2482300w", "Y-1234567-X", "Z-1234567-R"],
        );
    }

    #[test]
    fn a_wrong_digit_letter_or_transposition_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "X-1234567-A",
                "X-1234576-L",
                "Y-1234567-L",
                "W-1234567-L",
                "X1234567",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_and_no_transposition_of_digits_survives(
            candidate in "[XYZ][0-9]{7}[A-Z]",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
            prop_assert!(every_transposition_is_refused(candidate.as_bytes(), is_valid));
        }
    }
}
