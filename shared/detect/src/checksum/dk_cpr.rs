//! Danish personal identification numbers (CPR-nummer).
//!
//! Source: CPR-kontoret, "Personnummeret i CPR": birth date as DDMMYY, and four digits of which the
//! first gives the century. Numbers issued before October 2007 satisfy a sum modulo eleven. Since
//! then other numbers are issued too, so the sum may raise a confidence but never refuse a number.

use super::date;
use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 10] = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/// Returns true if ten digits begin with a day that exists in the century of their seventh digit.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some([d1, d2, m1, m2, y1, y2, seventh, ..]) = digits::<10>(characters) else {
        return false;
    };
    let year = u16::from(y1 * 10 + y2);
    let century = match (seventh, year) {
        (4 | 9, 0..=36) | (5..=8, 0..=57) => 2000,
        (0..=4 | 9, _) => 1900,
        _ => 1800,
    };
    date::is_real(century + year, m1 * 10 + m2, d1 * 10 + d2)
}

/// Returns true if ten digits satisfy the sum that numbers had before October 2007.
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the authority defines it; detection does not ask for it"
    )
)]
pub(crate) fn has_check_digit(characters: &[u8]) -> bool {
    digits::<10>(characters)
        .is_some_and(|values| weighted_sum(&values, &WEIGHTS).is_multiple_of(11))
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["211062-5629", "070761-4285", "010100-4000"]);
        assert_valid(has_check_digit, &["211062-5629", "070761-4285"]);
    }

    #[test]
    fn an_impossible_date_is_refused_in_its_century() {
        assert_invalid(
            is_valid,
            &["511062-5629", "211362-5629", "290201-4000", "21106256"],
        );
        // 2000 was a leap year, 1900 was not.
        assert_valid(is_valid, &["290200-4000"]);
        assert_invalid(is_valid, &["290200-0000"]);
    }

    #[test]
    fn a_number_without_the_old_check_digit_is_still_a_number() {
        assert_valid(is_valid, &["211052-5629"]);
        assert_invalid(has_check_digit, &["211052-5629"]);
    }
}
