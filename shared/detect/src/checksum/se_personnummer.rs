//! Swedish personal identity numbers (personnummer) and coordination numbers (samordningsnummer).
//!
//! Source: Skatteverket, SKV 704 and SKV 707: birth date, a serial of three digits, and the Luhn
//! check digit over the nine digits of the short form. A coordination number adds 60 to the day.
//! The long form of twelve digits has the century in front. In the short form a `-` turns into `+`
//! in the year a person becomes 100. This sign is the only separator with a meaning, and it proves
//! nothing.

use super::{date, luhn};

/// Returns true if ten or twelve digits, with or without a sign before the last four, are a
/// personal identity or coordination number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some((date_of_birth, last_four)) = characters.split_last_chunk::<4>() else {
        return false;
    };
    let date_of_birth = date_of_birth
        .strip_suffix(b"+")
        .or_else(|| date_of_birth.strip_suffix(b"-"))
        .unwrap_or(date_of_birth);
    let (century, short_date) = match date_of_birth {
        [b'1', b'9', rest @ ..] if rest.len() == 6 => (Some(1900), rest),
        [b'2', b'0', rest @ ..] if rest.len() == 6 => (Some(2000), rest),
        rest => (None, rest),
    };
    let Some(date_digits) = super::weighted_sum::digits::<6>(short_date) else {
        return false;
    };
    let [y1, y2, m1, m2, d1, d2] = date_digits;
    let year = y1 * 10 + y2;
    let month = m1 * 10 + m2;
    let day = match d1 * 10 + d2 {
        day @ 61..=91 => day - 60,
        day => day,
    };
    let is_real = match century {
        Some(century) => date::is_real(century + u16::from(year), month, day),
        None => date::is_real_in_some_century(year, month, day),
    };
    let mut checked = [0; 10];
    checked[..6].copy_from_slice(short_date);
    checked[6..].copy_from_slice(last_four);
    is_real && luhn::is_valid(&checked)
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn skatteverkets_examples_pass_in_both_forms() {
        assert_valid(
            is_valid,
            &[
                "811228-9874",
                "19811228-9874",
                "670919-9530",
                "880320-0016",
                "811228+9874",
            ],
        );
    }

    #[test]
    fn a_coordination_number_passes() {
        assert_valid(is_valid, &["701063-2391", "19701063-2391"]);
    }

    #[test]
    fn a_wrong_digit_a_transposition_or_an_impossible_date_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "811228-9873",
                "811228-9784",
                "811328-9874",
                "17811228-9874",
                "811228-987",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[16][0-9]|2[0-8])[0-9]{4}",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
