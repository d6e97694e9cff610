//! Bech32 and Bech32m, the notation of Bitcoin's segregated witness addresses.
//!
//! Source: BIP 173 (the code, and witness version 0) and BIP 350 (Bech32m, for the versions from
//! 1). An address has a human-readable part, a `1`, the version, the program in groups of five
//! bits, and six characters of a BCH code that detects any four wrong characters. All letters are
//! in one case.

/// The human-readable parts: Bitcoin, its test and regression networks, and Litecoin and its test
/// network, which use the same code.
const HUMAN_READABLE_PARTS: [&[u8]; 5] = [b"bc", b"tb", b"bcrt", b"ltc", b"tltc"];

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The remainder of the polynomial for each code.
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;

const CHECKSUM_LENGTH: usize = 6;

/// BIP 173 allows 90 characters.
pub(crate) const LONGEST: usize = 90;

/// Returns true if the characters are an address of a witness program, with its checksum.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let has_lower = characters.iter().any(u8::is_ascii_lowercase);
    let has_upper = characters.iter().any(u8::is_ascii_uppercase);
    if characters.len() > LONGEST || (has_lower && has_upper) {
        return false;
    }
    let Some((part, data)) = HUMAN_READABLE_PARTS.iter().find_map(|part| {
        let (head, rest) = characters.split_at_checked(part.len())?;
        let data = rest.strip_prefix(b"1")?;
        head.eq_ignore_ascii_case(part).then_some((*part, data))
    }) else {
        return false;
    };
    let Some((version, program_and_checksum)) = data.split_first() else {
        return false;
    };
    let Some(program_length) = program_and_checksum.len().checked_sub(CHECKSUM_LENGTH) else {
        return false;
    };
    let Some(version) = value(*version) else {
        return false;
    };
    let expected = match version {
        0 => BECH32,
        1..=16 => BECH32M,
        _ => return false,
    };
    remainder(part, data) == Some(expected)
        && holds_program(version, &program_and_checksum[..program_length])
}

/// Returns true for groups of five bits that make 2 to 40 bytes, or 20 or 32 bytes for version 0.
/// The bits left over are fewer than five and all zero.
fn holds_program(version: u8, groups: &[u8]) -> bool {
    let bits = groups.len() * 5;
    let bytes = bits / 8;
    let left_over = bits % 8;
    let padding_is_zero = match groups.last().copied().and_then(value) {
        Some(last) => last & ((1 << left_over.min(5)) - 1) == 0,
        None => false,
    };
    left_over < 5
        && padding_is_zero
        && (2..=40).contains(&bytes)
        && (version != 0 || matches!(bytes, 20 | 32))
}

/// Returns BIP 173's polynomial over the human-readable part and the data.
fn remainder(part: &[u8], data: &[u8]) -> Option<u32> {
    let high = part.iter().map(|character| character >> 5);
    let low = part.iter().map(|character| character & 31);
    let mut polynomial = 1;
    for group in high.chain([0]).chain(low) {
        polynomial = step(polynomial, group);
    }
    for &character in data {
        polynomial = step(polynomial, value(character)?);
    }
    Some(polynomial)
}

fn step(polynomial: u32, group: u8) -> u32 {
    const GENERATORS: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = polynomial >> 25;
    let shifted = ((polynomial & 0x01ff_ffff) << 5) ^ u32::from(group);
    GENERATORS
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |sum, (_, generator)| sum ^ generator)
}

fn value(character: u8) -> Option<u8> {
    let lower = character.to_ascii_lowercase();
    let place = ALPHABET.iter().position(|&letter| letter == lower)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::is_valid;
    use proptest::prelude::*;

    /// BIP 350's valid addresses.
    const EXAMPLES: [&str; 7] = [
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "BC1SW50QGDZ25J",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ];

    #[test]
    fn the_valid_addresses_of_the_proposals_pass() {
        for address in EXAMPLES {
            assert!(is_valid(address.as_bytes()), "{address}");
        }
    }

    #[test]
    fn the_invalid_addresses_of_the_proposals_are_refused() {
        for address in [
            // BIP 350: a wrong human-readable part, the other code by version, a version above 16,
            // lengths and padding that no program has, two cases, no data.
            "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
            "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
            "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
            "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
            "bc1pw5dgrnzv",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
            "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
            "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
            "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
            "bc1gmk9yu",
            "",
        ] {
            assert!(!is_valid(address.as_bytes()), "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_change_of_a_character_survives(
            example in proptest::sample::select(EXAMPLES.as_slice()),
            place in any::<proptest::sample::Index>(),
            character in "[02-9ac-hj-np-z]",
        ) {
            let mut changed = example.to_ascii_lowercase().into_bytes();
            let original = changed.clone();
            changed[place.index(example.len())] = character.as_bytes()[0];
            prop_assert_eq!(is_valid(&changed), changed == original);
        }

        #[test]
        fn any_characters_are_read_without_a_panic(
            characters in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            is_valid(&characters);
            is_valid(&[b"bc1".as_slice(), &characters].concat());
        }
    }
}
