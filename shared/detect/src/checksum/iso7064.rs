//! Check characters of ISO/IEC 7064: MOD 11,10 (a hybrid system) and MOD 11-2 (a pure one).
//!
//! Source: ISO/IEC 7064:2003, clauses 7 and 9. Both detect every single wrong character and nearly
//! every transposition. MOD 97-10 of the same standard is in `mod97`.

/// Checks MOD 11,10 over digit values. The last one is the check digit.
pub(crate) fn is_valid_mod_11_10(values: &[u8]) -> bool {
    let Some((check, body)) = values.split_last() else {
        return false;
    };
    let product = body.iter().fold(10, |product, &value| {
        let sum = match (product + u32::from(value)) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (product + u32::from(*check)) % 10 == 1
}

/// Checks MOD 11-2 over values 0 to 9. The last one is the check value, which may be 10 (written
/// `X`).
pub(crate) fn is_valid_mod_11_2(values: &[u8]) -> bool {
    let Some((check, body)) = values.split_last() else {
        return false;
    };
    let power = body
        .iter()
        .fold(0, |power, &value| (power + u32::from(value)) * 2 % 11);
    (power + u32::from(*check)) % 11 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_examples_pass() {
        // ISO/IEC 7064: 0794 with check digit 5 in MOD 11,10, with check digit 0 in MOD 11-2.
        assert!(is_valid_mod_11_10(&[0, 7, 9, 4, 5]));
        assert!(!is_valid_mod_11_10(&[0, 7, 9, 4, 4]));
        assert!(is_valid_mod_11_2(&[0, 7, 9, 4, 0]));
        assert!(!is_valid_mod_11_2(&[0, 7, 9, 4, 1]));
        assert!(is_valid_mod_11_2(&[0, 7, 9, 10]));
    }

    #[test]
    fn nothing_is_not_valid() {
        assert!(!is_valid_mod_11_10(&[]));
        assert!(!is_valid_mod_11_2(&[]));
    }
}
