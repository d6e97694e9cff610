//! The Verhoeff check digit, which detects every single wrong digit and every transposition.
//!
//! Source: J. Verhoeff, "Error Detecting Decimal Codes", Mathematical Centre Tract 29, Amsterdam
//! 1969: digits are multiplied in the dihedral group of order ten, after a permutation that depends
//! on their place.

/// The group's multiplication: `MULTIPLY[a][b]` is a·b.
const MULTIPLY: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// The permutation of a digit by its place from the right, modulo eight.
const PERMUTE: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// Returns true if the product of all digit values, of which the last is the check digit, is the
/// group's unit.
pub(crate) fn is_valid(values: &[u8]) -> bool {
    let product = values
        .iter()
        .rev()
        .enumerate()
        .try_fold(0_u8, |product, (place, &value)| {
            let permuted = *PERMUTE[place % 8].get(usize::from(value))?;
            Some(MULTIPLY[usize::from(product)][usize::from(permuted)])
        });
    product == Some(0) && !values.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn verhoeffs_example_passes_and_every_other_digit_fails() {
        // 236 has the check digit 3.
        assert!(is_valid(&[2, 3, 6, 3]));
        for check in [0, 1, 2, 4, 5, 6, 7, 8, 9, 10] {
            assert!(!is_valid(&[2, 3, 6, check]));
        }
        assert!(!is_valid(&[]));
    }
}
