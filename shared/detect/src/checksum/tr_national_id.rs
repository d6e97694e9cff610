//! Turkish identification numbers (T.C. kimlik numarası).
//!
//! Source: Nüfus ve Vatandaşlık İşleri Genel Müdürlüğü; the algorithm itself is known from public
//! use, not from a published standard: eleven digits, the first not zero; the tenth is seven times
//! the sum of the odd places less the sum of the even ones, modulo ten; the eleventh is the sum of
//! the first ten, modulo ten.

use super::weighted_sum::digits;

/// Returns true if eleven digits are an identification number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some([body @ .., tenth, eleventh]) = digits::<11>(characters) else {
        return false;
    };
    let [odd, even] = [0, 1].map(|from| {
        body.iter()
            .skip(from)
            .step_by(2)
            .map(|&value| u32::from(value))
            .sum::<u32>()
    });
    // The even places sum up to at most 36, so forty keeps the difference from falling below zero.
    body[0] != 0
        && (odd * 7 + 40 - even) % 10 == u32::from(tenth)
        && (odd + even + u32::from(tenth)) % 10 == u32::from(eleventh)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["10000000146", "17291716060"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_a_leading_zero_is_refused() {
        assert_invalid(
            is_valid,
            &["17291716050", "17219716060", "07291716092", "1729171606"],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[1-9][0-9]{10}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
