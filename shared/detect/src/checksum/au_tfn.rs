//! Australian tax file numbers.
//!
//! Source: Australian Taxation Office, TFN algorithm as given to software developers: nine digits,
//! weights 1, 4, 3, 7, 5, 8, 6, 9, 10, sum a multiple of eleven. Numbers of eight digits, from
//! before 1988, have other weights.

use super::weighted_sum::{all_equal, digits, weighted_sum};

const WEIGHTS: [u32; 9] = [1, 4, 3, 7, 5, 8, 6, 9, 10];
const WEIGHTS_OF_EIGHT: [u32; 8] = [10, 7, 8, 4, 6, 3, 5, 1];

/// Returns true if eight or nine digits are a tax file number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    if let Some(values) = digits::<9>(characters) {
        return !all_equal(&values) && weighted_sum(&values, &WEIGHTS).is_multiple_of(11);
    }
    digits::<8>(characters).is_some_and(|values| {
        !all_equal(&values) && weighted_sum(&values, &WEIGHTS_OF_EIGHT).is_multiple_of(11)
    })
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn numbers_for_testing_pass() {
        assert_valid(
            is_valid,
            &["123 456 782", "876 543 210", "459 599 230", "37 118 629"],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_equal_digits_are_refused() {
        assert_invalid(
            is_valid,
            &["123 456 783", "132 456 782", "000 000 000", "37 118 628"],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[0-9]{8,9}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
