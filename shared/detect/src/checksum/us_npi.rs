//! US national provider identifiers.
//!
//! Source: Centers for Medicare & Medicaid Services, "Requirements for National Provider Identifier
//! (NPI) and NPI Check Digit": ten digits, the first 1 or 2, that satisfy the Luhn formula once
//! 80840 (health applications, United States) is put before them.

use super::luhn;

/// Returns true if ten digits are a provider's identifier.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [b'1' | b'2', ..] = characters else {
        return false;
    };
    let mut card_number = *b"808400000000000";
    let (_, identifier) = card_number.split_at_mut(5);
    if identifier.len() != characters.len() {
        return false;
    }
    identifier.copy_from_slice(characters);
    luhn::is_valid(&card_number)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn the_documents_example_passes() {
        assert_valid(is_valid, &["1234567893"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_another_first_digit_is_refused() {
        assert_invalid(
            is_valid,
            &["1234567894", "1243567893", "3234567899", "123456789"],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[12][0-9]{9}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
