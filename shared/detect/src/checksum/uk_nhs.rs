//! NHS numbers of England, Wales and the Isle of Man.
//!
//! Source: NHS Data Model and Dictionary, attribute NHS NUMBER: ten digits, weights 10 to 2 over
//! the first nine; eleven less the remainder modulo eleven is the check digit, eleven counts as
//! zero, and a number whose check would be ten is not issued.

use super::weighted_sum::{all_equal, digits, weighted_sum};

/// The check digit's own weight is 1, so that the whole sum is a multiple of eleven.
const WEIGHTS: [u32; 10] = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/// Returns true if ten digits are an NHS number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    digits::<10>(characters).is_some_and(|values| {
        !all_equal(&values) && weighted_sum(&values, &WEIGHTS).is_multiple_of(11)
    })
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        // The second is in the range 999, which is reserved for tests.
        assert_valid(is_valid, &["943 476 5919", "999 012 3454", "401 023 2137"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_zeros_are_refused() {
        assert_invalid(
            is_valid,
            &["943 476 5918", "934 476 5919", "000 000 0000", "943476591"],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[0-9]{10}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
            prop_assert!(every_transposition_is_refused(candidate.as_bytes(), is_valid));
        }
    }
}
