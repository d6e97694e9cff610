//! Dutch citizen service numbers (burgerservicenummer).
//!
//! Source: Logisch Ontwerp BSN, Rijksdienst voor Identiteitsgegevens ("elfproef"): nine digits,
//! weights 9, 8, 7, 6, 5, 4, 3, 2 and −1, sum a multiple of eleven. A number below 100 000 000 may
//! be written without its leading zero.

use super::weighted_sum::{all_equal, digits, weighted_sum};

/// The last weight is −1, which is 10 modulo eleven.
const WEIGHTS: [u32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, 10];

/// Returns true if eight or nine digits are a citizen service number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let padded = digits::<9>(characters).or_else(|| {
        let eight = digits::<8>(characters)?;
        let mut nine = [0; 9];
        nine[1..].copy_from_slice(&eight);
        Some(nine)
    });
    padded.is_some_and(|values| {
        !all_equal(&values) && weighted_sum(&values, &WEIGHTS).is_multiple_of(11)
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
            &["111222333", "123456782", "1112.22.333", "10000008"],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_zeros_are_refused() {
        assert_invalid(
            is_valid,
            &["111222334", "112122333", "000000000", "1112223"],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_and_no_transposition_survives(candidate in "[0-9]{9}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
            prop_assert!(every_transposition_is_refused(candidate.as_bytes(), is_valid));
        }
    }
}
