//! Italian fiscal codes (codice fiscale) of persons.
//!
//! Source: Decreto ministeriale 23 dicembre 1976, and the Agenzia delle Entrate's description of
//! it: three letters of the surname, three of the name, two digits of the year, a letter for the
//! month, two digits of the day (40 more for women), the place of birth, and a letter over the
//! other fifteen. Characters in odd places count by one row, those in even places by another, and
//! the sum is taken modulo 26. If two persons would get the same code, digits are replaced by
//! letters from the right (omocodia).

use super::date;

/// The letters for January to December.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";

/// The letters that stand for 0 to 9 in a code that was made distinct.
const DIGIT_LETTERS: &[u8; 10] = b"LMNPQRSTUV";

/// The values of A to Z in odd places. 0 to 9 have the values of A to J.
const ODD_VALUES: [u32; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/// Returns true if sixteen characters are a person's fiscal code.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some((code, check)) = characters.split_first_chunk::<15>() else {
        return false;
    };
    let [names @ .., y1, y2, month, d1, d2, place, p1, p2, p3] = code;
    let (Some(y1), Some(y2), Some(d1), Some(d2)) = (digit(*y1), digit(*y2), digit(*d1), digit(*d2))
    else {
        return false;
    };
    let Some(month) = (1..)
        .zip(MONTHS)
        .find_map(|(month_of_year, letter)| (letter == month).then_some(month_of_year))
    else {
        return false;
    };
    let day = d1 * 10 + d2;
    let day_of_month = if day > 40 { day - 40 } else { day };
    names.iter().all(u8::is_ascii_uppercase)
        && date::is_real_in_some_century(y1 * 10 + y2, month, day_of_month)
        && place.is_ascii_uppercase()
        && [p1, p2, p3]
            .into_iter()
            .all(|&place| digit(place).is_some())
        && *check == [check_letter(code)]
}

/// Returns a digit, also from the letter that stands for it.
fn digit(character: u8) -> Option<u8> {
    if character.is_ascii_digit() {
        return Some(character - b'0');
    }
    let value = DIGIT_LETTERS
        .iter()
        .position(|&letter| letter == character)?;
    u8::try_from(value).ok()
}

fn check_letter(code: &[u8; 15]) -> u8 {
    let sum: u32 = code
        .iter()
        .enumerate()
        .map(|(index, &character)| {
            let value = match character {
                b'0'..=b'9' => character - b'0',
                _ => character.wrapping_sub(b'A') % 26,
            };
            // Places are counted from one: index 0 is odd.
            match index % 2 {
                0 => ODD_VALUES[usize::from(value)],
                _ => u32::from(value),
            }
        })
        .sum();
    b'A' + (sum % 26) as u8
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_codes_pass() {
        assert_valid(
            is_valid,
            &["RSSMRA85T10A562S", "RCCMNL83S18D969H", "MRTMTT25D09F205Z"],
        );
    }

    #[test]
    fn a_code_made_distinct_passes() {
        // The same person's code, with the last digit of the place replaced (5 by R, 2 by N).
        assert_valid(is_valid, &["RSSMRA85T10A56NH"]);
    }

    #[test]
    fn a_wrong_character_a_transposition_or_an_impossible_date_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "RSSMRA85T10A562T",
                "RSSMRA58T10A562S",
                "RSSMRA85T32A562S",
                "RSSMRA85F10A562S",
                "RSSMRA85T10A562",
                "R5SMRA85T10A562S",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "[A-Z]{6}[0-9]{2}[A-EHLMPR-T][0-2][1-8][A-Z][0-9]{3}[A-Z]",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
