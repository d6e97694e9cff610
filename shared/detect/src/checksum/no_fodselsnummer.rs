//! Norwegian national identity numbers (fødselsnummer), D numbers, and those of test persons.
//!
//! Source: Forskrift om folkeregistrering (2017) § 2-2, and Skatteetaten's description of the
//! number: birth date as DDMMYY, three individual digits that give the century, and two check
//! digits modulo eleven. A D number adds 40 to the day. Help numbers of hospitals and synthetic
//! persons add 40 to the month, and Skatteetaten's own test population adds 80. From 2032 numbers
//! will be issued whose first check digit leaves 1, 2 or 3 instead of 0. They are not accepted yet.

use super::date;
use super::weighted_sum::{digits, weighted_sum};

const FIRST_WEIGHTS: [u32; 11] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0];
const SECOND_WEIGHTS: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/// Returns true if eleven digits are an identity number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<11>(characters) else {
        return false;
    };
    let [d1, d2, m1, m2, y1, y2, i1, i2, i3, ..] = values;
    let day = match d1 * 10 + d2 {
        day @ 41..=71 => day - 40,
        day => day,
    };
    let month = match m1 * 10 + m2 {
        month @ 41..=52 => month - 40,
        month @ 81..=92 => month - 80,
        month => month,
    };
    let year = u16::from(y1 * 10 + y2);
    let individual = u16::from(i1) * 100 + u16::from(i2) * 10 + u16::from(i3);
    let century = match (individual, year) {
        (0..=499, _) | (900..=999, 40..) => 1900,
        (500..=999, 0..=39) => 2000,
        (500..=749, 54..) => 1800,
        _ => return false,
    };
    date::is_real(century + year, month, day)
        && weighted_sum(&values, &FIRST_WEIGHTS).is_multiple_of(11)
        && weighted_sum(&values, &SECOND_WEIGHTS).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["151086 95088", "13097248022", "11077941012"]);
    }

    #[test]
    fn d_numbers_and_test_persons_pass() {
        assert_valid(is_valid, &["71037211154", "57018512345", "17858198690"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_impossible_date_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "151086 95077",
                "151068 95088",
                "321086 95088",
                "151386 95088",
                "1510869508",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "(0[1-9]|[14][0-9]|2[0-8])(0[1-9]|1[0-2])[0-9]{7}",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
