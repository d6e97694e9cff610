//! International bank account numbers: the structure of each country's account number (BBAN) and
//! the check number over the whole.
//!
//! Source: ISO 13616-1 and the IBAN registry kept by SWIFT (release 101). A BBAN is written as in
//! the registry: a count, then `n` for digits, `a` for capital letters, `c` for either; `8n12c` is
//! eight digits and twelve of either kind. Adjacent parts of one kind are joined here, because the
//! national parts (bank, branch, account) prove nothing more. Countries that use IBANs without
//! having registered theirs are left out.

use super::mod97;

/// Each country (ISO 3166-1, and XK as banks use it for Kosovo) with the structure of its BBAN.
/// Sorted.
#[rustfmt::skip]
const STRUCTURES: [([u8; 2], &[u8]); 89] = [
    (*b"AD", b"8n12c"), (*b"AE", b"19n"), (*b"AL", b"8n16c"), (*b"AT", b"16n"),
    (*b"AZ", b"4a20c"), (*b"BA", b"16n"), (*b"BE", b"12n"), (*b"BG", b"4a6n8c"),
    (*b"BH", b"4a14c"), (*b"BI", b"23n"), (*b"BR", b"23n1a1c"), (*b"BY", b"4c4n16c"),
    (*b"CH", b"5n12c"), (*b"CR", b"18n"), (*b"CY", b"8n16c"), (*b"CZ", b"20n"), (*b"DE", b"18n"),
    (*b"DJ", b"23n"), (*b"DK", b"14n"), (*b"DO", b"4c20n"), (*b"EE", b"16n"), (*b"EG", b"25n"),
    (*b"ES", b"20n"), (*b"FI", b"14n"), (*b"FK", b"2a12n"), (*b"FO", b"14n"),
    (*b"FR", b"10n11c2n"), (*b"GB", b"4a14n"), (*b"GE", b"2a16n"), (*b"GI", b"4a15c"),
    (*b"GL", b"14n"), (*b"GR", b"7n16c"), (*b"GT", b"24c"), (*b"HN", b"4a20n"), (*b"HR", b"17n"),
    (*b"HU", b"24n"), (*b"IE", b"4a14n"), (*b"IL", b"19n"), (*b"IQ", b"4a15n"), (*b"IS", b"22n"),
    (*b"IT", b"1a10n12c"), (*b"JO", b"4a4n18c"), (*b"KW", b"4a22c"), (*b"KZ", b"3n13c"),
    (*b"LB", b"4n20c"), (*b"LC", b"4a24c"), (*b"LI", b"5n12c"), (*b"LT", b"16n"),
    (*b"LU", b"3n13c"), (*b"LV", b"4a13c"), (*b"LY", b"21n"), (*b"MC", b"10n11c2n"),
    (*b"MD", b"20c"), (*b"ME", b"18n"), (*b"MK", b"3n10c2n"), (*b"MN", b"16n"), (*b"MR", b"23n"),
    (*b"MT", b"4a5n18c"), (*b"MU", b"4a19n3a"), (*b"NI", b"4a20n"), (*b"NL", b"4a10n"),
    (*b"NO", b"11n"), (*b"OM", b"3n16c"), (*b"PK", b"4a16c"), (*b"PL", b"24n"),
    (*b"PS", b"4a21c"), (*b"PT", b"21n"), (*b"QA", b"4a21c"), (*b"RO", b"4a16c"),
    (*b"RS", b"18n"), (*b"RU", b"14n15c"), (*b"SA", b"2n18c"), (*b"SC", b"4a20n3a"),
    (*b"SD", b"14n"), (*b"SE", b"20n"), (*b"SI", b"15n"), (*b"SK", b"20n"), (*b"SM", b"1a10n12c"),
    (*b"SO", b"19n"), (*b"ST", b"21n"), (*b"SV", b"4a20n"), (*b"TL", b"19n"), (*b"TN", b"20n"),
    (*b"TR", b"6n16c"), (*b"UA", b"6n19c"), (*b"VA", b"18n"), (*b"VG", b"4a16n"),
    (*b"XK", b"16n"), (*b"YE", b"4a4n18c"),
];

/// The longest IBAN in the registry has 33 characters (Russia); ISO 13616 allows 34.
pub(crate) const LONGEST: usize = 34;

/// Returns true if the characters are an IBAN of a country in the registry: its length, its
/// structure, and a check number that leaves 1.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [c1, c2, k1, k2, bban @ ..] = characters else {
        return false;
    };
    let Some(structure) = structure_of([*c1, *c2]) else {
        return false;
    };
    k1.is_ascii_digit()
        && k2.is_ascii_digit()
        && has_structure(bban, structure)
        && mod97::is_valid_iban(characters)
}

/// Returns the number of characters in the country's IBANs, or `None` if the registry does not have
/// the country.
pub(crate) fn length_in(country: [u8; 2]) -> Option<usize> {
    structure_of(country)
        .map(|structure| 4 + parts(structure).map(|(count, _)| count).sum::<usize>())
}

fn structure_of(country: [u8; 2]) -> Option<&'static [u8]> {
    let row = STRUCTURES
        .binary_search_by_key(&country, |&(registered, _)| registered)
        .ok()?;
    Some(STRUCTURES[row].1)
}

fn has_structure(bban: &[u8], structure: &[u8]) -> bool {
    let mut rest = bban;
    for (count, kind) in parts(structure) {
        let Some((part, after)) = rest.split_at_checked(count) else {
            return false;
        };
        let fits = part.iter().all(|character| match kind {
            b'n' => character.is_ascii_digit(),
            b'a' => character.is_ascii_uppercase(),
            _ => character.is_ascii_digit() || character.is_ascii_uppercase(),
        });
        if !fits {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

/// Reads `8n12c` as (8, n), (12, c).
fn parts(structure: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    structure
        .chunk_by(|before, _| before.is_ascii_digit())
        .filter_map(|part| {
            let (kind, count) = part.split_last()?;
            let count = count
                .iter()
                .fold(0, |count, digit| count * 10 + usize::from(digit - b'0'));
            Some((count, *kind))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples of the registry.
    const EXAMPLES: [&str; 27] = [
        "AD1200012030200359100100",
        "AE070331234567890123456",
        "AT611904300234573201",
        "BE68539007547034",
        "BR1800360305000010009795493C1",
        "CH9300762011623852957",
        "CZ6508000000192000145399",
        "DE89370400440532013000",
        "DK5000400440116243",
        "ES9121000418450200051332",
        "FI2112345600000785",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "GR1601101250000000012300695",
        "IE29AIBK93115212345678",
        "IT60X0542811101000000123456",
        "LC55HEMM000100010012001200023015",
        "MT84MALT011000012345MTLCAST001S",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "PL61109010140000071219812874",
        "PT50000201231234567890154",
        "SA0380000000608010167519",
        "SC18SSCB11010000000000001497USD",
        "SE4550000000058398257466",
        "TR330006100519786457841326",
        "XK051212012345678906",
    ];

    #[test]
    fn the_registry_is_sorted_and_no_iban_is_too_long() {
        assert!(STRUCTURES.is_sorted_by(|one, next| one.0 < next.0));
        for (country, _) in STRUCTURES {
            assert!(length_in(country).is_some_and(|length| (15..=LONGEST).contains(&length)));
        }
        assert_eq!(length_in(*b"NO"), Some(15));
        assert_eq!(length_in(*b"MT"), Some(31));
        assert_eq!(length_in(*b"US"), None);
    }

    #[test]
    fn the_registry_examples_pass() {
        for iban in EXAMPLES {
            assert!(is_valid(iban.as_bytes()), "{iban}");
        }
    }

    #[test]
    fn a_right_check_number_is_not_enough() {
        // Check numbers that leave 1 on a country without IBANs, a length and a structure that
        // the country does not have.
        for iban in [
            "US64SVBKUS6S3300958879",
            "DE78370400440532013",
            "GB05NWBA60161331926ABC",
        ] {
            assert!(!is_valid(iban.as_bytes()), "{iban}");
        }
    }

    proptest! {
        #[test]
        fn no_single_change_and_no_transposition_survives(
            example in proptest::sample::select(EXAMPLES.as_slice()),
            place in 2_usize..15,
            digit in b'0'..=b'9',
        ) {
            let mut changed = example.as_bytes().to_vec();
            changed[place] = digit;
            prop_assert_eq!(is_valid(&changed), changed == example.as_bytes());

            let mut swapped = example.as_bytes().to_vec();
            swapped.swap(place - 1, place);
            prop_assert_eq!(is_valid(&swapped), swapped == example.as_bytes());
        }
    }
}
