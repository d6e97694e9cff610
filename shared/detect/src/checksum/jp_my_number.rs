//! Japanese individual numbers ("My Number").
//!
//! Source: Ministry of Internal Affairs and Communications, ordinance No. 85 of 2014, article 5:
//! eleven digits and a check digit; counted from the right, the first six weigh 2 to 7, the rest 2
//! to 6; eleven less the remainder modulo eleven, and zero where the remainder is 0 or 1, so not
//! every wrong digit is caught. A corporate number has thirteen digits and another rule.

use super::br_cpf::check_digit;
use super::weighted_sum::{all_equal, digits, weighted_sum};

const WEIGHTS: [u32; 11] = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/// Returns true if twelve digits are an individual number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some([body @ .., check]) = digits::<12>(characters) else {
        return false;
    };
    !all_equal(&body) && check_digit(weighted_sum(&body, &WEIGHTS)) == check
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["1234 5678 9018", "6214 9832 0257"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_zeros_are_refused() {
        assert_invalid(
            is_valid,
            &[
                "6214 9832 0258",
                "6241 9832 0257",
                "0000 0000 0000",
                "6214 9832 025",
            ],
        );
    }
}
