//! French social security numbers (numéro d'inscription au répertoire).
//!
//! Source: INSEE, "Numéro de sécurité sociale", and décret n° 82-103 of 22 January 1982: sex, two
//! digits of the year, month, department and commune of birth, a serial, and a key of two digits:
//! 97 less the thirteen digits modulo 97. In Corsica's departments 2A and 2B the letter counts as
//! if the department were 19 and 18.

use super::weighted_sum::number;

/// Returns true if fifteen characters are a number with its key.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    if characters.len() != 15 {
        return false;
    }
    let mut values = [0; 15];
    for (place, (value, character)) in values.iter_mut().zip(characters).enumerate() {
        *value = match (place, character) {
            (_, b'0'..=b'9') => character - b'0',
            // The letter counts as 9 or 8 under a ten instead of a twenty.
            (6, b'A') if characters[5] == b'2' => 9,
            (6, b'B') if characters[5] == b'2' => 8,
            _ => return false,
        };
    }
    if !characters[6].is_ascii_digit() {
        values[5] = 1;
    }
    let [sex, _, _, m1, m2, d1, d2, .., k1, k2] = values;
    let month = m1 * 10 + m2;
    let key = k1 * 10 + k2;
    // 1 and 2, or 7 and 8 for provisional numbers. 3 and 4 are for persons born abroad who are
    // being registered.
    matches!(sex, 1..=4 | 7 | 8)
        // The values above 12 stand for unknown months.
        && matches!(month, 1..=12 | 20 | 30..=42 | 50..=99)
        && d1 + d2 != 0
        && u64::from(key) == 97 - number(&values[..13]) % 97
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass_those_of_corsica_too() {
        assert_valid(
            is_valid,
            &[
                "2 69 05 49 588 157 80",
                "2 95 10 99 126 111 93",
                "2 53 07 2B 073 004 70",
                "2 53 07 2A 073 004 43",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_another_department_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "2 69 05 49 588 157 81",
                "2 96 05 49 588 157 80",
                "2 53 07 2C 073 004 43",
                "2 53 07 2B 073 004 43",
                "5 69 05 49 588 157 80",
                "2690549588157",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "[12][0-9]{2}(0[1-9]|1[0-2])([0-9]{2}|2A|2B)[0-9]{8}",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
