//! Business identifier codes (BIC), which banks call SWIFT codes.
//!
//! Source: ISO 9362:2022. Four characters for the party, two for its country (ISO 3166-1), two for
//! the place, and optionally three for a branch. The standard allows digits in the party's four.
//! SWIFT, its registrar, has only ever issued letters, so only letters are accepted here, which
//! refutes serial numbers. There is no check digit, so a field's name or a keyword must announce a
//! bank.

use super::iso3166;

/// Returns true if the characters have the structure of a BIC, of 8 or 11 characters.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let (party, country, place_and_branch) = match characters {
        [party @ .., c1, c2, _, _] if party.len() == 4 => (party, [*c1, *c2], &characters[6..]),
        [party @ .., c1, c2, _, _, _, _, _] if party.len() == 4 => {
            (party, [*c1, *c2], &characters[6..])
        }
        _ => return false,
    };
    party.iter().all(u8::is_ascii_uppercase)
        && is_country(country)
        && place_and_branch
            .iter()
            .all(|character| character.is_ascii_uppercase() || character.is_ascii_digit())
}

/// Returns true for ISO 3166-1, and for XK, which SWIFT assigned to Kosovo from the user-assigned
/// range.
fn is_country(code: [u8; 2]) -> bool {
    code == *b"XK" || iso3166::is_alpha_2(code)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn codes_of_known_banks_pass() {
        for bic in [
            "DEUTDEFF",
            "DEUTDEFF500",
            "NEDSZAJJXXX",
            "CHASUS33",
            "BARCGB22",
            "NCBVXKPR",
        ] {
            assert!(is_valid(bic.as_bytes()), "{bic}");
        }
    }

    #[test]
    fn a_wrong_country_length_or_character_is_refused() {
        for bic in [
            "DEUTQQFF",
            "DEUTDEF",
            "DEUTDEFF5",
            "DEUTDEFF50",
            "DEUTDEFF5000",
            "DEU1DEFF",
            "deutdeff",
            "DEUTDEF-",
            "",
        ] {
            assert!(!is_valid(bic.as_bytes()), "{bic}");
        }
    }
}
