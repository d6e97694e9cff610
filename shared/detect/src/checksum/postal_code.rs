//! Postal codes: the shapes of each country.
//!
//! Source: Universal Postal Union, postal addressing systems of the member countries, and for the
//! United Kingdom Royal Mail's Programmers' Guide (appendix C of the Postcode Address File), for
//! Canada Canada Post's addressing guidelines (section 5). No country has a check digit, so a
//! postal code is only proved together with a field's name.
//!
//! The notation is that of `shape`. Codes come without their separators.

use super::shape;

/// Each country (ISO 3166-1) with a shape of its codes. A country with several shapes has several
/// rows. Sorted by country.
#[rustfmt::skip]
const SHAPES: &[([u8; 2], &[u8])] = &[
    (*b"AD", b"AD999"), (*b"AF", b"9999"), (*b"AL", b"9999"), (*b"AM", b"9999"),
    (*b"AR", b"9999"), (*b"AR", b"a9999aaa"), (*b"AT", b"9999"), (*b"AU", b"9999"),
    (*b"AX", b"99999"), (*b"AZ", b"9999"), (*b"AZ", b"AZ9999"), (*b"BA", b"99999"),
    (*b"BB", b"BB99999"), (*b"BD", b"9999"), (*b"BE", b"9999"), (*b"BG", b"9999"),
    (*b"BH", b"999"), (*b"BH", b"9999"), (*b"BM", b"aa99"), (*b"BM", b"aaaa"),
    (*b"BN", b"aa9999"), (*b"BR", b"99999999"), (*b"BT", b"99999"), (*b"BY", b"999999"),
    (*b"CA", b"a9a9a9"), (*b"CH", b"9999"), (*b"CL", b"9999999"), (*b"CN", b"999999"),
    (*b"CO", b"999999"), (*b"CR", b"99999"), (*b"CU", b"99999"), (*b"CV", b"9999"),
    (*b"CY", b"9999"), (*b"CZ", b"99999"), (*b"DE", b"99999"), (*b"DK", b"9999"),
    (*b"DO", b"99999"), (*b"DZ", b"99999"), (*b"EC", b"999999"), (*b"EE", b"99999"),
    (*b"EG", b"99999"), (*b"ES", b"99999"), (*b"ET", b"9999"), (*b"FI", b"99999"),
    (*b"FO", b"999"), (*b"FR", b"99999"), (*b"GB", b"a99aa"), (*b"GB", b"a999aa"),
    (*b"GB", b"a9a9aa"), (*b"GB", b"aa99aa"), (*b"GB", b"aa999aa"), (*b"GB", b"aa9a9aa"),
    (*b"GE", b"9999"), (*b"GL", b"9999"), (*b"GN", b"999"), (*b"GR", b"99999"),
    (*b"GT", b"99999"), (*b"GU", b"99999"), (*b"HN", b"99999"), (*b"HR", b"99999"),
    (*b"HT", b"9999"), (*b"HU", b"9999"), (*b"ID", b"99999"), (*b"IE", b"a99aaaa"),
    (*b"IE", b"a9999aa"), (*b"IE", b"a999aaa"), (*b"IE", b"a99a9aa"), (*b"IE", b"a999a99"),
    (*b"IE", b"a99aa99"), (*b"IE", b"D6Waaaa"), (*b"IE", b"D6W9999"), (*b"IL", b"99999"),
    (*b"IL", b"9999999"), (*b"IN", b"999999"), (*b"IQ", b"99999"), (*b"IR", b"9999999999"),
    (*b"IS", b"999"), (*b"IT", b"99999"), (*b"JO", b"99999"), (*b"JP", b"9999999"),
    (*b"KE", b"99999"), (*b"KG", b"999999"), (*b"KH", b"99999"), (*b"KH", b"999999"),
    (*b"KR", b"99999"), (*b"KW", b"99999"), (*b"KY", b"KY99999"), (*b"KZ", b"999999"),
    (*b"KZ", b"a99a9a9"), (*b"LA", b"99999"), (*b"LB", b"99999999"), (*b"LI", b"9999"),
    (*b"LK", b"99999"), (*b"LR", b"9999"), (*b"LS", b"999"), (*b"LT", b"99999"),
    (*b"LT", b"LT99999"), (*b"LU", b"9999"), (*b"LU", b"L9999"), (*b"LV", b"9999"),
    (*b"LV", b"LV9999"), (*b"MA", b"99999"), (*b"MC", b"98099"), (*b"MD", b"9999"),
    (*b"MD", b"MD9999"), (*b"ME", b"99999"), (*b"MG", b"999"), (*b"MK", b"9999"),
    (*b"MM", b"99999"), (*b"MN", b"99999"), (*b"MT", b"aaa9999"), (*b"MU", b"99999"),
    (*b"MV", b"99999"), (*b"MX", b"99999"), (*b"MY", b"99999"), (*b"MZ", b"9999"),
    (*b"NE", b"9999"), (*b"NG", b"999999"), (*b"NI", b"99999"), (*b"NL", b"9999aa"),
    (*b"NO", b"9999"), (*b"NP", b"99999"), (*b"NZ", b"9999"), (*b"OM", b"999"),
    (*b"PE", b"99999"), (*b"PG", b"999"), (*b"PH", b"9999"), (*b"PK", b"99999"),
    (*b"PL", b"99999"), (*b"PR", b"99999"), (*b"PT", b"9999"), (*b"PT", b"9999999"),
    (*b"PY", b"9999"), (*b"RO", b"999999"), (*b"RS", b"99999"), (*b"RU", b"999999"),
    (*b"SA", b"99999"), (*b"SA", b"999999999"), (*b"SE", b"99999"), (*b"SG", b"999999"),
    (*b"SI", b"9999"), (*b"SK", b"99999"), (*b"SM", b"47899"), (*b"SN", b"99999"),
    (*b"TH", b"99999"), (*b"TN", b"9999"), (*b"TR", b"99999"), (*b"TW", b"99999"),
    (*b"UA", b"99999"), (*b"US", b"99999"), (*b"US", b"999999999"), (*b"UY", b"99999"),
    (*b"UZ", b"999999"), (*b"VA", b"00120"), (*b"VE", b"9999"), (*b"VI", b"99999"),
    (*b"VN", b"99999"), (*b"VN", b"999999"), (*b"XK", b"99999"), (*b"ZA", b"9999"),
    (*b"ZM", b"99999"),
];

/// The number of characters of the shortest and the longest code, without separators.
pub(crate) const LENGTHS: std::ops::RangeInclusive<usize> = 3..=10;

/// One bit for each number of digits that are a code of some country, whatever digits they are: most codes
/// are nothing else.
const OF_DIGITS: u32 = {
    let mut lengths = 0;
    let mut row = 0;
    while row < SHAPES.len() {
        let shape = SHAPES[row].1;
        let mut at = 0;
        while at < shape.len() && shape[at] == b'9' {
            at += 1;
        }
        if at == shape.len() {
            lengths |= 1 << at;
        }
        row += 1;
    }
    lengths
};

/// Returns true if the characters, in capitals, have the shape of a postal code of any country.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    if !LENGTHS.contains(&characters.len()) {
        return false;
    }
    let is_of_digits = OF_DIGITS >> characters.len() & 1 == 1;
    is_of_digits && characters.iter().all(u8::is_ascii_digit)
        || SHAPES
            .iter()
            .any(|&(country, shape)| fits(country, shape, characters))
}

/// Returns true if the characters, in capitals, have the shape of a postal code of the country.
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the authority defines it; detection does not ask for it"
    )
)]
pub(crate) fn is_valid_in(country: [u8; 2], characters: &[u8]) -> bool {
    let from = SHAPES.partition_point(|&(other, _)| other < country);
    SHAPES[from..]
        .iter()
        .take_while(|&&(other, _)| other == country)
        .any(|&(_, shape)| fits(country, shape, characters))
}

fn fits(country: [u8; 2], shape: &[u8], characters: &[u8]) -> bool {
    shape::fits(shape, characters)
        && match &country {
            b"GB" => has_uk_letters(characters),
            b"CA" => has_canadian_letters(characters),
            _ => true,
        }
}

/// Royal Mail: the area does not begin with Q, V or X, and the last two letters are not C, I, K, M,
/// O or V.
fn has_uk_letters(characters: &[u8]) -> bool {
    let [area, .., second_last, last] = characters else {
        return false;
    };
    let inward = |letter: &u8| !b"CIKMOV".contains(letter);
    !b"QVX".contains(area) && inward(second_last) && inward(last)
}

/// Canada Post: no D, F, I, O, Q or U anywhere, and no W or Z in front.
fn has_canadian_letters(characters: &[u8]) -> bool {
    !characters.iter().any(|letter| b"DFIOQU".contains(letter))
        && !characters
            .first()
            .is_some_and(|letter| b"WZ".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_sorted_by_country_and_within_the_lengths() {
        assert!(SHAPES.is_sorted_by_key(|&(country, _)| country));
        assert!(
            SHAPES
                .iter()
                .all(|(_, shape)| LENGTHS.contains(&shape.len()))
        );
    }

    #[test]
    fn codes_of_well_known_places_pass() {
        for (country, code) in [
            (b"US", "20500"),
            (b"US", "205000003"),
            (b"GB", "SW1A1AA"),
            (b"GB", "EC1A1BB"),
            (b"GB", "M11AE"),
            (b"CA", "K1A0B1"),
            (b"DE", "10117"),
            (b"NL", "2513AA"),
            (b"IE", "D02AF30"),
            (b"PT", "1249068"),
            (b"JP", "1000001"),
            (b"BR", "70150900"),
            (b"MT", "VLT1117"),
            (b"AR", "C1002AAP"),
        ] {
            assert!(is_valid_in(*country, code.as_bytes()), "{code}");
            assert!(is_valid(code.as_bytes()), "{code}");
        }
    }

    #[test]
    fn a_code_of_another_country_is_refused() {
        assert!(!is_valid_in(*b"US", b"SW1A1AA"));
        assert!(!is_valid_in(*b"DE", b"1011"));
        assert!(!is_valid_in(*b"CA", b"D1A0B1"));
        assert!(!is_valid_in(*b"CA", b"W1A0B1"));
        assert!(!is_valid_in(*b"GB", b"QW1A1AA"));
        assert!(!is_valid_in(*b"GB", b"SW1A1CI"));
        assert!(!is_valid_in(*b"XX", b"10117"));
        assert!(!is_valid(b"12"));
        assert!(!is_valid(b"ABCDE"));
    }
}
