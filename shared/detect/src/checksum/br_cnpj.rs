//! Brazilian numbers of legal entities (CNPJ), including the alphanumeric form of July 2026.
//!
//! Source: Receita Federal, Instrução Normativa RFB n.º 2.229/2024, and its technical note on the
//! alphanumeric CNPJ: twelve characters that count as their ASCII code less 48, and two check
//! digits modulo eleven with the repeated weights 2 to 9 from the right. For digits this is the old
//! rule.

use super::br_cpf::check_digit;
use super::weighted_sum::{all_equal, weighted_sum};

const FIRST_WEIGHTS: [u32; 12] = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
const SECOND_WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/// Returns true if fourteen characters, with letters in capitals, are a legal entity's number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Ok(characters) = <[u8; 14]>::try_from(characters) else {
        return false;
    };
    let [body @ .., first, second] = characters;
    let is_well_formed = body
        .iter()
        .all(|character| character.is_ascii_digit() || character.is_ascii_uppercase())
        && first.is_ascii_digit()
        && second.is_ascii_digit();
    if !is_well_formed {
        return false;
    }
    let values = characters.map(|character| character - b'0');
    let [body @ .., first, second] = values;
    let [first_thirteen @ .., _] = values;
    !all_equal(&values)
        && check_digit(weighted_sum(&body, &FIRST_WEIGHTS)) == first
        && check_digit(weighted_sum(&first_thirteen, &SECOND_WEIGHTS)) == second
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["11.222.333/0001-81", "16.727.230/0001-97"]);
    }

    #[test]
    fn the_technical_notes_alphanumeric_example_passes() {
        assert_valid(is_valid, &["12.ABC.345/01DE-35", "12abc34501de35"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_a_letter_as_check_digit_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "11.222.333/0001-82",
                "11.223.233/0001-81",
                "12.ABC.345/01DE-3A",
                "00.000.000/0000-00",
                "11.222.333/0001-8",
            ],
        );
    }
}
