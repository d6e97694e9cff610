//! Identities of mobile devices (IMEI).
//!
//! Source: 3GPP TS 23.003, section 6.2.1 and annex B: eight digits of the type allocation, six of
//! the serial, and a Luhn check digit. The check digit is shown to people but not sent over the
//! air, where a zero stands in its place. A software version (IMEISV) has sixteen digits, without a
//! check.

use super::luhn;

/// Returns true if fifteen digits are a device's identity.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    characters.len() == 15
        && characters.iter().any(|&digit| digit != b'0')
        && luhn::is_valid(characters)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_identities_pass() {
        assert_valid(
            is_valid,
            &[
                "490154203237518",
                "35-209900-176148-1",
                "35 685405 204064 9",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_zeros_are_refused() {
        assert_invalid(
            is_valid,
            &[
                "490154203237517",
                "490145203237518",
                "000000000000000",
                "49015420323751",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[0-9]{15}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
