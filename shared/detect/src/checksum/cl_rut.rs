//! Chilean numbers of persons and taxpayers (RUN, RUT).
//!
//! Source: Servicio de Impuestos Internos, and Decreto con Fuerza de Ley 3 of 1969: up to eight
//! digits and a check character: weights 2 to 7 from the right, repeated; eleven less the remainder
//! modulo eleven, ten written K, eleven written 0.

/// Returns true if eight or nine characters are a number with its check character. No living person
/// has a number below a million.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some((check, body)) = characters.split_last() else {
        return false;
    };
    if !matches!(body.len(), 7 | 8)
        || !body.iter().all(u8::is_ascii_digit)
        || body.first() == Some(&b'0')
    {
        return false;
    }
    let sum: u32 = body
        .iter()
        .rev()
        .zip((2..=7).cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    *check == b"0K987654321"[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;
    use proptest::prelude::*;

    #[test]
    fn published_numbers_pass() {
        assert_valid(
            is_valid,
            &[
                "76.086.428-5",
                "12.531.909-2",
                "30.686.957-4",
                "10.000.013-k",
            ],
        );
    }

    #[test]
    fn a_wrong_digit_or_a_transposition_is_refused() {
        assert_invalid(
            is_valid,
            &["12.531.909-3", "12.513.909-2", "76.086.A28-5", "086.428-5"],
        );
    }

    proptest! {
        #[test]
        fn no_single_digit_change_survives(candidate in "[1-9][0-9]{6,7}[0-9K]") {
            prop_assert!(at_most_one_digit_fits_each_place(candidate.as_bytes(), is_valid));
        }
    }
}
