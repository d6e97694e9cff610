//! UK bank accounts: a sort code and an account number.
//!
//! Source: Pay.UK, "Vocalink: validating account numbers". A sort code has six digits, an account
//! number eight (older ones six or seven, which are padded with zeros). Most banks use a modulus
//! check, but a table by sort code range, which changes every month, gives the check of each bank,
//! and many ranges have none. So a value proves no more than its shape, and a field's name or a
//! keyword must announce it.

/// Returns true if the characters are a sort code: six digits, which are written in pairs.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    is_digits(characters, 6)
}

/// Returns true if the characters are an account number at full length.
pub(crate) fn is_account_number(characters: &[u8]) -> bool {
    is_digits(characters, 8)
}

/// Zeros alone are a placeholder.
fn is_digits(characters: &[u8], length: usize) -> bool {
    characters.len() == length
        && characters.iter().all(u8::is_ascii_digit)
        && characters.iter().any(|&digit| digit != b'0')
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::*;

    #[test]
    fn the_worked_examples_of_the_specification_pass() {
        assert_valid(is_valid, &["08-99-99", "10-79-99", "20-29-59"]);
        assert_valid(is_account_number, &["66374958", "88837491"]);
    }

    #[test]
    fn other_lengths_and_zeros_are_refused() {
        assert_invalid(is_valid, &["00-00-00", "08-99-9", "0899999"]);
        assert_invalid(is_account_number, &["00000000", "6637495"]);
    }
}
