//! Indian permanent account numbers.
//!
//! Source: Income Tax Department, "Permanent Account Number": five letters, four digits from 0001,
//! a letter. The fourth letter is the kind of holder: A association of persons, B body of
//! individuals, C company, F firm, G government, H Hindu undivided family, J artificial juridical
//! person, K trust under the Muslim law (rare, and not on every list), L local authority, P person,
//! T trust. The last letter is a check whose algorithm is not published.

/// Returns true if ten characters can be a permanent account number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [series @ .., holder, name, n1, n2, n3, n4, check] = characters else {
        return false;
    };
    series.len() == 3
        && series.iter().all(u8::is_ascii_uppercase)
        && b"ABCFGHJKLPT".contains(holder)
        && name.is_ascii_uppercase()
        && [n1, n2, n3, n4].into_iter().all(u8::is_ascii_digit)
        && [n1, n2, n3, n4].into_iter().any(|&digit| digit != b'0')
        && check.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn published_numbers_pass() {
        assert_valid(is_valid, &["ACUPA7085R", "AAPPV8261K", "AAACR5055K"]);
    }

    #[test]
    fn another_holder_length_or_serial_is_refused() {
        assert_invalid(
            is_valid,
            &[
                "ABMXA3211G",
                "ACUPA0000R",
                "ACUPA7085RR",
                "ABMPA32111",
                "ACUP7A085R",
            ],
        );
    }
}
