//! US Medicare beneficiary identifiers.
//!
//! Source: Centers for Medicare & Medicaid Services, "Understanding the Medicare Beneficiary
//! Identifier (MBI) Format": eleven characters, each place with its own alphabet; letters never
//! include S, L, O, I, B and Z. There is no check digit, but random text fits the places once in
//! several thousand.

/// Returns true if the eleven characters fit their places.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [c1, a2, x3, n4, a5, x6, n7, a8, a9, n10, n11] = characters else {
        return false;
    };
    (b'1'..=b'9').contains(c1)
        && [a2, a5, a8, a9]
            .into_iter()
            .all(|&letter| is_letter(letter))
        && [x3, x6]
            .into_iter()
            .all(|&character| is_letter(character) || character.is_ascii_digit())
        && [n4, n7, n10, n11].into_iter().all(u8::is_ascii_digit)
}

fn is_letter(character: u8) -> bool {
    character.is_ascii_uppercase() && !b"SLOIBZ".contains(&character)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn the_example_on_the_medicare_card_passes() {
        assert_valid(is_valid, &["1EG4-TE5-MK72", "1EG4-TE5-MK73"]);
    }

    #[test]
    fn a_character_out_of_its_place_or_alphabet_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "0EG4-TE5-MK72",
                "1SG4-TE5-MK72",
                "1EGT-TE5-MK72",
                "1EG4-TE5-M172",
                "1EG4-TE5-MK7",
            ],
        );
    }
}
