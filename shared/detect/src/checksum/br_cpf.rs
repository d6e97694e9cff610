//! Brazilian taxpayer numbers of persons (CPF).
//!
//! Source: Receita Federal, Instrução Normativa RFB n.º 2.172/2024, with the algorithm the ministry
//! publishes: nine digits and two check digits; each is eleven less the remainder modulo eleven of
//! a sum with the weights 10 to 2, then 11 to 2; ten and eleven count as zero, so not every wrong
//! digit is caught. Eleven equal digits satisfy it and are not issued.

use super::weighted_sum::{all_equal, digits, weighted_sum};

const FIRST_WEIGHTS: [u32; 9] = [10, 9, 8, 7, 6, 5, 4, 3, 2];
const SECOND_WEIGHTS: [u32; 10] = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/// Returns true if eleven digits are a person's taxpayer number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<11>(characters) else {
        return false;
    };
    let [body @ .., first, second] = values;
    let [first_ten @ .., _] = values;
    !all_equal(&values)
        && check_digit(weighted_sum(&body, &FIRST_WEIGHTS)) == first
        && check_digit(weighted_sum(&first_ten, &SECOND_WEIGHTS)) == second
}

/// Returns eleven less the sum's remainder modulo eleven, or zero if that is not a digit.
pub(super) fn check_digit(sum: u32) -> u8 {
    b"00987654321"[(sum % 11) as usize] - b'0'
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_numbers_pass() {
        assert_valid(
            is_valid,
            &["390.533.447-05", "529.982.247-25", "111.444.777-35"],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_equal_digits_are_refused() {
        assert_invalid(
            is_valid,
            &[
                "390.533.447-06",
                "390.353.447-05",
                "111.111.111-11",
                "000.000.000-00",
                "3905334470",
            ],
        );
    }
}
