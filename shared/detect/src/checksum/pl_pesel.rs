//! Polish PESEL numbers.
//!
//! Source: Ustawa z dnia 24 września 2010 r. o ewidencji ludności, article 15, and the Ministry of
//! Digital Affairs' description: birth date as YYMMDD, with the century in the month (80 more for
//! the 1800s, 20 for the 2000s, 40 for the 2100s, 60 for the 2200s), a serial, and a check digit:
//! weights 1, 3, 7, 9 repeated, sum with the check digit a multiple of ten.

use super::date;
use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 11] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];

/// Returns true if eleven digits are a PESEL number of someone born in the 1900s or 2000s.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<11>(characters) else {
        return false;
    };
    let [y1, y2, m1, m2, d1, d2, ..] = values;
    let (century, month) = match m1 * 10 + m2 {
        month @ 1..=12 => (1900, month),
        month @ 21..=32 => (2000, month - 20),
        _ => return false,
    };
    date::is_real(century + u16::from(y1 * 10 + y2), month, d1 * 10 + d2)
        && weighted_sum(&values, &WEIGHTS).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["44051401359", "02070803628", "02270803624"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_impossible_date_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "44051401358",
                "44051410359",
                "44053201359",
                "44131401359",
                "4405140135",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "[0-9]{2}(0[1-9]|1[0-2]|2[1-9])(0[1-9]|1[0-9]|2[0-8])[0-9]{5}",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
