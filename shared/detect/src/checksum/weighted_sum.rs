//! The arithmetic that most checksums share: the sum of digits times weights.
//!
//! An authority publishes its weights as a row, and its rule as a condition on the sum modulo a
//! number. The row and the rule stand in the authority's file. Only the sum is here.

/// Returns the values of exactly `N` ASCII digits, or `None` for any other length or character.
pub(crate) fn digits<const N: usize>(characters: &[u8]) -> Option<[u8; N]> {
    let mut values = [0; N];
    if characters.len() != N {
        return None;
    }
    for (value, character) in values.iter_mut().zip(characters) {
        if !character.is_ascii_digit() {
            return None;
        }
        *value = character - b'0';
    }
    Some(values)
}

/// Returns Σ valueᵢ × weightᵢ. The compiler checks that both rows have the same length.
pub(crate) fn weighted_sum<const N: usize>(values: &[u8; N], weights: &[u32; N]) -> u32 {
    values
        .iter()
        .zip(weights)
        .map(|(&value, &weight)| u32::from(value) * weight)
        .sum()
}

/// Returns the number that a row of digit values spells. With more than 19 digits it would wrap
/// around.
pub(crate) fn number(values: &[u8]) -> u64 {
    debug_assert!(values.len() <= 19, "19 digits fit 64 bits");
    values.iter().fold(0, |number: u64, &value| {
        number.wrapping_mul(10).wrapping_add(u64::from(value))
    })
}

/// Returns true if every value is the same. `000000000` and the like satisfy most sums, but no
/// authority issues them. People type them into a form to get past it.
pub(crate) fn all_equal(values: &[u8]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_want_their_exact_number_and_nothing_else() {
        assert_eq!(digits::<3>(b"907"), Some([9, 0, 7]));
        assert_eq!(digits::<3>(b"9070"), None);
        assert_eq!(digits::<3>(b"90"), None);
        assert_eq!(digits::<3>(b"9a7"), None);
    }

    #[test]
    fn sums_and_numbers() {
        assert_eq!(weighted_sum(&[1, 2, 3], &[3, 7, 1]), 20);
        assert_eq!(number(&[1, 2, 3]), 123);
        assert!(all_equal(&[7, 7, 7]));
        assert!(!all_equal(&[7, 7, 8]));
    }
}
