//! Thai national identity numbers.
//!
//! Source: Bureau of Registration Administration, Population Identification Number: thirteen
//! digits, the first 1 to 8 for the kind of person, weights 13 to 2, the check digit is the last
//! digit of eleven less the remainder modulo eleven. Two remainders share a digit twice, so not
//! every wrong digit is caught.

use super::weighted_sum::{all_equal, digits, weighted_sum};

const WEIGHTS: [u32; 12] = [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/// Returns true if thirteen digits are a national identity number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some([body @ .., check]) = digits::<13>(characters) else {
        return false;
    };
    matches!(body[0], 1..=8)
        && !all_equal(&body)
        && (11 - weighted_sum(&body, &WEIGHTS) % 11) % 10 == u32::from(check)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_numbers_pass() {
        assert_valid(
            is_valid,
            &[
                "3-1006-00445-63-5",
                "1-2345-45678-78-1",
                "7-1006-00445-63-8",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_another_first_digit_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "1-2345-45678-78-9",
                "3-1060-00445-63-5",
                "0-1006-00445-63-5",
                "310060044563",
            ],
        );
    }
}
