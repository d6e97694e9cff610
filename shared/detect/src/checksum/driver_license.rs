//! Driver's licence numbers, by their shapes.
//!
//! Source: for the United States the formats that each state prints, as AAMVA's card design
//! standard collects them; for Canada the provinces'; for the United Kingdom DVLA, INF188 (driver
//! number); for other countries Annex I of directive 2006/126/EC's national models. Shapes prove
//! little, so a field's name or a keyword must announce the value.

use super::shape;

/// The shapes, with the states that use them. Numbers with fewer than five characters, which some
/// states still have on file, are left out, because anything would fit them.
#[rustfmt::skip]
const SHAPES: &[&[u8]] = &[
    // United States.
    b"99999??", b"9999999", b"99999999", b"999999999", // AL AK DE DC GA ME MS NM OR PA SD TN TX UT …
    b"9999999999", b"99999999999", b"999999999999", // IN NC NV ID SC SD WY
    b"a9999", b"a99999", b"a999999", b"a9999999", // MO NV RI NE OH CA NY WV
    b"a99999999", b"a999999999", b"a9999999999", // AZ HI KS KY MA VA IN MI OK
    b"a99999999999", b"a999999999999", b"a9999999999999", b"a99999999999999", // IL FL MD MI MN WI NJ
    b"a999999999999999999", // NY's old
    b"aa999", b"aa9999", b"aa99999", b"aa999999", b"aa9999999", // CO OH WV
    b"aaa999999", // ND
    b"aa999999a", // ID
    b"99aaa99999", // NH
    b"999aa9999", // IA
    b"999a999999", // MO
    b"9a9a9", // KS
    b"99999999aa", b"999999999a", // MO
    b"9999999a", // ME VT
    b"a999999R", // MO
    b"99999999999999", b"9999999999999", // MT
    // Washington, until 2018 letters of the name and later WDL with nine more.
    b"WDLxxxxxxxxx", b"aaaaaaa999xx",
    // Canada: Ontario, Quebec, Manitoba, Nova Scotia.
    b"a99999999999999", b"a999999999999", b"aaaaaa999999", b"aaaaa999999999",
    // Germany, France since 2013, Italy, Poland, Sweden, Netherlands, Spain, Ireland, Australia.
    b"x99xxxxxx9x", b"99aa99999", b"aa9999999a", b"a9a999999a", b"99999999a",
    b"999aa9999", b"99999999999", b"999999999999999",
    // India: state, office, year, serial. Brazil, Mexico: digits as above. Japan: twelve digits.
    b"aa9999999999999", b"aa99999999999",
    // South Africa, Austria, Belgium.
    b"99999999aaaa", b"9999999aa", b"999999999999",
];

/// Returns true if the characters have the shape of any licence number.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    is_uk_driver_number(characters)
        || (SHAPES.iter().any(|shape| shape::fits(shape, characters))
            && characters.iter().any(|character| !b"0".contains(character)))
}

/// DVLA: five letters of the surname filled up with 9; the year's decade; the month, to which
/// women add 50; the day; the year's last digit; two initials, 9 for none; a digit and two letters.
fn is_uk_driver_number(characters: &[u8]) -> bool {
    let Some((surname, [decade, m1, m2, d1, d2, year, i1, i2, arbitrary, c1, c2])) = characters
        .split_first_chunk::<5>()
        .and_then(|(surname, rest)| Some((surname, <&[u8; 11]>::try_from(rest).ok()?)))
    else {
        return false;
    };
    let letters_then_fillers = surname[0].is_ascii_uppercase()
        && surname
            .iter()
            .all(|&character| character.is_ascii_uppercase() || character == b'9')
        && surname.is_sorted_by_key(|&character| character == b'9');
    letters_then_fillers
        && [decade, m2, d2, year].into_iter().all(u8::is_ascii_digit)
        && matches!(m1, b'0' | b'1' | b'5' | b'6')
        && matches!(d1, b'0'..=b'3')
        && [i1, i2]
            .into_iter()
            .all(|&initial| initial.is_ascii_uppercase() || initial == b'9')
        && (arbitrary.is_ascii_digit() || arbitrary.is_ascii_uppercase())
        && c1.is_ascii_uppercase()
        && c2.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::super::laws::*;
    use super::is_valid;

    #[test]
    fn numbers_of_many_issuers_pass() {
        assert_valid(
            is_valid,
            &[
                "A1234567",          // California
                "D123-4567-8901",    // Illinois
                "S123-456-78-901-0", // Florida
                "MORGA657054SM9IJ",  // DVLA's own example
                "B072RRE2I55",       // Germany's specimen
                "A1234-56789-01234", // Ontario
                "MH14 20110062821",  // India
            ],
        );
    }

    #[test]
    fn other_shapes_are_refused() {
        assert_invalid(
            is_valid,
            &["1234", "A12", "ABCDEFGH", "0000000", "99OGA657054SM9IJ"],
        );
    }
}
