//! Vehicle identification numbers.
//!
//! Source: ISO 3779:2009 for the seventeen characters without I, O and Q; 49 CFR part 565 for the
//! further rules of North America (and China, by GB 16735): a check digit in the ninth place, a
//! model year in the tenth that is not U, Z or 0, digits in the last four. In Europe the maker may
//! use the ninth place, so many European numbers fail here. Without the check, only a field's name
//! can show that seventeen characters are a vehicle's number.

/// The weights of 49 CFR 565.15, table IV. The check digit itself has the weight 0.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// Returns true if seventeen characters are a vehicle's number with its check digit.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Ok(number) = <&[u8; 17]>::try_from(characters) else {
        return false;
    };
    let [
        ..,
        check,
        year,
        _,
        _,
        _,
        serial_1,
        serial_2,
        serial_3,
        serial_4,
    ] = number;
    let mut sum = 0;
    for (character, weight) in number.iter().zip(WEIGHTS) {
        let Some(value) = transliterate(*character) else {
            return false;
        };
        sum += value * weight;
    }
    let check_character = b"0123456789X"[(sum % 11) as usize];
    *check == check_character
        && !matches!(year, b'U' | b'Z' | b'0')
        && [serial_1, serial_2, serial_3, serial_4]
            .into_iter()
            .all(u8::is_ascii_digit)
        // Seventeen ones satisfy the sum and are a common test value, but a maker's code has
        // letters.
        && number.iter().any(u8::is_ascii_uppercase)
}

/// Returns true if seventeen characters have the form of ISO 3779, with or without a check digit.
pub(crate) fn has_shape(characters: &[u8]) -> bool {
    characters.len() == 17
        && characters
            .iter()
            .all(|&character| transliterate(character).is_some())
        && characters.iter().any(u8::is_ascii_uppercase)
        && characters.iter().any(u8::is_ascii_digit)
}

/// 49 CFR 565.15, table III.
fn transliterate(character: u8) -> Option<u32> {
    let value = match character {
        b'0'..=b'9' => character - b'0',
        b'A'..=b'H' => character - b'A' + 1,
        b'J'..=b'N' => character - b'J' + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => character - b'S' + 2,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(
            is_valid,
            &[
                "1M8GDM9AXKP042788",
                "1HGCM82633A004352",
                "5GZCZ43D13S812715",
            ],
        );
        // European, without a check digit.
        assert_valid(has_shape, &["WVWZZZ1JZ3W386752", "1M8GDM9AXKP042788"]);
    }

    #[test]
    fn a_wrong_character_a_transposition_or_a_letter_out_of_the_alphabet_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "1M8GDM9A1KP042788",
                "1M8DGM9AXKP042788",
                "1M8GDM9AXKPO42788",
                "11111111111111111",
                "WVWZZZ1JZ3W386752",
                "1M8GDM9AXKP04278",
            ],
        );
        assert!(!has_shape(b"1M8GDM9AXKPO42788"));
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[1-5][A-HJ-N]{2}[0-9X]{6}[A-H][A-H][0-9]{6}") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
