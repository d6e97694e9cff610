//! Australian business numbers.
//!
//! Source: Australian Business Register, "Format of the ABN": eleven digits. One is subtracted from
//! the first, the weights are 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, and the sum is a multiple of
//! 89.

use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];

/// Returns true if eleven digits are a business number. The first is never zero: it and the second
/// are the check digits, counted from 10 up.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(mut values) = digits::<11>(characters) else {
        return false;
    };
    let Some(lowered) = values[0].checked_sub(1) else {
        return false;
    };
    values[0] = lowered;
    weighted_sum(&values, &WEIGHTS).is_multiple_of(89)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn the_tax_offices_own_number_passes() {
        assert_valid(is_valid, &["51 824 753 556", "83 914 571 673"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_a_leading_zero_is_refused() {
        assert_invalid(
            is_valid,
            &["51 824 753 557", "15 824 753 556", "01 824 753 556"],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[1-9][0-9]{10}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
