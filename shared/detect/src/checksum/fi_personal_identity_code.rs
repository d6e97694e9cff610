//! Finnish personal identity codes (henkilötunnus, HETU).
//!
//! Source: Digital and Population Data Services Agency, "The personal identity code", and Valtio-
//! neuvoston asetus 128/2010 as changed by 690/2022: birth date as DDMMYY, a sign for the century,
//! an individual number of three digits, and the nine digits modulo 31 read off a row. Since 2023
//! several signs stand for one century: `+` the 1800s; `-`, Y, X, W, V, U the 1900s; A to F the
//! 2000s. Individual numbers start at 002; 900 to 999 are temporary, made up by hospitals and
//! tests.
//!
//! The sign has a meaning, so this check takes the code as it was written, in capitals.

use super::date;
use super::weighted_sum::{digits, number};

const CHECK_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// Returns true if eleven characters, including the sign, are a personal identity code.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some((day_month_year, [sign, i1, i2, i3, check])) = characters.split_last_chunk::<5>()
    else {
        return false;
    };
    let (Some(birth), Some(individual)) =
        (digits::<6>(day_month_year), digits::<3>(&[*i1, *i2, *i3]))
    else {
        return false;
    };
    let century = match sign {
        b'+' => 1800,
        b'-' | b'U'..=b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return false,
    };
    let [d1, d2, m1, m2, y1, y2] = birth;
    let remainder = (number(&birth) * 1000 + number(&individual)) % 31;
    date::is_real(
        century + u16::from(y1 * 10 + y2),
        m1 * 10 + m2,
        d1 * 10 + d2,
    ) && number(&individual) >= 2
        && CHECK_CHARACTERS[remainder as usize] == *check
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn the_agencys_examples_pass_with_old_and_new_signs() {
        for code in [
            "131052-308T",
            "010594Y9021",
            "020594X903P",
            "030694W9024",
            "131052Y308T",
        ] {
            assert!(is_valid(code.as_bytes()), "{code}");
        }
    }

    #[test]
    fn a_wrong_character_a_transposition_or_an_impossible_date_is_refused() {
        for code in [
            "131052-308U",
            "131052-380T",
            "310252-308Y",
            "131052G308T",
            "131052308T",
            "131052-001S",
            "131052-308t",
            "",
        ] {
            assert!(!is_valid(code.as_bytes()), "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "(0[1-9]|1[0-9]|2[0-8])(0[1-9]|1[0-2])[0-9]{2}[-YXA][0-9]{3}[0-9A-Y]",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
