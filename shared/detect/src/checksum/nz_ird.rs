//! New Zealand Inland Revenue numbers.
//!
//! Source: Inland Revenue, "Resident withholding tax specification", IRD number validation: eight
//! or nine digits between 10 000 000 and 200 000 000 (the upper bound was 150 000 000 until the
//! range was widened), weights 3, 2, 7, 6, 5, 4, 3, 2; where the check digit would be ten, a second
//! pass with 7, 4, 3, 2, 5, 2, 7, 6, and where that gives ten the number is not issued.

use super::weighted_sum::{digits, number, weighted_sum};

const FIRST_PASS: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];
const SECOND_PASS: [u32; 8] = [7, 4, 3, 2, 5, 2, 7, 6];

/// Returns true if eight or nine digits are an Inland Revenue number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let padded = digits::<9>(characters).or_else(|| {
        let eight = digits::<8>(characters)?;
        let mut nine = [0; 9];
        nine[1..].copy_from_slice(&eight);
        Some(nine)
    });
    let Some(values) = padded else {
        return false;
    };
    let [body @ .., check] = values;
    let check_digit = match complement(body, &FIRST_PASS) {
        10 => complement(body, &SECOND_PASS),
        digit => digit,
    };
    (10_000_000..200_000_000).contains(&number(&values)) && check_digit == u32::from(check)
}

/// Returns the digit that makes the weighted sum a multiple of eleven.
fn complement(body: [u8; 8], weights: &[u32; 8]) -> u32 {
    (11 - weighted_sum(&body, weights) % 11) % 11
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn the_specifications_examples_pass() {
        // The second and third need the second pass.
        assert_valid(
            is_valid,
            &["49-091-850", "35-901-981", "49-098-576", "136-410-132"],
        );
    }

    #[test]
    fn a_wrong_check_digit_or_a_number_out_of_range_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "136-410-133",
                "9125568",
                "49-901-850",
                "00000000",
                "999999999",
            ],
        );
    }
}
