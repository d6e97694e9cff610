//! US individual taxpayer identification numbers.
//!
//! Source: Internal Revenue Service, Internal Revenue Manual 3.21.263: nine digits, the first a 9,
//! the fourth and fifth 50 to 65, 70 to 88, 90 to 92 or 94 to 99 (93 is for adoptions, an ATIN).
//! There is no check digit.

use super::weighted_sum::digits;

/// Returns true if nine digits can be an ITIN.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<9>(characters) else {
        return false;
    };
    let group = values[3] * 10 + values[4];
    values[0] == 9 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn groups_in_use_pass() {
        assert_valid(
            is_valid,
            &["912-90-3456", "900-70-0000", "999-88-1234", "911-50-1234"],
        );
    }

    #[test]
    fn other_groups_and_social_security_numbers_are_refused() {
        assert_invalid(
            is_valid,
            &[
                "912-93-4567",
                "912-89-4567",
                "912-66-4567",
                "123-70-6789",
                "912-70-345",
            ],
        );
    }
}
