//! The claims that the tests of the checksums share.
//!
//! If a scheme detects every mistyped digit, at most one digit fits each place, whatever the other
//! places hold. In this form the law can be tested on any candidate, valid or not, and no function
//! that makes valid numbers is needed.

use super::normalise::normalise;

/// Asserts that every example, including its separators, is valid.
pub(crate) fn assert_valid(is_valid: fn(&[u8]) -> bool, examples: &[&str]) {
    for example in examples {
        let characters = normalise(example).expect("an example holds characters of an identifier");
        assert!(is_valid(&characters), "{example} should be valid");
    }
}

/// Asserts that no example is valid, nor strings of any length that no identifier looks like,
/// including the empty one.
pub(crate) fn assert_invalid(is_valid: fn(&[u8]) -> bool, examples: &[&str]) {
    for example in examples {
        let characters = normalise(example).expect("an example holds characters of an identifier");
        assert!(!is_valid(&characters), "{example} should not be valid");
    }
    for length in 0..=48 {
        for filler in [b'?', 0xff] {
            assert!(!is_valid(&vec![filler; length]), "{length} fillers");
        }
    }
}

/// Returns true if, at each place with a digit, at most one digit makes the candidate valid.
pub(crate) fn at_most_one_digit_fits_each_place(
    candidate: &[u8],
    is_valid: impl Fn(&[u8]) -> bool,
) -> bool {
    let mut changed = candidate.to_vec();
    for place in 0..candidate.len() {
        if !candidate[place].is_ascii_digit() {
            continue;
        }
        let fitting = (b'0'..=b'9')
            .filter(|&digit| {
                changed[place] = digit;
                is_valid(&changed)
            })
            .count();
        changed[place] = candidate[place];
        if fitting > 1 {
            return false;
        }
    }
    true
}

/// Returns true if swapping two different neighbours always makes a valid candidate invalid.
pub(crate) fn every_transposition_is_refused(
    candidate: &[u8],
    is_valid: impl Fn(&[u8]) -> bool,
) -> bool {
    let mut changed = candidate.to_vec();
    !is_valid(candidate)
        || (1..candidate.len()).all(|place| {
            changed.swap(place - 1, place);
            let refused = !is_valid(&changed);
            changed.swap(place - 1, place);
            refused || candidate[place - 1] == candidate[place]
        })
}
