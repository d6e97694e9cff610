//! ISO/IEC 7064 MOD 97-10 as ISO 13616 uses it for the IBAN: letters count as 10 to 35, the first
//! four characters move to the end, and the resulting number leaves 1 when divided by 97.

/// Returns true if `iban` (uppercase letters and digits, no separators) has a correct check number.
/// False for anything else, and for fewer than five characters.
pub(crate) fn is_valid_iban(iban: &[u8]) -> bool {
    if iban.len() < 5 {
        return false;
    }
    let (head, tail) = iban.split_at(4);
    let mut remainder = 0_u32;
    for &byte in tail.iter().chain(head) {
        remainder = match byte {
            b'0'..=b'9' => remainder * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => remainder * 100 + u32::from(byte - b'A') + 10,
            _ => return false,
        } % 97;
    }
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::is_valid_iban;

    #[test]
    fn the_registry_examples_pass_and_a_swapped_pair_fails() {
        // From the SWIFT IBAN registry.
        for iban in [
            "GB29NWBK60161331926819",
            "DE89370400440532013000",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            assert!(is_valid_iban(iban.as_bytes()));
            let mut swapped = iban.as_bytes().to_vec();
            swapped.swap(6, 9);
            assert!(swapped == iban.as_bytes() || !is_valid_iban(&swapped));
        }
    }

    #[test]
    fn separators_lower_case_and_short_input_are_not_valid() {
        assert!(!is_valid_iban(b"GB29 NWBK 6016 1331 9268 19"));
        assert!(!is_valid_iban(b"gb29nwbk60161331926819"));
        assert!(!is_valid_iban(b"GB29"));
    }
}
