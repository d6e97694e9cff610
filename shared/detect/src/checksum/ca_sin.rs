//! Canadian social insurance numbers.
//!
//! Source: Employment and Social Development Canada, "The Social Insurance Number (SIN) Code of
//! Practice", annex 2: nine digits that satisfy the Luhn formula; none begins with 8, and 0 is kept
//! for numbers that are made up (the well-known 046 454 286 among them).

use super::luhn;

/// Returns true if nine digits are a social insurance number that can have been issued.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [b'1'..=b'7' | b'9', ..] = characters else {
        return false;
    };
    characters.len() == 9 && luhn::is_valid(characters)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["130 692 544", "123-456-782", "730-000-007"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_unissued_range_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "130 692 545",
                "310 692 544",
                "046 454 286",
                "823 456 785",
                "999 999 999",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[1-79][0-9]{8}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
