//! South African identity numbers.
//!
//! Source: Department of Home Affairs, Identification Act 68 of 1997: birth date as YYMMDD, four
//! digits for the sex, one for the status (0 citizen, 1 permanent resident, 2 refugee), one that
//! gave the race until 1986 and is 8 or 9 since then, and a Luhn check digit over all thirteen.

use super::weighted_sum::digits;
use super::{date, luhn};

/// Returns true if thirteen digits are an identity number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some([y1, y2, m1, m2, d1, d2, .., status, _, _]) = digits::<13>(characters) else {
        return false;
    };
    status <= 2
        && date::is_real_in_some_century(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2)
        && luhn::is_valid(characters)
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
            &["8001015009087", "750330 5044 08 9", "9202204720083"],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_impossible_date_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "8001015009086",
                "8010015009087",
                "8013015009082",
                "8503305044089",
                "800101500908",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{4}[01]8[0-9]",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
