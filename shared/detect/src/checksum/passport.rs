//! Passport numbers of countries other than the United States.
//!
//! Source: the numbers printed in the issuing states' own regulations, as PRADO (the Council of the
//! European Union's register of documents) shows them. Outside the machine readable zone there is
//! no check digit, and ICAO Doc 9303 allows any nine characters, so apart from these shapes only a
//! field's name is proof.

use super::shape;

/// Returns true for six to nine letters and digits with at least five digits, which every issuer's
/// form has.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    (6..=9).contains(&characters.len())
        && characters
            .iter()
            .all(|character| character.is_ascii_digit() || character.is_ascii_uppercase())
        && (SHAPES.iter().any(|shape| shape::fits(shape, characters))
            || super::de_id_card::is_serial(characters))
        && characters.iter().any(|character| !b"0".contains(character))
}

/// The shapes with their issuers. Each shape is listed once, because countries share most of them.
const SHAPES: &[&[u8]] = &[
    b"999999999", // United Kingdom, Netherlands (until 2011), Greece (until 2006), Poland's old
    b"99999999",  // Sweden, Portugal's old, Japan's old
    b"9999999",   // Switzerland's old, Israel
    b"a9999999",  // Australia, India, Austria, Argentina's old, Hong Kong's old
    b"a99999999", // Mexico, Turkey, China, South Korea
    b"aa999999",  // Canada, Spain's old, Brazil, Belgium
    b"aa9999999", // Italy, Poland, Ireland, Japan
    b"aaa999999", // Spain, Argentina, Finland's old
    b"99aa99999", // France
    b"aaa99999",  // Iceland's old, Portugal's second
    b"a999999",   // Australia's old, Portugal
    b"aa99999",   // Norway's old
    b"a9999999a", // Singapore
    b"a999a9999", // South Korea since 2021
];

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn forms_of_many_issuers_pass() {
        assert_valid(
            is_valid,
            &[
                "925665416",
                "AB123456",
                "YA1234567",
                "C01X00T47",
                "12AB34567",
                "PAA123456",
                "E1234567N",
            ],
        );
    }

    #[test]
    fn other_forms_are_refused() {
        assert_invalid(
            is_valid,
            &["12345", "ABCDEFGHI", "000000000", "ABC1234567", "AAAAAA1"],
        );
    }
}
