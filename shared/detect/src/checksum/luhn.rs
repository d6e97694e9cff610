//! The Luhn formula, ISO/IEC 7812-1 annex B: payment cards, IMEI, Canadian SIN and many more.
//!
//! From the right, every second digit is doubled and the digits of the product are added; the sum
//! of all is a multiple of ten.

/// Returns true if ASCII `digits`, of which the last is the check digit, satisfy the Luhn formula.
/// False for anything that is not only ASCII digits, and for an empty slice.
pub(crate) fn is_valid(digits: &[u8]) -> bool {
    if digits.is_empty() {
        return false;
    }
    let mut sum = 0_u32;
    let mut doubled = false;
    for &digit in digits.iter().rev() {
        if !digit.is_ascii_digit() {
            return false;
        }
        let value = u32::from(digit - b'0');
        sum += match (doubled, value) {
            (false, _) => value,
            (true, 0..=4) => value * 2,
            (true, _) => value * 2 - 9,
        };
        doubled = !doubled;
    }
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_examples_pass_and_any_other_check_digit_fails() {
        // ISO/IEC 7812-1's worked example, the IMEI example of 3GPP TS 23.003, Visa's test card.
        for valid in [&b"17893729974"[..], b"490154203237518", b"4111111111111111"] {
            assert!(is_valid(valid));
            let mut wrong = valid.to_vec();
            let last = wrong.len() - 1;
            for shift in 1..10 {
                wrong[last] = b'0' + (valid[last] - b'0' + shift) % 10;
                assert!(!is_valid(&wrong));
            }
        }
    }

    #[test]
    fn what_is_not_digits_is_not_valid() {
        assert!(!is_valid(b""));
        assert!(!is_valid(b"4111 1111"));
        assert!(!is_valid("\u{ff14}".as_bytes()));
    }
}
