//! French tax identification numbers (numéro fiscal de référence, SPI).
//!
//! Source: Direction générale des Finances publiques, in the OECD's and the European Commission's
//! TIN sheets for France: thirteen digits, the first 0 to 3; the last three are the first ten
//! modulo 511.

use super::weighted_sum::{digits, number};

/// Returns true if thirteen digits are a tax identification number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<13>(characters) else {
        return false;
    };
    let (body, check) = values.split_at(10);
    values[0] <= 3 && number(body) != 0 && number(body) % 511 == number(check)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn the_sheets_example_passes() {
        assert_valid(is_valid, &["30 23 217 600 053"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_another_first_digit_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "30 23 217 600 054",
                "30 32 217 600 053",
                "9701987765432",
                "0000000000000",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[0-3][0-9]{12}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
