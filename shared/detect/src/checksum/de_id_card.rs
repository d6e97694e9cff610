//! Serial numbers of German identity cards and passports.
//!
//! Source: Bundesministerium des Innern, Technische Richtlinie and Personalausweisverordnung, with
//! the check digit of ICAO Doc 9303: nine characters of digits and C, F, G, H, J, K, L, M, N, P, R,
//! T, V, W, X, Y, Z (no vowels, and no letter that looks like a digit). The first character of a
//! card is one of L, M, N, P, R, T, V, W, X, Y for the authority. The check digit follows in the
//! machine readable zone; the front of a card shows the nine characters without it. Cards from
//! before November 2010 have nine digits and a check digit.

use super::icao9303;

/// Returns true if the characters are a serial number with its check digit.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    // A `D` for Germany may follow, as in the machine readable zone of the old card.
    let number = characters.strip_suffix(b"D").unwrap_or(characters);
    let [serial @ .., _] = number else {
        return false;
    };
    let is_old = serial.len() == 9
        && serial.iter().all(u8::is_ascii_digit)
        && serial.iter().any(|&digit| digit != b'0');
    (is_old || is_serial(serial)) && icao9303::ends_in_check_digit(number)
}

/// Returns true if the characters are a serial number as on the front of a card. No check proves
/// it.
pub(crate) fn is_serial(characters: &[u8]) -> bool {
    let [first, rest @ ..] = characters else {
        return false;
    };
    b"CFGHJKLMNPRTVWXYZ".contains(first)
        && rest.len() == 8
        && rest
            .iter()
            .all(|character| b"0123456789CFGHJKLMNPRTVWXYZ".contains(character))
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_specimens_pass() {
        // The specimen cards of 2010 and 2021, and the specimen of the old card.
        assert_valid(is_valid, &["T220001293", "L01X00T471", "1220001297D"]);
        assert_valid(
            is_serial,
            &["T22000129", "L01X00T47", "LZ6311T47", "C01X00T47"],
        );
    }

    #[test]
    fn a_wrong_digit_or_letter_is_refused() {
        assert_invalid(
            is_valid,
            &["T220001294", "A220001293", "T22000I293", "0000000000"],
        );
        assert_invalid(is_serial, &["A22000129", "T2200012", "T220001290"]);
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[LMNPRTVWXY][0-9CFGHJK]{8}[0-9]") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
