//! US passport and passport card numbers.
//!
//! Source: Department of State, 9 FAM 503.1, and "Information about the Next Generation U.S.
//! Passport": nine digits, or a letter and eight digits in books of the generation since 2021 (A)
//! and on cards (C). There is no check digit outside the machine readable zone.

use super::shape;

/// Returns true if the characters have the form of a passport number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    (shape::fits(b"999999999", characters) || shape::fits(b"a99999999", characters))
        && characters[1..].iter().any(|&digit| digit != b'0')
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn the_forms_in_use_pass() {
        assert_valid(is_valid, &["963545637", "A12345678", "C03005988"]);
    }

    #[test]
    fn other_forms_are_refused() {
        assert_invalid(
            is_valid,
            &[
                "96354563",
                "AB1234567",
                "A1234567",
                "000000000",
                "A00000000",
            ],
        );
    }
}
