//! `DE_ID_CARD`: serial numbers of German identity cards.
//!
//! Why it matters: with the name it passes most remote identity checks.
//!
//! The rule: Personalausweisverordnung and ICAO Doc 9303, see `checksum::de_id_card`. Nine
//! characters without the check digit only have a shape, so they need a field whose name matches.

use super::grouping::{NAMED, read_code};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::de_id_card;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::DeIdCard,
    names: &[Names::new(
        "personalausweis|personalausweisnummer|personalausweis nummer|personalausweis nr|\
         ausweisnummer|ausweis nummer|ausweis nr|ausweisnr|ausweis|german id card|german id|\
         perso nummer|\
         perso nr|perso",
    )],
    keywords: "personalausweis|ausweisnummer",
    finds: &[
        Find::Announced(&Find::Word(9, 10, find)),
        Find::Announced(&Find::Digits(10, 10, find_digits)),
    ],
    field: None,
    positive: &[
        r#"{"personalausweis": "T220001293"}"#,
        r#"{"ausweisnummer": "L01X00T47"}"#,
        r#"{"note": "Ausweisnummer: T22000129"}"#,
    ],
    negative: &[
        r#"{"x": "T220001293"}"#,
        r#"{"personalausweis": "T220001294"}"#,
        r#"{"ausweisnummer": "A22000129"}"#,
    ],
};

fn find(text: &str, start: usize, end: usize) -> Option<Hit> {
    // Words have no digits, but serial numbers do.
    if !text.as_bytes()[start..end].iter().any(u8::is_ascii_digit) {
        return None;
    }
    let code = read_code(text, start, end - start)?;
    let named = named(&code.characters)?;
    Some(Hit::new(start, end, 0, named))
}

/// Finds the number of a card from before November 2010, which has only digits.
fn find_digits(candidate: &Digits<'_>) -> Option<Hit> {
    // These cards have all expired, so few of the ten-digit numbers that pass are one.
    const NAMED_OLD: u8 = 60;
    (candidate.is_free() && candidate.groups.len() == 1).then_some(())?;
    de_id_card::is_valid(candidate.digits).then(|| candidate.hit(0, NAMED_OLD))
}

fn named(characters: &[u8]) -> Option<u8> {
    if de_id_card::is_valid(characters) {
        return Some(NAMED);
    }
    de_id_card::is_serial(characters).then_some(75)
}
