//! Portuguese tax identification numbers (NIF).
//!
//! Source: Decreto-Lei n.º 14/2013, and the Autoridade Tributária's description in the OECD's TIN
//! sheet: nine digits, weights 9 to 2 over the first eight. Eleven less the remainder modulo eleven
//! is the check digit, and ten and eleven count as zero. The first digits give the kind of holder:
//! 1 to 3 (and 45) persons, 5 companies, 6 public bodies, 70 to 79, 8, 90, 91, 98 and 99 the rest.
//! Two remainders share the zero, so not every wrong digit is caught.

use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 8] = [9, 8, 7, 6, 5, 4, 3, 2];

/// Returns true if nine digits are a tax identification number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some([body @ .., check]) = digits::<9>(characters) else {
        return false;
    };
    let holder = body[0] * 10 + body[1];
    let check_digit = match 11 - weighted_sum(&body, &WEIGHTS) % 11 {
        10 | 11 => 0,
        digit => digit,
    };
    matches!(holder, 10..=39 | 45 | 50..=72 | 74 | 75 | 77..=91 | 98 | 99)
        && check_digit == u32::from(check)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["501 964 843", "123 456 789", "999 999 990"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_unused_range_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "501 964 842",
                "510 964 843",
                "012 345 678",
                "460 000 000",
                "50196484",
            ],
        );
    }
}
