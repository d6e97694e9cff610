//! Check digits of travel documents, and the lines of their machine readable zone.
//!
//! Source: ICAO Doc 9303, 8th edition, part 3 section 4.9 (digits count as themselves, A to Z as 10
//! to 35, the filler `<` as zero; weights 7, 3, 1 repeated; the sum modulo ten), parts 4, 5 and 6
//! for the layout of passports (TD3, lines of 44), cards (TD1, lines of 30) and the larger cards
//! (TD2, lines of 36).

use super::iso3166;

/// Returns the check digit of the characters, or `None` if one of them is not in the zone's
/// alphabet.
pub(crate) fn check_digit(characters: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (character, weight) in characters.iter().zip([7, 3, 1].into_iter().cycle()) {
        let value = match character {
            b'0'..=b'9' => character - b'0',
            b'A'..=b'Z' => character - b'A' + 10,
            b'<' => 0,
            _ => return None,
        };
        sum = (sum + u32::from(value) * weight) % 10;
    }
    u8::try_from(sum).ok().map(|digit| b'0' + digit)
}

/// Returns true if the last character is the check digit of those before it.
pub(crate) fn ends_in_check_digit(characters: &[u8]) -> bool {
    characters
        .split_last()
        .is_some_and(|(check, body)| check_digit(body) == Some(*check))
}

/// Returns true if the characters are a line of a machine readable zone with check digits: the
/// second of a passport, a visa or a TD2 card, or the first or second of a TD1 card. Lines with
/// only the name have no check digit: see `is_name_line`.
pub(crate) fn is_valid(line: &[u8]) -> bool {
    match line.len() {
        44 => is_second_line(line) && has_composite(line, &[0..10, 13..20, 21..43], 43),
        36 => is_second_line(line) && has_composite(line, &[0..10, 13..20, 21..35], 35),
        30 => is_first_line_of_td1(line) || is_second_line_of_td1(line),
        _ => false,
    }
}

/// Returns true if the line is the first of a passport or TD2 card: a document code, a state, a
/// name. The zone writes a name as `SURNAME<<GIVEN<NAMES<<<`.
pub(crate) fn is_name_line(line: &[u8]) -> bool {
    let (Some(code), Some(state), Some(name)) = (line.first(), line.get(2..5), line.get(5..))
    else {
        return false;
    };
    matches!(line.len(), 36 | 44)
        && matches!(code, b'P' | b'V' | b'I' | b'A' | b'C')
        && is_state(state)
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name
            .iter()
            .all(|&byte| byte.is_ascii_uppercase() || byte == b'<')
        && name.windows(2).any(|pair| pair == b"<<")
}

/// Document number, nationality, birth date, sex, expiry date: the same order in passports, visas
/// and TD2 cards.
fn is_second_line(line: &[u8]) -> bool {
    ends_in_check_digit(&line[..10])
        && is_state(&line[10..13])
        && is_date(&line[13..20])
        && is_sex(line[20])
        && is_date(&line[21..28])
}

/// Document code, issuing state, document number. A number that is too long for its nine places
/// continues in the optional data, with a filler in place of its check digit.
fn is_first_line_of_td1(line: &[u8]) -> bool {
    matches!(line[0], b'I' | b'A' | b'C')
        && is_state(&line[2..5])
        && ends_in_check_digit(&line[5..15])
        && check_digit(&line[15..]).is_some()
}

/// Birth date, sex, expiry date, nationality. The last digit is a check over both lines.
fn is_second_line_of_td1(line: &[u8]) -> bool {
    is_date(&line[..7])
        && is_sex(line[7])
        && is_date(&line[8..15])
        && is_state(&line[15..18])
        && check_digit(&line[18..29]).is_some()
        && line[29].is_ascii_digit()
}

/// Six digits and their check digit. A birth date may lack its day or month and then has fillers.
/// Such lines are not recognised.
fn is_date(characters: &[u8]) -> bool {
    let [_, _, m1, m2, d1, d2, _] = characters else {
        return false;
    };
    characters.iter().all(u8::is_ascii_digit)
        && matches!([m1, m2], [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2'])
        && matches!(
            [d1, d2],
            [b'0', b'1'..=b'9'] | [b'1' | b'2', _] | [b'3', b'0' | b'1']
        )
        && ends_in_check_digit(characters)
}

fn is_sex(character: u8) -> bool {
    matches!(character, b'M' | b'F' | b'<')
}

/// Returns true for ISO 3166-1 alpha-3, and for the codes that Doc 9303 part 3 section 5 adds:
/// Germany's `D`, the United Nations, stateless persons, and Utopia, the state of all its examples.
fn is_state(code: &[u8]) -> bool {
    match code {
        b"D<<" | b"UNO" | b"UNA" | b"UNK" | b"XXA" | b"XXB" | b"XXC" | b"XXX" | b"XOM" | b"XPO"
        | b"EUE" | b"RKS" | b"GBD" | b"GBN" | b"GBO" | b"GBP" | b"GBS" | b"UTO" => true,
        [a, b, c] => iso3166::is_alpha_3([*a, *b, *c]),
        _ => false,
    }
}

fn has_composite(line: &[u8], parts: &[std::ops::Range<usize>; 3], check: usize) -> bool {
    // The weights continue from one part to the next, so the parts are joined first.
    let mut row = [b'<'; 44];
    let mut length = 0;
    for part in parts {
        row[length..length + part.len()].copy_from_slice(&line[part.clone()]);
        length += part.len();
    }
    check_digit(&row[..length]) == Some(line[check])
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::*;
    use proptest::prelude::*;

    const TD3: &str = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

    #[test]
    fn the_examples_of_the_document_pass() {
        for line in [
            TD3,
            "D231458907UTO7408122F1204159<<<<<<<6",
            "I<UTOD231458907<<<<<<<<<<<<<<<",
            "7408122F1204159UTO<<<<<<<<<<<6",
        ] {
            assert!(is_valid(line.as_bytes()), "{line}");
        }
        assert!(is_name_line(
            b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
        ));
        assert!(is_name_line(b"I<UTOSTEVENSON<<PETER<<<<<<<<<<<<<<<"));
        // Part 3, appendix A to section 4: the date 27 July 1952.
        assert_eq!(check_digit(b"520727"), Some(b'3'));
    }

    #[test]
    fn a_wrong_character_or_composite_is_refused() {
        for line in [
            "L898902D36UTO7408122F1204159ZE184226B<<<<<10",
            "L898902C36UTO7408122F1204159ZE184226B<<<<<11",
            "L898902C36QQQ7408122F1204159ZE184226B<<<<<10",
            "7413122F1204159UTO<<<<<<<<<<<6",
            "D231458907UTO7408122F1204159<<<<<<<7",
            "",
        ] {
            assert!(!is_valid(line.as_bytes()), "{line}");
        }
        assert!(!is_name_line(b"P<UTOERIKSSON<ANNA<MARIA<<"));
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[A-Z0-9<]{9}[0-9]") {
            prop_assert!(at_most_one_digit_fits_each_place(
                candidate.as_bytes(),
                ends_in_check_digit
            ));
            prop_assert!(at_most_one_digit_fits_each_place(TD3.as_bytes(), is_valid));
        }

        #[test]
        fn any_line_is_read_without_a_panic(line in proptest::collection::vec(any::<u8>(), 0..48)) {
            is_valid(&line);
            is_name_line(&line);
        }
    }
}
