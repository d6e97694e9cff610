//! Chinese resident identity numbers.
//!
//! Source: GB 11643-1999: six digits of the division where the holder was first registered (GB/T
//! 2260), birth date as YYYYMMDD, three digits of a serial, and a check character of ISO 7064 MOD
//! 11-2, ten written X. Numbers of the first generation (fifteen digits) went out of use in 2013.

use super::date;
use super::iso7064;
use super::weighted_sum::digits;

/// Returns true if eighteen characters are a number of someone born since 1900.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some((check, body)) = characters.split_last() else {
        return false;
    };
    let Some(values) = digits::<17>(body) else {
        return false;
    };
    let check = match check {
        b'0'..=b'9' => check - b'0',
        b'X' => 10,
        _ => return false,
    };
    let [p1, p2, _, _, _, _, c1, c2, y1, y2, m1, m2, d1, d2, ..] = values;
    let century = match c1 * 10 + c2 {
        19 => 1900,
        20 => 2000,
        _ => return false,
    };
    let mut all = [check; 18];
    all[..17].copy_from_slice(&values);
    is_province(p1 * 10 + p2)
        && date::is_real(
            century + u16::from(y1 * 10 + y2),
            m1 * 10 + m2,
            d1 * 10 + d2,
        )
        && iso7064::is_valid_mod_11_2(&all)
}

/// Returns true for a province of GB/T 2260, or for a code of the residence permits for people from
/// Hong Kong, Macao and Taiwan.
fn is_province(code: u8) -> bool {
    matches!(
        code,
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83
    )
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        // The standard's own example, and two from the literature.
        assert_valid(
            is_valid,
            &[
                "11010519491231002X",
                "360426199101010071",
                "34052419800101001x",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_an_impossible_date_or_an_unknown_province_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "110105194912310020",
                "110105194921310021",
                "11010519491331002X",
                "160426199101010071",
                // The standard's other example is correct, but its holder was born in 1880.
                "440524188001010014",
                "360426199101010",
            ],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(
            candidate in "(11|31|44)[0-9]{4}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9])[0-9]{4}",
        ) {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
