//! Belgian national register numbers (Rijksregisternummer, numéro de registre national) and the
//! numbers of persons outside the register (bis).
//!
//! Source: FPS Interior, "IT000 Rijksregisternummer / Numéro d'identification", and Royal Decree of
//! 3 April 1984: birth date as YYMMDD, a serial of three digits, and 97 less the nine digits modulo
//! 97. For those born since 2000 a 2 is put before the nine. A bis number adds 20 to the month, or
//! 40 if the sex is known. Numbers for an unknown day (month or day 00) exist but are refused:
//! without a date, two of 97 checks would pass, which proves too little.

use super::date;
use super::weighted_sum::{digits, number};

/// Returns true if eleven digits are a national register or bis number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(values) = digits::<11>(characters) else {
        return false;
    };
    let (body, check) = values.split_at(9);
    let [y1, y2, m1, m2, d1, d2, serial @ ..] = body else {
        return false;
    };
    let year = u16::from(y1 * 10 + y2);
    let month = match m1 * 10 + m2 {
        month @ 21..=32 => month - 20,
        month @ 41..=52 => month - 40,
        month => month,
    };
    let day = d1 * 10 + d2;
    let body = number(body);
    let check = number(check);
    let born = |century: u16, leading: u64| {
        date::is_real(century + year, month, day) && check == 97 - (leading + body) % 97
    };
    // Serials run from 001 to 998.
    matches!(number(serial), 1..=998) && (born(1900, 0) || born(2000, 2_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_numbers_pass_of_both_centuries_and_bis() {
        assert_valid(
            is_valid,
            &[
                "85.07.30-033.28",
                "17.07.30-033.84",
                "98.47.28-997.65",
                "01.49.07-001.85",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_impossible_date_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "85.07.30-033.29",
                "85.07.30-303.28",
                "85.13.30-033.28",
                "12345678901",
                "8507300332",
            ],
        );
    }

    #[test]
    fn no_single_digit_change_of_an_example_survives() {
        // Two centuries are possible, so this is not a law of the scheme.
        for example in ["85073003328", "17073003384"] {
            assert!(at_most_one_digit_fits_each_place(
                example.as_bytes(),
                is_valid
            ));
        }
    }
}
