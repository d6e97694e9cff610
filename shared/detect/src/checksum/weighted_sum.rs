//! The arithmetic most checksums share: digits times weights, summed.
//!
//! An authority publishes its weights as a row and its rule as what the sum must be modulo
//! something. The row and the rule stand in the authority's file; only the sum is here.

/// The values of exactly `N` ASCII digits; `None` for any other length or character.
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

/// Σ valueᵢ × weightᵢ. Both rows have one length, which the compiler checks.
pub(crate) fn weighted_sum<const N: usize>(values: &[u8; N], weights: &[u32; N]) -> u32 {
    values
        .iter()
        .zip(weights)
        .map(|(&value, &weight)| u32::from(value) * weight)
        .sum()
}

/// The number that a row of digit values spells. At most 19 digits, or it would wrap around.
pub(crate) fn number(values: &[u8]) -> u64 {
    debug_assert!(values.len() <= 19, "19 digits fit 64 bits");
    values.iter().fold(0, |number: u64, &value| {
        number.wrapping_mul(10).wrapping_add(u64::from(value))
    })
}

/// Whether every value is the same: `000000000` satisfies most sums, and so do its likes, but no
/// authority issues them. They are what people type into a form to get past it.
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
