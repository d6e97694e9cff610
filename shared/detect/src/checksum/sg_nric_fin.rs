//! Singaporean identity card numbers (NRIC) and foreign identification numbers (FIN).
//!
//! Source: Immigration & Checkpoints Authority for the form and for the M series (foreigners, since
//! 2022). The authority does not publish the algorithm of the check letter. It is commonly known
//! and agrees with every published specimen: weights 2, 7, 6, 5, 4, 3, 2, to which the series T and
//! G add 4 and M adds 3, modulo eleven, read off a row for each kind.

use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 7] = [2, 7, 6, 5, 4, 3, 2];

/// Returns true if nine characters are an identity card number or a foreign identification number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [series, body @ .., check] = characters else {
        return false;
    };
    let Some(values) = digits::<7>(body) else {
        return false;
    };
    let (offset, letters) = match series {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let remainder = (weighted_sum(&values, &WEIGHTS) + offset) % 11;
    letters[remainder as usize] == *check
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn specimens_of_every_series_pass() {
        assert_valid(
            is_valid,
            &[
                "S1234567D",
                "T1234567J",
                "F1234567N",
                "G1234567X",
                "M1234567K",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_letter_or_series_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "S1234568D",
                "S1243567D",
                "S1234567J",
                "A1234567D",
                "S123456D",
                "S12345678D",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[STFGM][0-9]{7}[A-Z]") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
