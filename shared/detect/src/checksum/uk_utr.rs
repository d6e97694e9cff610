//! UK unique taxpayer references.
//!
//! Source: HM Revenue & Customs, modulus 11 check of the UTR as printed for software developers
//! ("Specification for SA online services"). Ten digits, of which the first is the check: weights
//! 6, 7, 8, 9, 10, 5, 4, 3, 2 over the others, the remainder modulo eleven read off a row. Two
//! remainders share a digit twice, so not every wrong digit is caught.

use super::weighted_sum::{all_equal, digits, weighted_sum};

const WEIGHTS: [u32; 9] = [6, 7, 8, 9, 10, 5, 4, 3, 2];

/// The check digit for each remainder.
const CHECK_DIGITS: [u8; 11] = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/// Returns true if ten digits are a taxpayer's reference.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some([check, body @ ..]) = digits::<10>(characters) else {
        return false;
    };
    let remainder = weighted_sum(&body, &WEIGHTS) % 11;
    !all_equal(&body) && CHECK_DIGITS[remainder as usize] == check
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_references_pass() {
        assert_valid(is_valid, &["1955839661", "19558 39661"]);
    }

    #[test]
    fn a_wrong_check_digit_or_a_transposition_is_refused() {
        assert_invalid(
            is_valid,
            &["2955839661", "1958539661", "195583966", "0000000000"],
        );
    }
}
