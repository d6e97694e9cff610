//! Ethereum addresses, in which the letter case is a checksum.
//!
//! Source: EIP-55: `0x` and forty hexadecimal digits. A letter is a capital if the digit in its
//! place of the Keccak-256 of the lower-case address is 8 or more. Fifteen letters on average check
//! the address to one in 4 000. Addresses in one case carry no check.

use sha3::{Digest, Keccak256};

/// Returns the address after `0x`, or `None` if the characters do not have its shape.
fn hexadecimal(characters: &[u8]) -> Option<&[u8; 40]> {
    let hexadecimal = characters
        .strip_prefix(b"0x")
        .or_else(|| characters.strip_prefix(b"0X"))?;
    let hexadecimal = <&[u8; 40]>::try_from(hexadecimal).ok()?;
    hexadecimal
        .iter()
        .all(u8::is_ascii_hexdigit)
        .then_some(hexadecimal)
}

/// Returns true if the characters have the shape of an address in any case. The field's name must
/// then say that it is an address and not a truncated hash.
pub(crate) fn has_shape(characters: &[u8]) -> bool {
    hexadecimal(characters).is_some_and(|digits| digits.iter().any(|&digit| digit != b'0'))
}

/// Returns true if the characters are an address with its checksum: letters in both cases, all of
/// them correct.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(digits) = hexadecimal(characters) else {
        return false;
    };
    let has_both_cases =
        digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase);
    if !has_both_cases {
        return false;
    }
    let mut lower = *digits;
    lower.make_ascii_lowercase();
    let hash = Keccak256::digest(lower);
    digits.iter().enumerate().all(|(place, digit)| {
        let byte = hash[place / 2];
        let nibble = if place % 2 == 0 { byte >> 4 } else { byte & 15 };
        digit.is_ascii_digit() || digit.is_ascii_uppercase() == (nibble >= 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples of the proposal.
    const EXAMPLES: [&str; 4] = [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    #[test]
    fn the_proposals_addresses_pass() {
        for address in EXAMPLES {
            assert!(is_valid(address.as_bytes()), "{address}");
        }
    }

    #[test]
    fn one_case_carries_no_check_but_has_the_shape() {
        for address in EXAMPLES {
            let lower = address.to_ascii_lowercase();
            assert!(has_shape(lower.as_bytes()));
            assert!(!is_valid(lower.as_bytes()));
        }
        assert!(!has_shape(b"0x0000000000000000000000000000000000000000"));
        assert!(!has_shape(b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe"));
        assert!(!has_shape(b"5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
        assert!(!is_valid(b""));
    }

    proptest! {
        #[test]
        fn no_change_of_case_survives(
            example in proptest::sample::select(EXAMPLES.as_slice()),
            place in 2_usize..42,
        ) {
            let mut changed = example.as_bytes().to_vec();
            changed[place] ^= if changed[place].is_ascii_alphabetic() { 0x20 } else { 0 };
            prop_assert_eq!(is_valid(&changed), changed == example.as_bytes());
        }
    }
}
