//! Swiss social insurance numbers (AHV, AVS).
//!
//! Source: Zentrale Ausgleichsstelle ZAS, "AHVN13": thirteen digits, the country code 756 of GS1 in
//! front, with the check digit of an EAN-13: weights 1 and 3 in turn, sum a multiple of ten.

use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 13] = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1];

/// Returns true if thirteen digits are a social insurance number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    characters.starts_with(b"756")
        && digits::<13>(characters)
            .is_some_and(|values| weighted_sum(&values, &WEIGHTS).is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["756.9217.0769.85", "756.1234.5678.97"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_another_country_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "756.9217.0769.84",
                "756.2917.0769.85",
                "757.9217.0769.84",
                "756.9217.0769.8",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "756[0-9]{10}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
