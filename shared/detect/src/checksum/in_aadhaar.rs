//! Indian Aadhaar numbers.
//!
//! Source: Unique Identification Authority of India, "Aadhaar numbering scheme" (A UID numbering
//! scheme, 2010): twelve digits, the first 2 to 9, the last a Verhoeff check digit. Palindromes
//! are not issued, by common knowledge rather than by that document.

use super::verhoeff;
use super::weighted_sum::digits;

/// Returns true if twelve digits are an Aadhaar number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    digits::<12>(characters).is_some_and(|values| {
        let is_palindrome = values.iter().eq(values.iter().rev());
        values[0] >= 2 && !is_palindrome && verhoeff::is_valid(&values)
    })
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn the_authoritys_specimens_pass() {
        assert_valid(is_valid, &["2341 2341 2346", "9999 4105 7058"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_a_low_first_digit_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "2341 2341 2347",
                "2314 2341 2346",
                "1234 1234 1234",
                "2222 2222 2222",
                "234123412",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_and_no_transposition_survives(candidate in "[2-9][0-9]{11}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
            prop_assert!(every_transposition_is_refused(candidate.as_bytes(), is_valid));
        }
    }
}
