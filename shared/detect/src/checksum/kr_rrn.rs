//! Korean resident registration numbers, and alien registration numbers of the same form.
//!
//! Source: Ministry of the Interior and Safety, Enforcement Rule of the Resident Registration Act,
//! article 2: birth date as YYMMDD, a digit for sex and century (1 and 2 the 1900s, 3 and 4 the
//! 2000s; foreigners 5 and 6, 7 and 8), and six more. Until October 2020 these were a place, a
//! serial and a check digit (weights 2 to 9 and 2 to 5, eleven less the remainder modulo eleven,
//! its last digit; foreigners add 2). Since then they are random.
//!
//! A number of someone born since October 2020 is therefore accepted by its date alone. One of
//! someone born earlier must have its check digit. Numbers that were reissued since then, after a
//! leak or a change of sex, are missed, and the text around a candidate must confirm them.

use super::date::Date;
use super::weighted_sum::{digits, weighted_sum};

const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/// Returns true if thirteen digits are a registration number of someone born since 1900.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let random_since = Date::new(2020, 10, 1);
    birth_date(characters).is_some_and(|birth| Some(birth) >= random_since)
        || has_check_digit(characters)
}

/// Returns true if thirteen digits are a registration number with the check digit from before
/// October 2020.
pub(crate) fn has_check_digit(characters: &[u8]) -> bool {
    let Some([body @ .., check]) = digits::<13>(characters) else {
        return false;
    };
    let offset = if body[6] <= 4 { 11 } else { 13 };
    birth_date(characters).is_some()
        && (offset - weighted_sum(&body, &WEIGHTS) % 11) % 10 == u32::from(check)
}

/// Returns the date of birth, if it exists and the digit for sex and century is of the 1900s or
/// 2000s.
fn birth_date(characters: &[u8]) -> Option<Date> {
    let [y1, y2, m1, m2, d1, d2, kind, ..] = digits::<13>(characters)?;
    let century = match kind {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => return None,
    };
    Date::new(
        century + u16::from(y1 * 10 + y2),
        m1 * 10 + m2,
        d1 * 10 + d2,
    )
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn numbers_with_their_check_digit_pass() {
        // Computed by the rule, because no real number is published. The last is a foreigner's.
        assert_valid(
            is_valid,
            &["900101-1234568", "971013-1019901", "850215-5123454"],
        );
    }

    #[test]
    fn a_number_of_someone_born_since_october_2020_needs_no_check_digit() {
        assert_valid(is_valid, &["201001-3000000", "240229-4999999"]);
    }

    #[test]
    fn a_wrong_digit_an_impossible_date_or_another_century_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "900101-1234567",
                "901301-1234568",
                "900230-1234568",
                "900101-9234568",
                "9001011234",
            ],
        );
    }
}
