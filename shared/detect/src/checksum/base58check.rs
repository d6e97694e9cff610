//! `Base58Check`, the notation of addresses in Bitcoin and related currencies.
//!
//! Source: Bitcoin Developer Reference, "Address conversion" (the rule since Bitcoin 0.1): a
//! version byte, a hash of twenty bytes, and the first four bytes of their double SHA-256, written
//! in base 58 (no 0, O, I and l), with a `1` for each leading zero byte. Letter case has a meaning,
//! so this check takes the address as it was written.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The length in bytes of version, hash and checksum.
const DECODED_LENGTH: usize = 1 + 20 + 4;

/// The lengths of a written address.
pub(crate) const LENGTHS: std::ops::RangeInclusive<usize> = 25..=35;

/// Addresses for a key and for a script: Bitcoin and its test network, Litecoin, Dogecoin, Dash,
/// Tron. Each project's `chainparams`; Bitcoin's test network shares its versions with most others.
const VERSIONS: [u8; 11] = [
    0x00, 0x05, 0x6f, 0xc4, // Bitcoin
    0x30, 0x32, // Litecoin; for scripts it shared Bitcoin's 0x05 first
    0x1e, 0x16, // Dogecoin
    0x4c, 0x10, // Dash
    0x41, // Tron
];

/// The characters with which addresses of these versions start, because the version is the most
/// significant byte.
const LEADS: &[u8] = b"12379ADLMTXmn";

/// Returns true if the characters are an address with its checksum, of a chain in the list.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    if !characters.first().is_some_and(|lead| LEADS.contains(lead)) {
        return false;
    }
    let Some(decoded) = decode(characters) else {
        return false;
    };
    let (payload, checksum) = decoded.split_at(DECODED_LENGTH - 4);
    VERSIONS.contains(&payload[0]) && Sha256::digest(Sha256::digest(payload)).starts_with(checksum)
}

/// Returns the number that the characters spell, in exactly 25 bytes, most significant first.
fn decode(characters: &[u8]) -> Option<[u8; DECODED_LENGTH]> {
    if !LENGTHS.contains(&characters.len()) {
        return None;
    }
    let mut decoded = [0_u8; DECODED_LENGTH];
    for character in characters {
        let value = ALPHABET.iter().position(|letter| letter == character)?;
        let mut carry = u8::try_from(value).ok()?;
        for byte in decoded.iter_mut().rev() {
            let [high, low] = (u16::from(*byte) * 58 + u16::from(carry)).to_be_bytes();
            *byte = low;
            carry = high;
        }
        if carry != 0 {
            return None;
        }
    }
    // A leading zero byte is written as a leading 1, so a different count is another number.
    let leading_ones = characters
        .iter()
        .take_while(|&&character| character == b'1')
        .count();
    let leading_zeros = decoded.iter().take_while(|&&byte| byte == 0).count();
    (leading_ones == leading_zeros).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::{ALPHABET, DECODED_LENGTH, LEADS, VERSIONS, is_valid};
    use proptest::prelude::*;

    #[test]
    fn no_address_starts_with_anything_else() {
        let spelled = |mut number: [u8; DECODED_LENGTH]| {
            let mut lead = 0;
            let mut length = 0;
            while number != [0; DECODED_LENGTH] {
                lead = 0;
                for byte in &mut number {
                    let all = lead << 8 | usize::from(*byte);
                    *byte = u8::try_from(all / 58).unwrap();
                    lead = all % 58;
                }
                length += 1;
            }
            (length, lead)
        };
        for version in VERSIONS.into_iter().filter(|version| *version != 0) {
            let (mut least, mut most) = ([0; DECODED_LENGTH], [u8::MAX; DECODED_LENGTH]);
            (least[0], most[0]) = (version, version);
            let (shortest, from) = spelled(least);
            let (longest, to) = spelled(most);
            assert_eq!(shortest, longest);
            assert!((from..=to).all(|lead| LEADS.contains(&ALPHABET[lead])));
        }
    }

    const EXAMPLES: [&str; 7] = [
        // The first block's, a script's (BIP 13), one with many leading zeros, the test network's
        // (BIP 16 documentation), Litecoin's, Dogecoin's and Tron's.
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
        "1111111111111111111114oLvT2",
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9",
        "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    ];

    #[test]
    fn published_addresses_pass() {
        for address in EXAMPLES {
            assert!(is_valid(address.as_bytes()), "{address}");
        }
    }

    #[test]
    fn other_lengths_alphabets_and_leading_zeros_are_refused() {
        for address in [
            "",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf",
            "11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a",
            "1a1zp1ep5qgefi2dmptftl5slmv7divfna",
            // A private key in wallet import format: another length, and another class.
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        ] {
            assert!(!is_valid(address.as_bytes()), "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_change_of_a_character_survives(
            example in proptest::sample::select(EXAMPLES.as_slice()),
            place in any::<proptest::sample::Index>(),
            character in "[1-9A-HJ-NP-Za-km-z]",
        ) {
            let mut changed = example.as_bytes().to_vec();
            changed[place.index(example.len())] = character.as_bytes()[0];
            prop_assert_eq!(is_valid(&changed), changed == example.as_bytes());
        }

        #[test]
        fn any_characters_are_read_without_a_panic(
            characters in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            is_valid(&characters);
        }
    }
}
