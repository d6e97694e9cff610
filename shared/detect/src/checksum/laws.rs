//! Laws that the tests of the checksums share.
//!
//! A scheme that catches every mistyped digit says: whatever the other places hold, at most one
//! digit fits a place. Said this way the law can be put to any candidate, valid or not, and needs
//! no function that makes valid numbers.

/// Whether, at each place that holds a digit, at most one digit makes the candidate valid.
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

/// Whether swapping two neighbours that differ always makes a valid candidate invalid.
pub(crate) fn every_transposition_is_refused(
    candidate: &[u8],
    is_valid: impl Fn(&[u8]) -> bool,
) -> bool {
    let mut changed = candidate.to_vec();
    (1..candidate.len()).all(|place| {
        if candidate[place - 1] == candidate[place] {
            return true;
        }
        changed.swap(place - 1, place);
        let refused = !is_valid(&changed);
        changed.swap(place - 1, place);
        refused
    })
}
