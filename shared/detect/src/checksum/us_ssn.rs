//! US social security numbers.
//!
//! Source: Social Security Administration, "Social Security Number Randomization" (in force since
//! 25 June 2011) and POMS RM 10201.035, invalid numbers: the area is never 000, 666 or 900 to 999,
//! the group never 00, the serial never 0000. There is no check digit. Before 2011 areas and groups
//! were issued in order; numbers that were invalid then are valid now, so nothing more is refused.

use super::weighted_sum::{all_equal, digits, number};

/// Numbers that were published and appear in templates ever since: the card in a wallet of 1938,
/// and the one that the administration itself printed in a pamphlet.
const PUBLISHED: [u64; 2] = [78_051_120, 219_099_999];

/// Returns true if nine digits can be a social security number. Nine equal digits are never issued
/// in practice and always a placeholder. That is a convention, and not the administration's rule.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<9>(characters) else {
        return false;
    };
    let area = number(&values[..3]);
    let group = number(&values[3..5]);
    let serial = number(&values[5..]);
    area != 0
        && area != 666
        && area < 900
        && group != 0
        && serial != 0
        && !all_equal(&values)
        && !PUBLISHED.contains(&number(&values))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn numbers_in_the_issued_ranges_pass() {
        for number in [
            "001010001",
            "536904399",
            "899999999",
            "665123456",
            "772123456",
        ] {
            assert!(is_valid(number.as_bytes()), "{number}");
        }
    }

    #[test]
    fn numbers_that_are_never_issued_are_refused() {
        for number in [
            "000123456",
            "666123456",
            "900123456",
            "999123456",
            "123006789",
            "123450000",
            "078051120",
            "219099999",
            "333333333",
            "12345678",
            "1234567890",
            "12345678x",
        ] {
            assert!(!is_valid(number.as_bytes()), "{number}");
        }
    }
}
