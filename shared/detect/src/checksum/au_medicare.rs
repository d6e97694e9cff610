//! Australian Medicare card numbers.
//!
//! Source: Services Australia, Medicare card number algorithm (also in `METeOR`, AIHW's registry of
//! metadata): eight digits of which the first is 2 to 6, a check digit over them with the weights
//! 1, 3, 7, 9, 1, 3, 7, 9 modulo ten, the card's issue number, and, where it is given, the person's
//! number on the card. Nothing checks those last two.

use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 8] = [1, 3, 7, 9, 1, 3, 7, 9];

/// Returns true if ten digits, or eleven with the person's number, are a card's number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let (card, person) = match characters.len() {
        11 => characters.split_at(10),
        _ => (characters, b"1".as_slice()),
    };
    let Some([body @ .., check, issue]) = digits::<10>(card) else {
        return false;
    };
    matches!(body[0], 2..=6)
        && issue != 0
        && matches!(person, [b'1'..=b'9'])
        && weighted_sum(&body, &WEIGHTS) % 10 == u32::from(check)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn numbers_for_testing_pass() {
        assert_valid(
            is_valid,
            &["2123 45670 1", "2123 45670 1/1", "2953 95713 1"],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_another_first_digit_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "2123 45671 1",
                "2132 45670 1",
                "1123 45679 1",
                "2123 45670 0",
                "2123 45670",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives_before_the_issue_number(candidate in "[2-6][0-9]{8}") {
            let with_issue_number = |card: &[u8]| is_valid(&[card, b"1"].concat());
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), with_issue_number));
        }
    }
}
