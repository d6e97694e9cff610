//! US employer identification numbers.
//!
//! Source: Internal Revenue Service, "How EINs are assigned and valid EIN prefixes": nine digits,
//! of which the first two name the campus that issued the number. There is no check digit.

use super::weighted_sum::digits;

/// Returns true if nine digits begin with a prefix in use.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<9>(characters) else {
        return false;
    };
    let prefix = values[0] * 10 + values[1];
    matches!(
        prefix,
        1..=6 | 10..=16 | 20..=27 | 30..=48 | 50..=68 | 71..=77 | 80..=88 | 90..=95 | 98 | 99
    )
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn prefixes_in_use_pass() {
        assert_valid(
            is_valid,
            &["91-1144442", "04-2103594", "13-1837418", "98-0001234"],
        );
    }

    #[test]
    fn unused_prefixes_are_refused() {
        assert_invalid(
            is_valid,
            &[
                "07-1144442",
                "00-1144442",
                "17-1144442",
                "28-1144442",
                "49-1144442",
                "69-1144442",
                "70-1144442",
                "89-1144442",
                "96-1144442",
                "91-114444",
            ],
        );
    }
}
