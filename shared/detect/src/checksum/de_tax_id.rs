//! German tax identification numbers (steuerliche Identifikationsnummer).
//!
//! Source: Bundeszentralamt für Steuern, "Aufbau der Identifikationsnummer" (§ 139b AO): eleven
//! digits, the first not zero (zero marks numbers for tests). Of the first ten, exactly one digit
//! occurs more than once: twice, or, in numbers issued since 2016, three times, but then not three
//! in a row. The last is the check digit of ISO 7064 MOD 11,10.

use super::iso7064;
use super::weighted_sum::digits;

/// Returns true if eleven digits are a tax identification number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    digits::<11>(characters).is_some_and(|values| {
        let [body @ .., _] = values;
        body[0] != 0 && repeats_one_digit(&body) && iso7064::is_valid_mod_11_10(&values)
    })
}

fn repeats_one_digit(body: &[u8; 10]) -> bool {
    let mut occurrences = [0_u8; 10];
    for &value in body {
        occurrences[usize::from(value)] += 1;
    }
    let repeated = occurrences.iter().filter(|&&count| count > 1).count();
    let three_in_a_row = body
        .windows(3)
        .any(|run| run[0] == run[1] && run[1] == run[2]);
    repeated == 1 && occurrences.iter().all(|&count| count <= 3) && !three_in_a_row
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        // The first occurs twice, the last (since 2016) has a digit three times.
        assert_valid(
            is_valid,
            &["86 095 742 719", "47 036 892 816", "65 929 970 489"],
        );
    }

    #[test]
    fn a_wrong_digit_or_another_pattern_of_repetition_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "86 095 742 718",
                "68 095 742 719",
                // Wrong numbers with correct check digits: no digit repeated, two digits repeated,
                // three in a row.
                "12345678903",
                "36554266806",
                "11123456786",
                // The official test number begins with zero.
                "02476291358",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[1-9][0-9]{10}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
