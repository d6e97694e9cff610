//! US bank routing numbers.
//!
//! Source: American Bankers Association, "Routing Number Policy and Procedures Manual", and ANSI
//! X9.100-160: nine digits, with the repeated weights 3-7-1, sum a multiple of ten. The first two
//! digits are 00 (US government), 01 to 12 (Federal Reserve districts), 21 to 32 (thrifts), 61 to
//! 72 (electronic) or 80 (traveller's cheques).

use super::weighted_sum::{all_equal, digits, weighted_sum};

const WEIGHTS: [u32; 9] = [3, 7, 1, 3, 7, 1, 3, 7, 1];

/// Returns true if nine digits are a routing number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<9>(characters) else {
        return false;
    };
    let prefix = values[0] * 10 + values[1];
    matches!(prefix, 0..=12 | 21..=32 | 61..=72 | 80)
        && !all_equal(&values)
        && weighted_sum(&values, &WEIGHTS).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn routing_numbers_of_known_banks_pass() {
        assert_valid(
            is_valid,
            &[
                "021000021",
                "011000015",
                "121000358",
                "0260-0959-3",
                "322271627",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_unused_prefix_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "021000022",
                "012000021",
                "000000000",
                "130000008",
                "02100002",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "(0[0-9]|1[0-2]|2[1-9])[0-9]{7}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
