//! US Drug Enforcement Administration registration numbers of prescribers.
//!
//! Source: DEA Diversion Control Division, Practitioner's Manual: a letter for the kind of
//! registrant, the first letter of the registrant's last name (or 9, for a business), six digits
//! and a check digit. It is the last digit of the sum of the first, third and fifth digit and twice
//! the second, fourth and sixth. Doubling does not detect a change by five, so not every wrong
//! digit is caught.

use super::weighted_sum::{digits, weighted_sum};

/// The kinds of registrants: A, B, F and G practitioners, M mid-level practitioners, P and R
/// distributors and researchers, and the rest of the manual's list.
const REGISTRANTS: &[u8] = b"ABCDEFGHJKLMPRSTUX";

const WEIGHTS: [u32; 6] = [1, 2, 1, 2, 1, 2];

/// Returns true if the nine characters are a registration number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [registrant, name, number @ ..] = characters else {
        return false;
    };
    let Some([body @ .., check]) = digits::<7>(number) else {
        return false;
    };
    REGISTRANTS.contains(registrant)
        && (name.is_ascii_uppercase() || *name == b'9')
        && weighted_sum(&body, &WEIGHTS) % 10 == u32::from(check)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn worked_examples_pass() {
        assert_valid(is_valid, &["AP5836727", "F91234563", "BB1388568"]);
    }

    #[test]
    fn a_wrong_digit_or_registrant_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "AP5836728",
                "AP5386727",
                "IP5836727",
                "A15836727",
                "AP583672",
            ],
        );
    }
}
